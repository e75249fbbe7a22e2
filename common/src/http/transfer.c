#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "http/internal.h"

enum {
    NAME_SECONDS = 3600,     /* ver hide_name en exchange.c */
    MAX_DISCARD = 64 * 1024, /* lo que se lee de una redirección por no cortar */
    MAX_HEAD = 256 * 1024,
    MAX_HEADERS = 4096,         /* las libcurl recientes no pasan de 5000 */
    MAX_TUNNEL_HEAD = 16 * 1024 /* libcurl la lee letra a letra sin soltar el hilo */
};

/* ---- Lo que cuenta libcurl ---------------------------------------------------------- */

void as__transfer_notify(struct as__transfer *t)
{
    as__wake_first(&t->waiter, 0);
}

void as__transfer_finished(struct as__transfer *t, CURLcode result)
{
    t->done = true;
    t->result = result;
    as__transfer_notify(t);
}

void as__transfer_refuse(struct as__transfer *t, int error, const char *format, ...)
{
    va_list args;

    t->error = error;
    va_start(args, format);
    vsnprintf(t->why, sizeof t->why, format, args);
    va_end(args);
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 ||
           status == 308;
}

static void prepare_decoder(struct as__transfer *t)
{
    const char *coding = as__head_find(&t->head, "Content-Encoding");

    if (!coding)
        return;
    if (as__head_next(&t->head, "Content-Encoding", coding)) {
        as__transfer_refuse(t, UV_EPROTO,
                            "el servidor dice dos veces con qué comprimió el cuerpo");
        return;
    }
    int rc = as__decoder_new(coding, &t->decoder);
    if (rc == UV_EPROTO)
        as__transfer_refuse(
            t, rc, "el cuerpo viene comprimido con «%.40s», que no se pidió", coding);
    else
        t->error = rc;
}

static void head_complete(struct as__transfer *t)
{
    const char *length = as__head_bad_length(&t->head);
    const char *coding = as__head_bad_coding(&t->head);

    t->head_done = true;
    if (length) { /* libcurl entiende «0x5» como 0, y de lo que no le cabe no hace caso */
        as__transfer_refuse(
            t, UV_EPROTO,
            "lo que respondió el servidor no es HTTP bien escrito: Content-Length: %.40s",
            length);
        return;
    }
    if (coding) {
        as__transfer_refuse(
            t, UV_EPROTO,
            "el cuerpo viene en «Transfer-Encoding: %.40s», que no se pidió", coding);
        return;
    }
    t->redirect = t->follow && is_redirect(t->status) &&
                  as__head_find(&t->head, "Location");
    if (t->decode && !t->redirect)
        prepare_decoder(t);
    if (t->secure && t->status != 204 && t->status != 304 &&
        !as__head_find(&t->head, "Content-Length") &&
        !as__head_find(&t->head, "Transfer-Encoding"))
        as__tls_expect_farewell(t);
    if (t->streaming && !t->redirect)
        as__transfer_notify(t);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* El de "HTTP/1.1 200 OK", de tres cifras; 0, si sobran: unas libcurl no las miran. */
static int status_of(const char *line, size_t size)
{
    const char *space = memchr(line, ' ', size), *end = line + size;
    int status = 0;

    if (!space || (space + 4 < end && !is_blank(space[4])))
        return 0;
    for (const char *p = space + 1; p < end && p <= space + 3 && *p >= '0' && *p <= '9';
         p++)
        status = status * 10 + (*p - '0');
    return status;
}

static void refuse_head(struct as__transfer *t, const char *why)
{
    as__transfer_refuse(t, UV_EPROTO, "lo que llegó no es HTTP bien escrito: %s", why);
}

/* Empieza una respuesta; quizá solo informativa, y vendrá otra. */
static void start_head(struct as__transfer *t, const char *line, size_t size)
{
    as__head_clear(&t->head);
    t->status = size >= 5 && memcmp(line, "HTTP/", 5) == 0 ? status_of(line, size) : 0;
    if (t->status == 0)
        refuse_head(t, "no empieza por «HTTP/1.1» y un estado");
}

/* Un blanco entre el nombre y los dos puntos esconde la cabecera a libcurl, que no la aplica: el
 * cuerpo sería otro. */
static bool has_name(const char *line, size_t size)
{
    const char *colon = memchr(line, ':', size);

    return colon && colon > line && !is_blank(colon[-1]);
}

/* Cuentan todas las líneas del salto: las de las respuestas informativas, las de detrás del
 * cuerpo y las del proxy, que libcurl también guarda. */
static bool fits(struct as__transfer *t, size_t size)
{
    size_t limit = t->in_tunnel ? MAX_TUNNEL_HEAD : MAX_HEAD;

    t->head_size += size;
    if (t->head_size > limit)
        as__transfer_refuse(t, AS_EOVERFLOW, "las cabeceras%s pasan de %zu KiB",
                            t->in_tunnel ? " del proxy" : "", limit / 1024);
    else if (++t->head_lines > MAX_HEADERS)
        as__transfer_refuse(t, AS_EOVERFLOW, "las cabeceras son más de %d", MAX_HEADERS);
    return t->error == 0;
}

/* Lo que responde el proxy a CONNECT. Si no es que sí, su cuerpo no se espera: libcurl lo leería
 * letra a letra sin soltar el hilo. */
static size_t on_tunnel_header(struct as__transfer *t, const char *line, size_t size)
{
    if (size >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        int status = status_of(line, size);
        if (status / 100 != 2)
            as__transfer_refuse(t, UV_ECONNREFUSED,
                                "no se pudo llegar por el proxy «%.80s»: respondió %d",
                                t->http->proxy, status);
    }
    return t->error ? 0 : size;
}

static size_t on_header(char *line, size_t one, size_t size, void *arg)
{
    struct as__transfer *t = arg;
    size_t length = size;

    (void)one;
    if (!fits(t, size))
        return 0;
    if (t->in_tunnel)
        return on_tunnel_header(t, line, size);
    if (t->head_done)
        return size; /* las de detrás del cuerpo no se entregan */
    while (length > 0 && is_blank(line[length - 1]))
        length--;
    if (t->status == 0) {
        start_head(t, line, length);
    } else if (*line == '\r' || *line == '\n') {
        if (t->status >= 200)
            head_complete(t);
        else
            t->status = 0; /* era informativa: ahora viene otra */
    } else if (*line == ' ' || *line == '\t') {
        if (t->head.count > 0)
            t->error = as__head_unfold(&t->head, line, length);
        else
            refuse_head(t, "las cabeceras están mal escritas");
    } else if (has_name(line, length)) {
        t->error = as__head_add(&t->head, line, length);
    } else {
        refuse_head(t, "las cabeceras están mal escritas");
    }
    return t->error ? 0 : size;
}

static bool deliver(void *arg, const char *data, size_t size)
{
    struct as__transfer *t = arg;

    return t->sink(t, data, size) == size;
}

static size_t decode(struct as__transfer *t, const char *data, size_t size)
{
    int rc = as__decoder_feed(t->decoder, data, size, deliver, t);

    if (rc == UV_EPROTO)
        as__transfer_refuse(t, rc, "el cuerpo comprimido está mal escrito");
    else if (rc == UV_ENOMEM)
        t->error = rc;
    return rc < 0 ? 0 : size;
}

static size_t on_body(char *data, size_t one, size_t size, void *arg)
{
    struct as__transfer *t = arg;

    (void)one;
    if (t->decoder)
        return decode(t, data, size);
    if (!t->redirect)
        return t->sink(t, data, size);
    t->discarded += size;
    return t->discarded > MAX_DISCARD ? 0 : size;
}

/* libcurl repite por su cuenta una petición si la conexión, reutilizada, murió sin responder ni
 * un byte: con un POST no vale, porque el servidor pudo atenderlo. */
static bool may_send(struct as__transfer *t)
{
    t->answered = t->head_done;
    if (t->answered) /* también la que recibió un 417, sin su Expect: vale lo respondido */
        return false;
    if (t->sends == 0 || t->idempotent)
        return true;
    as__transfer_refuse(t, UV_ECONNRESET,
                        "el servidor cerró la conexión sin responder; la petición no se "
                        "repite por si llegó a atenderla");
    return false;
}

/* libcurl llama aquí justo antes de enviar, ya conectada. */
static int on_send(void *arg, char *remote, char *local, int remote_port, int local_port)
{
    struct as__transfer *t = arg;

    if (t->streaming) {
        snprintf(t->ends.local, sizeof t->ends.local, "%s", local);
        snprintf(t->ends.remote, sizeof t->ends.remote, "%s", remote);
        t->ends.local_port = local_port;
        t->ends.remote_port = remote_port;
    }
    t->in_tunnel = false; /* lo que llegue ya es del servidor */
    bool ok = may_send(t);
    t->sends++;
    return ok ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/* Con quién está conectado `fd`, que libcurl no lo sabe. */
static void name_peer(int fd, struct curl_sockaddr *address)
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;

    if (getpeername(fd, (struct sockaddr *)&peer, &size) < 0)
        return; /* ya se cortó: lo verá al usarla */
    address->family = peer.ss_family;
    address->addrlen = size;
    memcpy((void *)&address->addr, &peer, size); /* detrás de addr hay sitio */
}

static curl_socket_t on_open_socket(void *arg, curlsocktype purpose,
                                    struct curl_sockaddr *address)
{
    struct as__transfer *t = arg;

    (void)purpose;
    if (t->fd < 0) {
        t->unconnected = may_send(t);
        return CURL_SOCKET_BAD;
    }
    t->in_tunnel = t->tunnels;
    name_peer(t->fd, address);
    as__http_hand_over(t->http, t->fd, t->box);
    int fd = t->fd;
    t->fd = -1;
    return fd;
}

static int on_close_socket(void *arg, curl_socket_t fd)
{
    return as__http_close_socket(arg, fd);
}

/* ---- El asa ------------------------------------------------------------------------- */

/* Un asa usada y borrada cuesta menos que una nueva. */
static CURL *take_handle(as_http *http)
{
    CURL *easy = http->spare;

    if (!easy)
        return curl_easy_init();
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&http->spare);
    return easy;
}

/* Se guarda la que acabó bien y se borró sin que faltara memoria: de otra no se sabe qué le queda, y
 * libcurl no lo dice. */
static void give_handle(struct as__transfer *t)
{
    bool sound = as__libcurl_reuses() && t->done && t->result == CURLE_OK;

    if (sound)
        curl_easy_reset(t->easy);
    if (sound && t->starved == as__libcurl_starved()) {
        curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t->http->spare);
        t->http->spare = t->easy;
    } else {
        curl_easy_cleanup(t->easy);
    }
    t->easy = NULL;
}

void as__transfer_free_spares(as_http *http)
{
    while (http->spare)
        curl_easy_cleanup(take_handle(http));
}

/* Lo que es igual en todas las peticiones. */
static CURLcode configure(struct as__transfer *t)
{
    CURL *easy = t->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->detail);
    curl_easy_setopt(easy, CURLOPT_SHARE, t->http->sessions);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)AS__IDLE_SECONDS);
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, (long)NAME_SECONDS);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
    /* La conexión sobrevive a la transferencia: su dueño es el cliente. */
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, t->http);
    /* Con "", libcurl no mira las variables http_proxy ni no_proxy. */
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_PROXY, t->http->proxy);
    if (rc == CURLE_OK && t->http->proxy_url)
        rc = curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    return rc;
}

int as__transfer_open(struct as__transfer *t)
{
    t->status = 0;
    as__head_clear(&t->head);
    t->discarded = t->head_size = t->head_lines = 0;
    t->in_tunnel = false;
    t->head_done = t->redirect = t->paused = t->done = false;
    t->sends = t->error = 0;
    t->unconnected = t->farewell = t->answered = false;
    t->ssl = NULL;
    t->detail[0] = t->why[0] = '\0';
    t->starved = as__libcurl_starved();
    as__list_init(&t->active);
    as__list_init(&t->waiter);
    t->easy = take_handle(t->http);
    return t->easy && configure(t) == CURLE_OK ? 0 : as__error(UV_ENOMEM);
}

int as__transfer_start(struct as__transfer *t)
{
    if (t->http->broken)
        return as_error_set(t->http->broken, "el cliente HTTP quedó inservible tras un "
                                             "error de libcurl; crea otro");
    CURLMcode rc = curl_multi_add_handle(t->http->multi, t->easy);
    if (rc != CURLM_OK)
        return rc == CURLM_OUT_OF_MEMORY
                   ? UV_ENOMEM
                   : as_error_set(UV_EIO, "%s", curl_multi_strerror(rc));
    as__list_append(&t->http->active, &t->active);
    return 0;
}

int as__transfer_wait(struct as__transfer *t)
{
    return as__http_wait_on(t->http, &t->waiter, "la respuesta de un servidor HTTP");
}

void as__transfer_close(struct as__transfer *t)
{
    if (!t->easy)
        return;
    as__list_remove(&t->active);
    curl_multi_remove_handle(t->http->multi, t->easy);
    give_handle(t);
    as__decoder_free(t->decoder);
    t->decoder = NULL;
}

void as__transfer_free(struct as__transfer *t)
{
    as__transfer_close(t);
    if (t->fd >= 0) /* libcurl no llegó a pedirla */
        as__http_close_socket(t->http, t->fd);
    t->fd = -1;
    as__head_free(&t->head);
}
