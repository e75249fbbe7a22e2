/* Flujos con lo que hay fuera del programa: nc, telnet, la terminal, tuberías y archivos. */
#include "stream_apoyo.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(stream_fuera, .timeout = 60);

static int atiende_eco(as_stream *cliente, void *arg)
{
    char linea[256];
    ssize_t n;

    (void)arg;
    int rc = as_writef(cliente, "Bienvenido\n");
    while (rc == 0 && (n = as_readline(cliente, linea, sizeof linea)) >= 0) {
        if (strcmp(linea, "/quit") == 0)
            return as_writef(cliente, "Adiós\n");
        rc = as_writef(cliente, "Eco: %s\n", linea);
    }
    return rc;
}

static int sirve(void *arg)
{
    return as_serve(arg, atiende_eco, NULL);
}

/* Lee lo que dice la orden sin parar el bucle. */
static int habla_con(void *arg)
{
    const char *formato = arg;
    as_listener *l;
    as_group grupo;
    as_stream *s;
    char orden[256], texto[1024];

    cr_assert_eq(as_listen("127.0.0.1", 0, 0, &l), 0);
    snprintf(orden, sizeof orden, formato, as_listener_port(l));
    as_group_enter(&grupo);
    cr_assert_eq(as_start_soon(&grupo, "servidor", sirve, l), 0);
    FILE *tubo = popen(orden, "r");
    cr_assert_not_null(tubo);
    cr_assert_eq(as_stream_open_fd(dup(fileno(tubo)), &s), 0);
    lee_todo(s, texto, sizeof texto);
    as_stream_close(s);
    pclose(tubo);
    cr_assert(strstr(texto, "Bienvenido\nEco: hola\nEco: ¿qué tal?\nAdiós\n"), "dijo: %s",
              texto);
    as_listener_close(l);
    return as_group_leave(&grupo, 0);
}

PRUEBA(stream_fuera, cliente_nc)
{
    if (system("command -v nc >/dev/null") != 0)
        cr_skip_test("nc no está instalado");
    cr_assert_eq(as_run(habla_con,
                        (void *)"printf 'hola\\n¿qué tal?\\n/quit\\n' | nc 127.0.0.1 %d"),
                 0);
}

PRUEBA(stream_fuera, cliente_telnet)
{
    if (system("command -v telnet >/dev/null") != 0)
        cr_skip_test("telnet no está instalado");
    /* telnet se va cuando acaba su entrada: se le deja abierta hasta que el servidor lo
     * despida. */
    cr_assert_eq(as_run(habla_con, (void *)"{ printf 'hola\\n¿qué tal?\\n/quit\\n'; "
                                           "sleep 1; } | telnet 127.0.0.1 %d 2>&1"),
                 0);
}

/* ---- Tuberías ----------------------------------------------------------------------- */

static int tuberia(void *arg)
{
    as_stream *lee, *escr;
    char t[64];
    int libre = descriptor_libre();

    (void)arg;
    cr_assert_eq(as_stream_pipe(&lee, &escr), 0);
    escribe(escr, "por la tubería");
    llega(lee, "por la tubería");
    cr_assert_eq(as_write(lee, "x", 1), UV_EPIPE);
    cr_assert(strstr(as_error_text(UV_EPIPE), "solo de lectura"));
    cr_assert_eq(as_read(escr, t, 1), UV_ENOTCONN);
    cr_assert(strstr(as_error_text(UV_ENOTCONN), "solo de escritura"));
    cr_assert_eq(as_shutdown(escr), UV_ENOTSOCK);
    cr_assert_str_eq(as_stream_peername(lee), "");
    as_stream_close(escr);
    cr_assert_eq(as_read(lee, t, sizeof t), 0);
    as_stream_close(lee);

    cr_assert_eq(as_stream_pipe(&lee, &escr), 0);
    as_stream_close(lee);
    cr_assert_eq(as_write(escr, "x", 1), UV_EPIPE);
    as_stream_close(escr);
    cr_assert_eq(descriptor_libre(), libre);
    return 0;
}

PRUEBA(stream_fuera, tuberia)
{
    CORRE(tuberia, NULL, 0);
}

static int descriptores_malos(void *arg)
{
    as_stream *s;
    int carpeta = open("/", O_RDONLY | O_DIRECTORY);

    (void)arg;
    cr_assert_eq(as_stream_open_fd(-1, &s), UV_EBADF);
    cr_assert_eq(as_stream_open_fd(4000, &s), UV_EBADF);
    cr_assert_eq(as_stream_open_fd(carpeta, &s), UV_EINVAL);
    cr_assert_null(s);
    close(carpeta);
    return 0;
}

PRUEBA(stream_fuera, descriptores_que_no_valen)
{
    CORRE(descriptores_malos, NULL, 0);
}

/* La entrada estándar del proceso recupera su modo: otro programa puede compartirla. */
static int usa_stdin(void *arg)
{
    as_stream *s;

    (void)arg;
    cr_assert_eq(as_stream_open_fd(STDIN_FILENO, &s), 0);
    llega(s, "datos");
    cr_assert(fcntl(STDIN_FILENO, F_GETFL) & O_NONBLOCK);
    as_stream_close(s);
    cr_assert_not(fcntl(STDIN_FILENO, F_GETFL) & O_NONBLOCK, "sigue sin bloquear");
    return 0;
}

PRUEBA(stream_fuera, la_entrada_estandar_recupera_su_modo)
{
    int tubo[2];

    cr_assert_eq(pipe(tubo), 0);
    cr_assert_eq(dup2(tubo[0], STDIN_FILENO), STDIN_FILENO);
    cr_assert_eq(write(tubo[1], "datos", 5), 5);
    CORRE(usa_stdin, NULL, 0);
    close(tubo[0]);
    close(tubo[1]);
}

/* ---- Archivos y /dev/null ----------------------------------------------------------- */

static int archivo(void *arg)
{
    FILE *f = tmpfile();
    as_stream *s;
    char l[64];

    (void)arg;
    cr_assert_eq(as_stream_open_fd(dup(fileno(f)), &s), 0);
    escribe(s, "una\ndos\n");
    cr_assert_eq(as_drain(s), 0);
    cr_assert_eq(as_shutdown(s), UV_ENOTSOCK);
    as_stream_close(s);
    rewind(f);
    cr_assert_eq(as_stream_open_fd(dup(fileno(f)), &s), 0);
    cr_assert_eq(as_readline(s, l, sizeof l), 3);
    cr_assert_eq(as_readline(s, l, sizeof l), 3);
    cr_assert_str_eq(l, "dos");
    cr_assert_eq(as_readline(s, l, sizeof l), UV_EOF);
    as_stream_close(s);
    fclose(f);

    cr_assert_eq(as_stream_open_fd(open("/dev/null", O_RDWR), &s), 0);
    cr_assert_eq(as_read(s, l, sizeof l), 0);
    escribe(s, "al vacío");
    as_stream_close(s);
    cr_assert_eq(as_stream_open_fd(open("/dev/full", O_RDWR), &s), 0);
    cr_assert_eq(as_write(s, "x", 1), UV_ENOSPC);
    cr_assert_eq(as_write(s, "x", 1), UV_ENOSPC);
    as_stream_close(s);
    return 0;
}

PRUEBA(stream_fuera, un_archivo_tambien_vale)
{
    CORRE(archivo, NULL, 0);
}

/* ---- Terminal ----------------------------------------------------------------------- */

static int terminal(void *arg)
{
    int maestro, esclavo;
    as_stream *s;
    char t[64];

    (void)arg;
    cr_assert_eq(openpty(&maestro, &esclavo, NULL, NULL, NULL), 0);
    BIEN(as_stream_open_fd(esclavo, &s));
    cr_assert_eq(write(maestro, "teclas\nmás", 11), 11);
    cr_assert_eq(as_readline(s, t, sizeof t), 6);
    cr_assert_str_eq(t, "teclas");
    as_scope plazo;
    as_scope_enter(&plazo, 20);
    cr_assert_eq(as_scope_leave(&plazo, (int)as_read(s, t, sizeof t)), UV_ETIMEDOUT,
                 "la terminal no entrega media línea");
    escribe(s, "eco");
    cr_assert_gt(read(maestro, t, sizeof t), 0);
    close(maestro);
    cr_assert_eq(lee_todo(s, t, sizeof t), 0u, "sin terminal, se acaba");
    as_stream_close(s);
    return 0;
}

PRUEBA(stream_fuera, terminal)
{
    CORRE(terminal, NULL, 0);
}

/* Quien está al otro lado de la terminal ve que se fue. */
static int terminal_cerrada(void *arg)
{
    int maestro, esclavo;
    as_stream *s;
    char t[64];

    (void)arg;
    cr_assert_eq(openpty(&maestro, &esclavo, NULL, NULL, NULL), 0);
    BIEN(as_stream_open_fd(esclavo, &s));
    as_stream_close(s);
    cr_assert_eq(fcntl(esclavo, F_GETFD), -1, "el descriptor sigue abierto");
    cr_assert_eq(fcntl(maestro, F_SETFL, O_NONBLOCK), 0);
    cr_assert_eq(read(maestro, t, sizeof t), -1);
    cr_assert_eq(errno, EIO, "la terminal sigue abierta: %s", strerror(errno));
    close(maestro);
    return 0;
}

PRUEBA(stream_fuera, cerrar_una_terminal_cierra_su_descriptor)
{
    CORRE(terminal_cerrada, NULL, 0);
}
