#include "servidor.h"

#include "autoridad.h"
#include "nginx_apoyo.h"

#include "http/internal.h"

#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(http_tls, .timeout = 60);

/*
 * Un nginx con un certificado para cada nombre: todos los acabados en «bien.prueba» son
 * 127.0.0.1. Sin nombre, con la dirección, enseña el primero.
 */
static const char *const sitios[] = {
    "bien.prueba",       "caducado.bien.prueba",    "autofirmado.bien.prueba",
    "ajeno.bien.prueba", "desconocido.bien.prueba", "mutuo.bien.prueba"};

enum { SITIOS = sizeof sitios / sizeof *sitios };

static void crea_certificados(const struct nginx *n)
{
    const char *c = n->carpeta;

    autoridad_crea(c, "autoridad", NULL);
    autoridad_crea(c, "otra", NULL);
    autoridad_firma(c, "autoridad", sitios[0], "DNS:bien.prueba,IP:127.0.0.1", 30);
    autoridad_firma(c, "autoridad", sitios[1], "DNS:caducado.bien.prueba", -1);
    autoridad_crea(c, sitios[2], "DNS:autofirmado.bien.prueba");
    autoridad_firma(c, "autoridad", sitios[3], "DNS:otra.maquina.prueba", 30);
    autoridad_firma(c, "otra", sitios[4], "DNS:desconocido.bien.prueba", 30);
    autoridad_firma(c, "autoridad", sitios[5], "DNS:mutuo.bien.prueba", 30);
    autoridad_firma(c, "autoridad", "cliente", NULL, 30);
}

static void arranca(struct nginx *n)
{
    char http[8192];
    size_t largo = 0;

    nginx_prepara(n);
    crea_certificados(n);
    for (int i = 0; i < SITIOS; i++)
        largo += (size_t)snprintf(
            http + largo, sizeof http - largo,
            "server { listen 127.0.0.1:%d ssl; server_name %s;\n"
            "  ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:sesiones:1m;\n"
            "  ssl_certificate %s/%s.pem; ssl_certificate_key %s/%s.key; %s\n"
            "  add_header X-Sesion $ssl_session_reused;\n"
            "  add_header X-Cliente $ssl_client_verify;\n"
            "  location / { return 200 $connection; }\n"
            "  location /cierra { keepalive_timeout 0; return 200 hola; } }\n",
            n->puerto, sitios[i], n->carpeta, sitios[i], n->carpeta, sitios[i],
            i == 5 ? "ssl_verify_client on; ssl_client_certificate autoridad.pem;" : "");
    nginx_arranca(n, http);
}

static const char *ruta(const struct nginx *n, const char *nombre)
{
    static char rutas[8][320];
    static int turno;
    char *texto = rutas[turno++ % 8];

    snprintf(texto, sizeof rutas[0], "%s/%s", n->carpeta, nombre);
    return texto;
}

/* ---- Las pruebas -------------------------------------------------------------------- */

struct caso {
    struct nginx nginx;
    int (*cuerpo)(struct caso *c);
    as_http *http;
};

static int principal(void *arg)
{
    struct caso *c = arg;

    return c->cuerpo(c);
}

static void con_nginx(int (*cuerpo)(struct caso *c))
{
    struct caso c = {.cuerpo = cuerpo};

    unsetenv("SSL_CERT_FILE");
    arranca(&c.nginx);
    CORRE(principal, &c, 0);
    nginx_termina(&c.nginx);
}

static void abre_cliente(struct caso *c, const as_http_options *opciones)
{
    BIEN(as_http_new(opciones, &c->http));
}

static int pide_a(struct caso *c, const char *maquina, const char *camino,
                  as_http_response *r)
{
    char direccion[128];

    snprintf(direccion, sizeof direccion, "https://%s:%d%s", maquina, c->nginx.puerto,
             camino);
    return as_http_get(c->http, direccion, r);
}

static void bien(struct caso *c, const char *maquina)
{
    as_http_response r;
    int rc = pide_a(c, maquina, "/", &r);

    cr_assert_eq(rc, 0, "%s: %s", maquina, as_error_text(rc));
    cr_assert_eq(r.status, 200);
    as_http_response_clear(&r);
}

static void mal(struct caso *c, const char *maquina, const char *explica)
{
    as_http_response r;
    int rc = pide_a(c, maquina, "/", &r);

    cr_assert_eq(rc, AS_EKEYREJECTED, "%s: %s", maquina, as_error_text(rc));
    EXPLICA(rc, maquina);
    EXPLICA(rc, explica);
    cr_assert_null(r.body);
}

static int en_quien_confia(struct caso *c)
{
    /* Las del sistema no conocen a la nuestra. */
    abre_cliente(c, NULL);
    mal(c, "bien.prueba", "una autoridad que no está entre las de confianza");
    mal(c, "autofirmado.bien.prueba", "lo firma el propio servidor");
    as_http_close(c->http);

    abre_cliente(c, &(as_http_options){.ca_file = ruta(&c->nginx, "autoridad.pem")});
    bien(c, "bien.prueba");
    bien(c, "127.0.0.1");
    mal(c, "caducado.bien.prueba", "caducó");
    mal(c, "autofirmado.bien.prueba", "lo firma el propio servidor y no una autoridad");
    mal(c, "ajeno.bien.prueba", "es de otra máquina");
    mal(c, "desconocido.bien.prueba", "una autoridad que no está entre las de confianza");
    bien(c, "bien.prueba");
    as_http_close(c->http);

    abre_cliente(c, &(as_http_options){.ca_file = ruta(&c->nginx, "otra.pem")});
    bien(c, "desconocido.bien.prueba");
    mal(c, "bien.prueba", "una autoridad que no está entre las de confianza");
    as_http_close(c->http);
    return 0;
}

PRUEBA(http_tls, de_confianza_caducado_autofirmado_de_otra_maquina_y_desconocido)
{
    EXIGE_NGINX();
    EXIGE_OPENSSL();
    con_nginx(en_quien_confia);
}

static int sin_comprobar(struct caso *c)
{
    abre_cliente(c, &(as_http_options){.insecure = true});
    for (int i = 0; i < SITIOS - 1; i++)
        bien(c, sitios[i]);
    as_http_close(c->http);
    return 0;
}

PRUEBA(http_tls, con_insecure_vale_cualquiera)
{
    EXIGE_NGINX();
    EXIGE_OPENSSL();
    con_nginx(sin_comprobar);
}

static int del_entorno(struct caso *c)
{
    setenv("SSL_CERT_FILE", ruta(&c->nginx, "autoridad.pem"), 1);
    abre_cliente(c, NULL);
    bien(c, "bien.prueba");
    mal(c, "desconocido.bien.prueba", "no está entre las de confianza");
    as_http_close(c->http);

    abre_cliente(c, &(as_http_options){.ca_file = ruta(&c->nginx, "otra.pem")});
    bien(c, "desconocido.bien.prueba"); /* gana la opción */
    as_http_close(c->http);

    setenv("SSL_CERT_FILE", "/no/existe.pem", 1);
    abre_cliente(c, NULL);
    mal(c, "bien.prueba", "«/no/existe.pem» no es una lista de autoridades");
    as_http_close(c->http);
    unsetenv("SSL_CERT_FILE");
    return 0;
}

PRUEBA(http_tls, las_autoridades_pueden_venir_en_ssl_cert_file)
{
    EXIGE_NGINX();
    EXIGE_OPENSSL();
    con_nginx(del_entorno);
}

static void junta(const struct nginx *n, const char *nombre)
{
    FILE *f = nginx_archivo(n, nombre);
    const char *const partes[] = {"cliente.pem", "cliente.key"};

    for (int i = 0; i < 2; i++) {
        FILE *parte = fopen(ruta(n, partes[i]), "r");
        for (int letra = getc(parte); letra != EOF; letra = getc(parte))
            putc(letra, f);
        fclose(parte);
    }
    fclose(f);
}

static void se_presenta(struct caso *c, int estado, const char *comprobado)
{
    as_http_response r;

    BIEN(pide_a(c, "mutuo.bien.prueba", "/", &r));
    cr_assert_eq(r.status, estado);
    if (comprobado)
        cr_assert_str_eq(as_http_header(&r, "X-Cliente"), comprobado);
    as_http_response_clear(&r);
}

static int con_certificado_propio(struct caso *c)
{
    as_http_options opciones = {.ca_file = ruta(&c->nginx, "autoridad.pem")};

    abre_cliente(c, &opciones);
    se_presenta(c, 400, NULL); /* nginx lo exige, y no se presentó ninguno */
    as_http_close(c->http);

    opciones.cert_file = ruta(&c->nginx, "cliente.pem");
    opciones.key_file = ruta(&c->nginx, "cliente.key");
    abre_cliente(c, &opciones);
    se_presenta(c, 200, "SUCCESS");
    as_http_close(c->http);

    junta(&c->nginx, "junto.pem");
    opciones.cert_file = ruta(&c->nginx, "junto.pem");
    opciones.key_file = NULL;
    abre_cliente(c, &opciones);
    se_presenta(c, 200, "SUCCESS");
    as_http_close(c->http);

    opciones.cert_file = ruta(&c->nginx, "nginx.conf");
    abre_cliente(c, &opciones);
    as_http_response r;
    cr_assert_eq(pide_a(c, "mutuo.bien.prueba", "/", &r), AS_EKEYREJECTED);
    EXPLICA(AS_EKEYREJECTED, "nginx.conf");
    as_http_close(c->http);
    return 0;
}

PRUEBA(http_tls, el_programa_se_presenta_con_su_certificado)
{
    EXIGE_NGINX();
    EXIGE_OPENSSL();
    con_nginx(con_certificado_propio);
}

/* ---- Un servidor que exige un certificado al empezar a hablar ------------------------ */

static int puerto_para(struct caso *c)
{
    as_listener *oyente;

    (void)c;
    BIEN(as_listen("127.0.0.1", 0, 1, &oyente));
    int puerto = as_listener_port(oyente);
    as_listener_close(oyente);
    return puerto;
}

/* Lo que dice quien pide con `opciones` a un openssl que solo habla `version`. */
static void exige(struct caso *c, const char *version, const as_http_options *opciones,
                  int esperado, const char *explica)
{
    char donde[32], direccion[64];
    as_process *servidor;
    as_http_response r;
    as_stream *s;

    int puerto = puerto_para(c);
    snprintf(donde, sizeof donde, "127.0.0.1:%d", puerto);
    snprintf(direccion, sizeof direccion, "https://%s/", donde);
    const char *orden[] = {"openssl",
                           "s_server",
                           "-accept",
                           donde,
                           "-cert",
                           ruta(&c->nginx, "bien.prueba.pem"),
                           "-key",
                           ruta(&c->nginx, "bien.prueba.key"),
                           "-CAfile",
                           ruta(&c->nginx, "autoridad.pem"),
                           "-Verify",
                           "1",
                           "-verify_return_error",
                           "-www",
                           version,
                           NULL};
    as_process_options callado = {.out = AS_NULL, .err = AS_NULL};
    BIEN(as_process_spawn(orden, &callado, &servidor));
    while (as_connect("127.0.0.1", puerto, &s) == UV_ECONNREFUSED)
        BIEN(as_sleep(1));
    as_stream_close(s);
    abre_cliente(c, opciones);
    int rc = as_http_get(c->http, direccion, &r);
    cr_assert_eq(rc, esperado, "%s: %s (%s)", version, as_errname(rc), as_error_text(rc));
    if (rc < 0)
        EXPLICA(rc, explica);
    else
        as_http_response_clear(&r);
    as_http_close(c->http);
    as_process_close(servidor);
}

static int a_quien_lo_exige(struct caso *c)
{
    static const char *const nombres[] = {"autoridad.pem", "desconocido.bien.prueba.pem",
                                          "desconocido.bien.prueba.key", "cliente.pem",
                                          "cliente.key"};
    char rutas[5][320];

    for (int i = 0; i < 5; i++)
        snprintf(rutas[i], sizeof rutas[i], "%s", ruta(&c->nginx, nombres[i]));
    as_http_options sin = {.ca_file = rutas[0]};
    as_http_options ajeno = sin, bueno = sin;
    ajeno.cert_file = rutas[1];
    ajeno.key_file = rutas[2];
    bueno.cert_file = rutas[3];
    bueno.key_file = rutas[4];
    exige(c, "-tls1_3", &sin, AS_EKEYREJECTED, "exige un certificado");
    exige(c, "-tls1_3", &ajeno, AS_EKEYREJECTED, "no admite el certificado «");
    exige(c, "-tls1_3", &bueno, 0, NULL);
    exige(c, "-tls1_2", &sin, UV_EPROTO, "no se pudo acordar una conexión segura");
    exige(c, "-tls1_2", &ajeno, AS_EKEYREJECTED, "no admite el certificado «");
    exige(c, "-tls1_2", &bueno, 0, NULL);
    return 0;
}

PRUEBA(http_tls, quien_exige_un_certificado_y_no_lo_recibe_lo_dice)
{
    EXIGE_NGINX();
    EXIGE_OPENSSL();
    con_nginx(a_quien_lo_exige);
}

/* Así le da libcurl a OpenSSL una carpeta de autoridades. */
static bool con_carpeta;

int X509_STORE_load_path(void *almacen, const char *carpeta);
int X509_STORE_load_path(void *almacen, const char *carpeta)
{
    int (*real)(void *, const char *) = (int (*)(void *, const char *))dlsym(
        RTLD_NEXT, "X509_STORE_load_path");
    struct stat datos;

    con_carpeta = con_carpeta || (stat(carpeta, &datos) == 0 && S_ISDIR(datos.st_mode));
    return real(almacen, carpeta);
}

static int en_nadie_mas(struct caso *c)
{
    as_http_response r;

    abre_cliente(c, &(as_http_options){.ca_file = ruta(&c->nginx, "autoridad.pem")});
    BIEN(pide_a(c, "bien.prueba", "/", &r));
    as_http_response_clear(&r);
    cr_assert_not(con_carpeta, "las autoridades del sistema también valdrían");
    as_http_close(c->http);
    return 0;
}

PRUEBA(http_tls, con_ca_file_no_se_confia_en_nadie_mas)
{
    EXIGE_NGINX();
    EXIGE_OPENSSL();
    con_nginx(en_nadie_mas);
}

/* ---- Lo que se comparte entre conexiones -------------------------------------------- */

static int se_reutilizan(struct caso *c)
{
    as_http_response r;
    char primera[32];

    abre_cliente(c, &(as_http_options){.ca_file = ruta(&c->nginx, "autoridad.pem")});
    BIEN(pide_a(c, "bien.prueba", "/", &r));
    snprintf(primera, sizeof primera, "%s", r.body);
    as_http_response_clear(&r);
    for (int i = 0; i < 5; i++) {
        BIEN(pide_a(c, "bien.prueba", "/", &r));
        cr_assert_str_eq(r.body, primera, "es la misma conexión");
        as_http_response_clear(&r);
    }
    /* Ni se vuelve a leer la lista de autoridades, donde libcurl deja. */
    if (as__libcurl_drops_directory())
        unlink(ruta(&c->nginx, "autoridad.pem"));
    for (int i = 0; i < 5; i++) { /* las que ya no lo son siguen la misma sesión */
        BIEN(pide_a(c, "bien.prueba", "/cierra", &r));
        if (i > 0)
            cr_assert_str_eq(as_http_header(&r, "X-Sesion"), "r");
        as_http_response_clear(&r);
    }
    as_http_close(c->http);
    return 0;
}

PRUEBA(http_tls, cada_peticion_usa_la_conexion_y_la_sesion_de_la_anterior)
{
    EXIGE_NGINX();
    EXIGE_OPENSSL();
    con_nginx(se_reutilizan);
}

/* ---- Sin servidor ------------------------------------------------------------------- */

static void no_se_crea(const as_http_options *opciones, int esperado, const char *explica)
{
    as_http *http = (as_http *)opciones;

    cr_assert_eq(as_http_new(opciones, &http), esperado);
    cr_assert_null(http);
    EXPLICA(esperado, explica);
}

static int opciones_malas(void *arg)
{
    (void)arg;
    no_se_crea(&(as_http_options){.ca_file = "/no/existe.pem"}, UV_ENOENT,
               "«/no/existe.pem»");
    no_se_crea(&(as_http_options){.cert_file = "/no/existe.pem"}, UV_ENOENT,
               "«/no/existe.pem»");
    no_se_crea(&(as_http_options){.cert_file = "/etc/passwd", .key_file = "/no/hay.key"},
               UV_ENOENT, "«/no/hay.key»");
    no_se_crea(&(as_http_options){.key_file = "/etc/passwd"}, UV_EINVAL, "cert_file");
    return 0;
}

PRUEBA(http_tls, un_archivo_que_no_esta_se_dice_al_crear_el_cliente)
{
    CORRE(opciones_malas, NULL, 0);
}

static int sin_tls(struct entorno *e)
{
    as_http_response r;
    char direccion[64];

    snprintf(direccion, sizeof direccion, "https://127.0.0.1:%d/", e->servidor->puerto);
    cr_assert_eq(as_http_get(e->http, direccion, &r), UV_EPROTO);
    EXPLICA(UV_EPROTO, "conexión segura con «127.0.0.1»");
    get_correcto(e, url(e->servidor, "/"));
    return 0;
}

static void atiende_en_claro(struct conexion *c)
{
    char saludo[4];

    if (recv(c->fd, saludo, sizeof saludo, MSG_PEEK) > 0 && saludo[0] != 'G')
        envia_texto(c, "HTTP/1.1 400 Esto no es TLS\r\n\r\n");
    else
        atiende_eco(c);
}

PRUEBA(http_tls, un_puerto_que_no_habla_tls_se_dice)
{
    con_servidor(atiende_en_claro, sin_tls);
}
