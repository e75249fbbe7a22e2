#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/internal.h"

/* ---- Lo que pide el programa -------------------------------------------------------- */

static int copy_path(char **to, const char *path)
{
    if (!path)
        return 0;
    if (access(path, R_OK) < 0) {
        int rc = uv_translate_sys_error(errno);
        return as_error_set(rc, "no se puede leer «%s»: %s", path, as_strerror(rc));
    }
    *to = strdup(path);
    return *to ? 0 : as__error(UV_ENOMEM);
}

/* La variable que miran OpenSSL, curl y Python. Que esté mal solo importa con https. */
static int authorities_of_environment(as_http *http)
{
    const char *path = getenv("SSL_CERT_FILE");

    if (http->ca_file || !path || !*path)
        return 0;
    http->ca_file = strdup(path);
    return http->ca_file ? 0 : as__error(UV_ENOMEM);
}

int as__tls_options(as_http *http, const as_http_options *options)
{
    if (options->key_file && !options->cert_file)
        return as_error_set(UV_EINVAL, "hay key_file, pero falta cert_file");
    http->insecure = options->insecure;
    int rc = copy_path(&http->ca_file, options->ca_file);
    if (rc == 0)
        rc = copy_path(&http->cert_file, options->cert_file);
    if (rc == 0)
        rc = copy_path(&http->key_file, options->key_file);
    return rc == 0 ? authorities_of_environment(http) : rc;
}

/*
 * libcurl lee el archivo de autoridades una vez y lo guarda, salvo que deba mirar además una
 * carpeta, como en Debian: entonces lo lee en cada conexión, y son 30 ms sin soltar el hilo.
 * La carpeta tiene las mismas que el archivo del sistema, así que sobra; y con otro archivo se
 * confiaría en quien no se dijo. Donde no se puede quitar, se pone una que no puede tener nada.
 */
static const char *no_directory(void)
{
    return as__libcurl_drops_directory() ? NULL : "/dev/null";
}

static bool has_authorities_file(const as_http *http)
{
    return http->ca_file || as__libcurl_has_authorities_file();
}

/*
 * TLS se despide antes de cerrar. A quien se va sin despedirse pudo cortarle alguien, y si nada
 * dice cuánto mide el cuerpo, parecería entero: libcurl no lo mira. Se le pregunta a OpenSSL, a la
 * misma que usa libcurl; si usa otra biblioteca, no están ni la llamada ni estas funciones.
 */
static void note_farewell(const as_http *http, const void *ssl)
{
    for (struct as__link *l = http->active.next; l != &http->active; l = l->next) {
        struct as__transfer *t = as__container_of(l, struct as__transfer, active);
        t->farewell = t->farewell || t->ssl == ssl;
    }
}

/*
 * OpenSSL no vuelve mientras le lleguen mensajes del saludo que no cambian nada: HelloRequest antes
 * de empezar, pases de sesión o claves nuevas después. Quien manda más en una sola llamada no quiere
 * entenderse: se le toma por acabado, y OpenSSL vuelve con un error.
 */
static void bound_talk(as_http *http, void *ssl)
{
    enum { MAX_TALK = 1000, RECEIVED_SHUTDOWN = 2 /* SSL_RECEIVED_SHUTDOWN */ };
    typedef void set_shutdown_fn(void *ssl, int mode);

    if (http->talker != ssl)
        http->talk = 0;
    http->talker = ssl;
    if (++http->talk < MAX_TALK)
        return;
    set_shutdown_fn *set = (set_shutdown_fn *)dlsym(RTLD_DEFAULT, "SSL_set_shutdown");
    if (set)
        set(ssl, RECEIVED_SHUTDOWN);
}

static void on_record(int sent, int version, int type, const void *data, size_t size,
                      void *ssl, void *arg)
{
    enum { ALERT = 21, HANDSHAKE = 22, CLOSE_NOTIFY = 0 };

    (void)version;
    if (sent)
        return;
    if (type == HANDSHAKE)
        bound_talk(arg, ssl);
    else if (type == ALERT && size >= 2 && ((const char *)data)[1] == CLOSE_NOTIFY)
        note_farewell(arg, ssl);
}

static CURLcode on_context(CURL *easy, void *context, void *arg)
{
    enum { SET_MSG_CALLBACK_ARG = 16 }; /* SSL_CTRL_SET_MSG_CALLBACK_ARG */
    typedef void record_fn(int, int, int, const void *, size_t, void *, void *);
    typedef void set_fn(void *context, record_fn *on_record);
    typedef long ctrl_fn(void *context, int command, long number, void *arg);
    set_fn *set = (set_fn *)dlsym(RTLD_DEFAULT, "SSL_CTX_set_msg_callback");
    ctrl_fn *ctrl = (ctrl_fn *)dlsym(RTLD_DEFAULT, "SSL_CTX_ctrl");

    (void)easy;
    if (set && ctrl) {
        ctrl(context, SET_MSG_CALLBACK_ARG, 0, arg);
        set(context, on_record);
    }
    return CURLE_OK;
}

void as__tls_expect_farewell(struct as__transfer *t)
{
    struct curl_tlssessioninfo *info = NULL;

    if (curl_easy_getinfo(t->easy, CURLINFO_TLS_SSL_PTR, &info) == CURLE_OK && info &&
        info->backend == CURLSSLBACKEND_OPENSSL)
        t->ssl = info->internals;
}

bool as__tls_cut(const struct as__transfer *t)
{
    return t->ssl && !t->farewell;
}

int as__tls_configure(const as_http *http, CURL *easy)
{
    CURLcode rc = CURLE_OK;

    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_context);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, http);
    if (http->insecure) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (has_authorities_file(http))
        rc = curl_easy_setopt(easy, CURLOPT_CAPATH, no_directory());
    if (rc == CURLE_OK && http->ca_file)
        rc = curl_easy_setopt(easy, CURLOPT_CAINFO, http->ca_file);
    if (rc == CURLE_OK && http->cert_file)
        rc = curl_easy_setopt(easy, CURLOPT_SSLCERT, http->cert_file);
    if (rc == CURLE_OK && http->cert_file)
        rc = curl_easy_setopt(easy, CURLOPT_SSLKEY,
                              http->key_file ? http->key_file : http->cert_file);
    return rc == CURLE_OK ? 0 : as__error(UV_ENOMEM);
}

/* ---- Lo que falló ------------------------------------------------------------------- */

/* Los X509_V_ERR_* de OpenSSL que tienen mejores palabras. */
static const struct {
    long reason;
    const char *text;
} reasons[] = {
    {9, "todavía no es válido; ¿está en hora esta máquina?"},
    {10, "caducó"},
    {18, "lo firma el propio servidor y no una autoridad"},
    {19, "lo avala una autoridad que no está entre las de confianza"},
    {20, "lo firma una autoridad que no está entre las de confianza"},
    {21, "lo firma una autoridad que no está entre las de confianza"},
    {23, "está revocado"},
};

static int certificate_error(const struct as__transfer *t, const char *host)
{
    long reason = 0;

    curl_easy_getinfo(t->easy, CURLINFO_SSL_VERIFYRESULT, &reason);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].reason == reason)
            return as_error_set(AS_EKEYREJECTED, "el certificado de «%s» %s", host,
                                reasons[i].text);
    }
    if (strstr(t->detail, "subject name")) /* esto lo mira libcurl y no tiene código */
        return as_error_set(AS_EKEYREJECTED,
                            "el certificado que enseña «%s» es de otra máquina", host);
    return as_error_set(AS_EKEYREJECTED, "el certificado de «%s» no vale: %s", host,
                        t->detail);
}

/* El servidor contesta al nuestro con una alerta, y con TLS 1.3 ya acabado el saludo: OpenSSL
 * solo lo dice con palabras. */
bool as__tls_refused(const struct as__transfer *t)
{
    const char *alert = strstr(t->detail, " alert ");

    return alert && (strstr(alert, "certificate") || strstr(alert, "unknown ca"));
}

static int refusal(const struct as__transfer *t, const char *host)
{
    if (t->http->cert_file)
        return as_error_set(AS_EKEYREJECTED, "«%s» no admite el certificado «%s»: %s",
                            host, t->http->cert_file, t->detail);
    return as_error_set(AS_EKEYREJECTED,
                        "«%s» exige un certificado, y falta as_http_options.cert_file: "
                        "%s",
                        host, t->detail);
}

int as__tls_error(const struct as__transfer *t, const char *host)
{
    const as_http *http = t->http;

    if (as__tls_refused(t))
        return refusal(t, host);
    switch (t->result) {
    case CURLE_PEER_FAILED_VERIFICATION:
        return certificate_error(t, host);
    case CURLE_SSL_CACERT_BADFILE:
        return as_error_set(
            AS_EKEYREJECTED,
            "no se puede comprobar el certificado de «%s»: «%s» no es una "
            "lista de autoridades en formato PEM",
            host, http->ca_file ? http->ca_file : "ca-certificates");
    case CURLE_SSL_CERTPROBLEM:
        return as_error_set(AS_EKEYREJECTED, "no se puede usar el certificado «%s»: %s",
                            http->cert_file, t->detail);
    default:
        return as_error_set(UV_EPROTO,
                            "no se pudo acordar una conexión segura con «%s»: %s", host,
                            t->detail);
    }
}
