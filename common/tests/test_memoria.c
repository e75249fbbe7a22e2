#include "sin_memoria.h"

TestSuite(memoria, .timeout = 120);

/* Los dos modos: falta una vez, o falta y sigue faltando. */
#define RECORRE(caso, minimo)                                                            \
    do {                                                                                 \
        EXIGE_SIN_MEMORIA();                                                             \
        sin_memoria_recorre(caso, 0, minimo);                                            \
        sin_memoria_recorre(caso, SM_DESDE_AHI, minimo);                                 \
    } while (0)

/* Ejecuta `fn` en un bucle y dice cómo acabó. */
static int corre(as_fn *fn)
{
    return as_run_options(fn, NULL, &(as_options){.clock = AS_CLOCK_VIRTUAL});
}

/* ---- Tareas ------------------------------------------------------------------------- */

static int siesta(void *arg)
{
    (void)arg;
    return as_sleep(5);
}

static int tareas(void *arg)
{
    as_group grupo;
    as_task *t[3];

    (void)arg;
    as_group_enter(&grupo);
    int rc = 0;
    for (int i = 0; i < 3 && rc == 0; i++) {
        t[i] = as_spawn(&grupo, NULL, siesta, NULL);
        rc = t[i] ? 0 : UV_ENOMEM;
    }
    if (rc == 0)
        rc = as_start_soon(&grupo, "suelta", siesta, NULL);
    if (rc == 0) {
        ssize_t cual = as_wait_any((as_task *const *)t, 3);
        rc = cual < 0 ? (int)cual : 0;
    }
    if (rc == 0)
        rc = as_await(t[2]);
    return as_group_leave(&grupo, rc);
}

static int caso_tareas(void)
{
    return corre(tareas);
}

PRUEBA(memoria, tareas_grupos_y_esperas)
{
    RECORRE(caso_tareas, 5);
}

static int falla_con_motivo(void *arg)
{
    return as_error_set(UV_EIO, "se rompió la pieza %s", (const char *)arg);
}

/* La explicación puede faltar; el código de error, no. */
static int explicaciones(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, "rota", falla_con_motivo, "7");
    int rc = as_await(t);
    if (!t)
        return as_group_leave(&grupo, rc);
    int esperada = rc;
    rc = as_group_leave(&grupo, rc);
    if (esperada == UV_ENOMEM)
        return rc; /* no hubo pila para ella */
    if (rc != UV_EIO || esperada != UV_EIO)
        return UV_EPROTO;
    const char *motivo = as_error_text(rc);
    return strcmp(motivo, as_strerror(UV_EIO)) == 0 ||
                   strcmp(motivo, "se rompió la pieza 7") == 0
               ? 0
               : UV_EPROTO;
}

static int caso_explicaciones(void)
{
    return corre(explicaciones);
}

PRUEBA(memoria, sin_explicacion_queda_el_codigo)
{
    RECORRE(caso_explicaciones, 5);
}

static int reparto(void *arg)
{
    int datos[4] = {0};
    as_outcome finales[2];
    as_call llamadas[] = {{siesta, NULL, "una"}, {siesta, NULL, NULL}};

    (void)arg;
    int rc = as_gather(llamadas, 2, NULL);
    if (rc == 0)
        rc = as_gather_each(siesta, datos, 4, sizeof *datos, NULL);
    if (rc == 0)
        rc = as_gather(llamadas, 2, finales);
    return rc; /* una tarea sin pila no es una llamada fallida: falta memoria */
}

static int caso_reparto(void)
{
    return corre(reparto);
}

PRUEBA(memoria, gather)
{
    RECORRE(caso_reparto, 8);
}

static void apunta(as_future *futuro, void *arg)
{
    (void)futuro;
    ++*(int *)arg;
}

static int futuros(void *arg)
{
    as_future futuro;
    int avisos = 0, pedidos = 0, rc = 0;

    (void)arg;
    as_future_init(&futuro);
    for (int i = 0; i < 3; i++) {
        int este = as_future_add_done_callback(&futuro, apunta, &avisos);
        if (este == 0)
            pedidos++;
        else
            rc = este;
    }
    as_future_set_result(&futuro, NULL);
    BIEN(as_sleep(1));
    return avisos == pedidos ? rc : UV_EPROTO;
}

static int caso_futuros(void)
{
    return corre(futuros);
}

PRUEBA(memoria, callbacks_de_un_futuro)
{
    RECORRE(caso_futuros, 5);
}

static int de_principal(void *arg)
{
    return *(int *)arg;
}

/* as_run dice que no hay memoria, o hace lo suyo: nunca otra cosa. */
static int caso_bucle(void)
{
    int devuelve = 7;
    int rc = as_run(de_principal, &devuelve);

    return rc == 7 ? 0 : rc < 0 ? rc : UV_EPROTO;
}

PRUEBA(memoria, as_run)
{
    RECORRE(caso_bucle, 2);
}

/* ---- Sincronía, colas, ritmo -------------------------------------------------------- */

struct taller {
    as_lock cerrojo;
    as_condition condicion;
    as_semaphore semaforo;
    as_event evento;
    as_queue cola, prioridad;
    int hechos;
};

static int por_direccion(const void *a, const void *b)
{
    return (a > b) - (a < b);
}

static int consume(void *arg)
{
    struct taller *t = arg;
    void *pieza;
    int rc = as_event_wait(&t->evento);

    while (rc == 0 && (rc = as_queue_get(&t->cola, &pieza)) == 0) {
        rc = as_semaphore_acquire(&t->semaforo);
        if (rc == 0)
            as_semaphore_release(&t->semaforo);
        as_queue_task_done(&t->cola);
        t->hechos++;
    }
    if (rc == UV_EOF)
        rc = as_lock_acquire(&t->cerrojo);
    if (rc == 0) {
        as_condition_notify_all(&t->condicion);
        as_lock_release(&t->cerrojo);
    }
    return rc;
}

static int produce(struct taller *t)
{
    static char piezas[40];
    int rc = as_lock_acquire(&t->cerrojo);

    if (rc < 0)
        return rc;
    as_event_set(&t->evento);
    for (int i = 0; i < 40 && rc == 0; i++) {
        rc = as_queue_put(&t->prioridad, &piezas[i]);
        if (rc == 0)
            rc = as_queue_put(&t->cola, &piezas[i]);
    }
    if (rc == 0)
        rc = as_queue_join(&t->cola);
    as_queue_close(&t->cola);
    if (rc == 0)
        rc = as_condition_wait(&t->condicion);
    as_lock_release(&t->cerrojo);
    if (rc == 0 && (t->hechos != 40 || as_queue_size(&t->prioridad) != 40))
        rc = UV_EPROTO;
    return rc;
}

static int taller(void *arg)
{
    struct taller t = {0};
    as_group grupo;

    (void)arg;
    as_lock_init(&t.cerrojo);
    as_condition_init(&t.condicion, &t.cerrojo);
    as_semaphore_init(&t.semaforo, 1);
    as_event_init(&t.evento);
    as_queue_init(&t.cola, 0);
    as_queue_init_priority(&t.prioridad, 0, por_direccion);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "consumidora", consume, &t);
    if (rc == 0)
        rc = produce(&t);
    rc = as_group_leave(&grupo, rc);
    as_queue_destroy(&t.cola);
    as_queue_destroy(&t.prioridad);
    return rc;
}

static int caso_taller(void)
{
    return corre(taller);
}

PRUEBA(memoria, sincronia_y_colas)
{
    RECORRE(caso_taller, 6);
}

static int ritmo(void *arg)
{
    as_rate limite;
    as_retry intento;
    int rc;

    (void)arg;
    as_retry_init(&intento, &(as_retry_options){.attempts = 2, .seed = 1});
    do
        rc = as_rate_init(&limite, 2, 10);
    while (as_retry_again(&intento, &rc));
    if (rc < 0)
        return rc;
    for (int i = 0; i < 3 && rc == 0; i++)
        rc = as_rate_wait(&limite);
    as_rate_destroy(&limite);
    return rc;
}

static int caso_ritmo(void)
{
    return corre(ritmo);
}

PRUEBA(memoria, ritmo_y_reintentos)
{
    RECORRE(caso_ritmo, 3);
}

/* ---- Registro y depuración ---------------------------------------------------------- */

static int registra(void *arg)
{
    char largo[3000];

    (void)arg;
    memset(largo, 'x', sizeof largo - 1);
    largo[sizeof largo - 1] = '\0';
    int rc = as_log_to_file("/dev/null", AS_LOG_DEBUG);
    as_log_info("una línea y %d", 1);
    as_log_error("%s", largo);
    as_log_reset();
    return rc;
}

static int caso_registro(void)
{
    /* Sin destino escribiría en stderr. */
    static FILE *nada;

    if (!nada)
        nada = fopen("/dev/null", "w");
    as_log_to(nada, AS_LOG_DEBUG);
    int rc = corre(registra);
    as_log_reset();
    return rc;
}

PRUEBA(memoria, registro)
{
    RECORRE(caso_registro, 3);
}

static int mira(void *arg)
{
    FILE *salida = fopen("/dev/null", "w");

    (void)arg;
    if (!salida)
        return UV_ENOMEM;
    as_dump(salida);
    fclose(salida);
    return tareas(NULL);
}

static int caso_depura(void)
{
    return as_run_options(mira, NULL,
                          &(as_options){.clock = AS_CLOCK_VIRTUAL, .debug = true});
}

static int caso_traza(void)
{
    setenv("AS_TRACE", "/dev/null", 1);
    int rc = caso_depura();
    unsetenv("AS_TRACE");
    return rc;
}

PRUEBA(memoria, depuracion_y_traza)
{
    RECORRE(caso_depura, 6);
    setenv("AS_TRACE", "", 1); /* que el entorno ya tenga sitio para ella */
    RECORRE(caso_traza, 6);
}
