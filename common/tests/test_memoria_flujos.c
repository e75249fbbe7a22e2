#include "sin_memoria.h"

#include <fcntl.h>
#include <unistd.h>

TestSuite(memoria_flujos, .timeout = 120);

/* ---- Tuberías y archivos como flujos ------------------------------------------------ */

enum { MUCHO = 200 * 1024 };

static int llena(void *arg)
{
    static const char bloque[MUCHO];
    as_stream *s = arg;

    int rc = as_write(s, bloque, sizeof bloque);
    if (rc == 0)
        rc = as_writef(s, "fin %s\r\n", "de todo");
    if (rc == 0)
        rc = as_drain(s);
    return rc;
}

static int vacia(as_stream *s)
{
    static char todo[MUCHO];
    char linea[64];

    int rc = as_readexactly(s, todo, sizeof todo);
    if (rc < 0)
        return rc;
    ssize_t n = as_readuntil(s, " ", 1, linea, sizeof linea);
    if (n > 0)
        n = as_readline(s, linea, sizeof linea);
    return n < 0 ? (int)n : strcmp(linea, "de todo") == 0 ? 0 : UV_EPROTO;
}

static int tuberia(void *arg)
{
    as_stream *lector, *escritor;
    as_group grupo;

    (void)arg;
    int rc = as_stream_pipe(&lector, &escritor);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "escritora", llena, escritor);
    if (rc == 0)
        rc = vacia(lector);
    rc = as_group_leave(&grupo, rc);
    as_stream_close(lector); /* antes: a quien no lee no hay que entregarle nada */
    as_stream_close(escritor);
    return rc;
}

static int caso_tuberia(void)
{
    return as_run_options(tuberia, NULL, &(as_options){.clock = AS_CLOCK_VIRTUAL});
}

PRUEBA(memoria_flujos, tuberia_con_mas_de_lo_que_cabe)
{
    EXIGE_SIN_MEMORIA();
    sin_memoria_recorre(caso_tuberia, 0, 10);
    sin_memoria_recorre(caso_tuberia, SM_DESDE_AHI, 10);
}

static int archivo(void *arg)
{
    as_stream *s;
    char linea[256];

    (void)arg;
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    int rc = as_stream_open_fd(fd, &s);
    if (rc < 0) {
        close(fd);
        return rc;
    }
    ssize_t n = as_readline(s, linea, sizeof linea);
    as_stream_close(s);
    return n < 0 ? (int)n : 0;
}

static int caso_archivo(void)
{
    return as_run_options(archivo, NULL, NULL);
}

PRUEBA(memoria_flujos, un_archivo_como_flujo)
{
    EXIGE_SIN_MEMORIA();
    sin_memoria_recorre(caso_archivo, 0, 4);
    sin_memoria_recorre(caso_archivo, SM_DESDE_AHI, 4);
}

/* ---- Servidor y cliente ------------------------------------------------------------- */

struct charla {
    as_listener *puerta;
    const char *ruta; /* NULL: TCP */
};

static int eco(as_stream *cliente, void *arg)
{
    char linea[64];
    ssize_t n;

    (void)arg;
    while ((n = as_readline(cliente, linea, sizeof linea)) >= 0) {
        int rc = as_writef(cliente, "eco de %s\n", linea);
        if (rc < 0)
            return rc;
    }
    return (int)n;
}

static int sirve(void *arg)
{
    struct charla *c = arg;

    return as_serve(c->puerta, eco, NULL);
}

static int habla(struct charla *c)
{
    as_stream *s;
    char linea[64];
    as_scope plazo;

    int rc = c->ruta ? as_connect_unix(c->ruta, &s)
                     : as_connect("localhost", as_listener_port(c->puerta), &s);
    if (rc < 0)
        return rc;
    as_scope_enter(&plazo, 5000);
    (void)as_stream_peername(s);
    (void)as_stream_sockname(s);
    rc = as_write(s, "hola\n", 5);
    if (rc == 0)
        rc = (int)as_readline(s, linea, sizeof linea);
    if (rc >= 0)
        rc = strcmp(linea, "eco de hola") == 0 ? as_shutdown(s) : UV_EPROTO;
    if (rc == 0)
        rc = (int)as_read(s, linea, sizeof linea);
    rc = as_scope_leave(&plazo, rc);
    as_stream_close(s);
    return rc;
}

static int charla(void *arg)
{
    struct charla c = {.ruta = arg};
    as_group grupo;

    int rc = c.ruta ? as_listen_unix(c.ruta, 0, &c.puerta)
                    : as_listen("127.0.0.1", 0, 0, &c.puerta);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "servidor", sirve, &c);
    if (rc == 0)
        rc = habla(&c);
    as_listener_close(c.puerta);
    return as_group_leave(&grupo, rc);
}

static int caso_charla(void)
{
    return as_run(charla, NULL);
}

static char ruta[108];

static int caso_charla_unix(void)
{
    return as_run(charla, ruta);
}

PRUEBA(memoria_flujos, servidor_y_cliente_por_tcp)
{
    EXIGE_SIN_MEMORIA();
    sin_memoria_recorre_tolerante(caso_charla, 0, 15);
}

PRUEBA(memoria_flujos, servidor_y_cliente_por_un_socket_unix)
{
    const char *base = getenv("TMPDIR");

    EXIGE_SIN_MEMORIA();
    snprintf(ruta, sizeof ruta, "%s/asinc-memoria-%d", base ? base : "/tmp",
             (int)getpid());
    sin_memoria_recorre_tolerante(caso_charla_unix, 0, 15);
    cr_assert_neq(access(ruta, F_OK), 0, "quedó el socket en el disco");
}
