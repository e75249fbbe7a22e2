#include "web_banco.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Clientes lentos, que se van a medias, que preguntan mucho o que no hablan HTTP. */
TestSuite(web_clientes, .timeout = 60);

#define GET(camino) "GET " camino " HTTP/1.1\r\nHost: x\r\n\r\n"

static int saluda(as_web_request *p, void *arg)
{
    struct banco *b = arg;

    b->vivos++;
    const char *n = as_web_param(p, "n");
    return as_web_reply_text(p, 200, "hola %s", n ? n : as_web_body(p, NULL));
}

static int espera(as_web_request *p, void *arg)
{
    struct banco *b = arg;

    b->vivos++;
    int rc = as_event_wait(&b->suceso);
    anota(&b->diario, "%s;", rc < 0 ? as_errname(rc) : "bien");
    b->vivos--;
    return rc < 0 ? rc : as_web_reply_text(p, 200, "esperé");
}

enum { GRANDE = 32 << 20 };

static int manda_mucho(as_web_request *p, void *arg)
{
    struct banco *b = arg;
    char *bytes = calloc(1, GRANDE);
    int rc = as_web_reply(p, 200, NULL, bytes, GRANDE);
    free(bytes);
    b->grandes++;
    return rc;
}

/* Un hijo que hereda la conexión, como el que aún no ha llegado a exec. */
static int bifurca(as_web_request *p, void *arg)
{
    struct banco *b = arg;

    b->vivos = fork();
    if (b->vivos == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* si la prueba falla, no queda nadie */
        pause();
        _exit(0);
    }
    return as_web_reply_text(p, 200, "hijo");
}

static void rutas(struct banco *b)
{
    ruta(b, "GET", "/hola/{n}", saluda);
    ruta(b, "POST", "/hola", saluda);
    ruta(b, "GET", "/espera", espera);
    ruta(b, "GET", "/mucho", manda_mucho);
    ruta(b, "GET", "/bifurca", bifurca);
}

static const as_web_options real = {.client_timeout_ms = 60000};

static void espera_a_que(const int *numero, int valor)
{
    while (*numero != valor)
        cr_assert_eq(as_sleep(1), 0);
}

/* ---- Lentos ------------------------------------------------------------------------- */

static int medias(struct banco *b)
{
    static const char *const trozos[] = {"", "G", "GET /hola/1 HT",
                                         "GET /hola/1 HTTP/1.1\r\n",
                                         ("POST /hola HTTP/1.1\r\nHost: x\r\n"
                                          "Content-Length: 10\r\n\r\n123")};
    as_stream *s[20];

    for (int i = 0; i < 20; i++) {
        s[i] = conecta(b);
        manda(s[i], trozos[i % 5]);
    }
    size_t antes = as_task_count();
    for (int i = 0; i < 50; i++)
        get_es(b, "/hola/7", 200, "hola 7");
    cr_assert_eq(b->vivos, 50, "solo las peticiones enteras");
    cr_assert_eq(as_task_count(), antes);
    char texto[1024];
    manda(s[4], "4567890");
    lee_respuesta(s[4], texto, sizeof texto);
    CONTIENE(texto, "hola 1234567890");
    for (int i = 0; i < 20; i++)
        as_stream_close(s[i]);
    get_es(b, "/hola/7", 200, "hola 7");
    return 0;
}

PRUEBA(web_clientes, las_peticiones_a_medias_no_ocupan_tareas)
{
    con_banco(rutas, medias, real);
}

static int gota_a_gota(struct banco *b)
{
    static const char peticion[] = "POST /hola HTTP/1.1\r\nHost: x\r\n"
                                   "Transfer-Encoding: chunked\r\n\r\n"
                                   "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    char texto[1024];
    as_stream *s = conecta(b);

    for (const char *p = peticion; *p; p++) {
        cr_assert_eq(as_write(s, p, 1), 0);
        get_es(b, "/hola/7", 200, "hola 7");
    }
    lee_respuesta(s, texto, sizeof texto);
    CONTIENE(texto, "hola abcde");
    as_stream_close(s);
    return 0;
}

PRUEBA(web_clientes, quien_escribe_letra_a_letra_no_estorba)
{
    con_banco(rutas, gota_a_gota, real);
}

static const as_web_options breve = {.client_timeout_ms = 300};

/* El servidor corta; y como mucho pasan unos pocos plazos. */
static void cortan(as_stream *s, uint64_t desde)
{
    char texto[256];
    ssize_t n;

    do
        n = as_read(s, texto, sizeof texto);
    while (n > 0);
    cr_assert(n == 0 || n == UV_ECONNRESET, "%s", as_strerror((int)n));
    uint64_t tardo = as_now() - desde;
    cr_assert(tardo >= 250 && tardo < 5000, "%d ms", (int)tardo);
}

static int lento_sin_fin(void *arg)
{
    as_stream *s = arg;
    int rc;

    do
        rc = as_write(s, "X", 1);
    while (rc == 0 && (rc = as_sleep(20)) == 0);
    return 0;
}

static int impacientan(struct banco *b)
{
    uint64_t antes = as_now();
    char texto[1024];
    as_group grupo;

    as_stream *s = conecta(b); /* ni una letra */
    cortan(s, antes);
    as_stream_close(s);
    antes = as_now();
    s = conecta(b);
    manda(s, "GET /hola/");
    as_group_enter(&grupo);
    cr_assert_eq(as_start_soon(&grupo, "lento", lento_sin_fin, s), 0);
    while (as_now() - antes < 250) { /* letras, pero sin acabar nunca */
        get_es(b, "/hola/7", 200, "hola 7");
        cr_assert_eq(as_sleep(5), 0);
    }
    cortan(s, antes);
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    as_stream_close(s);

    s = conecta(b); /* una conexión ociosa tras responder */
    antes = as_now();
    manda(s, GET("/hola/1"));
    lee_respuesta(s, texto, sizeof texto);
    cortan(s, antes);
    as_stream_close(s);

    s = conecta(b); /* mientras atiende el manejador, el cliente no tiene prisa */
    antes = as_now();
    manda(s, GET("/espera"));
    espera_a_que(&b->vivos, b->vivos + 1);
    cr_assert_eq(as_sleep(700), 0);
    as_event_set(&b->suceso);
    lee_respuesta(s, texto, sizeof texto);
    CONTIENE(texto, "esperé");
    as_stream_close(s);
    return 0;
}

PRUEBA(web_clientes, a_quien_no_acaba_se_le_corta)
{
    con_banco(rutas, impacientan, breve);
}

/* El plazo vence con el bucle parado y la petición ya en el núcleo. */
static int se_para_el_bucle(struct banco *b)
{
    char texto[1024];
    as_stream *s = conecta(b);

    manda(s, "GET /hola/7 HTTP/1.1\r\nHost: x\r\n");
    get_es(b, "/hola/1", 200, "hola 1"); /* el servidor ya la aceptó: su plazo corre */
    manda(s, "\r\n");
    usleep(2500 * 1000);
    lee_respuesta(s, texto, sizeof texto);
    CONTIENE(texto, "hola 7");
    as_stream_close(s);
    return 0;
}

PRUEBA(web_clientes, no_se_corta_a_nadie_por_lo_que_tarda_el_bucle)
{
    con_banco(rutas, se_para_el_bucle, (as_web_options){.client_timeout_ms = 2000});
}

static int no_recoge(struct banco *b)
{
    as_stream *s = conecta(b);
    size_t total = 0;
    char trozo[65536];
    ssize_t n;

    manda(s, GET("/mucho"));
    espera_a_que(&b->grandes, 1);
    cr_assert_eq(as_sleep(1000), 0); /* su plazo de 300 ms pasa sin que lea nada */
    while ((n = as_read(s, trozo, sizeof trozo)) > 0)
        total += (size_t)n;
    cr_assert_lt(total, (size_t)GRANDE, "llegó entera");
    as_stream_close(s);
    get_es(b, "/hola/7", 200, "hola 7");
    return 0;
}

PRUEBA(web_clientes, a_quien_no_recoge_su_respuesta_se_le_corta)
{
    con_banco(rutas, no_recoge, breve);
}

/* ---- Que se van --------------------------------------------------------------------- */

static int se_van(struct banco *b)
{
    as_stream *s = conecta(b);

    manda(s, GET("/espera"));
    espera_a_que(&b->vivos, 1);
    as_stream_close(s);
    espera_a_que(&b->vivos, 0);
    DIARIO_ES(&b->diario, "ECANCELED;");

    s = conecta(b);
    manda(s, GET("/espera"));
    espera_a_que(&b->vivos, 1);
    cierra_de_golpe(s);
    espera_a_que(&b->vivos, 0);
    DIARIO_ES(&b->diario, "ECANCELED;ECANCELED;");

    s = conecta(b); /* a mitad del cuerpo: no llega a atenderse */
    manda(s, "POST /hola HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123");
    cierra_de_golpe(s);
    for (int i = 0; i < 20; i++) {
        s = conecta(b); /* pide mucho y se va sin leerlo */
        manda(s, GET("/mucho"));
        if (i % 2)
            as_stream_close(s);
        else
            cierra_de_golpe(s);
    }
    get_es(b, "/hola/7", 200, "hola 7");
    cr_assert_eq(b->vivos, 1);
    return 0;
}

PRUEBA(web_clientes, si_el_cliente_se_va_se_cancela_su_tarea)
{
    con_banco(rutas, se_van, real);
}

static int cierra_lo_heredado(struct banco *b)
{
    char texto[1024];
    as_stream *s = conecta(b);
    manda(s, "GET /bifurca HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    lee_hasta_cierre(s, texto, sizeof texto);
    pid_t hijo = b->vivos;
    get_es(b, "/hola/1", 200, "hola 1"); /* el servidor ya soltó la conexión */
    cr_assert_eq(as_shutdown(s), 0);
    get_es(b, "/hola/2", 200, "hola 2");
    as_stream_close(s);
    kill(hijo, SIGKILL);
    cr_assert_eq(waitpid(hijo, NULL, 0), hijo);
    return 0;
}

PRUEBA(web_clientes, una_conexion_heredada_por_otro_proceso_no_revive)
{
    con_banco(rutas, cierra_lo_heredado, real);
}

/* ---- Que preguntan mucho ------------------------------------------------------------ */

static int en_fila(struct banco *b)
{
    char texto[1024];
    as_stream *s = conecta(b);

    manda(s,
          GET("/hola/1") GET("/espera") "HEAD /hola/2 HTTP/1.1\r\nHost: x\r\n\r\n" GET(
              "/hola/3") "GET /hola/4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    lee_respuesta(s, texto, sizeof texto);
    CONTIENE(texto, "hola 1");
    espera_a_que(&b->vivos, 2);
    as_event_set(&b->suceso); /* las de detrás esperan a esta */
    lee_respuesta(s, texto, sizeof texto);
    CONTIENE(texto, "esperé");
    cr_assert_gt(as_readuntil(s, "\r\n\r\n", 4, texto, sizeof texto), 0);
    lee_respuesta(s, texto, sizeof texto);
    CONTIENE(texto, "hola 3");
    lee_hasta_cierre(s, texto, sizeof texto);
    CONTIENE(texto, "hola 4");
    as_stream_close(s);
    return 0;
}

PRUEBA(web_clientes, las_peticiones_en_fila_se_responden_en_orden)
{
    con_banco(rutas, en_fila, real);
}

/* ---- Desde otro hilo, con sockets a pelo -------------------------------------------- */

struct desde_hilo {
    int puerto, respuestas;
    atomic_bool hecho;
};

static int conecta_a_pelo(int puerto)
{
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)puerto),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_eq(connect(fd, (struct sockaddr *)&donde, sizeof donde), 0);
    return fd;
}

static void *cliente_de_otro_hilo(void *arg)
{
    static const char peticion[] = GET("/hola/hilo");
    struct desde_hilo *d = arg;

    for (int i = 0; i < 20; i++) {
        int fd = conecta_a_pelo(d->puerto);
        char texto[1024] = "";
        size_t n = 0;
        for (size_t j = 0; j < sizeof peticion - 1; j += 7) {
            size_t falta = sizeof peticion - 1 - j;
            cr_assert_gt(send(fd, peticion + j, falta < 7 ? falta : 7, MSG_NOSIGNAL), 0);
        }
        while (!strstr(texto, "hola hilo")) {
            ssize_t leido = recv(fd, texto + n, sizeof texto - 1 - n, 0);
            if (leido <= 0)
                break;
            n += (size_t)leido;
            texto[n] = '\0';
        }
        d->respuestas += strstr(texto, "hola hilo") != NULL;
        close(fd);
    }
    atomic_store(&d->hecho, true);
    return NULL;
}

static int desde_un_hilo(struct banco *b)
{
    struct desde_hilo d = {.puerto = as_web_port(b->servidor)};
    pthread_t hilo;

    cr_assert_eq(pthread_create(&hilo, NULL, cliente_de_otro_hilo, &d), 0);
    while (!atomic_load(&d.hecho))
        get_es(b, "/hola/7", 200, "hola 7");
    pthread_join(hilo, NULL);
    cr_assert_eq(d.respuestas, 20);
    return 0;
}

PRUEBA(web_clientes, atiende_a_otro_hilo_que_si_bloquea)
{
    con_banco(rutas, desde_un_hilo, real);
}
