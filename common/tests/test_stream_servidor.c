#include "stream_apoyo.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(stream_servidor, .timeout = 60);

#ifdef PRUEBA_LIGERA
enum { CLIENTES = 60 };
#else
enum { CLIENTES = 500 };
#endif

struct eco {
    as_listener *l;
    int dentro, maximo, atendidos;
    as_event todos;
};

static int atiende_eco(as_stream *cliente, void *arg)
{
    struct eco *e = arg;
    char linea[256];
    ssize_t n;
    int rc = 0;

    e->dentro++;
    if (e->dentro > e->maximo)
        e->maximo = e->dentro;
    while (rc == 0 && (n = as_readline(cliente, linea, sizeof linea)) >= 0)
        rc = as_writef(cliente, "Eco: %s\n", linea);
    e->dentro--;
    e->atendidos++;
    return rc < 0 ? rc : (int)n;
}

static int sirve(void *arg)
{
    struct eco *e = arg;

    return as_serve(e->l, atiende_eco, e);
}

/* ---- Muchos clientes a la vez ------------------------------------------------------- */

struct cliente {
    struct eco *eco;
    as_event *todos;
    int *conectados, numero;
    const char *ruta; /* NULL: por TCP */
};

static int abre(struct cliente *c, as_stream **s)
{
    return c->ruta ? as_connect_unix(c->ruta, s)
                   : as_connect("127.0.0.1", as_listener_port(c->eco->l), s);
}

static int un_cliente(void *arg)
{
    struct cliente *c = arg;
    as_stream *s;
    char esperado[64], linea[64];

    int rc = abre(c, &s);
    if (rc < 0)
        return rc;
    if (++*c->conectados == CLIENTES)
        as_event_set(c->todos);
    rc = as_event_wait(c->todos); /* nadie se va hasta que estén todos */
    for (int i = 0; rc == 0 && i < 3; i++) {
        rc = as_writef(s, "%d.%d\r\n", c->numero, i);
        snprintf(esperado, sizeof esperado, "Eco: %d.%d", c->numero, i);
        if (rc == 0)
            rc = (int)as_readline(s, linea, sizeof linea);
        cr_assert_str_eq(linea, esperado);
        rc = rc < 0 ? rc : 0;
    }
    as_stream_close(s);
    return rc;
}

static int todos_a_la_vez(struct eco *e, const char *ruta)
{
    static struct cliente clientes[CLIENTES];
    as_event todos;
    as_group grupo;
    int conectados = 0;

    as_event_init(&todos);
    as_group_enter(&grupo);
    as_task *servidor = as_spawn(&grupo, "servidor", sirve, e);
    for (int i = 0; i < CLIENTES; i++)
        clientes[i] = (struct cliente){e, &todos, &conectados, i, ruta};
    int rc = as_gather_each(un_cliente, clientes, CLIENTES, sizeof *clientes, NULL);
    cr_assert_eq(rc, 0, "%s", as_error_text(rc));
    as_listener_close(e->l);
    cr_assert_eq(as_await(servidor), 0, "cerrado, termina cuando acaban sus clientes");
    cr_assert_eq(e->atendidos, CLIENTES);
    cr_assert_eq(e->maximo, CLIENTES);
    return as_group_leave(&grupo, 0);
}

static int muchos_tcp(void *arg)
{
    struct eco e = {0};
    int libre = descriptor_libre();

    (void)arg;
    cr_assert_eq(as_listen("127.0.0.1", 0, CLIENTES, &e.l), 0);
    int rc = todos_a_la_vez(&e, NULL);
    cr_assert_eq(descriptor_libre(), libre);
    return rc;
}

static void permite_muchos_descriptores(void)
{
    struct rlimit limite;

    getrlimit(RLIMIT_NOFILE, &limite);
    if (limite.rlim_max < 4096)
        cr_skip_test("el sistema no deja abrir 4096 descriptores");
    limite.rlim_cur = 4096;
    setrlimit(RLIMIT_NOFILE, &limite);
}

PRUEBA(stream_servidor, muchos_clientes_a_la_vez)
{
    permite_muchos_descriptores();
    CORRE(muchos_tcp, NULL, 0);
}

static int muchos_unix(void *arg)
{
    struct eco e = {0};
    char ruta[64];
    struct stat info;

    (void)arg;
    snprintf(ruta, sizeof ruta, "/tmp/asinc-prueba-%d", (int)getpid());
    BIEN(as_listen_unix(ruta, 16, &e.l));
    cr_assert_str_eq(as_listener_name(e.l), ruta);
    cr_assert_eq(as_listener_port(e.l), 0);
    int rc = todos_a_la_vez(&e, ruta); /* más clientes que sitio en su cola */
    cr_assert_neq(stat(ruta, &info), 0, "al cerrar se borra");
    return rc;
}

PRUEBA(stream_servidor, muchos_clientes_por_un_socket_unix)
{
    permite_muchos_descriptores();
    CORRE(muchos_unix, NULL, 0);
}

/* ---- Parar -------------------------------------------------------------------------- */

static int para_con_clientes(void *arg)
{
    struct eco e = {0};
    as_group grupo;
    as_stream *s[5];
    char t[64];

    (void)arg;
    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &e.l), 0);
    as_group_enter(&grupo);
    as_task *servidor = as_spawn(&grupo, "servidor", sirve, &e);
    for (int i = 0; i < 5; i++) {
        cr_assert_eq(as_connect("127.0.0.1", as_listener_port(e.l), &s[i]), 0);
        if (i < 4) { /* de uno no sabremos si llegó a aceptarse */
            escribe(s[i], "hola\n");
            llega(s[i], "Eco: hola\n");
        }
    }
    cr_assert_eq(e.dentro, 4);
    as_cancel(servidor);
    cr_assert_eq(as_await(servidor), UV_ECANCELED);
    cr_assert_eq(e.dentro, 0, "no deja a nadie atrás");
    for (int i = 0; i < 4; i++)
        cr_assert_eq(as_read(s[i], t, sizeof t), 0, "al cliente le llega el final");
    as_listener_close(e.l);
    for (int i = 0; i < 5; i++)
        as_stream_close(s[i]);
    return as_group_leave(&grupo, 0);
}

PRUEBA(stream_servidor, cancelarlo_termina_a_sus_clientes)
{
    CORRE(para_con_clientes, NULL, 0);
}

static int atiende_y_duerme(as_stream *cliente, void *arg)
{
    int rc = as_sleep(5000);

    (void)arg;
    return rc < 0 ? rc : as_write(cliente, "adiós", 6);
}

static int sirve_durmiendo(void *arg)
{
    return as_serve(arg, atiende_y_duerme, NULL);
}

static int cierre_amable(void *arg)
{
    as_listener *l;
    as_group grupo;
    as_stream *s;

    (void)arg;
    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &l), 0);
    int puerto = as_listener_port(l);
    as_group_enter(&grupo);
    as_task *servidor = as_spawn(&grupo, "servidor", sirve_durmiendo, l);
    cr_assert_eq(as_connect("127.0.0.1", puerto, &s), 0);
    cr_assert_eq(as_sleep(1000), 0);
    as_listener_close(l);
    as_stream *otro;
    cr_assert_eq(as_connect("127.0.0.1", puerto, &otro), UV_ECONNREFUSED);
    llega(s, "adiós");
    cr_assert_eq(as_now(), 5000u);
    cr_assert_eq(as_await(servidor), 0);
    as_stream_close(s);
    return as_group_leave(&grupo, 0);
}

PRUEBA(stream_servidor, cerrarlo_deja_terminar_a_sus_clientes)
{
    CORRE(cierre_amable, NULL, 0);
}

/* Se cancela cuando la tarea del cliente aún no había empezado. */
static int cancela_recien_llegado(void *arg)
{
    struct eco e = {0};
    as_group grupo;
    as_stream *s;
    char t[8];

    (void)arg;
    for (int vueltas = 0; vueltas < 6; vueltas++) {
        cr_assert_eq(as_listen("127.0.0.1", 0, 0, &e.l), 0);
        as_group_enter(&grupo);
        cr_assert_eq(as_connect("127.0.0.1", as_listener_port(e.l), &s), 0);
        as_task *servidor = as_spawn(&grupo, "servidor", sirve, &e);
        for (int i = 0; i < vueltas; i++)
            BIEN(as_yield());
        as_cancel(servidor);
        cr_assert_eq(as_await(servidor), UV_ECANCELED);
        as_listener_close(e.l);
        ssize_t n = as_read(s, t, sizeof t);
        cr_assert(n == 0 || n == UV_ECONNRESET);
        as_stream_close(s);
        cr_assert_eq(as_group_leave(&grupo, 0), 0);
    }
    return 0;
}

PRUEBA(stream_servidor, cancelarlo_con_un_cliente_recien_llegado)
{
    CORRE(cancela_recien_llegado, NULL, 0);
}

/* ---- Errores de un cliente ---------------------------------------------------------- */

static int atiende_mal(as_stream *cliente, void *arg)
{
    char linea[64];

    (void)arg;
    ssize_t n = as_readline(cliente, linea, sizeof linea);
    if (n >= 0 && strcmp(linea, "mal") == 0)
        return as_error_set(UV_EPROTO, "dijo «mal»");
    return n < 0 ? (int)n : as_writef(cliente, "bien\n");
}

static int sirve_mal(void *arg)
{
    return as_serve(arg, atiende_mal, NULL);
}

static int un_error(void *arg)
{
    as_listener *l;
    as_group grupo;
    as_stream *s;
    char t[64];

    (void)arg;
    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &l), 0);
    as_group_enter(&grupo);
    as_task *servidor = as_spawn(&grupo, "servidor", sirve_mal, l);
    const char *const dicen[] = {"mal\n", "", "bien\n"};
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(as_connect("127.0.0.1", as_listener_port(l), &s), 0);
        escribe(s, dicen[i]);
        cr_assert_eq(as_shutdown(s), 0);
        lee_todo(s, t, sizeof t);
        cr_assert_str_eq(t, i == 2 ? "bien\n" : "");
        as_stream_close(s);
    }
    as_listener_close(l);
    cr_assert_eq(as_await(servidor), 0);
    return as_group_leave(&grupo, 0);
}

static void corre_un_error(void)
{
    _exit(as_run_options(un_error, NULL, &(as_options){.clock = AS_CLOCK_VIRTUAL}) != 0);
}

PRUEBA(stream_servidor, el_error_de_un_cliente_no_para_el_servidor)
{
    char salida[1024];
    int estado = en_otro_proceso(corre_un_error, salida, sizeof salida);

    cr_assert_eq(estado, 0, "dijo: %s", salida);
    char *aviso = strstr(salida, "terminó con un error");
    cr_assert(aviso && strstr(aviso, "dijo «mal»"), "dijo: %s", salida);
    cr_assert_null(strstr(aviso + 1, "terminó con un error"),
                   "que un cliente se vaya no es noticia: %s", salida);
}

/* ---- Aceptar ------------------------------------------------------------------------ */

static int acepta(void *arg)
{
    as_stream *s;
    int rc = as_accept(arg, &s);

    cr_assert_eq(rc == 0, s != NULL);
    as_stream_close(s);
    return rc;
}

static int carreras_al_aceptar(void *arg)
{
    as_listener *l;
    as_group grupo;
    as_task *t[4];
    as_stream *s;

    (void)arg;
    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &l), 0);
    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    for (int i = 0; i < 4; i++)
        t[i] = as_spawn(&grupo, NULL, acepta, l);
    BIEN(as_yield());
    as_cancel(t[0]);
    cr_assert_eq(as_await(t[0]), UV_ECANCELED);
    cr_assert_eq(as_connect("127.0.0.1", as_listener_port(l), &s), 0);
    cr_assert_eq(as_await(t[1]), 0, "la siguiente en la cola");
    as_stream_close(s);
    cr_assert(!as_task_done(t[2]) && !as_task_done(t[3]));
    as_listener_close(l);
    cr_assert_eq(as_await(t[2]), UV_EOF);
    cr_assert_eq(as_await(t[3]), UV_EOF);
    cr_assert_eq(as_group_leave(&grupo, 0), UV_EOF);
    as_listener_close(NULL);
    return 0;
}

PRUEBA(stream_servidor, cancelar_y_cerrar_mientras_se_acepta)
{
    CORRE(carreras_al_aceptar, NULL, 0);
}

static int dos_en_el_mismo_puerto(void *arg)
{
    as_listener *l, *otro;
    int libre = descriptor_libre();

    (void)arg;
    cr_assert_eq(as_listen(NULL, 0, 0, &l), 0);
    cr_assert_eq(strncmp(as_listener_name(l), "0.0.0.0:", 8), 0);
    cr_assert_eq(as_listen(NULL, as_listener_port(l), 0, &otro), UV_EADDRINUSE);
    cr_assert_null(otro);
    cr_assert(strstr(as_error_text(UV_EADDRINUSE), "0.0.0.0:"), "%s",
              as_error_text(UV_EADDRINUSE));
    as_listener_close(l);
    cr_assert_eq(as_listen("no-existe.prueba", 0, 0, &l), UV_EAI_NONAME);
    cr_assert_eq(as_listen("127.0.0.1", 65536, 0, &l), UV_EINVAL);
    cr_assert_eq(as_listen("8.8.8.8", 0, 0, &l), UV_EADDRNOTAVAIL);
    cr_assert_eq(as_listen_unix("/no/existe/x", 0, &l), UV_ENOENT);
    cr_assert_eq(descriptor_libre(), libre);
    return 0;
}

PRUEBA(stream_servidor, no_se_puede_escuchar_ahi)
{
    CORRE(dos_en_el_mismo_puerto, NULL, 0);
}

static int socket_abandonado(void *arg)
{
    struct sockaddr_un direccion = {.sun_family = AF_UNIX};
    as_listener *l, *otro;

    (void)arg;
    snprintf(direccion.sun_path, sizeof direccion.sun_path, "/tmp/asinc-abandonado-%d",
             (int)getpid());
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&direccion, sizeof direccion), 0);
    cr_assert_eq(listen(fd, 1), 0);
    cr_assert_eq(as_listen_unix(direccion.sun_path, 0, &otro), UV_EADDRINUSE,
                 "aún hay quien escucha");
    close(fd);
    BIEN(as_listen_unix(direccion.sun_path, 0, &l));
    as_listener_close(l);

    /* Un archivo que no es un socket no se toca. */
    close(open(direccion.sun_path, O_CREAT | O_WRONLY, 0600));
    cr_assert_eq(as_listen_unix(direccion.sun_path, 0, &l), UV_EADDRINUSE);
    cr_assert_eq(unlink(direccion.sun_path), 0);
    return 0;
}

PRUEBA(stream_servidor, sustituye_un_socket_abandonado)
{
    CORRE(socket_abandonado, NULL, 0);
}

/* Sin descriptores no gira en vacío ni corta a nadie: espera. */
static int sin_descriptores(void *arg)
{
    as_listener *l;
    as_group grupo;
    int ocupados[64], n = 0;
    struct rlimit limite;

    (void)arg;
    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &l), 0);
    int cliente = conecta_de_fuera(as_listener_port(l));
    getrlimit(RLIMIT_NOFILE, &limite);
    limite.rlim_cur = (rlim_t)descriptor_libre() + 8;
    setrlimit(RLIMIT_NOFILE, &limite);
    while (n < 64 && (ocupados[n] = open("/dev/null", O_RDONLY)) >= 0)
        n++;
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, acepta, l);
    struct rusage antes, despues;
    getrusage(RUSAGE_SELF, &antes);
    cr_assert_eq(as_sleep(300), 0);
    getrusage(RUSAGE_SELF, &despues);
    cr_assert(!as_task_done(t));
    cr_assert_lt(despues.ru_nvcsw - antes.ru_nvcsw, 100, "gira en vacío");
    while (n > 0)
        close(ocupados[--n]);
    cr_assert_eq(as_await(t), 0);
    close(cliente);
    as_listener_close(l);
    return as_group_leave(&grupo, 0);
}

PRUEBA(stream_servidor, sin_descriptores_espera)
{
#ifdef PRUEBA_VALGRIND
    /* Su límite de descriptores es simulado: acepta la conexión y la cierra él mismo. */
    cr_skip_test("valgrind no deja la conexión esperando");
#endif
    cr_assert_eq(as_run(sin_descriptores, NULL), 0);
}
