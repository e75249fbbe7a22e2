/*
 * Cliente HTTP sobre libcurl.
 *
 * Un cliente guarda las conexiones abiertas y las reutiliza: crea uno y compártelo entre
 * todas tus tareas. Cada petición se escribe como si bloqueara; mientras espera a la red,
 * las demás tareas corren. Cancelar la tarea, o que venza el plazo de su ámbito, abandona
 * la petición en cualquier punto, también mientras se resuelve el nombre.
 *
 * Un estado 404 o 500 no es un error: la petición llegó y hubo respuesta. Los errores son
 * los de no tenerla: UV_ECONNREFUSED, UV_ETIMEDOUT, UV_EAI_NONAME... y as_error_detail()
 * los cuenta con las palabras de libcurl.
 *
 * Habla HTTP/1.1, no guarda cookies y no hace caso de las variables http_proxy. Un nombre
 * de máquina con letras que no son ASCII necesita setlocale(LC_ALL, "") en un sistema
 * UTF-8.
 */
#ifndef ASINC_HTTP_H
#define ASINC_HTTP_H

#include <asinc/types.h>

typedef struct as_http as_http;

/* Opciones del cliente. Los ceros son los valores por omisión. */
typedef struct {
    size_t max_connections; /* peticiones en vuelo a la vez; las demás hacen cola en orden
                               de llegada. 0 = 100, como aiohttp */
    size_t max_body;        /* bytes de una respuesta, ya descomprimida; 0 = 64 MiB */
    int max_redirects;      /* 0 = 10; negativo = no seguir ninguna */
    const char *user_agent; /* NULL = "asinc" */
} as_http_options;

/* Una petición. Solo `url` es obligatoria; todo es de quien llama y solo se lee durante
 * la llamada (con as_http_open, hasta as_http_stream_close). */
typedef struct {
    const char *url;            /* http:// o https:// */
    const char *method;         /* NULL = "GET", o "POST" si hay cuerpo */
    const char *const *headers; /* "Nombre: valor", la última NULL; puede ser NULL. Una de
                                   las que se envían sin pedirlas se quita con "Accept:" */
    const void *body;
    size_t body_size;
    int64_t timeout_ms; /* plazo propio de la petición; 0 = solo el del ámbito */
    size_t max_body;    /* 0 = el del cliente */
} as_http_request;

/* Una respuesta completa. Libérala con as_http_response_clear. */
typedef struct {
    int status; /* 200, 404... */
    char *body; /* nunca NULL tras un éxito; un '\0' de más detrás del último byte */
    size_t body_size; /* bytes de body, sin contar ese '\0' */
    char *url;        /* la dirección final, tras las redirecciones */
    char **headers;   /* "Nombre: valor" de la respuesta final, la última NULL */
} as_http_response;

/*
 * Crea un cliente; NULL si falta memoria o descriptores. `options` puede ser NULL y solo
 * se lee durante la llamada. Ciérralo con as_http_close. No suspende.
 * Equivale a aiohttp.ClientSession().
 */
as_http *as_http_new(const as_http_options *options) AS_MUST_CHECK;

/*
 * Cierra las conexiones y libera el cliente; NULL no hace nada. No debe quedar ninguna
 * petición en marcha ni ningún flujo abierto. Suspende y no se deja cancelar.
 * Equivale a await session.close().
 */
void as_http_close(as_http *http);

/*
 * Hace la petición y espera la respuesta entera, que llega ya descomprimida. Sigue las
 * redirecciones: 303, y 301 o 302 tras un POST, continúan con GET y sin cuerpo; 307 y 308
 * repiten lo mismo; Authorization, Cookie y Host no pasan a otra máquina, otro puerto u
 * otro esquema. Si la conexión, reutilizada, muere sin respuesta, la petición se repite
 * en otra, salvo que el método no sea idempotente (POST, PATCH): el servidor pudo
 * atenderla. Devuelve 0 y llena `response`, o deja `response` vacía (no hay que
 * liberarla) y devuelve:
 *   UV_ECANCELED     cancelaron la tarea o venció un ámbito
 *   UV_ETIMEDOUT     pasó request->timeout_ms, o el sistema se cansó de conectar
 *   UV_EINVAL        la URL, el método o una cabecera no son válidos
 *   UV_EAI_*         el nombre de la máquina no se pudo resolver
 *   UV_ECONNREFUSED, UV_ECONNRESET, UV_EHOSTUNREACH...   la red
 *   UV_EOF           el servidor cerró sin responder o a media respuesta
 *   UV_EPROTO        la respuesta no es HTTP, redirige a algo que no lo es, o falló TLS
 *   UV_ELOOP         demasiadas redirecciones
 *   AS_EOVERFLOW     el cuerpo supera el límite, o las cabeceras pasan de 256 KiB
 *   UV_ENOMEM
 * Suspende. Equivale a await session.request(...) más await response.read().
 */
int as_http_send(as_http *http, const as_http_request *request,
                 as_http_response *response) AS_MUST_CHECK;

/*
 * ¿Es `url` una dirección http:// o https:// bien escrita, que as_http_send aceptaría? 0,
 * UV_EINVAL o UV_ENOMEM. No la pide ni busca su nombre. No suspende, ni necesita el bucle.
 */
int as_http_check_url(const char *url);

/* as_http_send con un GET a `url`. Equivale a await session.get(url). */
int as_http_get(as_http *http, const char *url, as_http_response *response) AS_MUST_CHECK;

/*
 * as_http_send con un POST a `url` de `size` bytes de `body`, cuyo tipo es `content_type`
 * ("application/json"...). Equivale a await session.post(url, data=body).
 */
int as_http_post(as_http *http, const char *url, const char *content_type,
                 const void *body, size_t size, as_http_response *response) AS_MUST_CHECK;

/*
 * El valor de la primera cabecera `name` de la respuesta, sin distinguir mayúsculas, o
 * NULL. El texto es de la respuesta. No suspende. Equivale a response.headers.get(name).
 */
const char *as_http_header(const as_http_response *response, const char *name);

/* Libera lo que guarda una respuesta y la deja vacía; puede repetirse. No suspende. */
void as_http_response_clear(as_http_response *response);

/* ---- El cuerpo a trozos ------------------------------------------------------------- */

typedef struct as_http_stream as_http_stream;

/*
 * Hace la petición y vuelve cuando han llegado las cabeceras; el cuerpo se lee después
 * con as_http_read. Devuelve 0 y deja el flujo en `*stream` (ciérralo siempre), o un
 * error como as_http_send. request->timeout_ms cubre hasta las cabeceras; el resto, tus
 * ámbitos. El límite del cuerpo no se aplica: tú decides cuánto leer. El flujo ocupa su
 * plaza del cliente hasta que lo cierras. Suspende. Equivale a
 * async with session.get(url) as response.
 */
int as_http_open(as_http *http, const as_http_request *request,
                 as_http_stream **stream) AS_MUST_CHECK;

/* El estado HTTP y una cabecera de la respuesta, como en as_http_response. */
int as_http_stream_status(const as_http_stream *stream);
const char *as_http_stream_header(const as_http_stream *stream, const char *name);

/*
 * Lee hasta `size` bytes del cuerpo; suspende si aún no ha llegado ninguno. Devuelve
 * cuántos, 0 al final, o un error como as_http_send, después de entregar lo que llegó
 * antes de él; UV_EBUSY si otra tarea está leyendo. Si lees despacio, el servidor deja de
 * enviar (contrapresión): en memoria espera como mucho 256 KiB. Por eso el cuerpo se pide
 * sin comprimir: lo comprimido no se sabe cuánto ocupará. Equivale a
 * await response.content.read(size).
 */
ssize_t as_http_read(as_http_stream *stream, void *buffer, size_t size) AS_MUST_CHECK;

/*
 * Cierra el flujo; si quedaba cuerpo, abandona la conexión. NULL no hace nada. Ninguna
 * otra tarea debe estar leyéndolo. No suspende.
 */
void as_http_stream_close(as_http_stream *stream);

#endif
