#include "prueba.h"

#include <pthread.h>
#include <unistd.h>

TestSuite(log, .timeout = 60);

static int tarea_que_registra(void *arg)
{
    (void)arg;
    as_log_debug("no sale");
    BIEN(as_sleep(1250));
    as_log_warning("van %d", 3);
    return 0;
}

static int registra(void *arg)
{
    as_group grupo;

    (void)arg;
    as_log_info("empieza");
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "vigía", tarea_que_registra, NULL);
    return as_group_leave(&grupo, rc);
}

PRUEBA(log, lleva_hora_nivel_y_tarea)
{
    char *texto = NULL;
    size_t tamano;
    FILE *memoria = open_memstream(&texto, &tamano);

    cr_assert_eq(as_log_to(memoria, AS_LOG_INFO), 0);
    CORRE(registra, NULL, 0);
    as_log_error("fuera del bucle");
    as_log_reset();
    fclose(memoria);
    char *ultima = strstr(texto, "20");
    cr_assert(ultima && strstr(ultima, " ERROR fuera del bucle\n"), "%s", texto);
    *ultima = '\0';
    cr_assert_str_eq(texto, "0.000 INFO [principal] empieza\n"
                            "1.250 AVISO [vigía] van 3\n");
    free(texto);
}

PRUEBA(log, cada_destino_tiene_su_nivel)
{
    char *todo = NULL, *graves = NULL;
    size_t a, b;
    FILE *f = open_memstream(&todo, &a), *g = open_memstream(&graves, &b);

    as_log_to(f, AS_LOG_DEBUG);
    as_log_to(g, AS_LOG_ERROR);
    as_log_debug("uno");
    as_log_error("dos");
    as_log_reset();
    fclose(f);
    fclose(g);
    cr_assert(strstr(todo, " DEPURA uno\n") && strstr(todo, " ERROR dos\n"));
    cr_assert(!strstr(graves, "uno") && strstr(graves, " ERROR dos\n"));
    free(todo);
    free(graves);
}

PRUEBA(log, a_un_archivo_se_anade)
{
    const char *temporal = getenv("TMPDIR");
    char ruta[512], texto[256] = "";

    snprintf(ruta, sizeof ruta, "%s/registro-XXXXXX", temporal ? temporal : "/tmp");
    close(mkstemp(ruta));
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(as_log_to_file(ruta, AS_LOG_INFO), 0);
        as_log_info("vez %d", i);
        as_log_reset();
    }
    FILE *f = fopen(ruta, "r");
    cr_assert_gt(fread(texto, 1, sizeof texto - 1, f), 0u);
    fclose(f);
    unlink(ruta);
    cr_assert(strstr(texto, "INFO vez 0\n") && strstr(texto, "INFO vez 1\n"), "%s",
              texto);
    cr_assert_eq(as_log_to_file("/no/existe/x", AS_LOG_INFO), UV_ENOENT);
}

PRUEBA(log, no_caben_mas_de_ocho_destinos)
{
    for (int i = 0; i < 8; i++)
        cr_assert_eq(as_log_to(stderr, AS_LOG_OFF), 0);
    cr_assert_eq(as_log_to(stderr, AS_LOG_OFF), UV_ENOBUFS);
    as_log_error("nadie lo oye");
    as_log_reset();
}

static void *mil_mensajes(void *arg)
{
    for (int i = 0; i < 1000; i++)
        as_log_info("hilo %s", (const char *)arg);
    return NULL;
}

PRUEBA(log, desde_varios_hilos_no_se_mezcla)
{
    char *texto = NULL;
    size_t tamano, lineas = 0;
    FILE *memoria = open_memstream(&texto, &tamano);
    pthread_t hilos[2];

    as_log_to(memoria, AS_LOG_INFO);
    pthread_create(&hilos[0], NULL, mil_mensajes, "a");
    pthread_create(&hilos[1], NULL, mil_mensajes, "b");
    pthread_join(hilos[0], NULL);
    pthread_join(hilos[1], NULL);
    as_log_reset();
    fclose(memoria);
    for (char *p = strtok(texto, "\n"); p; p = strtok(NULL, "\n")) {
        const char *fin = strstr(p, " INFO hilo ");
        cr_assert(fin && strlen(fin) == strlen(" INFO hilo a"), "%s", p);
        lineas++;
    }
    cr_assert_eq(lineas, 2000u);
    free(texto);
}

/* Lo que escriben otros ni parece otra línea ni le habla a la terminal. */
PRUEBA(log, lo_de_otros_no_es_otra_linea)
{
    char *texto = NULL;
    size_t tamano;
    FILE *memoria = open_memstream(&texto, &tamano);

    as_log_to(memoria, AS_LOG_INFO);
    as_log_info("pide «%s»", "/\n2026-01-01 ERROR \x1b[2J\xc2\x9b\x7fñ\t€");
    as_log_reset();
    fclose(memoria);
    const char *fin = strstr(texto, " INFO ");
    cr_assert_not_null(fin);
    cr_assert_str_eq(fin, " INFO pide «/\\n2026-01-01 ERROR \\x1b[2J\\x9b\\x7fñ\\x09€»\n");
    free(texto);
}
