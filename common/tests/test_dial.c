/* Quién está dentro del programa y quién fuera, visto por el reloj virtual. */
#include "web_banco.h"

#include "core/loop_internal.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(dial, .timeout = 60);

enum { UNA_HORA = 3600000 };

/* ---- Un servidor HTTP de aquí ------------------------------------------------------- */

static int duerme_una_hora(as_web_request *p, void *arg)
{
    struct banco *b = arg;

    b->vivos++;
    int rc = as_sleep(UNA_HORA);
    return rc < 0 ? rc : as_web_reply_text(p, 200, "buenos días");
}

static void rutas(struct banco *b)
{
    ruta(b, "GET", "/", duerme_una_hora);
}

static int con_un_flujo(struct banco *b)
{
    char texto[1024];

    for (int i = 1; i <= 2; i++) {
        as_stream *s = conecta(b);
        manda(s, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        lee_hasta_cierre(s, texto, sizeof texto);
        CONTIENE(texto, "buenos días");
        cr_assert_eq(as_now() / UNA_HORA, (unsigned)i);
        as_stream_close(s);
    }
    get_es(b, "/", 200, "buenos días");
    cr_assert_eq(as_now() / UNA_HORA, 3u);
    return 0;
}

PRUEBA(dial, un_flujo_y_un_cliente_http_no_esperan_a_un_manejador_que_duerme)
{
    con_banco(rutas, con_un_flujo, (as_web_options){.request_timeout_ms = 2 * UNA_HORA});
}

static int pide(void *arg)
{
    get_es(arg, "/", 200, "buenos días");
    return 0;
}

/* Mientras el manejador duerme se espera también a un proceso, que sí está fuera. */
static int y_alguien_fuera(struct banco *b)
{
    as_group grupo;
    as_process *p;

    as_group_enter(&grupo);
    cr_assert_eq(as_start_soon(&grupo, "cliente", pide, b), 0);
    while (b->vivos == 0)
        BIEN(as_sleep(1));
    uint64_t antes = as_now();
    BIEN(as_process_spawn((const char *[]){"sleep", "0.1", NULL}, NULL, &p));
    BIEN(as_process_wait(p, NULL));
    cr_assert_lt(as_now() - antes, (unsigned)UNA_HORA, "saltó mientras se le esperaba");
    as_process_close(p);
    BIEN(as_group_leave(&grupo, 0));
    cr_assert_geq(as_now(), (unsigned)UNA_HORA);
    return 0;
}

PRUEBA(dial, si_ademas_se_espera_a_alguien_de_fuera_el_tiempo_no_salta)
{
    con_banco(rutas, y_alguien_fuera,
              (as_web_options){.request_timeout_ms = 2 * UNA_HORA});
}

/* Un cliente de otro hilo no es del programa, aunque sea del mismo proceso. */
static void *pide_desde_fuera(void *arg)
{
    struct banco *b = arg;
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)as_web_port(b->servidor)),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    static const char peticion[] =
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    char texto[1024];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (connect(fd, (struct sockaddr *)&donde, sizeof donde) == 0 &&
        send(fd, peticion, sizeof peticion - 1, MSG_NOSIGNAL) > 0)
        while (recv(fd, texto, sizeof texto, 0) > 0)
            continue;
    close(fd);
    return NULL;
}

static int desde_otro_hilo(struct banco *b)
{
    pthread_t hilo;

    cr_assert_eq(pthread_create(&hilo, NULL, pide_desde_fuera, b), 0);
    while (b->vivos == 0)
        BIEN(as_yield());
    cr_assert_eq(as__loop->answering, 0u);
    BIEN(as_sleep(2 * UNA_HORA)); /* con tiempo para que el manejador le conteste */
    pthread_join(hilo, NULL);
    return 0;
}

PRUEBA(dial, quien_llama_desde_otro_hilo_esta_fuera)
{
    con_banco(rutas, desde_otro_hilo,
              (as_web_options){.request_timeout_ms = 2 * UNA_HORA});
}

/* ---- Un servidor con la cola llena --------------------------------------------------- */

enum { CLIENTES = 4 };

struct cola {
    as_listener *l;
    uint64_t conectado[CLIENTES];
    int cuantos;
};

static int se_conecta(void *arg)
{
    struct cola *c = arg;
    as_scope plazo;
    as_stream *s;

    as_scope_enter(&plazo, 2 * UNA_HORA);
    int rc = as_scope_leave(&plazo, as_connect("127.0.0.1", as_listener_port(c->l), &s));
    if (rc < 0)
        return rc;
    c->conectado[c->cuantos++] = as_now();
    as_stream_close(s);
    return 0;
}

/* Los que no caben no tendrán respuesta hasta que despierte quien acepta: el tiempo tiene que
 * saltar. Después, el núcleo tarda en volver a intentarlo un segundo de los de verdad, y el
 * tiempo virtual lo espera parado. */
static int cola_llena(void *arg)
{
    struct cola c = {0};
    as_group grupo;

    (void)arg;
    BIEN(as_listen("127.0.0.1", 0, 1, &c.l));
    as_group_enter(&grupo);
    for (int i = 0; i < CLIENTES; i++)
        BIEN(as_start_soon(&grupo, NULL, se_conecta, &c));
    BIEN(as_sleep(UNA_HORA));
    cr_assert_eq(as_now(), (unsigned)UNA_HORA);
    cr_assert_lt(c.cuantos, CLIENTES, "cabían todos: no se prueba nada");
    for (int i = 0; i < CLIENTES; i++) {
        as_stream *s;
        BIEN(as_accept(c.l, &s));
        as_stream_close(s);
    }
    BIEN(as_group_leave(&grupo, 0));
    cr_assert_eq(c.cuantos, CLIENTES);
    cr_assert_eq(c.conectado[CLIENTES - 1], (unsigned)UNA_HORA);
    as_listener_close(c.l);
    return 0;
}

PRUEBA(dial, con_la_cola_llena_salta_hasta_que_alguien_acepta_y_no_mas)
{
    CORRE(cola_llena, NULL, 0);
}
