/* Un error sin palabras propias no se explica con las de otro anterior del mismo código. */
#include "prueba.h"

#include <fcntl.h>
#include <unistd.h>

TestSuite(error_viejo, .timeout = 60);

static const char vieja[] = "lo que dijo otra llamada";

/* Lo que los casos usan, abierto de antemano. */
struct banco {
    as_stream *lee, *escribe; /* una tubería cuyo otro lado ya se cerró */
    as_file *vacio;
    as_listener *oyente;
    as_process *acabado;
    as_queue cerrada, vacia, llena;
    as_future cumplido, fallido, pendiente;
    as_lock cerrojo, mio;
    as_condition condicion;
    as_semaphore semaforo;
    as_event evento;
    as_barrier barrera;
    as_rate limite;
    as_task *parada;
    as_signals *senales;
};

static int lee_exactos(struct banco *b)
{
    char letra;
    return as_readexactly(b->lee, &letra, 1);
}

static int lee_linea(struct banco *b)
{
    char linea[8];
    return (int)as_readline(b->lee, linea, sizeof linea);
}

static int lee_hasta(struct banco *b)
{
    char texto[8];
    return (int)as_readuntil(b->lee, ";", 1, texto, sizeof texto);
}

static int lee_en_nada(struct banco *b)
{
    return (int)as_read(b->lee, NULL, 0);
}

static int lee_linea_en_nada(struct banco *b)
{
    return (int)as_readline(b->lee, NULL, 0);
}

static int lee_linea_de_archivo(struct banco *b)
{
    char linea[8];
    return (int)as_file_readline(b->vacio, linea, sizeof linea);
}

static int saca_de_la_cerrada(struct banco *b)
{
    void *cosa;
    return as_queue_get(&b->cerrada, &cosa);
}

static int saca_ya_de_la_cerrada(struct banco *b)
{
    void *cosa;
    return as_queue_get_nowait(&b->cerrada, &cosa);
}

static int saca_ya_de_la_vacia(struct banco *b)
{
    void *cosa;
    return as_queue_get_nowait(&b->vacia, &cosa);
}

static int mete_en_la_cerrada(struct banco *b)
{
    return as_queue_put(&b->cerrada, b);
}

static int mete_ya_en_la_llena(struct banco *b)
{
    return as_queue_put_nowait(&b->llena, b);
}

static int mira_el_pendiente(struct banco *b)
{
    return as_future_result(&b->pendiente, NULL);
}

static int mira_el_fallido(struct banco *b)
{
    return as_future_result(&b->fallido, NULL);
}

static int espera_el_fallido(struct banco *b)
{
    return as_future_wait(&b->fallido, NULL);
}

static int cumple_otra_vez(struct banco *b)
{
    return as_future_set_result(&b->cumplido, NULL);
}

static int falla_con_un_positivo(struct banco *b)
{
    return as_future_set_error(&b->pendiente, 3);
}

static int cancela_otra_vez(struct banco *b)
{
    return as_future_cancel(&b->cumplido);
}

static int falla_en_un_hilo(void *arg)
{
    (void)arg;
    return UV_EIO;
}

static void no_libera(void *arg)
{
    (void)arg;
}

static int trabaja(struct banco *b)
{
    return as_work(falla_en_un_hilo, b);
}

static int trabaja_y_suelta(struct banco *b)
{
    return as_work_detachable(falla_en_un_hilo, b, no_libera);
}

static int mata_al_acabado(struct banco *b)
{
    return as_process_kill(b->acabado, SIGTERM);
}

static int duerme(struct banco *b)
{
    (void)b;
    return as_sleep(1000);
}

static int cede(struct banco *b)
{
    (void)b;
    return as_yield();
}

static int espera_el_pendiente(struct banco *b)
{
    return as_future_wait(&b->pendiente, NULL);
}

static int espera_a_la_tarea(struct banco *b)
{
    return as_await(b->parada);
}

static int espera_a_alguna(struct banco *b)
{
    return (int)as_wait_any(&b->parada, 1);
}

static int saca_de_la_vacia(struct banco *b)
{
    void *cosa;
    return as_queue_get(&b->vacia, &cosa);
}

static int mete_en_la_llena(struct banco *b)
{
    return as_queue_put(&b->llena, b);
}

static int espera_lo_puesto(struct banco *b)
{
    return as_queue_join(&b->llena);
}

static int toma_el_cerrojo(struct banco *b)
{
    return as_lock_acquire(&b->cerrojo);
}

static int espera_la_condicion(struct banco *b)
{
    return as_condition_wait(&b->condicion);
}

static int pide_permiso(struct banco *b)
{
    return as_semaphore_acquire(&b->semaforo);
}

static int espera_el_evento(struct banco *b)
{
    return as_event_wait(&b->evento);
}

static int llega_a_la_barrera(struct banco *b)
{
    return as_barrier_wait(&b->barrera);
}

static int espera_su_turno(struct banco *b)
{
    return as_rate_wait(&b->limite);
}

static int acepta(struct banco *b)
{
    as_stream *cliente;
    return as_accept(b->oyente, &cliente);
}

static int espera_una_senal(struct banco *b)
{
    return as_signals_wait(b->senales);
}

static int lee_el_archivo(struct banco *b)
{
    char letra;
    return (int)as_file_read(b->vacio, &letra, 1);
}

static int lanza(struct banco *b)
{
    as_process *otro;

    (void)b;
    return as_process_spawn((const char *[]){"true", NULL}, NULL, &otro);
}

static int duerme_tarea(void *arg)
{
    (void)arg;
    return as_sleep(1000);
}

static int reune(struct banco *b)
{
    return as_gather_each(duerme_tarea, b, 1, 0, NULL);
}

static int se_va_del_grupo(struct banco *b)
{
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, duerme_tarea, b);
    return as_group_leave(&grupo, rc);
}

static int vence(struct banco *b)
{
    as_scope ambito;

    as_scope_enter(&ambito, 1);
    return as_scope_leave(&ambito, duerme(b));
}

static int escucha_demasiado(struct banco *b)
{
    int rc = 0;

    (void)b;
    for (int i = 0; i < 9 && rc == 0; i++)
        rc = as_log_to(stderr, AS_LOG_OFF);
    as_log_reset();
    return rc;
}

static const struct caso {
    int error;
    bool cancelado; /* en un ámbito ya vencido, o en uno que vence mientras espera */
    int (*llama)(struct banco *b);
    const char *nombre;
} casos[] = {
#define CASO(error, fn)                                                                  \
    {                                                                                    \
        error, false, fn, #fn                                                            \
    }
    CASO(UV_EOF, lee_linea),
    CASO(UV_EOF, lee_hasta),
    CASO(UV_EOF, lee_exactos),
    CASO(UV_EOF, lee_linea_de_archivo),
    CASO(UV_EOF, saca_de_la_cerrada),
    CASO(UV_EOF, saca_ya_de_la_cerrada),
    CASO(UV_EINVAL, lee_en_nada),
    CASO(UV_EINVAL, lee_linea_en_nada),
    CASO(UV_EINVAL, falla_con_un_positivo),
    CASO(UV_EAGAIN, saca_ya_de_la_vacia),
    CASO(UV_EAGAIN, mete_ya_en_la_llena),
    CASO(UV_EAGAIN, mira_el_pendiente),
    CASO(UV_EPIPE, mete_en_la_cerrada),
    CASO(UV_EALREADY, cumple_otra_vez),
    CASO(UV_EALREADY, cancela_otra_vez),
    CASO(UV_EIO, mira_el_fallido),
    CASO(UV_EIO, espera_el_fallido),
    CASO(UV_EIO, trabaja),
    CASO(UV_EIO, trabaja_y_suelta),
    CASO(UV_ESRCH, mata_al_acabado),
    CASO(UV_ETIMEDOUT, vence),
    CASO(UV_ENOBUFS, escucha_demasiado),
#undef CASO
#define CASO(fn)                                                                         \
    {                                                                                    \
        UV_ECANCELED, true, fn, #fn                                                      \
    }
    CASO(duerme),
    CASO(cede),
    CASO(espera_el_pendiente),
    CASO(espera_a_la_tarea),
    CASO(espera_a_alguna),
    CASO(saca_de_la_vacia),
    CASO(mete_en_la_llena),
    CASO(espera_lo_puesto),
    CASO(toma_el_cerrojo),
    CASO(espera_la_condicion),
    CASO(pide_permiso),
    CASO(espera_el_evento),
    CASO(llega_a_la_barrera),
    CASO(espera_su_turno),
    CASO(acepta),
    CASO(espera_una_senal),
    CASO(lee_el_archivo),
    CASO(lanza),
    CASO(reune),
    CASO(se_va_del_grupo),
    CASO(trabaja),
    CASO(lee_exactos),
#undef CASO
};

/* El código es el que se esperaba, y sus palabras no son las de antes. */
static void comprueba(const struct caso *caso, struct banco *b, int plazo)
{
    as_scope ambito;

    as_error_set(caso->error, "%s", vieja);
    as_scope_enter(&ambito, plazo);
    int rc = caso->llama(b);
    cr_assert_eq(rc, caso->error, "%s devolvió %s", caso->nombre, as_strerror(rc));
    cr_assert_null(strstr(as_error_text(rc), vieja), "%s lo explica con «%s»",
                   caso->nombre, as_error_text(rc));
    rc = as_scope_leave(&ambito, rc);
    cr_assert_null(strstr(as_error_text(rc), vieja));
}

static int duerme_sin_fin(void *arg)
{
    (void)arg;
    return as_sleep(AS_FOREVER - 1 + INT64_MAX / 2);
}

static int guarda_el_cerrojo(void *arg)
{
    struct banco *b = arg;

    int rc = as_lock_acquire(&b->cerrojo);
    if (rc == 0)
        rc = duerme_sin_fin(b);
    if (rc == UV_ECANCELED)
        as_lock_release(&b->cerrojo);
    return rc;
}

static void abre_lo_de_fuera(struct banco *b)
{
    as_stream *otro;

    BIEN(as_stream_pipe(&b->lee, &otro));
    as_stream_close(otro);
    BIEN(as_file_open("/dev/null", "r", &b->vacio));
    BIEN(as_listen("127.0.0.1", 0, 8, &b->oyente));
    BIEN(as_process_spawn((const char *[]){"true", NULL}, NULL, &b->acabado));
    BIEN(as_process_wait(b->acabado, NULL));
    BIEN(as_signals_open((int[]){SIGUSR2}, 1, &b->senales));
}

static void abre_lo_de_dentro(struct banco *b)
{
    as_queue_init(&b->cerrada, 0);
    as_queue_close(&b->cerrada);
    as_queue_init(&b->vacia, 0);
    as_queue_init(&b->llena, 1);
    BIEN(as_queue_put(&b->llena, b));
    as_future_init(&b->cumplido);
    BIEN(as_future_set_result(&b->cumplido, NULL));
    as_future_init(&b->fallido);
    BIEN(as_future_set_error(&b->fallido, UV_EIO));
    as_future_init(&b->pendiente);
    as_lock_init(&b->cerrojo);
    as_lock_init(&b->mio);
    BIEN(as_lock_acquire(&b->mio));
    as_condition_init(&b->condicion, &b->mio);
    as_semaphore_init(&b->semaforo, 0);
    as_event_init(&b->evento);
    as_barrier_init(&b->barrera, 2);
    BIEN(as_rate_init(&b->limite, 1, 3600 * 1000));
    BIEN(as_rate_wait(&b->limite));
}

static void cierra(struct banco *b)
{
    as_lock_release(&b->mio);
    as_rate_destroy(&b->limite);
    as_queue_destroy(&b->cerrada);
    as_queue_destroy(&b->vacia);
    as_queue_destroy(&b->llena);
    as_signals_close(b->senales);
    as_process_close(b->acabado);
    as_listener_close(b->oyente);
    DA_IGUAL(as_file_close(b->vacio));
    as_stream_close(b->lee);
}

static int recorre_los_casos(void *arg)
{
    struct banco b = {0};
    as_group grupo;

    (void)arg;
    abre_lo_de_fuera(&b);
    abre_lo_de_dentro(&b);
    as_group_enter(&grupo);
    b.parada = as_spawn(&grupo, "duerme", duerme_sin_fin, NULL);
    BIEN(as_start_soon(&grupo, "cerrojo", guarda_el_cerrojo, &b));
    BIEN(as_yield());
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++)
        comprueba(&casos[i], &b, casos[i].cancelado ? 0 : AS_FOREVER);
    as_group_cancel(&grupo);
    BIEN(as_group_leave(&grupo, 0));
    cierra(&b);
    return 0;
}

PRUEBA(error_viejo, ninguna_funcion_se_explica_con_palabras_de_otra)
{
    CORRE(recorre_los_casos, NULL, 0);
}

/* Las que esperan de verdad cuando las cortan: la espera acaba mal, no ni empieza. */
static int recorre_las_esperas(void *arg)
{
    static const struct caso esperas[] = {
        {UV_ECANCELED, true, duerme, "duerme"},
        {UV_ECANCELED, true, espera_el_pendiente, "espera_el_pendiente"},
        {UV_ECANCELED, true, espera_a_alguna, "espera_a_alguna"},
        {UV_ECANCELED, true, saca_de_la_vacia, "saca_de_la_vacia"},
        {UV_ECANCELED, true, toma_el_cerrojo, "toma_el_cerrojo"},
        {UV_ECANCELED, true, acepta, "acepta"},
        {UV_ECANCELED, true, se_va_del_grupo, "se_va_del_grupo"},
        {UV_ECANCELED, true, reune, "reune"},
    };
    struct banco b = {0};
    as_group grupo;

    (void)arg;
    abre_lo_de_fuera(&b);
    abre_lo_de_dentro(&b);
    as_group_enter(&grupo);
    b.parada = as_spawn(&grupo, "duerme", duerme_sin_fin, NULL);
    BIEN(as_start_soon(&grupo, "cerrojo", guarda_el_cerrojo, &b));
    BIEN(as_yield());
    for (size_t i = 0; i < sizeof esperas / sizeof *esperas; i++)
        comprueba(&esperas[i], &b, 5);
    as_group_cancel(&grupo);
    BIEN(as_group_leave(&grupo, 0));
    cierra(&b);
    return 0;
}

PRUEBA(error_viejo, una_espera_cortada_tampoco)
{
    CORRE(recorre_las_esperas, NULL, 0);
}
