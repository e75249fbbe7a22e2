#include "sin_memoria.h"

#include <unistd.h>

TestSuite(memoria_sistema, .timeout = 120);

/* Aquí el trabajo lo hacen otros hilos, y su memoria también falta. */
#define RECORRE(caso, minimo)                                                            \
    do {                                                                                 \
        EXIGE_SIN_MEMORIA();                                                             \
        sin_memoria_recorre(caso, SM_TODOS_LOS_HILOS, minimo);                           \
        sin_memoria_recorre(caso, SM_TODOS_LOS_HILOS | SM_DESDE_AHI, minimo);            \
    } while (0)

static char carpeta[64];

static void abre_carpeta(void)
{
    const char *base = getenv("TMPDIR");

    snprintf(carpeta, sizeof carpeta, "%.40s/memoria-XXXXXX", base ? base : "/tmp");
    cr_assert_not_null(mkdtemp(carpeta));
}

static const char *en_carpeta(const char *nombre, char ruta[128])
{
    snprintf(ruta, 128, "%s/%s", carpeta, nombre);
    return ruta;
}

/* ---- Archivos ----------------------------------------------------------------------- */

static int por_partes(void *arg)
{
    char ruta[128], linea[32];
    as_file *f;
    ssize_t n = 0;

    (void)arg;
    int rc = as_file_open(en_carpeta("partes", ruta), "w+", &f);
    if (rc < 0)
        return rc;
    rc = as_file_writef(f, "una línea de %d\notra\n", 1);
    if (rc == 0)
        rc = as_file_sync(f);
    if (rc == 0)
        rc = as_file_seek(f, 0);
    while (rc == 0 && (n = as_file_readline(f, linea, sizeof linea)) >= 0)
        ;
    int al_cerrar = as_file_close(f);
    if (rc < 0)
        return rc;
    return n != UV_EOF ? (int)n : al_cerrar;
}

static int caso_por_partes(void)
{
    return as_run(por_partes, NULL);
}

static int de_una_vez(void *arg)
{
    char ruta[128], otra[128], *datos;
    struct stat info;
    size_t cuantos;
    char **nombres;

    (void)arg;
    en_carpeta("entero", ruta);
    en_carpeta("sub/carpeta", otra);
    int rc = as_file_write_all(ruta, "contenido", 9);
    if (rc == 0)
        rc = as_file_stat(ruta, &info);
    if (rc == 0)
        rc = as_file_mkdir(otra);
    if (rc == 0)
        rc = as_file_remove(otra);
    if (rc == 0)
        rc = as_file_list(carpeta, &nombres, &cuantos);
    if (rc == 0) {
        rc = cuantos >= 2 && strcmp(nombres[0], "entero") == 0 ? 0 : UV_EPROTO;
        free(nombres);
    }
    if (rc == 0)
        rc = as_file_read_all(ruta, &datos, &cuantos);
    if (rc == 0) {
        rc = cuantos == 9 && strcmp(datos, "contenido") == 0 ? 0 : UV_EPROTO;
        free(datos);
    }
    if (rc == 0)
        rc = as_file_rename(ruta, en_carpeta("entero2", otra));
    if (rc == 0)
        rc = as_file_rename(otra, ruta);
    return rc;
}

static int caso_de_una_vez(void)
{
    return as_run(de_una_vez, NULL);
}

/* Nada de lo que falló deja archivos a medio escribir. */
static void cierra_carpeta(void)
{
    char orden[128];
    int n = snprintf(orden, sizeof orden, "ls -A '%s' | grep -c '^\\.asinc-'; rm -r '%s'",
                     carpeta, carpeta);

    cr_assert_lt(n, (int)sizeof orden);
    FILE *salida = popen(orden, "r");
    cr_assert_eq(fgetc(salida), '0', "quedaron archivos a medias");
    pclose(salida);
}

PRUEBA(memoria_sistema, archivos_por_partes)
{
    EXIGE_SIN_MEMORIA();
    abre_carpeta();
    RECORRE(caso_por_partes, 5);
    cierra_carpeta();
}

PRUEBA(memoria_sistema, archivos_de_una_vez)
{
    EXIGE_SIN_MEMORIA();
    abre_carpeta();
    RECORRE(caso_de_una_vez, 10);
    cierra_carpeta();
}

/* ---- Trabajos ----------------------------------------------------------------------- */

static int calcula(void *arg)
{
    char *copia = strdup(arg);

    if (!copia)
        return UV_ENOMEM;
    free(copia);
    return 0;
}

static int trabajo(void *arg)
{
    (void)arg;
    int rc = as_work(calcula, "texto");
    char *suyo = rc == 0 ? strdup("otro") : NULL;

    if (!suyo)
        return UV_ENOMEM;
    rc = as_work_detachable(calcula, suyo, free);
    if (rc != UV_ECANCELED)
        free(suyo);
    return rc;
}

static int caso_trabajo(void)
{
    return as_run(trabajo, NULL);
}

PRUEBA(memoria_sistema, trabajos)
{
    RECORRE(caso_trabajo, 3);
}

/* ---- Desde otro hilo ----------------------------------------------------------------- */

struct recado {
    as_loop *bucle;
    int dados;
};

static void recibe(void *arg)
{
    ((struct recado *)arg)->dados++;
}

static int cede(void *arg)
{
    (void)arg;
    return as_yield();
}

static int da_recados(void *arg)
{
    struct recado *r = arg;

    int rc = as_call_soon_threadsafe(r->bucle, recibe, r);
    return rc < 0 ? rc : as_run_threadsafe(r->bucle, cede, NULL);
}

static int recados(void *arg)
{
    struct recado r = {.bucle = as_current_loop()};

    (void)arg;
    int rc = as_work(da_recados, &r);
    return rc < 0 ? rc : r.dados == 1 ? 0 : UV_EPROTO;
}

static int caso_recados(void)
{
    return as_run(recados, NULL);
}

PRUEBA(memoria_sistema, llamadas_desde_otro_hilo)
{
    RECORRE(caso_recados, 5);
}

/* ---- Procesos ----------------------------------------------------------------------- */

static int proceso(void *arg)
{
    as_process_options opciones = {.in = AS_PIPE, .out = AS_PIPE, .err = AS_PIPE};
    as_process_output salida;
    as_process *p;

    (void)arg;
    int rc = as_process_spawn((const char *[]){"/bin/cat", NULL}, &opciones, &p);
    if (rc < 0)
        return rc;
    rc = as_process_communicate(p, "hola", 4, 1000, &salida);
    if (rc == 0)
        rc = salida.out_size == 4 && salida.code == 0 ? 0 : UV_EPROTO;
    as_process_output_clear(&salida);
    as_process_close(p);
    return rc;
}

static int caso_proceso(void)
{
    return as_run(proceso, NULL);
}

PRUEBA(memoria_sistema, procesos)
{
    EXIGE_SIN_MEMORIA();
    sin_memoria_recorre(caso_proceso, 0, 10);
    sin_memoria_recorre(caso_proceso, SM_DESDE_AHI, 10);
}

/* ---- Señales ------------------------------------------------------------------------ */

static int senales(void *arg)
{
    as_signals *s;

    (void)arg;
    int rc = as_signals_open((int[]){SIGUSR2}, 1, &s);
    if (rc < 0)
        return rc;
    raise(SIGUSR2);
    rc = as_signals_wait(s);
    as_signals_close(s);
    return rc < 0 ? rc : rc == SIGUSR2 ? 0 : UV_EPROTO;
}

static int caso_senales(void)
{
    return as_run(senales, NULL);
}

PRUEBA(memoria_sistema, senales)
{
    RECORRE(caso_senales, 3);
}
