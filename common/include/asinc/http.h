/*
 * Cliente HTTP sobre libcurl.
 *
 * Un cliente guarda las conexiones abiertas y las reutiliza: crea uno y compártelo entre
 * todas tus tareas. Cada petición se escribe como si bloqueara; mientras espera a la red,
 * las demás tareas corren. Cancelar la tarea, o que venza el plazo de su ámbito, abandona
 * la petición en cualquier punto, también mientras se resuelve el nombre.
 *
 * Un estado 404 o 500 no es un error: la petición llegó y hubo respuesta. Los errores son
 * los de no tenerla: UV_ECONNREFUSED, UV_ETIMEDOUT, UV_EAI_NONAME... y as_error_text(rc)
 * los cuenta.
 *
 * Con un nombre de varias direcciones, va a la primera que conteste, como as_connect.
 *
 * Habla HTTP/1.1 y no guarda cookies. Un nombre de máquina con letras que no son ASCII
 * necesita setlocale(LC_ALL, "") en un sistema UTF-8.
 *
 * Ninguna de estas funciones suspende, salvo las que lo dicen.
 */
#ifndef ASINC_HTTP_H
#define ASINC_HTTP_H

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

typedef struct as_http as_http;

/* Opciones del cliente. Los ceros son los valores por omisión. */
typedef struct {
    size_t max_connections; /* peticiones en vuelo a la vez; las demás hacen cola en orden
                               de llegada. 0 = 100, como aiohttp. Mientras se busca el
                               nombre de la máquina no se ocupa plaza */
    size_t max_body;   /* bytes de una respuesta, ya descomprimida; 0 = 64 MiB. El cuerpo
                               de una redirección que se sigue no cuenta: se tira */
    int max_redirects; /* 0 = 10; negativo = no seguir ninguna */
    const char *user_agent; /* NULL = "asinc" */

    /* Para https://; los archivos, en formato PEM. En qué autoridades se confía, y en ninguna
     * más: NULL = las de la variable SSL_CERT_FILE o, si no está, las del sistema. */
    const char *ca_file;
    bool insecure; /* no comprobar quién es el servidor: solo para pruebas */
    /* El certificado con que se presenta el programa, si se lo piden (NULL = ninguno), y su
     * clave, sin contraseña (NULL = está en cert_file). */
    const char *cert_file, *key_file;

    /* "http://máquina:puerto": todo se pide a través de él. NULL = ninguno: las variables
     * http_proxy y https_proxy no cuentan, como en aiohttp. Si quieres que cuenten, pasa
     * getenv("https_proxy"). */
    const char *proxy;
} as_http_options;

/* Una petición. Solo `url` es obligatoria; todo es de quien llama y solo se lee durante
 * la llamada (con as_http_open, hasta as_http_stream_close). */
typedef struct {
    const char *url;            /* http:// o https:// */
    const char *method;         /* NULL = "GET", o "POST" si hay cuerpo */
    const char *const *headers; /* "Nombre: valor", la última NULL; puede ser NULL. Sin
                                   valor, "X-Mia:" llega vacía, y "Accept:" se quita, como
                                   cualquiera de las que se envían sin pedirlas */
    const void *body;
    size_t body_size;
    int64_t timeout_ms; /* plazo de la petición entera, con sus redirecciones; 0 = solo el
                           del ámbito. Cuenta desde que hay plaza en el cliente: la espera
                           de plaza (max_connections) la acota el ámbito */
    size_t max_body;    /* 0 = el del cliente */
    bool send_once;     /* que no pueda llegar dos veces al servidor: va por una conexión
                           nueva, para ella sola. Ver as_http_send */
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
 * Crea un cliente y lo deja en `*http`. `options` puede ser NULL y solo se lee durante la
 * llamada. Ciérralo con as_http_close. Devuelve 0, o deja NULL en `*http` y devuelve:
 *   UV_EMFILE, UV_ENFILE    no quedan descriptores
 *   UV_ENOENT, UV_EACCES... uno de los archivos de las opciones no se puede leer
 *   UV_EINVAL               el proxy no es una dirección, hay key_file sin cert_file, o
 *                           user_agent tiene un salto de línea
 *   UV_ENOMEM
 * Equivale a aiohttp.ClientSession().
 */
int as_http_new(const as_http_options *options, as_http **http) AS_MUST_CHECK;

/*
 * Cierra las conexiones y libera el cliente; NULL no hace nada. No debe quedar ninguna
 * petición en marcha ni ningún flujo abierto. Suspende y no se deja cancelar.
 * Equivale a await session.close().
 */
void as_http_close(as_http *http);

/*
 * Hace la petición y espera la respuesta entera, que llega ya descomprimida (gzip y
 * deflate; si pones tu propia cabecera Accept-Encoding, llega tal cual). Sigue las
 * redirecciones, adonde diga su Location, que puede ser relativa: 303, y 301 o 302 tras un POST,
 * continúan con GET y sin cuerpo; 307 y 308 repiten lo mismo; Authorization, Cookie y Host no
 * pasan a otra máquina, otro puerto u otro esquema. Un 3xx de otra clase, o sin Location, es una
 * respuesta como las demás.
 *
 * Una conexión libre se mira justo antes de usarla: si el servidor la cerró, o envió por ella algo
 * que nadie pidió, se va por otra. Si aun así muere sin respuesta, la petición se repite en otra,
 * y el servidor pudo atenderla las dos veces. Por eso no se repite un método que no es idempotente
 * (POST, PATCH): da UV_ECONNRESET. Con request->send_once no se repite ninguna.
 *
 * Si pones tu propia cabecera Expect y el servidor la rechaza, su 417 llega sin cuerpo.
 *
 * Devuelve 0 y llena `response`, o deja `response` vacía (no hay que liberarla) y devuelve:
 *   UV_ECANCELED     cancelaron la tarea o venció un ámbito
 *   UV_ETIMEDOUT     pasó request->timeout_ms, o el sistema se cansó de conectar
 *   UV_EINVAL        la URL, el método o una cabecera no son válidos, o HEAD con cuerpo
 *   UV_EAI_*         el nombre de la máquina no se pudo resolver
 *   UV_ECONNREFUSED, UV_EHOSTUNREACH...   no se pudo conectar
 *   UV_ECONNRESET    el servidor cortó la conexión, sin responder o a media respuesta; con
 *                    https, también si nada dice cuánto mide el cuerpo y cierra sin despedirse
 *   AS_EKEYREJECTED  el certificado del servidor no es de fiar: caducó, es de otra máquina,
 *                    nadie de confianza lo firma... O no se puede usar el del programa, o
 *                    el servidor no lo admite, o exige uno y no lo hay
 *   UV_EPROTO        lo que responde no es HTTP, está mal comprimido o redirige a algo que
 *                    no es una dirección; o no hubo acuerdo en TLS
 *   UV_ELOOP         demasiadas redirecciones
 *   AS_EOVERFLOW     el cuerpo supera el límite; o las cabeceras pasan de 256 KiB, o son más
 *                    de 4096, o una sola línea pasa de 100 KiB. Cuentan también las de las
 *                    respuestas 1xx y las de detrás del cuerpo. Las que manda un proxy al
 *                    abrir un túnel, 16 KiB
 *   UV_ENOMEM
 * Suspende. Equivale a await session.request(...) más await response.read().
 */
int as_http_send(as_http *http, const as_http_request *request,
                 as_http_response *response) AS_MUST_CHECK;

/* as_http_send con un GET a `url`. Suspende. Equivale a await session.get(url). */
int as_http_get(as_http *http, const char *url, as_http_response *response) AS_MUST_CHECK;

/*
 * as_http_send con un POST a `url` de `size` bytes de `body`, cuyo tipo es `content_type`
 * ("application/json"...). Suspende. Equivale a await session.post(url, data=body).
 */
int as_http_post(as_http *http, const char *url, const char *content_type,
                 const void *body, size_t size, as_http_response *response) AS_MUST_CHECK;

/*
 * El valor de la primera cabecera `name` de la respuesta, sin distinguir mayúsculas, o
 * NULL. El texto es de la respuesta. Equivale a response.headers.get(name).
 */
const char *as_http_header(const as_http_response *response, const char *name);

/*
 * Cuántos milisegundos pide esperar la cabecera Retry-After de una respuesta (RFC 9110,
 * 10.2.3: segundos o una fecha), o -1 si no está o no se entiende. Ver
 * as_retry_at_least. Sin pareja en aiohttp, que da la cabecera como texto.
 */
int64_t as_http_retry_after(const as_http_response *response);

/* Libera lo que guarda una respuesta y la deja vacía; puede repetirse. */
void as_http_response_clear(as_http_response *response);

/* ---- Direcciones -------------------------------------------------------------------- */

/*
 * Aquí las direcciones son siempre enteras. Adónde lleva un enlace relativo («../fotos») desde una
 * página lo dice libcurl, que ya está enlazada: con su curl_url_set se pone la de la página y
 * encima el enlace, y con curl_url_get se lee el resultado.
 */

/*
 * ¿Es `url` una dirección http:// o https:// bien escrita, que as_http_send aceptaría? 0,
 * UV_EINVAL o UV_ENOMEM. No la pide ni busca su nombre. No necesita el bucle. Equivale a
 * construir yarl.URL(url).
 */
int as_http_check_url(const char *url);

/*
 * Deja en `*escaped` el texto `text` escrito de forma que pueda ser un trozo de una
 * dirección: cada byte que no sea una letra inglesa, una cifra o uno de «-._~» pasa a ser
 * «%XX». Libéralo con free. 0, o UV_ENOMEM y NULL en `*escaped`. No necesita el bucle.
 * Equivale a urllib.parse.quote(text, safe="").
 */
int as_http_escape(const char *text, char **escaped) AS_MUST_CHECK;

/*
 * Deja en `*result` la dirección `url` con una consulta, que se añade a la que ya tuviera.
 * `pairs` son nombre, valor, nombre, valor... y NULL al final:
 *     const char *const pairs[] = {"q", "café con leche", "lang", "es", NULL};
 *     as_http_add_query("http://sitio/buscar", pairs, &url);
 *                                 // http://sitio/buscar?q=caf%C3%A9%20con%20leche&lang=es
 * Los escapa as_http_escape. Libera `*result` con free. 0, o NULL en `*result` y UV_EINVAL
 * (la dirección no vale, o al último nombre le falta su valor) o UV_ENOMEM. No necesita el
 * bucle. Equivale a session.get(url, params=[...]).
 */
int as_http_add_query(const char *url, const char *const *pairs,
                      char **result) AS_MUST_CHECK;

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

/*
 * El estado HTTP y una cabecera de la respuesta, como en as_http_response. Equivalen a
 * respuesta.status y respuesta.headers.get(nombre), de aiohttp.
 */
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
 * otra tarea debe estar leyéndolo.
 */
void as_http_stream_close(as_http_stream *stream);

AS_DECLARATIONS_END

#endif
