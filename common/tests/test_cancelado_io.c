/*
 * La promesa de task.h en la entrada y salida: en un ámbito cancelado, toda función que
 * suspende devuelve UV_ECANCELED, no hace nada y deja correr a las demás, también cuando lo
 * que se le pide está listo. El resto de la biblioteca, en test_cancelado.c.
 */
#include "stream_apoyo.h"

#include <unistd.h>

TestSuite(cancelado_io, .timeout = 60);

struct cosas {
    struct pareja p;
    as_stream *otro;
    as_listener *oyente;
    as_signals *senales;
    as_process *proceso;
    as_http *http;
    as_http_response respuesta;
    char ruta[256], *datos, **nombres;
    size_t tamano;
    struct stat info;
    as_file *archivo, *segundo;
    as_process_output salida;
    char texto[64];
    int turnos, trabajos;
};

static int trabaja(void *arg)
{
    (*(int *)arg)++;
    return 0;
}

#define INTENTO(nombre, llamada)                                                         \
    static ssize_t nombre(struct cosas *c)                                               \
    {                                                                                    \
        return llamada;                                                                  \
    }

INTENTO(conecta, as_connect("127.0.0.1", as_listener_port(c->oyente), &c->otro))
INTENTO(acepta, as_accept(c->oyente, &c->otro))
INTENTO(lee, as_read(c->p.a, c->texto, sizeof c->texto))
INTENTO(lee_linea, as_readline(c->p.a, c->texto, sizeof c->texto))
INTENTO(lee_justo, as_readexactly(c->p.a, c->texto, 1))
INTENTO(escribe_algo, as_write(c->p.a, "x", 1))
INTENTO(vacia, as_drain(c->p.a))
INTENTO(cierra_escritura, as_shutdown(c->p.a))
INTENTO(abre, as_file_open(c->ruta, "r", &c->segundo))
INTENTO(lee_archivo, as_file_read(c->archivo, c->texto, sizeof c->texto))
INTENTO(lee_linea_archivo, as_file_readline(c->archivo, c->texto, sizeof c->texto))
INTENTO(escribe_archivo, as_file_write(c->archivo, "x", 1))
INTENTO(sincroniza, as_file_sync(c->archivo))
INTENTO(lee_entero, as_file_read_all(c->ruta, &c->datos, &c->tamano))
INTENTO(escribe_entero, as_file_write_all(c->ruta, "x", 1))
INTENTO(mira, as_file_stat(c->ruta, &c->info))
INTENTO(enumera, as_file_list("/", &c->nombres, &c->tamano))
INTENTO(borra, as_file_remove(c->ruta))
INTENTO(espera_proceso, as_process_wait(c->proceso, NULL))
INTENTO(conversa, as_process_communicate(c->proceso, NULL, 0, 1000, &c->salida))
INTENTO(espera_senal, as_signals_wait(c->senales))
INTENTO(trabajo, as_work(trabaja, &c->trabajos))
INTENTO(pide, as_http_get(c->http, "http://127.0.0.1:9/", &c->respuesta))

static const struct {
    const char *nombre;
    ssize_t (*intenta)(struct cosas *);
} intentos[] = {
    {"as_connect", conecta},
    {"as_accept", acepta},
    {"as_read", lee},
    {"as_readline", lee_linea},
    {"as_readexactly", lee_justo},
    {"as_write", escribe_algo},
    {"as_drain", vacia},
    {"as_shutdown", cierra_escritura},
    {"as_file_open", abre},
    {"as_file_read", lee_archivo},
    {"as_file_readline", lee_linea_archivo},
    {"as_file_write", escribe_archivo},
    {"as_file_sync", sincroniza},
    {"as_file_read_all", lee_entero},
    {"as_file_write_all", escribe_entero},
    {"as_file_stat", mira},
    {"as_file_list", enumera},
    {"as_file_remove", borra},
    {"as_process_wait", espera_proceso},
    {"as_process_communicate", conversa},
    {"as_signals_wait", espera_senal},
    {"as_work", trabajo},
    {"as_http_get", pide},
};

static void prepara(struct cosas *c)
{
    const char *temporal = getenv("TMPDIR");
    int fd;

    snprintf(c->ruta, sizeof c->ruta, "%s/cancelado-XXXXXX",
             temporal ? temporal : "/tmp");
    fd = mkstemp(c->ruta);
    cr_assert_eq(write(fd, "hola\n", 5), 5);
    close(fd);
    pareja_abre(&c->p);
    escribe(c->p.b, "hola\n");
    cr_assert_eq(as_listen("127.0.0.1", 0, 8, &c->oyente), 0);
    cr_assert_eq(as_signals_open((int[]){SIGUSR2}, 1, &c->senales), 0);
    raise(SIGUSR2);
    as_process_options tubos = {.out = AS_PIPE};
    cr_assert_eq(
        as_process_spawn((const char *const[]){"true", NULL}, &tubos, &c->proceso), 0);
    cr_assert_eq(as_file_open(c->ruta, "r+", &c->archivo), 0);
    cr_assert_eq(as_http_new(NULL, &c->http), 0);
    cr_assert_eq(as_process_wait(c->proceso, NULL),
                 0); /* ya está listo: puede repetirse */
}

static void recoge(struct cosas *c)
{
    as_http_close(c->http);
    as_process_close(c->proceso);
    as_signals_close(c->senales);
    as_listener_close(c->oyente);
    cr_assert_eq(as_file_close(c->archivo), 0);
    pareja_cierra(&c->p);
    cr_assert_eq(unlink(c->ruta), 0, "lo borró la cancelada");
}

static int cuenta_turnos(void *arg)
{
    struct cosas *c = arg;
    int rc;

    while ((rc = as_yield()) == 0)
        c->turnos++;
    return rc;
}

static int intenta_de_todo(void *arg)
{
    struct cosas c = {0};
    as_scope ambito;
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    prepara(&c);
    cr_assert_eq(as_start_soon(&grupo, "vecina", cuenta_turnos, &c), 0);
    cr_assert_eq(as_yield(), 0);
    as_scope_enter(&ambito, AS_FOREVER);
    as_scope_cancel(&ambito);
    for (size_t i = 0; i < sizeof intentos / sizeof *intentos; i++) {
        int antes = c.turnos;
        ssize_t rc = intentos[i].intenta(&c);
        cr_assert_eq(rc, UV_ECANCELED, "%s dio %zd", intentos[i].nombre, rc);
        cr_assert_eq(c.turnos, antes + 1, "%s cedió el turno %d veces",
                     intentos[i].nombre, c.turnos - antes);
    }
    cr_assert_eq(as_scope_leave(&ambito, UV_ECANCELED), 0);
    cr_assert_eq(c.trabajos, 0);
    llega(c.p.a, "hola\n");
    recoge(&c);
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, 0);
}

PRUEBA(cancelado_io, nada_que_suspenda_hace_nada_y_todo_cede_una_vez)
{
    cr_assert_eq(as_run(intenta_de_todo, NULL), 0);
}
