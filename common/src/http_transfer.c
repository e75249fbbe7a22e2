#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http_internal.h"

enum {
    IDLE_SECONDS = 15,       /* una conexión ociosa más vieja no se reutiliza */
    NAME_SECONDS = 3600,     /* ver resolve_hosts en http_exchange.c */
    MAX_HEAD = 256 * 1024,   /* bytes de cabeceras */
    MAX_DISCARD = 64 * 1024, /* lo que se lee de una redirección por no cortar */
    FIRST_HEAD = 1024
};

/* ---- Lo que cuenta libcurl ---------------------------------------------------------- */

void as__transfer_notify(struct as__transfer *t)
{
    if (!as__list_empty(&t->waiter))
        as__wake(as__container_of(t->waiter.next, struct as__wait, link), 0);
}

void as__transfer_finished(struct as__transfer *t, CURLcode result)
{
    t->done = true;
    t->result = result;
    as__transfer_notify(t);
}

const char *as__header_value(const char *line, const char *name)
{
    size_t length = strlen(name);

    if (strncasecmp(line, name, length) != 0 || line[length] != ':')
        return NULL;
    line += length + 1;
    return line + strspn(line, " \t");
}

const char *as__transfer_header(const struct as__transfer *t, const char *name)
{
    const char *line = t->head;

    for (size_t i = 0; i < t->head_count; i++, line += strlen(line) + 1) {
        const char *value = as__header_value(line, name);
        if (value)
            return value;
    }
    return NULL;
}

static int append_line(struct as__transfer *t, const char *line, size_t size)
{
    size_t needed = t->head_size + size + 1;

    if (needed > MAX_HEAD)
        return AS_EOVERFLOW;
    if (needed > t->head_capacity) {
        size_t capacity = t->head_capacity ? t->head_capacity : FIRST_HEAD;
        while (capacity < needed)
            capacity *= 2;
        char *head = realloc(t->head, capacity);
        if (!head)
            return UV_ENOMEM;
        t->head = head;
        t->head_capacity = capacity;
    }
    memcpy(t->head + t->head_size, line, size);
    t->head[needed - 1] = '\0';
    t->head_size = needed;
    return 0;
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 ||
           status == 308;
}

static void head_complete(struct as__transfer *t)
{
    t->head_done = true;
    t->redirect = t->follow && is_redirect(t->status) &&
                  as__transfer_header(t, "Location");
    if (t->streaming && !t->redirect)
        as__transfer_notify(t);
}

/* "HTTP/1.1 200 OK": empieza una respuesta; quizá solo informativa, y vendrá otra. */
static void start_head(struct as__transfer *t, const char *line, size_t size)
{
    const char *space = memchr(line, ' ', size);

    t->head_size = t->head_count = 0;
    t->status = 0;
    /* Tres cifras, como libcurl: las que sobren no son del estado. */
    for (const char *p = space;
         p && ++p < line + size && p <= space + 3 && *p >= '0' && *p <= '9';)
        t->status = t->status * 10 + (*p - '0');
}

static size_t on_header(char *line, size_t one, size_t size, void *arg)
{
    struct as__transfer *t = arg;
    size_t length = size;

    (void)one;
    if (t->head_done)
        return size; /* las que van detrás del cuerpo no cuentan */
    while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == '\n'))
        length--;
    if (t->status == 0 && length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        start_head(t, line, length);
    } else if (length == 0) {
        if (t->status >= 200)
            head_complete(t);
        else
            t->status = 0; /* era informativa: ahora viene otra */
    } else if ((*line == ' ' || *line == '\t') && t->head_count > 0) {
        t->head_size--; /* una línea plegada continúa la anterior */
        t->error = append_line(t, line, length);
    } else {
        t->error = append_line(t, line, length);
        t->head_count++;
    }
    return t->error ? 0 : size;
}

static size_t on_body(char *data, size_t one, size_t size, void *arg)
{
    struct as__transfer *t = arg;

    (void)one;
    if (!t->redirect)
        return t->sink(t, data, size);
    t->discarded += size;
    return t->discarded > MAX_DISCARD ? 0 : size;
}

/*
 * libcurl repite por su cuenta una petición si la conexión reutilizada murió sin
 * responder ni un byte. Con un POST no vale: el servidor pudo atenderlo. Y como no olvida
 * cuántas veces lleva repetido con un asa (a la sexta se rinde), esta no sirve ya más.
 */
static int on_send(void *arg, char *remote, char *local, int remote_port, int local_port)
{
    struct as__transfer *t = arg;

    (void)remote, (void)local, (void)remote_port, (void)local_port;
    if (t->sends++ == 0)
        return CURL_PREREQFUNC_OK;
    t->worn = true;
    return t->send_once ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static curl_socket_t on_open_socket(void *arg, curlsocktype purpose,
                                    struct curl_sockaddr *address)
{
    struct as__transfer *t = arg;

    (void)purpose;
    int fd = as__http_open_socket(t->http, address);
    if (fd == UV_EMFILE || fd == UV_ENFILE || fd == UV_ENOBUFS || fd == UV_ENOMEM)
        t->error = fd; /* con otra dirección tampoco iría */
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int on_close_socket(void *arg, curl_socket_t fd)
{
    return as__http_close_socket(arg, fd);
}

/* ---- El asa ------------------------------------------------------------------------- */

/* Lo que es igual en todas las peticiones se dice una vez. */
static CURLcode configure(struct as__transfer *t)
{
    CURL *easy = t->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->detail);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)IDLE_SECONDS);
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
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (rc == CURLE_OK) /* como aiohttp: las variables http_proxy no cuentan */
        rc = curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(easy, CURLOPT_USERAGENT, t->http->user_agent);
    return rc;
}

static struct as__transfer *transfer_new(as_http *http)
{
    struct as__transfer *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->http = http;
    as__list_init(&t->active);
    as__list_init(&t->waiter);
    t->easy = curl_easy_init();
    if (!t->easy || configure(t) != CURLE_OK) {
        as__transfer_free(t);
        return NULL;
    }
    return t;
}

void as__transfer_free(struct as__transfer *t)
{
    curl_easy_cleanup(t->easy);
    free(t->resolve.data);
    free(t->headers);
    free(t->head);
    free(t);
}

struct as__transfer *as__transfer_take(as_http *http)
{
    struct as__transfer *t = http->spare;

    if (!t)
        return transfer_new(http);
    http->spare = t->next_spare;
    return t;
}

void as__transfer_give_back(struct as__transfer *t, bool reusable)
{
    long stale = 0;

    /* Otra cosa que libcurl no olvida: el último error del sistema, aunque luego le fuera
     * bien con otra dirección. */
    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &stale);
    if (!reusable || t->worn || stale) {
        as__transfer_free(t);
        return;
    }
    t->next_spare = t->http->spare;
    t->http->spare = t;
}

int as__transfer_start(struct as__transfer *t)
{
    if (t->http->broken)
        return as_error_set(t->http->broken, "el cliente HTTP quedó inservible tras un "
                                             "error de libcurl; crea otro");
    t->status = 0;
    t->head_size = t->head_count = t->discarded = 0;
    t->head_done = t->redirect = t->done = false;
    t->sends = t->error = 0;
    t->detail[0] = '\0';

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
    struct as__wait wait;

    as__wait_init(&wait, "la respuesta de un servidor HTTP", NULL);
    as__list_append(&t->waiter, &wait.link);
    return as__http_suspend(t->http, &wait);
}

void as__transfer_stop(struct as__transfer *t)
{
    as__list_remove(&t->active);
    curl_multi_remove_handle(t->http->multi, t->easy);
}

/* ---- Cómo acabó --------------------------------------------------------------------- */

static int system_error(const struct as__transfer *t, int otherwise)
{
    long error = 0;

    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &error);
    return error > 0 ? uv_translate_sys_error((int)error) : otherwise;
}

static int error_of(const struct as__transfer *t)
{
    switch (t->result) {
    case CURLE_OK:
        return t->head_done ? 0 : UV_EOF; /* libcurl acepta unas cabeceras a medias */
    case CURLE_URL_MALFORMAT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
        return UV_EINVAL;
    case CURLE_COULDNT_RESOLVE_HOST:
        return UV_EAI_NONAME;
    case CURLE_COULDNT_CONNECT:
        return system_error(t, UV_ECONNREFUSED);
    case CURLE_SEND_ERROR:
        return system_error(t, UV_ECONNRESET);
    case CURLE_RECV_ERROR:
        return system_error(t, UV_EPROTO); /* un trozo mal formado también es esto */
    case CURLE_OPERATION_TIMEDOUT:
        return UV_ETIMEDOUT;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
        return UV_EOF;
    case CURLE_FILESIZE_EXCEEDED:
        return AS_EOVERFLOW;
    case CURLE_OUT_OF_MEMORY:
        return UV_ENOMEM;
    default:
        /* Lo demás es no entenderse con el servidor: TLS, cabeceras imposibles... */
        return UV_EPROTO;
    }
}

int as__transfer_result(struct as__transfer *t)
{
    if (t->result == CURLE_WRITE_ERROR && t->redirect)
        return 0; /* cortamos nosotros: el cuerpo de una redirección no interesa */
    if (t->result == CURLE_ABORTED_BY_CALLBACK && t->sends > 1)
        return as_error_set(UV_EOF, "el servidor cerró la conexión sin responder; la "
                                    "petición no se repite por si llegó a atenderla");
    if (t->result != CURLE_OK && t->error == AS_EOVERFLOW)
        return as_error_set(AS_EOVERFLOW, "la respuesta supera el tamaño permitido");
    if (t->result != CURLE_OK && t->error)
        return as_error_set(t->error, "%s", as_strerror(t->error));
    int rc = error_of(t);
    if (rc < 0 && t->result == CURLE_OK)
        return as_error_set(rc, "el servidor cerró la conexión a media cabecera");
    if (rc < 0)
        as_error_set(rc, "%s", t->detail[0] ? t->detail : curl_easy_strerror(t->result));
    return rc;
}
