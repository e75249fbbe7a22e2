/* La misma petición, con TLS y sin él, y alguien que mira por el
 * camino. El servidor es de verdad: openssl s_server. */
#include "servidor_tls.h"

/* Está entre el cliente y el servidor, y guarda lo que dice aquel. */
struct espia {
    int destino;
    char visto[8192];
    size_t n;
};

struct sentido {
    as_stream *de, *a;
    struct espia *espia; /* NULL: lo que vuelve no se guarda */
};

/* [pasar] */
static int pasar(void *arg)
{
    const struct sentido *s = arg;
    char trozo[2048];
    ssize_t n;

    while ((n = as_read(s->de, trozo, sizeof trozo)) > 0) {
        struct espia *e = s->espia;
        if (e && e->n + (size_t)n <= sizeof e->visto) {
            memcpy(e->visto + e->n, trozo, (size_t)n);
            e->n += (size_t)n;
        }
        int rc = as_write(s->a, trozo, (size_t)n);
        if (rc < 0)
            return rc;
    }
    return UV_EOF; /* un lado ha acabado: que pare también el otro */
}
/* [/pasar] */

static int en_medio(as_stream *cliente, void *arg)
{
    struct espia *e = arg;
    as_stream *servidor;

    int rc = as_connect("127.0.0.1", e->destino, &servidor);
    if (rc < 0)
        return rc;
    struct sentido sentidos[2] = {{cliente, servidor, e},
                                  {servidor, cliente, NULL}};
    rc = as_gather_each(pasar, sentidos, 2, sizeof *sentidos, NULL);
    as_stream_close(servidor);
    return rc == UV_ECANCELED ? rc : 0; /* cómo cuelguen da igual */
}

static const char *lee(const struct espia *e, const char *que)
{
    return memmem(e->visto, e->n, que, strlen(que)) ? "sí" : "no";
}

/* [visitar] */
static int visitar(struct espia *e, const char *url,
                   const as_http_options *opciones)
{
    as_http_response respuesta;
    as_http *http;

    e->n = 0;
    int rc = as_http_new(opciones, &http);
    if (rc < 0)
        return rc;
    rc = as_http_get(http, url, &respuesta);
    if (rc == 0) {
        printf("  estado %d\n", respuesta.status);
        as_http_response_clear(&respuesta);
    } else if (rc == AS_EKEYREJECTED) {
        printf("  %s\n", as_error_text(rc));
    } else {
        puts("  no hay respuesta");
    }
    printf("  ¿lee el espía «secreto»? %s; ¿y «localhost»? %s\n",
           lee(e, "secreto"), lee(e, "localhost"));
    as_http_close(http);
    return 0;
}
/* [/visitar] */

static int cuatro_visitas(struct espia *e, int puerto, const char *ruta)
{
    const as_http_options conocido = {.ca_file = ruta};
    char url[4][64];

    snprintf(url[0], sizeof url[0], "http://localhost:%d/secreto",
             puerto);
    for (int i = 1; i < 4; i++)
        snprintf(url[i], sizeof url[i], "https://%s:%d/secreto",
                 i == 2 ? "127.0.0.1" : "localhost", puerto);
    /* [visitas] */
    puts("1. http://localhost");
    int rc = visitar(e, url[0], NULL);
    if (rc == 0) {
        puts("2. https://localhost");
        rc = visitar(e, url[1], NULL);
    }
    if (rc == 0) {
        puts("3. https://127.0.0.1, con el certificado en ca_file");
        rc = visitar(e, url[2], &conocido);
    }
    if (rc == 0) {
        puts("4. https://localhost, con el certificado en ca_file");
        rc = visitar(e, url[3], &conocido);
    }
    /* [/visitas] */
    return rc;
}

struct puesto {
    as_listener *oido;
    struct espia *espia;
};

static int escuchar(void *arg)
{
    struct puesto *p = arg;

    return as_serve(p->oido, en_medio, p->espia);
}

static int con_espia(struct servidor_tls *s)
{
    struct espia espia = {.destino = s->puerto};
    struct puesto puesto = {.espia = &espia};
    as_group grupo;

    int rc = as_listen("127.0.0.1", 0, 0, &puesto.oido);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "espía", escuchar, &puesto);
    if (rc == 0)
        rc = cuatro_visitas(&espia, as_listener_port(puesto.oido),
                            s->certificado);
    as_group_cancel(&grupo);
    rc = as_group_leave(&grupo, rc);
    as_listener_close(puesto.oido);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct servidor_tls servidor;

    int rc = abrir_servidor_tls(&servidor);
    if (rc == 0) {
        rc = con_espia(&servidor);
        cerrar_servidor_tls(&servidor);
    }
    if (rc < 0)
        fprintf(stderr, "tls: %s\n", as_error_text(rc));
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
