/* as_stream_abort, visto desde los dos extremos. */
#include "stream_apoyo.h"

#include <fcntl.h>
#include <unistd.h>

TestSuite(stream_abort, .timeout = 60);

/* Lee hasta el final; deja en `*fin` cómo acabó: 0 o un error. */
static size_t traga(as_stream *s, int *fin)
{
    static char basura[64 * 1024];
    size_t total = 0;
    ssize_t n;

    while ((n = as_read(s, basura, sizeof basura)) > 0)
        total += (size_t)n;
    *fin = (int)n;
    return total;
}

static int con_algo_pendiente(void *arg)
{
    struct pareja p;
    char direccion[64];
    int fin;

    (void)arg;
    pareja_abre(&p);
    strcpy(direccion, as_stream_peername(p.a));
    size_t escrito = atasca(p.a);
    as_stream_abort(p.a);
    cr_assert_eq(as_write(p.a, "x", 1), UV_ECONNABORTED);
    cr_assert(strstr(as_error_text(UV_ECONNABORTED), "as_stream_abort"));
    cr_assert_eq(as_drain(p.a), UV_ECONNABORTED);
    cr_assert_eq(as_shutdown(p.a), UV_ECONNABORTED);
    cr_assert_str_eq(as_stream_peername(p.a), direccion, "aún se puede decir quién era");
    as_stream_abort(p.a);
    as_stream_abort(NULL);
    as_stream_close(p.a);
    /* Llega lo que tenía el núcleo y no lo que le quedaba a libuv. */
    size_t leido = traga(p.b, &fin);
    cr_assert_eq(fin, 0, "%s", as_strerror(fin));
    cr_assert_gt(leido, 0u);
    cr_assert_lt(leido, escrito);
    as_stream_close(p.b);
    return 0;
}

PRUEBA(stream_abort, lo_pendiente_no_se_entrega_y_el_otro_lee_el_final)
{
    CORRE(con_algo_pendiente, NULL, 0);
}

static int con_algo_sin_leer(void *arg)
{
    struct pareja p;
    char c;

    (void)arg;
    pareja_abre(&p);
    escribe(p.b, "nadie lo leerá");
    cr_assert_eq(as_drain(p.b), 0);
    as_stream_abort(p.a);
    cr_assert_eq(as_read(p.b, &c, 1), UV_ECONNRESET);
    pareja_cierra(&p);
    return 0;
}

PRUEBA(stream_abort, con_algo_sin_leer_al_otro_se_le_corta)
{
    CORRE(con_algo_sin_leer, NULL, 0);
}

/* ---- Quien lo estaba usando --------------------------------------------------------- */

static int lee(void *arg)
{
    char c;

    return (int)as_read(arg, &c, 1);
}

static int vacia(void *arg)
{
    return as_drain(arg);
}

static int usandolo(void *arg)
{
    struct pareja p;
    as_group grupo;

    (void)arg;
    pareja_abre(&p);
    atasca(p.a);
    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    as_task *lector = as_spawn(&grupo, "lector", lee, p.a);
    as_task *escritor = as_spawn(&grupo, "escritor", vacia, p.a);
    cr_assert_eq(as_yield(), 0); /* las dos llegan a esperar */
    as_stream_abort(p.a);
    cr_assert_eq(as_await(lector), UV_ECONNABORTED);
    cr_assert_eq(as_await(escritor), UV_ECONNABORTED);
    cr_assert_eq(as_group_leave(&grupo, 0), UV_ECONNABORTED);
    pareja_cierra(&p);
    return 0;
}

PRUEBA(stream_abort, a_las_tareas_que_lo_usan_les_llega_un_error)
{
    CORRE(usandolo, NULL, 0);
}

static int cierra(void *arg)
{
    as_stream_close(arg);
    return 0;
}

/* Quien lo cierra espera a entregar; otra tarea decide que ya basta. */
static int cerrandolo(void *arg)
{
    struct pareja p;
    as_group grupo;

    (void)arg;
    pareja_abre(&p);
    atasca(p.a);
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, "cierra", cierra, p.a);
    cr_assert_eq(as_yield(), 0);
    cr_assert_not(as_task_done(t));
    as_stream_abort(p.a);
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    as_stream_close(p.b);
    return 0;
}

PRUEBA(stream_abort, a_quien_lo_estaba_cerrando_deja_de_esperar)
{
    CORRE(cerrandolo, NULL, 0);
}

/* ---- En un servidor ----------------------------------------------------------------- */

struct escena {
    as_listener *l;
    int echados;
};

/* Al que no lee en un plazo, se le echa. */
static int atiende(as_stream *cliente, void *arg)
{
    struct escena *e = arg;

    atasca(cliente);
    as_stream_abort(cliente);
    e->echados++;
    return as_write(cliente, "adiós", 6); /* un error que no merece mención */
}

static int sirve(void *arg)
{
    struct escena *e = arg;

    return as_serve(e->l, atiende, e);
}

static int no_lee(void *arg)
{
    struct escena e = {0};
    as_group grupo;
    as_stream *s;
    int fin;

    (void)arg;
    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &e.l), 0);
    as_group_enter(&grupo);
    cr_assert_eq(as_start_soon(&grupo, "servidor", sirve, &e), 0);
    cr_assert_eq(as_connect("127.0.0.1", as_listener_port(e.l), &s), 0);
    while (e.echados == 0)
        cr_assert_eq(as_sleep(1), 0);
    as_listener_close(e.l);
    /* Sin cortarlo, as_serve seguiría esperando a entregarle lo suyo. */
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    traga(s, &fin);
    cr_assert_eq(fin, 0);
    as_stream_close(s);
    return 0;
}

static void corre_no_lee(void)
{
    _exit(as_run(no_lee, NULL) == 0 ? 0 : 1);
}

PRUEBA(stream_abort, quien_no_lee_no_retiene_al_servidor)
{
    char salida[1024];
    int estado = en_otro_proceso(corre_no_lee, salida, sizeof salida);

    cr_assert_eq(estado, 0, "%d: %s", estado, salida);
    cr_assert_str_eq(salida, "");
}

/* ---- Lo que no es un socket --------------------------------------------------------- */

static int tuberia_y_archivo(void *arg)
{
    as_stream *lector, *escritor, *archivo;
    int fin;

    (void)arg;
    cr_assert_eq(as_stream_pipe(&lector, &escritor), 0);
    atasca(escritor);
    as_stream_abort(escritor);
    traga(lector, &fin);
    cr_assert_eq(fin, 0);
    as_stream_close(escritor);
    as_stream_close(lector);

    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    cr_assert_eq(as_stream_open_fd(fd, &archivo), 0);
    as_stream_abort(archivo);
    cr_assert_eq(lee(archivo), UV_ECONNABORTED);
    cr_assert_eq(fcntl(fd, F_GETFD), -1, "el descriptor ya está cerrado");
    as_stream_close(archivo);
    return 0;
}

PRUEBA(stream_abort, tambien_con_tuberias_y_archivos)
{
    CORRE(tuberia_y_archivo, NULL, 0);
}
