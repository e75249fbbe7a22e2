/*
 * Flujos, cliente y servidor HTTP, por la red y todos a la vez, con plazos, cancelaciones y
 * cortes al azar. Cada cual sabe lo que pidió: lo que reciba tiene que ser suyo y estar entero, o
 * ser un error de los que tocan. Al final no queda nada abierto, y todo sigue sirviendo.
 *
 * La semilla de cada ronda se escribe en stderr. ASINC_SEMILLA=N empieza por esa, y con
 * ASINC_SEGUNDOS=N hay rondas, con las semillas siguientes, hasta que pasan. Con la misma, cada
 * actor decide lo mismo; el orden en que les llega lo de la red no se repite.
 */
#include "prueba.h"

#include <unistd.h>

TestSuite(estres_red, .timeout = 3600);

#ifdef PRUEBA_LIGERA
enum { ACTORES = 8, PASOS = 12 };
#else
enum { ACTORES = 16, PASOS = 20 };
#endif

enum { GRANDE = 300000, CUERPO = 100000, ECO = 150000, PLAZAS = 6 };

struct mundo {
    unsigned semilla;
    as_web *web;
    as_http *http;
    as_listener *eco;
    uint64_t azar_del_eco;
    unsigned series;               /* cada petición tiene su número */
    long bien, cortados, vencidos; /* pasos */
    char patron[GRANDE + 256];     /* la serie n empieza en su byte n % 256 */
};

static struct mundo *m;

struct actor {
    uint64_t azar;
    unsigned pasos;
};

#define EXIGE(condicion, formato, ...)                                                   \
    cr_assert(condicion, "con ASINC_SEMILLA=%u: " formato, m->semilla, ##__VA_ARGS__)
#define EXIGE_RC(condicion, rc)                                                          \
    cr_assert(condicion, "con ASINC_SEMILLA=%u: %s: %s", m->semilla, as_errname(rc),     \
              as_error_text(rc))

/* splitmix64, de Steele, Lea y Flood. */
static unsigned azar(uint64_t *estado, unsigned n)
{
    uint64_t z = *estado += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (unsigned)((z ^ z >> 31) % n);
}

static const char *patron(unsigned serie)
{
    return m->patron + serie % 256;
}

/* ---- Quien atiende ---------------------------------------------------------------------- */

static unsigned serie_de(const as_web_request *p)
{
    return (unsigned)strtoul(as_web_param(p, "n"), NULL, 10);
}

static int texto(as_web_request *p, void *arg)
{
    (void)arg;
    return as_web_reply_text(p, 200, "soy %u", serie_de(p));
}

static int lento(as_web_request *p, void *arg)
{
    int rc = as_sleep(serie_de(p) % 8);

    return rc < 0 ? rc : texto(p, arg);
}

static int grande(as_web_request *p, void *arg)
{
    (void)arg;
    return as_web_reply(p, 200, NULL, patron(serie_de(p)), GRANDE);
}

/* Lo mismo que el grande, a pedazos; a la mitad, el que corta devuelve un error. */
static int a_trozos(as_web_request *p, bool corta)
{
    const char *texto = patron(serie_de(p));
    size_t va = 0, trozo = 1000 + 7 * (serie_de(p) % 1000);

    int rc = as_web_reply_start(p, 200, NULL);
    while (rc == 0 && va < GRANDE) {
        size_t n = trozo < GRANDE - va ? trozo : GRANDE - va;
        rc = as_web_reply_write(p, texto + va, n);
        va += n;
        if (rc == 0 && corta && va > GRANDE / 2)
            rc = UV_EIO;
        if (rc == 0 && va % 3 == 0)
            rc = as_yield();
    }
    return rc;
}

static int trozos(as_web_request *p, void *arg)
{
    (void)arg;
    return a_trozos(p, false);
}

static int corta(as_web_request *p, void *arg)
{
    (void)arg;
    return a_trozos(p, true);
}

static int devuelve(as_web_request *p, void *arg)
{
    size_t tamano;
    const char *cuerpo = as_web_body(p, &tamano);

    (void)arg;
    return as_web_reply(p, 200, NULL, cuerpo, tamano);
}

static int falla(as_web_request *p, void *arg)
{
    (void)p;
    (void)arg;
    return UV_EIO;
}

/* Repite lo que le dicen, o se cansa. */
static int repite(as_stream *cliente, void *arg)
{
    char trozo[5000];
    ssize_t n;
    int rc = 0;

    (void)arg;
    while (rc == 0 && (n = as_read(cliente, trozo, sizeof trozo)) > 0) {
        switch (azar(&m->azar_del_eco, 60)) {
        case 0:
            return 0;
        case 1:
            as_stream_abort(cliente);
            return 0;
        case 2:
            rc = as_sleep(2);
            break;
        default:
            break;
        }
        if (rc == 0)
            rc = as_write(cliente, trozo, (size_t)n);
    }
    return rc;
}

static int sirve_eco(void *arg)
{
    (void)arg;
    return as_serve(m->eco, repite, NULL);
}

static int sirve_web(void *arg)
{
    (void)arg;
    return as_web_run(m->web);
}

/* ---- Un paso con el cliente HTTP ---------------------------------------------------------- */

static const char *const rutas[] = {"texto",  "lento", "grande",
                                    "trozos", "corta", "falla"};

enum { TEXTO, LENTO, GRANDES, TROZOS, CORTA, FALLA, RUTAS };

static void escribe_url(char *url, size_t tamano, const char *que, unsigned serie)
{
    snprintf(url, tamano, "http://127.0.0.1:%d/%s/%u", as_web_port(m->web), que, serie);
}

static void comprueba(int que, unsigned serie, const as_http_response *r)
{
    char esperado[32];

    EXIGE(r->status == (que == FALLA ? 500 : 200), "%s: %d", rutas[que], r->status);
    if (que == TEXTO || que == LENTO) {
        snprintf(esperado, sizeof esperado, "soy %u", serie);
        EXIGE(strcmp(r->body, esperado) == 0, "no es «%s», es «%s»", esperado, r->body);
    } else if (que == GRANDES || que == TROZOS) {
        EXIGE(r->body_size == GRANDE && !memcmp(r->body, patron(serie), GRANDE), "%s",
              rutas[que]);
    }
}

static int paso_pide(struct actor *a)
{
    unsigned serie = m->series++;
    int que = (int)azar(&a->azar, RUTAS);
    as_http_response r;
    char url[64];

    escribe_url(url, sizeof url, rutas[que], serie);
    as_http_request peticion = {
        .url = url, .timeout_ms = azar(&a->azar, 4) ? 0 : 1 + azar(&a->azar, 20)};
    int rc = as_http_send(m->http, &peticion, &r);
    EXIGE_RC(rc == 0 || rc == UV_ECANCELED ||
                 (rc == UV_ETIMEDOUT && peticion.timeout_ms > 0) ||
                 (rc == UV_ECONNRESET && que == CORTA),
             rc);
    EXIGE(rc < 0 || que != CORTA, "una respuesta cortada pasó por entera");
    if (rc == 0)
        comprueba(que, serie, &r);
    as_http_response_clear(&r);
    return rc == UV_ECANCELED ? rc : 0;
}

static int paso_sube(struct actor *a)
{
    unsigned serie = m->series++;
    as_http_response r;
    char url[64];

    escribe_url(url, sizeof url, "eco", serie);
    as_http_request peticion = {.url = url,
                                .method = azar(&a->azar, 2) ? "PUT" : "POST",
                                .body = patron(serie),
                                .body_size = azar(&a->azar, CUERPO),
                                .send_once = azar(&a->azar, 4) == 0};
    int rc = as_http_send(m->http, &peticion, &r);
    EXIGE_RC(rc == 0 || rc == UV_ECANCELED, rc);
    if (rc == 0)
        EXIGE(r.body_size == peticion.body_size &&
                  !memcmp(r.body, patron(serie), r.body_size),
              "el cuerpo no volvió igual");
    as_http_response_clear(&r);
    return rc;
}

/* Lee parte de un cuerpo, o todo, y cierra. */
static int paso_flujo(struct actor *a)
{
    unsigned serie = m->series++, quiere = azar(&a->azar, 2 * GRANDE);
    int que = GRANDES + (int)azar(&a->azar, 3);
    char url[64], trozo[20000];
    as_http_stream *flujo;
    size_t leido = 0;
    ssize_t n = 1;

    escribe_url(url, sizeof url, rutas[que], serie);
    int rc = as_http_open(m->http, &(as_http_request){.url = url}, &flujo);
    EXIGE_RC(rc == 0 || rc == UV_ECANCELED, rc);
    if (rc < 0)
        return rc;
    while (n > 0 && leido < quiere) {
        n = as_http_read(flujo, trozo, 1 + azar(&a->azar, sizeof trozo));
        if (n > 0) {
            EXIGE(leido + (size_t)n <= GRANDE &&
                      !memcmp(trozo, patron(serie) + leido, (size_t)n),
                  "no es su cuerpo");
            leido += (size_t)n;
        }
    }
    as_http_stream_close(flujo);
    EXIGE_RC(n >= 0 || n == UV_ECANCELED || (n == UV_ECONNRESET && que == CORTA), (int)n);
    EXIGE(n != 0 || (leido == GRANDE && que != CORTA), "acabó en %zu", leido);
    return n == UV_ECANCELED ? UV_ECANCELED : 0;
}

/* ---- Un paso con flujos ------------------------------------------------------------------- */

static bool es_de_la_red(ssize_t rc)
{
    return rc == UV_ECONNRESET || rc == UV_EPIPE || rc == UV_ECONNABORTED;
}

struct charla {
    as_stream *flujo;
    unsigned serie;
    size_t tamano;
};

static int escribe(void *arg)
{
    struct charla *c = arg;

    int rc = as_write(c->flujo, patron(c->serie), c->tamano);
    if (rc == 0)
        rc = as_shutdown(c->flujo);
    EXIGE_RC(rc == 0 || rc == UV_ECANCELED || es_de_la_red(rc) || rc == UV_ENOTCONN, rc);
    return rc == UV_ECANCELED ? rc : 0;
}

static ssize_t escucha(struct actor *a, struct charla *c)
{
    char trozo[8000];
    size_t leido = 0, corte = azar(&a->azar, 3) ? SIZE_MAX : azar(&a->azar, ECO);
    ssize_t n;

    while ((n = as_read(c->flujo, trozo, 1 + azar(&a->azar, sizeof trozo))) > 0) {
        EXIGE(leido + (size_t)n <= c->tamano &&
                  !memcmp(trozo, patron(c->serie) + leido, (size_t)n),
              "el eco no es lo que se dijo");
        leido += (size_t)n;
        if (leido > corte) {
            as_stream_abort(c->flujo);
            corte = SIZE_MAX;
        }
    }
    return n;
}

static int paso_eco(struct actor *a)
{
    struct charla c = {.serie = m->series++, .tamano = azar(&a->azar, ECO)};
    as_group grupo;

    int rc = as_connect("127.0.0.1", as_listener_port(m->eco), &c.flujo);
    EXIGE_RC(rc == 0 || rc == UV_ECANCELED, rc);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    as_task *otra = as_spawn(&grupo, "escribe", escribe, &c);
    EXIGE(otra, "sin tarea");
    if (azar(&a->azar, 6) == 0)
        as_cancel(otra);
    ssize_t n = escucha(a, &c);
    EXIGE_RC(n == 0 || n == UV_ECANCELED || es_de_la_red(n), (int)n);
    if (n < 0)
        as_group_cancel(&grupo);
    rc = as_group_leave(&grupo, 0);
    EXIGE_RC(rc == 0 || rc == UV_ECANCELED, rc);
    as_stream_close(c.flujo);
    return n == UV_ECANCELED || (rc == UV_ECANCELED && as_cancelled()) ? UV_ECANCELED : 0;
}

/* Le dice al servidor HTTP una parte de una petición, y se va de un modo o de otro. */
static int paso_a_medias(struct actor *a)
{
    static const char peticion[] = "GET /grande/1 HTTP/1.1\r\nHost: x\r\n\r\n"
                                   "POST /eco/2 HTTP/1.1\r\nHost: x\r\n"
                                   "Content-Length: 1000\r\n\r\nhola";
    as_stream *s;
    char trozo[100];
    ssize_t n = 0;

    int rc = as_connect("127.0.0.1", as_web_port(m->web), &s);
    EXIGE_RC(rc == 0 || rc == UV_ECANCELED, rc);
    if (rc < 0)
        return rc;
    rc = as_write(s, peticion, 1 + azar(&a->azar, sizeof peticion - 1));
    if (rc == 0 && azar(&a->azar, 2))
        rc = as_sleep(azar(&a->azar, 4));
    if (rc == 0 && azar(&a->azar, 4) == 0) { /* quizá no llegue nunca */
        as_scope plazo;
        as_scope_enter(&plazo, 5);
        n = as_read(s, trozo, sizeof trozo);
        int cierre = as_scope_leave(&plazo, n < 0 ? (int)n : 0);
        if (n < 0)
            n = cierre == UV_ETIMEDOUT ? 0 : cierre;
    }
    EXIGE_RC(n >= 0 || n == UV_ECANCELED, (int)n);
    if (azar(&a->azar, 2))
        as_stream_abort(s);
    as_stream_close(s);
    return n < 0 ? (int)n : rc;
}

/* ---- Los actores -------------------------------------------------------------------------- */

static int paso_suelto(struct actor *a)
{
    static int (*const pasos[])(struct actor *) = {paso_pide, paso_pide,  paso_sube,
                                                   paso_eco,  paso_flujo, paso_a_medias};

    return pasos[azar(&a->azar, sizeof pasos / sizeof *pasos)](a);
}

static int hijo(void *arg)
{
    return paso_suelto(arg);
}

/* Varios a la vez; a unos los cancela por su nombre y a otros con su grupo. */
static int paso_grupo(struct actor *a)
{
    struct actor hijos[4];
    as_task *tareas[4];
    unsigned n = 1 + azar(&a->azar, 4);
    as_group grupo;

    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    for (unsigned i = 0; i < n; i++) {
        hijos[i] = (struct actor){.azar = a->azar + i};
        tareas[i] = as_spawn(&grupo, NULL, hijo, &hijos[i]);
        EXIGE(tareas[i], "sin tarea");
    }
    int rc = as_sleep(azar(&a->azar, 8));
    if (azar(&a->azar, 2))
        as_cancel(tareas[azar(&a->azar, n)]);
    else if (azar(&a->azar, 2))
        as_group_cancel(&grupo);
    rc = as_group_leave(&grupo, rc);
    EXIGE_RC(rc == 0 || rc == UV_ECANCELED, rc);
    return rc == UV_ECANCELED && as_cancelled() ? rc : 0;
}

static int actua(void *arg)
{
    static const int64_t plazos[] = {0, 20, 5000};
    struct actor *a = arg;

    for (; a->pasos < PASOS; a->pasos++) {
        as_scope plazo;
        int64_t ms = plazos[azar(&a->azar, 3)] + azar(&a->azar, 30);
        as_scope_enter(&plazo, ms);
        int dentro = azar(&a->azar, 4) ? paso_suelto(a) : paso_grupo(a);
        int rc = as_scope_leave(&plazo, dentro);
        EXIGE_RC(dentro == 0 ? rc == 0 : rc == UV_ECANCELED || rc == UV_ETIMEDOUT, rc);
        m->bien += rc == 0;
        m->vencidos += rc == UV_ETIMEDOUT;
        m->cortados += rc == UV_ECANCELED;
        if (rc == UV_ECANCELED)
            return rc;
    }
    return 0;
}

/* A uno que aún anda lo cancela de vez en cuando: ahí acaba. */
static int todos_actuan(void)
{
    struct actor actores[ACTORES];
    as_task *tareas[ACTORES];
    uint64_t suerte = m->semilla;
    as_group grupo;

    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    for (unsigned i = 0; i < ACTORES; i++) {
        actores[i] = (struct actor){.azar = (uint64_t)m->semilla << 16 | i};
        tareas[i] = as_spawn(&grupo, "actor", actua, &actores[i]);
        EXIGE(tareas[i], "sin tarea");
    }
    for (int i = 0; i < ACTORES / 4; i++) {
        BIEN(as_sleep(20 + azar(&suerte, 60)));
        as_cancel(tareas[azar(&suerte, ACTORES)]);
    }
    return as_group_leave(&grupo, 0);
}

/* ---- El mundo ----------------------------------------------------------------------------- */

/* Después de todo, lo primero que se pide sale bien. */
static void todo_sirve(void)
{
    for (int i = 0; i < 2 * PLAZAS; i++) {
        unsigned serie = m->series++;
        as_http_response r;
        char url[64];
        escribe_url(url, sizeof url, rutas[i % CORTA], serie);
        int rc = as_http_get(m->http, url, &r);
        EXIGE_RC(rc == 0, rc);
        comprueba(i % CORTA, serie, &r);
        as_http_response_clear(&r);
    }
}

static void declara(const char *metodo, const char *ruta, as_web_handler_fn *fn)
{
    BIEN(as_web_route(m->web, metodo, ruta, fn, NULL));
}

static void abre(void)
{
    BIEN(as_web_new(&(as_web_options){.client_timeout_ms = 60000}, &m->web));
    declara("GET", "/texto/{n}", texto);
    declara("GET", "/lento/{n}", lento);
    declara("GET", "/grande/{n}", grande);
    declara("GET", "/trozos/{n}", trozos);
    declara("GET", "/corta/{n}", corta);
    declara("GET", "/falla/{n}", falla);
    declara("POST", "/eco/{n}", devuelve);
    declara("PUT", "/eco/{n}", devuelve);
    BIEN(as_http_new(&(as_http_options){.max_connections = PLAZAS}, &m->http));
    BIEN(as_listen("127.0.0.1", 0, 0, &m->eco));
}

static int vive(void *arg)
{
    as_group servidores;

    (void)arg;
    abre();
    as_group_enter(&servidores);
    BIEN(as_start_soon(&servidores, "web", sirve_web, NULL));
    as_task *eco = as_spawn(&servidores, "eco", sirve_eco, NULL);
    int rc = todos_actuan();
    EXIGE_RC(rc == 0 || rc == UV_ECANCELED, rc);
    todo_sirve();
    as_cancel(eco);
    as_web_stop(m->web);
    rc = as_group_leave(&servidores, 0);
    EXIGE_RC(rc == 0 || rc == UV_ECANCELED, rc);
    EXIGE(as_task_count() == 1, "quedan tareas");
    as_listener_close(m->eco);
    as_http_close(m->http);
    as_web_close(m->web);
    return 0;
}

static int nada(void *arg)
{
    (void)arg;
    return 0;
}

static void ronda(unsigned semilla)
{
    static struct mundo mundo;

    m = &mundo;
    *m = (struct mundo){.semilla = semilla, .azar_del_eco = semilla};
    for (size_t i = 0; i < sizeof m->patron; i++)
        m->patron[i] = (char)('a' + (i * i + i / 256) % 26);
    fprintf(stderr, "# estrés en la red: ASINC_SEMILLA=%u\n", semilla);
    cr_assert_eq(as_run(nada, NULL), 0); /* lo que libuv abre una vez y ya no cierra */
    int antes = descriptores();
    int rc = as_run(vive, NULL);
    EXIGE_RC(rc == 0, rc);
    EXIGE(descriptores() == antes, "quedaron descriptores abiertos");
    EXIGE(m->bien > 0, "nada salió bien");
    fprintf(stderr, "# %ld bien, %ld vencidos, %ld cancelados\n", m->bien, m->vencidos,
            m->cortados);
}

static unsigned long del_entorno(const char *nombre, unsigned long si_no)
{
    const char *texto = getenv(nombre);

    return texto ? strtoul(texto, NULL, 10) : si_no;
}

PRUEBA_LARGA(estres_red, con_plazos_y_cortes_al_azar_cada_cual_recibe_lo_suyo, 3600)
{
    FILE *registro = fopen("/dev/null", "w");
    uint64_t hasta = uv_hrtime() +
                     del_entorno("ASINC_SEGUNDOS", 0) * UINT64_C(1000000000);
    unsigned semilla = (unsigned)del_entorno("ASINC_SEMILLA", 1);

    cr_assert_not_null(registro);
    cr_assert_eq(as_log_to(registro, AS_LOG_ERROR), 0); /* a propósito, hay fallos */
    do
        ronda(semilla++);
    while (uv_hrtime() < hasta);
    as_log_reset();
    fclose(registro);
}
