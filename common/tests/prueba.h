/*
 * Lo común a las pruebas de la biblioteca.
 *
 * PRUEBA es el Test de Criterion con dos cuidados que Criterion 2.4.1 no tiene: un plazo
 * propio (su --timeout no vale para pruebas sin él) y la búsqueda de fugas al final del
 * cuerpo (las que LeakSanitizer ve al salir no hacen fallar nada).
 */
#ifndef PRUEBA_H
#define PRUEBA_H

#include <asinc/asinc.h>
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#if defined(__SANITIZE_ADDRESS__)
#define PRUEBA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PRUEBA_ASAN 1
#endif
#endif

#ifdef PRUEBA_ASAN
#include <sanitizer/lsan_interface.h>
#define SIN_FUGAS()                                                                      \
    cr_assert_eq(__lsan_do_recoverable_leak_check(), 0, "hay fugas de memoria")
#else
#define SIN_FUGAS() ((void)0)
#endif

#ifdef PRUEBA_COBERTURA
/* Los procesos de las pruebas no siempre acaban con exit, que es cuando gcov escribe. */
void __gcov_dump(void);
#define APUNTA_COBERTURA() __gcov_dump()
#else
#define APUNTA_COBERTURA() ((void)0)
#endif

#define PRUEBA(suite, nombre) PRUEBA_LARGA(suite, nombre, 60)

/* Con otro plazo, en segundos. */
#define PRUEBA_LARGA(suite, nombre, segundos)                                            \
    static void suite##_##nombre(void);                                                  \
    Test(suite, nombre, .timeout = segundos)                                             \
    {                                                                                    \
        signal(SIGINT, SIG_DFL); /* quien lanza las pruebas pudo ignorarla */            \
        suite##_##nombre();                                                              \
        SIN_FUGAS();                                                                     \
        APUNTA_COBERTURA();                                                              \
    }                                                                                    \
    static void suite##_##nombre(void)

/* Ejecuta `fn(arg)` con el reloj virtual y exige que as_run devuelva `esperado`. */
#define CORRE(fn, arg, esperado)                                                         \
    do {                                                                                 \
        int corre_rc = as_run_options(fn, arg,                                           \
                                      &(as_options){.clock = AS_CLOCK_VIRTUAL});         \
        cr_assert_eq(corre_rc, esperado, "as_run devolvió %d (%s)", corre_rc,            \
                     as_strerror(corre_rc));                                             \
    } while (0)

/* Exige que una llamada de asinc salga bien (0); si no, dice por qué no. */
#define BIEN(llamada)                                                                    \
    do {                                                                                 \
        int bien_rc = llamada;                                                           \
        cr_assert_eq(bien_rc, 0, "%s: %s", #llamada, as_error_text(bien_rc));            \
    } while (0)

/* La tarea sigue adelante salga como salga la llamada. */
#define DA_IGUAL(llamada) ((void)!(llamada))

/* Un diario donde las tareas apuntan qué hacen, para comparar el orden de un vistazo. */
struct diario {
    char texto[1024];
    size_t largo;
};

__attribute__((format(printf, 2, 3))) void anota(struct diario *d, const char *formato,
                                                 ...);

#define DIARIO_ES(d, esperado) cr_assert_str_eq((d)->texto, esperado)

/*
 * Ejecuta `fn` en un proceso hijo y recoge lo que escribe en stderr; devuelve su estado
 * de waitpid. Para lo que acaba en abort o en SIGSEGV.
 */
int en_otro_proceso(void (*fn)(void), char *salida, size_t tamano);

/* Cuántos descriptores tiene abiertos el proceso, con el que hace falta para contarlos. */
int descriptores(void);

#endif
