#include "servidor.h"

#include "nombres_falsos.h"

TestSuite(http_redirecciones, .timeout = 60);

/*
 * Rutas: /NNN/resto redirige con el estado NNN a «/resto» (o, si empieza por «@», a la URL
 * absoluta que sigue); /eco devuelve la petición.
 */
static void atiende_saltos(struct conexion *c)
{
    struct servidor *s = c->servidor;

    while (lee_peticion(c)) {
        char destino[512], cabecera[640];
        int estado;
        char *ruta = strchr(c->peticion, ' ') + 1;

        if (sscanf(ruta, "/%d/%500[^ ]", &estado, destino) != 2) {
            responde_eco(c);
            continue;
        }
        if (*destino == '@') /* «@máquina/ruta»: el mismo puerto en otra máquina */
            snprintf(cabecera, sizeof cabecera, "Location: http://%.*s:%d%s\r\n",
                     (int)strcspn(destino + 1, "/"), destino + 1, s->puerto,
                     strchr(destino, '/'));
        else if (strncmp(destino, "literal=", 8) == 0)
            snprintf(cabecera, sizeof cabecera, "Location: %s\r\n", destino + 8);
        else
            snprintf(cabecera, sizeof cabecera, "Location: /%s\r\n", destino);
        responde(c, estado, cabecera, "<a href=aqui>se ha mudado</a>");
    }
}

struct salto {
    const char *metodo, *ruta;
    const char *cuerpo;
    const char *llega; /* cómo empieza la última petición */
    bool con_cuerpo;
};

static const struct salto saltos[] = {
    {"GET", "/301/eco", NULL, "GET /eco ", false},
    {"GET", "/302/303/307/308/eco", NULL, "GET /eco ", false},
    {"POST", "/301/eco", "datos", "GET /eco ", false},
    {"POST", "/302/eco", "datos", "GET /eco ", false},
    {"POST", "/303/eco", "datos", "GET /eco ", false},
    {"PUT", "/303/eco", "datos", "GET /eco ", false},
    {"PUT", "/302/eco", "datos", "PUT /eco ", true},
    {"POST", "/307/eco", "datos", "POST /eco ", true},
    {"POST", "/308/307/eco", "datos", "POST /eco ", true},
    {"DELETE", "/302/eco", NULL, "DELETE /eco ", false},
    {"POST", "/307/303/307/eco", "datos", "GET /eco ", false},
};

static int sigue_saltos(struct entorno *e)
{
    const char *const cabeceras[] = {"Content-Type: text/x", "Authorization: secreto",
                                     "Cookie: c=1", "X-Mia: si", NULL};

    for (size_t i = 0; i < sizeof saltos / sizeof *saltos; i++) {
        const struct salto *s = &saltos[i];
        as_http_response r;
        as_http_request peticion = {.url = url(e->servidor, s->ruta),
                                    .method = s->metodo,
                                    .headers = cabeceras,
                                    .body = s->cuerpo,
                                    .body_size = s->cuerpo ? strlen(s->cuerpo) : 0};
        int rc = as_http_send(e->http, &peticion, &r);
        cr_assert_eq(rc, 0, "%s: %s", s->ruta, as_error_text(rc));
        cr_assert_eq(r.status, 200);
        cr_assert_eq(strncmp(r.body, s->llega, strlen(s->llega)), 0, "%s: llegó\n%s",
                     s->ruta, r.body);
        cr_assert_eq(!!strstr(r.body, "\r\n\r\ndatos"), s->con_cuerpo, "%s", s->ruta);
        if (s->cuerpo)
            cr_assert_eq(!!strstr(r.body, "Content-Type"), s->con_cuerpo,
                         "sin cuerpo no viaja su tipo");
        cr_assert_not_null(strstr(r.body, "X-Mia: si"));
        cr_assert_not_null(strstr(r.body, "Authorization: secreto"), "mismo origen");
        cr_assert_str_eq(r.url, url(e->servidor, "/eco"));
        cr_assert_null(as_http_header(&r, "Location"), "son las de la respuesta final");
        as_http_response_clear(&r);
    }
    cr_assert_eq(atomic_load(&e->servidor->conexiones), 1);
    return 0;
}

PRUEBA(http_redirecciones, cada_estado_cambia_el_metodo_como_manda_la_norma)
{
    con_servidor(atiende_saltos, sigue_saltos);
}

static int otro_origen(struct entorno *e)
{
    const char *const cabeceras[] = {"authorization: secreto", "COOKIE: c=1",
                                     "Host: fingida", "X-Mia: si", NULL};
    as_http_response r;

    for (int vuelta = 0; vuelta < 2; vuelta++) {
        as_http_request peticion = {
            .url = url(e->servidor, vuelta ? "/302/@bien.prueba/302/@127.0.0.1/eco"
                                           : "/302/@bien.prueba/eco"),
            .headers = cabeceras};
        BIEN(as_http_send(e->http, &peticion, &r));
        cr_assert_null(strcasestr(r.body, "secreto"), "%s", r.body);
        cr_assert_null(strcasestr(r.body, "c=1"));
        cr_assert_null(strcasestr(r.body, "fingida"));
        cr_assert_not_null(strstr(r.body, "X-Mia: si"));
        cr_assert_str_eq(r.url, vuelta ? url(e->servidor, "/eco")
                                       : url_en(e->servidor, "bien.prueba", "/eco"));
        as_http_response_clear(&r);
    }
    cr_assert_eq(atomic_load(&nombres_preguntados), 1, "la segunda vez ya se sabía");
    cr_assert_eq(atomic_load(&nombres_preguntados_por_libcurl), 0);
    return 0;
}

PRUEBA(http_redirecciones, a_otro_origen_no_viajan_las_credenciales)
{
    con_servidor(atiende_saltos, otro_origen);
}

static void atiende_sin_fin(struct conexion *c)
{
    while (lee_peticion(c))
        responde(c, 302, "Location: /otra-vez\r\n", "");
}

static int sin_fin(struct entorno *e)
{
    as_http_response r;

    cr_assert_eq(as_http_get(e->http, url(e->servidor, "/"), &r), UV_ELOOP);
    cr_assert_not_null(strstr(as_error_text(UV_ELOOP), "/otra-vez"));
    cr_assert_eq(atomic_load(&e->servidor->peticiones), 4, "la primera y tres saltos");
    return 0;
}

PRUEBA(http_redirecciones, demasiadas_son_eloop)
{
    con_servidor_y(atiende_sin_fin, sin_fin, NULL, (as_http_options){.max_redirects = 3});
}

static int no_seguir(struct entorno *e)
{
    as_http_response r;

    cr_assert_eq(as_http_get(e->http, url(e->servidor, "/302/eco"), &r), 0);
    cr_assert_eq(r.status, 302);
    cr_assert_str_eq(as_http_header(&r, "Location"), "/eco");
    cr_assert_str_eq(r.body, "<a href=aqui>se ha mudado</a>");
    as_http_response_clear(&r);
    return 0;
}

PRUEBA(http_redirecciones, con_limite_negativo_se_entregan_sin_seguir)
{
    con_servidor_y(atiende_saltos, no_seguir, NULL,
                   (as_http_options){.max_redirects = -1});
}

static int destinos_malos(struct entorno *e)
{
    as_http_response r;

    cr_assert_eq(
        as_http_get(e->http, url(e->servidor, "/302/literal=file:///etc/passwd"), &r),
        UV_EPROTO);
    EXPLICA(UV_EPROTO, "file://");
    cr_assert_eq(as_http_get(e->http, url(e->servidor, "/302/@no-existe.prueba/"), &r),
                 UV_EAI_NONAME);
    EXPLICA(UV_EAI_NONAME, "tras la redirección de «http://");
    EXPLICA(UV_EAI_NONAME, "«no-existe.prueba»");
    cr_assert_eq(as_http_get(e->http, url(e->servidor, "/302/literal=../../eco?a=b"), &r),
                 0);
    cr_assert_str_eq(r.url, url(e->servidor, "/eco?a=b"));
    as_http_response_clear(&r);
    return 0;
}

PRUEBA(http_redirecciones, a_donde_no_se_puede_ir_se_explica)
{
    con_servidor(atiende_saltos, destinos_malos);
}

/* El error es de quien redirige, no de quien pidió una dirección que estaba bien. */
static int maquinas_malas(struct entorno *e)
{
    static const char *const destinos[] = {
        "http://:x/", "http://a%zz.prueba/", "http://a%00b.prueba/", "http://[::1/",
        "http://a..prueba/",
        "http://ñandú.prueba/", /* sin setlocale no se puede convertir */
        "http://xn--a\xff.prueba/",
        /* Un trozo de nombre tiene como mucho 63 letras, y el nombre, 253. */
        "http://"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "prueba/",
        "http://a.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.prueba/"};

    for (size_t i = 0; i < sizeof destinos / sizeof *destinos; i++) {
        char ruta[480];
        as_http_response r;
        snprintf(ruta, sizeof ruta, "/302/literal=%s", destinos[i]);
        int rc = as_http_get(e->http, url(e->servidor, ruta), &r);
        cr_assert(rc == UV_EPROTO || rc == UV_EAI_NONAME, "%s dio %s (%s)", destinos[i],
                  as_errname(rc), as_error_text(rc));
        EXPLICA(rc, "redir");
    }
    return 0;
}

PRUEBA(http_redirecciones, a_una_maquina_imposible_no_culpa_a_quien_pidio)
{
    con_servidor(atiende_saltos, maquinas_malas);
}

static void atiende_raras(struct conexion *c)
{
    static char relleno[1 << 20];

    while (lee_peticion(c)) {
        if (pide(c, "/sin-destino"))
            responde(c, 302, "", "no dice adonde");
        else if (pide(c, "/con-espacio"))
            responde(c, 301, "Location: /eco/a b\r\n", "");
        else if (pide(c, "/pesada")) {
            envia_texto(c, "HTTP/1.1 302 Pesada\r\nLocation: /eco\r\n"
                           "Content-Length: 1048576\r\n\r\n");
            if (!envia(c, relleno, sizeof relleno))
                return;
        } else
            responde_eco(c);
    }
}

static int raras(struct entorno *e)
{
    as_http_response r;

    cr_assert_eq(as_http_get(e->http, url(e->servidor, "/sin-destino"), &r), 0);
    cr_assert_eq(r.status, 302);
    cr_assert_str_eq(r.body, "no dice adonde");
    as_http_response_clear(&r);
    BIEN(as_http_get(e->http, url(e->servidor, "/con-espacio"), &r));
    cr_assert_eq(strncmp(r.body, "GET /eco/a%20b ", 15), 0, "%s", r.body);
    as_http_response_clear(&r);
    BIEN(as_http_get(e->http, url(e->servidor, "/pesada"), &r));
    cr_assert_eq(r.status, 200, "su cuerpo no interesa: se corta y se sigue");
    as_http_response_clear(&r);
    return 0;
}

PRUEBA(http_redirecciones, sin_destino_con_espacios_y_con_cuerpo_enorme)
{
    con_servidor_y(atiende_raras, raras, NULL, (as_http_options){.max_body = 100 * 1024});
}
