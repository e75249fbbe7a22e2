/*
 * Un Criterion mínimo para cuando el de verdad no puede correr: sus procesos reservan
 * direcciones de memoria fijas que ThreadSanitizer ya ocupa, y con valgrind pierden el
 * estado de salida. Y para la prueba de quien llega, porque vuelve a cargar el programa entero en
 * cada una: con 880 son dos terceras partes del procesador. Las mismas pruebas se compilan con
 * esta cabecera en su lugar; con Criterion las ejecutan las variantes clang y ucontext.
 */
#ifndef CORREDOR_CRITERION_H
#define CORREDOR_CRITERION_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct corredor_prueba {
    const char *suite, *nombre;
    void (*fn)(void);
    struct corredor_prueba *siguiente;
};

void corredor_apunta(struct corredor_prueba *prueba);
__attribute__((noreturn, format(printf, 4, 5))) void
corredor_falla(const char *archivo, int linea, const char *condicion, const char *formato,
               ...);
__attribute__((noreturn, format(printf, 1, 2))) void corredor_salta(const char *formato,
                                                                    ...);

#define TestSuite(suite, ...) struct corredor_suite_##suite

#define Test(suite, nombre_, ...)                                                        \
    static void corredor_##suite##_##nombre_(void);                                      \
    __attribute__((constructor)) static void apunta_##suite##_##nombre_(void)            \
    {                                                                                    \
        static struct corredor_prueba prueba = {#suite, #nombre_,                        \
                                                corredor_##suite##_##nombre_, NULL};     \
        corredor_apunta(&prueba);                                                        \
    }                                                                                    \
    static void corredor_##suite##_##nombre_(void)

#define CORREDOR_EXIGE(condicion, texto, ...)                                            \
    ((condicion) ? (void)0 : corredor_falla(__FILE__, __LINE__, texto, " " __VA_ARGS__))

#define cr_assert(c, ...)          CORREDOR_EXIGE(c, #c, __VA_ARGS__)
#define cr_assert_not(c, ...)      CORREDOR_EXIGE(!(c), "!" #c, __VA_ARGS__)
#define cr_assert_null(p, ...)     CORREDOR_EXIGE((p) == NULL, #p " == NULL", __VA_ARGS__)
#define cr_assert_not_null(p, ...) CORREDOR_EXIGE((p) != NULL, #p " != NULL", __VA_ARGS__)
#define cr_assert_eq(a, b, ...)    CORREDOR_EXIGE((a) == (b), #a " == " #b, __VA_ARGS__)
#define cr_assert_neq(a, b, ...)   CORREDOR_EXIGE((a) != (b), #a " != " #b, __VA_ARGS__)
#define cr_assert_lt(a, b, ...)    CORREDOR_EXIGE((a) < (b), #a " < " #b, __VA_ARGS__)
#define cr_assert_leq(a, b, ...)   CORREDOR_EXIGE((a) <= (b), #a " <= " #b, __VA_ARGS__)
#define cr_assert_gt(a, b, ...)    CORREDOR_EXIGE((a) > (b), #a " > " #b, __VA_ARGS__)
#define cr_assert_geq(a, b, ...)   CORREDOR_EXIGE((a) >= (b), #a " >= " #b, __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...)                                                      \
    CORREDOR_EXIGE(!strcmp(a, b), #a " eq " #b, __VA_ARGS__)
#define cr_assert_str_neq(a, b, ...)                                                     \
    CORREDOR_EXIGE(strcmp(a, b), #a " neq " #b, __VA_ARGS__)
#define cr_assert_fail(...) CORREDOR_EXIGE(0, "cr_assert_fail", __VA_ARGS__)
#define cr_skip_test(...)   corredor_salta(" " __VA_ARGS__)

#endif
