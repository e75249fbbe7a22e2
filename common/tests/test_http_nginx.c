#include "servidor.h"

#include "nginx_apoyo.h"

#include <unistd.h>

TestSuite(http_nginx, .timeout = 60);

/* El cliente contra un servidor de verdad, que no se escribió pensando en él. */

enum { GRANDE = 8 << 20 };

static void escribe_archivos(const struct nginx *n)
{
    FILE *f = nginx_archivo(n, "kilo.txt");
    for (int i = 0; i < 1024; i++)
        putc('k', f);
    fclose(f);
    f = nginx_archivo(n, "grande.bin");
    for (int i = 0; i < GRANDE; i++)
        putc((char)(i * 13 + i / 4099), f);
    fclose(f);
}

static void arranca(struct nginx *n)
{
    char http[1024];

    nginx_prepara(n);
    escribe_archivos(n);
    /* Cada diez peticiones cierra la conexión: el cliente debe llevarlo bien. */
    snprintf(http, sizeof http,
             "keepalive_requests 10; gzip on; gzip_min_length 1;\n"
             "types { text/html txt; application/octet-stream bin; }\n"
             "server { listen 127.0.0.1:%d; root %s;\n"
             "  location /ir { return 301 /kilo.txt; } }\n",
             n->puerto, n->carpeta);
    nginx_arranca(n, http);
}

/* ---- La prueba ---------------------------------------------------------------------- */

struct pedidor {
    as_http *http;
    char base[64];
};

static int pide_muchas(void *arg)
{
    struct pedidor *p = arg;
    const char *const rutas[] = {"/kilo.txt", "/ir", "/no-esta"};
    char direccion[128];

    for (int i = 0; i < 30; i++) {
        as_http_response r;
        snprintf(direccion, sizeof direccion, "%s%s", p->base, rutas[i % 3]);
        int rc = as_http_get(p->http, direccion, &r);
        cr_assert_eq(rc, 0, "%s: %s", direccion, as_error_text(rc));
        cr_assert_eq(r.status, i % 3 == 2 ? 404 : 200);
        if (i % 3 != 2) {
            cr_assert_eq(r.body_size, 1024u);
            cr_assert_eq(strspn(r.body, "k"), 1024u);
            cr_assert_str_eq(as_http_header(&r, "Content-Encoding"), "gzip");
        }
        as_http_response_clear(&r);
    }
    return 0;
}

static void lee_el_grande(struct pedidor *p)
{
    static char trozo[50000];
    char direccion[128];
    as_http_stream *flujo;
    int leido = 0;
    ssize_t n;

    snprintf(direccion, sizeof direccion, "%s/grande.bin", p->base);
    as_http_request peticion = {.url = direccion};
    cr_assert_eq(as_http_open(p->http, &peticion, &flujo), 0);
    while ((n = as_http_read(flujo, trozo, sizeof trozo)) > 0) {
        for (ssize_t i = 0; i < n; i++, leido++) {
            if (trozo[i] != (char)(leido * 13 + leido / 4099))
                cr_assert_fail("el byte %d llegó cambiado", leido);
        }
        cr_assert_eq(as_yield(), 0);
    }
    cr_assert_eq(n, 0);
    cr_assert_eq(leido, GRANDE);
    as_http_stream_close(flujo);
}

static int contra_nginx(void *arg)
{
    struct nginx *n = arg;
    struct pedidor p, muchos[20];

    cr_assert_eq(as_http_new(NULL, &p.http), 0);
    snprintf(p.base, sizeof p.base, "http://127.0.0.1:%d", n->puerto);
    for (int i = 0; i < 20; i++)
        muchos[i] = p;
    int rc = as_gather_each(pide_muchas, muchos, 20, sizeof *muchos, NULL);
    lee_el_grande(&p);
    as_http_close(p.http);
    return rc;
}

PRUEBA(http_nginx, muchas_peticiones_y_un_flujo_contra_nginx)
{
    struct nginx n;

    EXIGE_NGINX();
    arranca(&n);
    CORRE(contra_nginx, &n, 0);
    nginx_termina(&n);
}
