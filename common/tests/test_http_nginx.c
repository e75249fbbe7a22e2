#include "servidor.h"

#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(http_nginx, .timeout = 60);

/* El cliente contra un servidor de verdad, que no se escribió pensando en él. */

enum { GRANDE = 8 << 20 };

struct nginx {
    char carpeta[256];
    int puerto;
    pid_t pid;
};

static FILE *crea(const struct nginx *n, const char *nombre)
{
    char ruta[300];

    snprintf(ruta, sizeof ruta, "%s/%s", n->carpeta, nombre);
    FILE *f = fopen(ruta, "w");
    cr_assert_not_null(f, "%s", ruta);
    return f;
}

static void escribe_archivos(const struct nginx *n)
{
    FILE *f = crea(n, "kilo.txt");
    for (int i = 0; i < 1024; i++)
        putc('k', f);
    fclose(f);
    f = crea(n, "grande.bin");
    for (int i = 0; i < GRANDE; i++)
        putc((char)(i * 13 + i / 4099), f);
    fclose(f);
    f = crea(n, "nginx.conf");
    /* Cada diez peticiones cierra la conexión: el cliente debe llevarlo bien. */
    fprintf(f,
            "%sdaemon off; pid nginx.pid; error_log stderr crit;\n"
            "events { worker_connections 256; }\n"
            "http { access_log off; keepalive_requests 10; gzip on; gzip_min_length 1;\n"
            "  client_body_temp_path .; proxy_temp_path .; fastcgi_temp_path .;\n"
            "  uwsgi_temp_path .; scgi_temp_path .;\n"
            "  types { text/html txt; application/octet-stream bin; }\n"
            "  server { listen 127.0.0.1:%d; root %s;\n"
            "    location /ir { return 301 /kilo.txt; } } }\n",
            geteuid() == 0 ? "user root; " : "", n->puerto, n->carpeta);
    fclose(f);
}

static int puerto_libre(void)
{
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t largo = sizeof donde;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    cr_assert_eq(bind(fd, (struct sockaddr *)&donde, sizeof donde), 0);
    getsockname(fd, (struct sockaddr *)&donde, &largo);
    close(fd);
    return ntohs(donde.sin_port);
}

static bool escucha(const struct nginx *n)
{
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons((uint16_t)n->puerto)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool bien = connect(fd, (struct sockaddr *)&donde, sizeof donde) == 0;

    close(fd);
    return bien;
}

static void arranca(struct nginx *n, const char *programa)
{
    const char *tmp = getenv("TMPDIR");

    snprintf(n->carpeta, sizeof n->carpeta, "%s/asinc-nginx-XXXXXX", tmp ? tmp : "/tmp");
    cr_assert_not_null(mkdtemp(n->carpeta));
    n->puerto = puerto_libre();
    escribe_archivos(n);
    n->pid = fork();
    cr_assert_geq(n->pid, 0);
    if (n->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        execl(programa, "nginx", "-p", n->carpeta, "-c", "nginx.conf", "-e", "stderr",
              (char *)NULL);
        _exit(127);
    }
    while (!escucha(n)) {
        cr_assert_eq(waitpid(n->pid, NULL, WNOHANG), 0, "nginx no arrancó");
        usleep(2000);
    }
}

static void termina(struct nginx *n)
{
    const char *const restos[] = {"kilo.txt", "grande.bin", "nginx.conf", "nginx.pid"};
    char ruta[300];

    kill(n->pid, SIGTERM);
    waitpid(n->pid, NULL, 0);
    for (size_t i = 0; i < sizeof restos / sizeof *restos; i++) {
        snprintf(ruta, sizeof ruta, "%s/%s", n->carpeta, restos[i]);
        unlink(ruta);
    }
    rmdir(n->carpeta);
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
        cr_assert_eq(rc, 0, "%s: %s (%s)", direccion, as_strerror(rc), as_error_detail());
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
    struct pedidor p = {.http = as_http_new(NULL)}, muchos[20];

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
    const char *programa = "/usr/sbin/nginx";
    struct nginx n;

    if (access(programa, X_OK) != 0)
        cr_skip_test("no está instalado nginx");
    arranca(&n, programa);
    CORRE(contra_nginx, &n, 0);
    termina(&n);
}
