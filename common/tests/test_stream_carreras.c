#include "stream_apoyo.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nombres_falsos.h"

TestSuite(stream_carreras, .timeout = 60);

struct lectora {
    as_stream *s;
    ssize_t rc;
    char texto[64];
};

static int lee_linea(void *arg)
{
    struct lectora *l = arg;

    l->rc = as_readline(l->s, l->texto, sizeof l->texto);
    return 0;
}

/* ---- Cancelar ----------------------------------------------------------------------- */

static int cancelar_no_pierde(void *arg)
{
    struct pareja p;
    struct lectora l;
    as_group grupo;
    as_scope plazo;
    char t[64];

    (void)arg;
    pareja_abre(&p);
    as_group_enter(&grupo);
    l.s = p.b;
    as_task *tarea = as_spawn(&grupo, NULL, lee_linea, &l);
    escribe(p.a, "media ");
    BIEN(as_yield());
    BIEN(as_yield());
    as_cancel(tarea);
    cr_assert_eq(as_await(tarea), 0);
    cr_assert_eq(l.rc, UV_ECANCELED);
    as_scope_enter(&plazo, 20);
    cr_assert_eq(as_scope_leave(&plazo, as_readexactly(p.b, t, 60)), UV_ETIMEDOUT);
    escribe(p.a, "línea\n");
    cr_assert_eq(as_readline(p.b, t, sizeof t), 12);
    cr_assert_str_eq(t, "media línea");

    /* En un ámbito cancelado no se toca nada, ni habiendo datos. */
    escribe(p.a, "espera\n");
    as_scope_enter(&plazo, 0);
    cr_assert_eq(as_read(p.b, t, sizeof t), UV_ECANCELED);
    cr_assert_eq(as_write(p.b, "x", 1), UV_ECANCELED);
    cr_assert_eq(as_drain(p.b), UV_ECANCELED);
    cr_assert_eq(as_shutdown(p.b), UV_ECANCELED);
    as_stream *nuevo;
    cr_assert_eq(as_connect("127.0.0.1", 1, &nuevo), UV_ECANCELED);
    cr_assert_null(nuevo);
    as_scope_leave(&plazo, 0);
    cr_assert_eq(as_readline(p.b, t, sizeof t), 6);
    int rc = as_group_leave(&grupo, 0);
    pareja_cierra(&p);
    return rc;
}

PRUEBA(stream_carreras, cancelar_una_lectura_no_pierde_bytes)
{
    CORRE(cancelar_no_pierde, NULL, 0);
}

/* Los datos y la cancelación llegan en la misma vuelta: gana quien llegó antes, y los
 * bytes no se pierden en ningún caso. */
static int cancela_y_escribe(void *arg)
{
    struct pareja p;
    as_group grupo;
    char t[64];

    (void)arg;
    pareja_abre(&p);
    as_group_enter(&grupo);
    for (int i = 0; i < 50; i++) {
        struct lectora l = {.s = p.b};
        as_task *tarea = as_spawn(&grupo, NULL, lee_linea, &l);
        BIEN(as_yield());
        escribe(p.a, "dato\n");
        for (int k = 0; k < i % 5; k++)
            BIEN(as_yield());
        as_cancel(tarea);
        cr_assert_eq(as_await(tarea), 0);
        cr_assert(l.rc == 4 || l.rc == UV_ECANCELED, "dio %zd", l.rc);
        if (l.rc == UV_ECANCELED)
            cr_assert_eq(as_readline(p.b, t, sizeof t), 4);
    }
    int rc = as_group_leave(&grupo, 0);
    pareja_cierra(&p);
    return rc;
}

PRUEBA(stream_carreras, cancelar_cuando_llegan_los_datos)
{
    CORRE(cancela_y_escribe, NULL, 0);
}

static int escribe_a_los_100(void *arg)
{
    int rc = as_sleep(100);
    return rc < 0 ? rc : as_write(arg, "a tiempo\n", 10);
}

static int plazo_y_llegada(void *arg)
{
    struct pareja p;
    as_scope plazo;
    as_group grupo;
    char t[64];

    (void)arg;
    pareja_abre(&p);
    as_group_enter(&grupo);
    cr_assert_eq(as_start_soon(&grupo, NULL, escribe_a_los_100, p.a), 0);
    as_scope_enter(&plazo, 100);
    int rc = (int)as_readline(p.b, t, sizeof t);
    rc = as_scope_leave(&plazo, rc);
    cr_assert(rc == 8 || rc == UV_ETIMEDOUT, "%d", rc);
    if (rc == UV_ETIMEDOUT)
        cr_assert_eq(as_readline(p.b, t, sizeof t), 8);
    cr_assert_str_eq(t, "a tiempo");
    rc = as_group_leave(&grupo, 0);
    pareja_cierra(&p);
    return rc;
}

PRUEBA(stream_carreras, el_plazo_vence_cuando_llegan_los_datos)
{
    CORRE(plazo_y_llegada, NULL, 0);
}

/* ---- Segunda lectora y cierre bajo quien usa el flujo -------------------------------- */

static int segunda_lectora(void *arg)
{
    struct pareja p;
    struct lectora l;
    as_group grupo;
    char t[64];

    (void)arg;
    pareja_abre(&p);
    as_group_enter(&grupo);
    l.s = p.b;
    as_task *tarea = as_spawn(&grupo, "primera", lee_linea, &l);
    escribe(p.a, "sin acabar");
    BIEN(as_yield());
    BIEN(as_yield());
    cr_assert_eq(as_read(p.b, t, sizeof t), UV_EBUSY, "aunque ya haya bytes");
    cr_assert(strstr(as_error_text(UV_EBUSY), "«primera»"), "%s",
              as_error_text(UV_EBUSY));
    cr_assert_eq(as_readline(p.b, t, sizeof t), UV_EBUSY);
    cr_assert_eq(as_readexactly(p.b, t, 1), UV_EBUSY);
    cr_assert_eq(as_readuntil(p.b, "x", 1, t, sizeof t), UV_EBUSY);
    escribe(p.b, "pero escribir se puede");
    escribe(p.a, "\n");
    cr_assert_eq(as_await(tarea), 0);
    cr_assert_str_eq(l.texto, "sin acabar");
    int rc = as_group_leave(&grupo, 0);
    pareja_cierra(&p);
    return rc;
}

PRUEBA(stream_carreras, la_segunda_lectora_recibe_una_explicacion)
{
    CORRE(segunda_lectora, NULL, 0);
}

static int escribe_una(void *arg)
{
    return as_write(arg, "x", 1);
}

static int drena(void *arg)
{
    return as_drain(arg);
}

static int cerrar_en_uso(void *arg)
{
    struct pareja p;
    struct lectora l;
    as_group grupo;
    as_scope ya;

    (void)arg;
    pareja_abre(&p);
    atasca(p.a);
    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    l.s = p.a;
    as_task *lee = as_spawn(&grupo, NULL, lee_linea, &l);
    as_task *e1 = as_spawn(&grupo, NULL, escribe_una, p.a);
    as_task *e2 = NULL;
    for (int i = 0; i < 300; i++) /* tantas, que no salen en una vuelta del bucle */
        e2 = as_spawn(&grupo, NULL, escribe_una, p.a);
    as_task *d = as_spawn(&grupo, NULL, drena, p.a);
    BIEN(as_yield());
    as_scope_enter(&ya, 0);
    as_stream_close(p.a); /* cancelada: no espera a quien no lee */
    as_scope_leave(&ya, 0);
    cr_assert_eq(as_await(lee), 0);
    cr_assert_eq(l.rc, UV_EBADF);
    cr_assert_eq(as_await(e1), UV_EBADF);
    cr_assert_eq(as_await(e2), UV_EBADF);
    cr_assert_eq(as_await(d), UV_EBADF);
    cr_assert_eq(as_group_leave(&grupo, 0), UV_EBADF);
    as_stream_close(p.b);
    return 0;
}

PRUEBA(stream_carreras, cerrar_despierta_a_quien_lo_usaba)
{
    CORRE(cerrar_en_uso, NULL, 0);
}

static int cierra(void *arg)
{
    as_stream_close(arg);
    return 0;
}

static int cuenta_todo(void *arg)
{
    static char trozo[32 * 1024];
    ssize_t n;
    int total = 0;

    while ((n = as_read(arg, trozo, sizeof trozo)) > 0)
        total += (int)n;
    return n < 0 ? (int)n : total;
}

static int cerrar_entrega(void *arg)
{
    enum { MUCHO = 8 * 1024 * 1024 };
    struct pareja p;
    as_group grupo;
    char *datos = calloc(1, MUCHO);

    (void)arg;
    pareja_abre(&p);
    cr_assert_eq(as_write(p.a, datos, MUCHO), 0);
    free(datos);
    as_group_enter(&grupo);
    as_task *cierre = as_spawn(&grupo, NULL, cierra, p.a);
    BIEN(as_yield());
    BIEN(as_yield());
    cr_assert(!as_task_done(cierre), "espera a que se entregue");
    as_task *cuenta = as_spawn(&grupo, NULL, cuenta_todo, p.b);
    cr_assert_eq(as_await(cierre), 0);
    cr_assert_eq(as_await(cuenta), MUCHO);
    int rc = as_group_leave(&grupo, 0);
    as_stream_close(p.b);
    return rc;
}

PRUEBA(stream_carreras, cerrar_entrega_lo_escrito)
{
    CORRE(cerrar_entrega, NULL, 0);
}

static int numero_que_pasa_a_otro(void *arg)
{
    char t[64];
    int libre = descriptor_libre();

    (void)arg;
    for (int i = 0; i < 50; i++) {
        struct pareja p;
        struct lectora l;
        as_group grupo;
        pareja_abre(&p);
        as_group_enter(&grupo);
        l.s = p.b;
        as_task *tarea = as_spawn(&grupo, NULL, lee_linea, &l);
        BIEN(as_yield());
        as_stream_close(p.b); /* quien leía no debe ver nada del próximo con su número */
        snprintf(t, sizeof t, "vuelta %d", i);
        struct pareja q;
        pareja_abre(&q);
        cr_assert_eq(as_writef(q.a, "%s\n", t), 0);
        cr_assert_eq(as_await(tarea), 0);
        cr_assert_eq(l.rc, UV_EBADF);
        l.s = q.b;
        lee_linea(&l);
        cr_assert_str_eq(l.texto, t);
        cr_assert_eq(as_group_leave(&grupo, 0), 0);
        as_stream_close(p.a);
        pareja_cierra(&q);
    }
    cr_assert_eq(descriptor_libre(), libre, "no queda ninguno abierto");
    return 0;
}

PRUEBA(stream_carreras, los_numeros_de_descriptor_se_reutilizan)
{
    CORRE(numero_que_pasa_a_otro, NULL, 0);
}

static int sin_cerrar(void *arg)
{
    static struct pareja p; /* para que no la crean fuga las herramientas */

    (void)arg;
    pareja_abre(&p);
    atasca(p.a);
    return 0;
}

static void corre_sin_cerrar(void)
{
    setenv("AS_DEBUG", "1", 1);
    _exit(as_run_options(sin_cerrar, NULL, &(as_options){.clock = AS_CLOCK_VIRTUAL}) !=
          0);
}

PRUEBA(stream_carreras, olvidar_cerrar_se_dice_y_no_cuelga)
{
    char salida[4096];
    int estado = en_otro_proceso(corre_sin_cerrar, salida, sizeof salida);

    cr_assert_eq(estado, 0, "dijo: %s", salida);
    cr_assert(strstr(salida, "un flujo"), "dijo: %s", salida);
}

/* ---- Conectarse --------------------------------------------------------------------- */

static int conexiones_malas(void *arg)
{
    as_listener *l;
    as_stream *s = (as_stream *)&l;
    int libre = descriptor_libre();

    (void)arg;
    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &l), 0);
    int puerto = as_listener_port(l);
    as_listener_close(l);
    cr_assert_eq(as_connect("127.0.0.1", puerto, &s), UV_ECONNREFUSED);
    cr_assert_null(s);
    cr_assert(strstr(as_error_text(UV_ECONNREFUSED), "127.0.0.1, puerto"), "%s",
              as_error_text(UV_ECONNREFUSED));
    cr_assert_eq(as_connect("localhost", puerto, &s), UV_ECONNREFUSED);
    cr_assert_eq(as_connect("no-existe.prueba", 80, &s), UV_EAI_NONAME);
    cr_assert(strstr(as_error_text(UV_EAI_NONAME), "no-existe.prueba"));
    cr_assert_eq(as_connect("127.0.0.1", 0, &s), UV_EINVAL);
    cr_assert_not_null(strstr(as_error_text(UV_EINVAL), "de 1 a 65535"), "%s",
                       as_error_text(UV_EINVAL));
    cr_assert_eq(as_connect("127.0.0.1", 65536, &s), UV_EINVAL);
    cr_assert_eq(as_connect("127.0.0.1", -1, &s), UV_EINVAL);
    cr_assert_eq(as_connect(NULL, 80, &s), UV_EINVAL);
    cr_assert_eq(as_connect_unix("", &s), UV_EINVAL);
    cr_assert_eq(as_connect_unix("/no/existe", &s), UV_ENOENT);
    char ruta[200];
    memset(ruta, 'x', sizeof ruta);
    ruta[199] = '\0';
    cr_assert_eq(as_connect_unix(ruta, &s), UV_ENAMETOOLONG);
    cr_assert_eq(descriptor_libre(), libre);
    return 0;
}

PRUEBA(stream_carreras, conexiones_que_no_pueden_ser)
{
    CORRE(conexiones_malas, NULL, 0);
}

static int por_nombre(void *arg)
{
    as_listener *l;
    as_stream *s, *c;

    (void)arg;
    /* dos.prueba es primero ::1, donde no escucha nadie, y luego 127.0.0.1. */
    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &l), 0);
    const char *const nombres[] = {"bien.prueba", "dos.prueba", "localhost", "LOCALHOST"};
    for (size_t i = 0; i < sizeof nombres / sizeof *nombres; i++) {
        cr_assert_eq(as_connect(nombres[i], as_listener_port(l), &s), 0, "%s",
                     nombres[i]);
        cr_assert_eq(as_accept(l, &c), 0);
        escribe(c, nombres[i]);
        llega(s, nombres[i]);
        as_stream_close(c);
        as_stream_close(s);
    }
    as_listener_close(l);
    return 0;
}

PRUEBA(stream_carreras, conecta_por_nombre_probando_todas_las_direcciones)
{
    CORRE(por_nombre, NULL, 0);
}

static int nombre_lento(void *arg)
{
    as_scope plazo;
    as_stream *s;

    (void)arg;
    as_scope_enter(&plazo, 20);
    cr_assert_eq(as_scope_leave(&plazo, as_connect("lento.prueba", 80, &s)),
                 UV_ETIMEDOUT);
    cr_assert_null(s);
    nombres_suelta();
    return 0;
}

PRUEBA(stream_carreras, cancelar_mientras_se_busca_el_nombre)
{
    cr_assert_eq(as_run(nombre_lento, NULL), 0);
}

/* Con la cola del servidor llena, el núcleo no contesta: la conexión queda a medias. */
static int conexion_a_medias(void *arg)
{
    enum { N = 8 };
    as_listener *l;
    as_stream *s[N] = {0};
    as_scope plazo;
    int abiertas = 0, rc = 0, libre = descriptor_libre();

    (void)arg;
    cr_assert_eq(as_listen("127.0.0.1", 0, 1, &l), 0);
    while (abiertas < N && rc == 0) {
        as_scope_enter(&plazo, 20);
        rc = as_scope_leave(&plazo,
                            as_connect("127.0.0.1", as_listener_port(l), &s[abiertas]));
        abiertas += rc == 0;
    }
    cr_assert_eq(rc, UV_ETIMEDOUT, "se abrieron %d", abiertas);
    cr_assert_null(s[abiertas]);
    while (abiertas > 0)
        as_stream_close(s[--abiertas]);
    as_listener_close(l);
    cr_assert_eq(descriptor_libre(), libre);
    return 0;
}

PRUEBA(stream_carreras, cancelar_una_conexion_a_medias)
{
    cr_assert_eq(as_run(conexion_a_medias, NULL), 0);
}
