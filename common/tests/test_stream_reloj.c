/* Los flujos y el tiempo: el reloj virtual, y los interbloqueos que pasan por un socket. */
#include "stream_apoyo.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(stream_reloj, .timeout = 60);

/* ---- Dentro de un programa el tiempo salta ------------------------------------------ */

struct escena {
    as_listener *l;
    struct diario *diario;
};

static int contesta_despacio(as_stream *cliente, void *arg)
{
    struct escena *e = arg;
    char linea[64];
    ssize_t n;

    while ((n = as_readline(cliente, linea, sizeof linea)) >= 0) {
        int rc = as_sleep(2000);
        if (rc == 0)
            rc = as_writef(cliente, "%s, %llu s\n", linea,
                           (unsigned long long)as_now() / 1000);
        if (rc < 0)
            return rc;
    }
    anota(e->diario, "se fue %llu\n", (unsigned long long)as_now());
    return (int)n;
}

static int sirve(void *arg)
{
    struct escena *e = arg;

    return as_serve(e->l, contesta_despacio, e);
}

struct visita {
    struct escena *e;
    const char *nombre;
    int espera;
};

static int visita(void *arg)
{
    struct visita *v = arg;
    as_stream *s;
    char linea[64];

    int rc = as_sleep(v->espera);
    if (rc == 0)
        rc = as_connect("127.0.0.1", as_listener_port(v->e->l), &s);
    if (rc < 0)
        return rc;
    for (int i = 0; i < 2 && rc == 0; i++) {
        rc = as_writef(s, "%s %d\n", v->nombre, i);
        if (rc == 0)
            rc = (int)as_readline(s, linea, sizeof linea);
        rc = rc < 0 ? rc : 0;
        anota(v->e->diario, "%s\n", linea);
    }
    as_stream_close(s);
    return rc;
}

static int escena(void *arg)
{
    struct escena e = {.diario = arg};
    struct visita visitas[] = {
        {&e, "Ana", 3600000}, {&e, "Bea", 1000}, {&e, "Eva", 2000}};
    as_group grupo;

    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &e.l), 0);
    as_group_enter(&grupo);
    cr_assert_eq(as_start_soon(&grupo, "servidor", sirve, &e), 0);
    int rc = as_gather_each(visita, visitas, 3, sizeof *visitas, NULL);
    as_listener_close(e.l);
    return as_group_leave(&grupo, rc);
}

PRUEBA(stream_reloj, con_reloj_virtual_siempre_ocurre_lo_mismo)
{
    for (int i = 0; i < 20; i++) {
        struct diario diario = {0};
        CORRE(escena, &diario, 0); /* una hora de verdad no cabe en su plazo */
        DIARIO_ES(&diario, "Bea 0, 3 s\nEva 0, 4 s\nBea 1, 5 s\nse fue 5000\n"
                           "Eva 1, 6 s\nse fue 6000\n"
                           "Ana 0, 3602 s\nAna 1, 3604 s\nse fue 3604000\n");
    }
}

/* ---- Con alguien de fuera el tiempo corre ------------------------------------------- */

struct fuera {
    int puerto;
    as_listener *l;
};

static void *contesta_desde_fuera(void *arg)
{
    struct fuera *f = arg;
    int fd = conecta_de_fuera(f->puerto);
    char c;

    if (read(fd, &c, 1) == 1) {
        usleep(150000); /* lo que el programa no debe dar por perdido antes de hora */
        if (write(fd, "x", 1) != 1)
            c = 0;
    }
    close(fd);
    return NULL;
}

static int espera_fuera(void *arg)
{
    struct fuera *f = arg;
    as_scope plazo;
    as_stream *s;
    pthread_t hilo;
    char c;

    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &f->l), 0);
    f->puerto = as_listener_port(f->l);
    pthread_create(&hilo, NULL, contesta_desde_fuera, f);
    cr_assert_eq(as_accept(f->l, &s), 0);
    escribe(s, "?");
    as_scope_enter(&plazo, 20000);
    cr_assert_eq(as_scope_leave(&plazo, (int)as_read(s, &c, 1)), 1,
                 "el reloj virtual saltó el plazo");
    cr_assert_geq(as_now(), 100u, "mientras, el tiempo corrió de verdad");
    cr_assert_lt(as_now(), 20000u);
    pthread_join(hilo, NULL);
    as_stream_close(s);
    as_listener_close(f->l);
    return 0;
}

PRUEBA(stream_reloj, a_quien_esta_fuera_se_le_espera_de_verdad)
{
    struct fuera f;

    CORRE(espera_fuera, &f, 0);
}

/* Al revés: es el programa quien se conecta con otro. */
static void *sirve_desde_fuera(void *arg)
{
    int fd = accept(*(int *)arg, NULL, NULL);
    char c;

    if (read(fd, &c, 1) == 1) {
        usleep(150000);
        if (write(fd, "x", 1) != 1)
            c = 0;
    }
    close(fd);
    return NULL;
}

static int va_fuera(void *arg)
{
    struct sockaddr_in direccion = {.sin_family = AF_INET,
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t tamano = sizeof direccion;
    int escucha = socket(AF_INET, SOCK_STREAM, 0);
    as_listener *otro;
    as_stream *s;
    as_scope plazo;
    pthread_t hilo;
    char c;

    (void)arg;
    cr_assert_eq(bind(escucha, (struct sockaddr *)&direccion, tamano), 0);
    cr_assert_eq(listen(escucha, 1), 0);
    getsockname(escucha, (struct sockaddr *)&direccion, &tamano);
    pthread_create(&hilo, NULL, sirve_desde_fuera, &escucha);
    /* Tener también un servidor propio no debe confundirlo. */
    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &otro), 0);
    cr_assert_eq(as_connect("127.0.0.1", ntohs(direccion.sin_port), &s), 0);
    escribe(s, "?");
    as_scope_enter(&plazo, 20000);
    cr_assert_eq(as_scope_leave(&plazo, (int)as_read(s, &c, 1)), 1);
    cr_assert_geq(as_now(), 100u);
    pthread_join(hilo, NULL);
    as_stream_close(s);
    as_listener_close(otro);
    close(escucha);
    return 0;
}

PRUEBA(stream_reloj, a_un_servidor_de_fuera_tambien)
{
    CORRE(va_fuera, NULL, 0);
}

/* Un servidor ocioso no frena el reloj. */
static int acepta_uno(void *arg)
{
    as_stream *s;
    int rc = as_accept(arg, &s);

    as_stream_close(s);
    return rc;
}

static int ocioso(void *arg)
{
    as_listener *l;
    as_group grupo;

    (void)arg;
    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &l), 0);
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, acepta_uno, l);
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(as_sleep(60000), 0);
    as_cancel(t);
    as_listener_close(l);
    return as_group_leave(&grupo, 0);
}

PRUEBA(stream_reloj, un_servidor_ocioso_no_frena_el_reloj)
{
    CORRE(ocioso, NULL, 0);
}

/* Quien escribe espera a que lea una tarea que duerme: el tiempo debe pasar. */
static int lee_tarde(void *arg)
{
    static char basura[64 * 1024];
    ssize_t n = 1;
    int rc = as_sleep(3600000);

    while (rc == 0 && n > 0) {
        n = as_read(arg, basura, sizeof basura);
        if (n < 0)
            return (int)n;
    }
    return rc;
}

static int escribe_mucho(void *arg)
{
    static const char bloque[256 * 1024];
    int rc = 0;

    for (int i = 0; rc == 0 && i < 64; i++)
        rc = as_write(arg, bloque, sizeof bloque);
    return rc < 0 ? rc : as_shutdown(arg);
}

static int lector_dormido(void *arg)
{
    struct pareja p;

    (void)arg;
    pareja_abre(&p);
    int rc = as_gather((as_call[]){{escribe_mucho, p.a, NULL}, {lee_tarde, p.b, NULL}}, 2,
                       NULL);
    cr_assert_eq(as_now(), 3600000u);
    pareja_cierra(&p);
    return rc;
}

PRUEBA(stream_reloj, quien_escribe_espera_a_quien_duerme)
{
    CORRE(lector_dormido, NULL, 0);
}

/* ---- Interbloqueos ------------------------------------------------------------------ */

static int espera_linea(void *arg)
{
    char linea[16];

    return (int)as_readline(arg, linea, sizeof linea);
}

static int las_dos_esperan(void *arg)
{
    struct pareja p;
    as_group grupo;

    (void)arg;
    pareja_abre(&p);
    as_group_enter(&grupo);
    if (as_start_soon(&grupo, "cliente", espera_linea, p.a) < 0 ||
        as_start_soon(&grupo, "servidor", espera_linea, p.b) < 0)
        return -1;
    int rc = as_group_leave(&grupo, 0);
    pareja_cierra(&p);
    return rc;
}

static void corre_las_dos_esperan(void)
{
    _exit(as_run(las_dos_esperan, NULL) == AS_EDEADLK ? 0 : 1);
}

PRUEBA(stream_reloj, dos_tareas_que_se_esperan_por_un_socket)
{
    char salida[2048];
    int estado = en_otro_proceso(corre_las_dos_esperan, salida, sizeof salida);

    cr_assert_eq(estado, 0, "dijo: %s", salida);
    cr_assert(strstr(salida, "«cliente» → «servidor» → «cliente»"), "dijo: %s", salida);
}

/* Un flujo abierto al que nadie espera no tapa un interbloqueo. */
static int flujo_ocioso(void *arg)
{
    as_future nunca;
    as_listener *l;
    as_stream *s, *c;
    char t[8];

    (void)arg;
    as_future_init(&nunca);
    if (as_listen("127.0.0.1", 0, 0, &l) < 0)
        return -1;
    int fd = conecta_de_fuera(as_listener_port(l));
    int rc = as_accept(l, &s);
    if (rc == 0 && write(fd, "xx", 2) == 2)
        rc = as_readexactly(s, t, 1); /* ya está leyendo */
    if (rc == 0)
        rc = as_connect("127.0.0.1", as_listener_port(l), &c);
    if (rc < 0)
        return rc;
    DA_IGUAL(as_future_wait(&nunca, NULL));
    as_stream_close(s);
    as_stream_close(c);
    as_listener_close(l);
    close(fd);
    return 0;
}

static void corre_flujo_ocioso(void)
{
    _exit(as_run(flujo_ocioso, NULL) == AS_EDEADLK ? 0 : 1);
}

PRUEBA(stream_reloj, un_flujo_ocioso_no_tapa_un_interbloqueo)
{
    char salida[2048];
    int estado = en_otro_proceso(corre_flujo_ocioso, salida, sizeof salida);

    cr_assert_eq(estado, 0, "dijo: %s", salida);
}
