#include "pg_prueba.h"

#include "core/threads.h"
#include "nombres_falsos.h"

TestSuite(pg_corte, .timeout = 120);

/* La red se corta sin decirlo: nadie contesta, ni siquiera a quien se conecta. */

struct corte {
    struct puente *puente;
    int consultas; /* más que hilos tiene libuv */
    uint64_t cancelado_ns;
};

static int consulta(void *arg)
{
    return as_pg_query(arg, "select pg_sleep(600)", NULL, 0, NULL);
}

/* Los archivos y los nombres de máquina dependen de los hilos. */
static void todo_sigue_andando(void)
{
    as_scope ambito;
    as_stream *flujo;
    char *datos;
    size_t cuantos;

    as_scope_enter(&ambito, 5000);
    int rc = as_file_read_all("/proc/self/stat", &datos, &cuantos);
    if (rc == 0)
        free(datos);
    rc = as_scope_leave(&ambito, rc);
    cr_assert_eq(rc, 0, "leer un archivo: %s", as_strerror(rc));

    as_scope_enter(&ambito, 5000);
    rc = as_scope_leave(&ambito, as_connect("bien.prueba", 1, &flujo));
    cr_assert_eq(rc, UV_ECONNREFUSED, "resolver un nombre: %s", as_strerror(rc));
}

static int corta_y_cancela(void *arg)
{
    struct corte *corte = arg;
    char conninfo[64];
    as_group grupo;

    snprintf(conninfo, sizeof conninfo, "host=127.0.0.1 port=%d application_name=corte",
             corte->puente->puerto);
    as_pg *pool = abre_pool(conninfo, (size_t)corte->consultas);
    as_pg *directo = abre_pool(NULL, 1);
    as_group_enter(&grupo);
    for (int i = 0; i < corte->consultas; i++)
        cr_assert_eq(as_start_soon(&grupo, NULL, consulta, pool), 0);
    espera_numero(directo,
                  "select count(*) from pg_stat_activity where state = 'active' "
                  "and application_name = 'corte'",
                  corte->consultas);
    puente_enmudece(corte->puente);
    corte->cancelado_ns = uv_hrtime();
    as_group_cancel(&grupo);
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    todo_sigue_andando();
    hace(directo, "select pg_terminate_backend(pid) from pg_stat_activity "
                  "where application_name = 'corte'");
    as_pg_close(directo);
    as_pg_close(pool);
    return 0;
}

PRUEBA(pg_corte, un_corte_mudo_no_ocupa_los_hilos_ni_retrasa_la_salida)
{
    necesita_pg();
    struct corte corte = {.puente = puente_abre(PASA),
                          .consultas = as__thread_count() + 6};
    CORRE(corta_y_cancela, &corte, 0);
    uint64_t ms = (uv_hrtime() - corte.cancelado_ns) / 1000000;
    cr_assert_lt(ms, 8000, "se tardó %llu ms en cancelar y salir",
                 (unsigned long long)ms);
    puente_cierra(corte.puente);
}
