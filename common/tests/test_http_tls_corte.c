/* Quien cierra una conexión segura sin despedirse: `openssl s_server`, y se le mata. */
#include "servidor.h"

#include "autoridad.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(http_tls_corte, .timeout = 60);

struct caso {
    const char *respuesta;
    bool se_despide;
    as_http *http;
    as_process *servidor;
    int puerto;
    char carpeta[64];
};

static int puerto_libre(void)
{
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t largo = sizeof donde;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_eq(bind(fd, (struct sockaddr *)&donde, sizeof donde), 0);
    getsockname(fd, (struct sockaddr *)&donde, &largo);
    close(fd);
    return ntohs(donde.sin_port);
}

static void espera_linea(as_stream *s, const char *principio)
{
    char linea[1024];

    do {
        cr_assert_gt(as_readline(s, linea, sizeof linea), 0, "openssl no dijo «%s»",
                     principio);
    } while (strncmp(linea, principio, strlen(principio)) != 0);
}

static void arranca(struct caso *c)
{
    char donde[32], pem[96], clave[96];

    c->puerto = puerto_libre();
    snprintf(donde, sizeof donde, "127.0.0.1:%d", c->puerto);
    snprintf(pem, sizeof pem, "%s/sitio.pem", c->carpeta);
    snprintf(clave, sizeof clave, "%s/sitio.key", c->carpeta);
    const char *orden[] = {"openssl",
                           "s_server",
                           "-accept",
                           donde,
                           "-cert",
                           pem,
                           "-key",
                           clave,
                           "-naccept",
                           "1",
                           c->se_despide ? "-WWW" : NULL,
                           NULL};
    BIEN(as_process_spawn(
        orden,
        &(as_process_options){
            .in = AS_PIPE, .out = AS_PIPE, .err = AS_NULL, .cwd = c->carpeta},
        &c->servidor));
    espera_linea(as_process_stdout(c->servidor), "ACCEPT");
}

/* Responde cuando ve la petición. */
static int contesta(void *arg)
{
    struct caso *c = arg;
    as_stream *suyo = as_process_stdin(c->servidor);

    espera_linea(as_process_stdout(c->servidor), "GET / ");
    BIEN(as_write(suyo, c->respuesta, strlen(c->respuesta)));
    BIEN(as_drain(suyo));
    return 0;
}

static int lee(struct caso *c)
{
    char direccion[64], texto[64];
    as_http_stream *s;
    ssize_t n;

    snprintf(direccion, sizeof direccion, "https://127.0.0.1:%d/", c->puerto);
    as_http_request peticion = {.url = direccion};
    BIEN(as_http_open(c->http, &peticion, &s));
    cr_assert_eq(as_http_read(s, texto, sizeof texto), 5);
    BIEN(as_process_kill(c->servidor, SIGKILL));
    n = as_http_read(s, texto, sizeof texto);
    cr_assert_eq(n, UV_ECONNRESET, "%s", as_error_text((int)n));
    EXPLICA(UV_ECONNRESET, "a media respuesta");
    as_http_stream_close(s);
    return 0;
}

/* Con -WWW, openssl manda un archivo sin decir cuánto mide, se despide y cierra. */
static int lee_entero(struct caso *c)
{
    char direccion[64];
    as_http_response r;

    snprintf(direccion, sizeof direccion, "https://127.0.0.1:%d/sitio.pem", c->puerto);
    BIEN(as_http_get(c->http, direccion, &r));
    cr_assert_null(as_http_header(&r, "Content-Length"));
    cr_assert_not_null(strstr(r.body, "END CERTIFICATE"));
    as_http_response_clear(&r);
    return 0;
}

static int corta(void *arg)
{
    struct caso *c = arg;
    as_group grupo;

    BIEN(as_http_new(&(as_http_options){.insecure = true}, &c->http));
    arranca(c);
    as_group_enter(&grupo);
    if (!c->se_despide)
        BIEN(as_start_soon(&grupo, NULL, contesta, c));
    BIEN(as_group_leave(&grupo, c->se_despide ? lee_entero(c) : lee(c)));
    as_process_close(c->servidor);
    as_http_close(c->http);
    return 0;
}

static void prueba_corte(struct caso c)
{
    EXIGE_OPENSSL();
    strcpy(c.carpeta, "/tmp/asinc-corte-XXXXXX");
    cr_assert_not_null(mkdtemp(c.carpeta));
    autoridad_crea(c.carpeta, "sitio", "IP:127.0.0.1");
    cr_assert_eq(as_run(corta, &c), 0);
    char borra[100];
    snprintf(borra, sizeof borra, "rm -r %s", c.carpeta);
    cr_assert_eq(system(borra), 0);
}

#define CABEZA "HTTP/1.1 200 OK\r\n"

PRUEBA(http_tls_corte, un_cuerpo_sin_medida_cortado_sin_despedida_no_pasa_por_entero)
{
    prueba_corte((struct caso){.respuesta = CABEZA "\r\nmedio"});
}

PRUEBA(http_tls_corte, con_despedida_esta_entero)
{
    prueba_corte((struct caso){.se_despide = true});
}

PRUEBA(http_tls_corte, con_medida_se_ve_igual)
{
    prueba_corte((struct caso){.respuesta = CABEZA "Content-Length: 50\r\n\r\nmedio"});
}
