/*
 * Servidor HTTP/1.1.
 *
 * Dices qué función atiende cada ruta, y cada petición corre en su propia tarea: mientras
 * un manejador espera a la base de datos, los demás siguen. La tarea nace cuando la
 * petición ha llegado entera, así que un cliente lento no ocupa ninguna.
 *
 *     static int saludar(as_web_request *peticion, void *arg)
 *     {
 *         const char *nombre = as_web_param(peticion, "nombre");
 *         return as_web_reply_json(peticion, 200, json_pack("{s:s}", "hola", nombre));
 *     }
 *
 *     as_web_route(servidor, "GET", "/saludos/{nombre}", saludar, NULL);
 *
 * Un manejador responde una vez y devuelve >= 0. Si devuelve un error, el cliente recibe un
 * 500 sin más explicación, y la explicación va al registro (log.h); salvo que el error venga
 * de as_web_fail o de una función de aquí que diga que responde por ti.
 *
 * Lo que no llega a ningún manejador lo responde el servidor, siempre con
 * {"detail": "..."}: 400 si no es HTTP tal como lo define el RFC 9112, 404 y 405 si nadie
 * atiende esa ruta o ese método, 413, 414 y 431 si el cuerpo, la dirección o las cabeceras no
 * caben, 501 y 505 si pide algo que este servidor no hace, 503 si se está parando. Cuando no
 * puede saberse dónde empieza la petición siguiente, cierra además la conexión.
 *
 * Si el cliente se va, o cierra su lado de la conexión, se cancela la tarea que lo atendía.
 *
 * Ninguna de estas funciones suspende, salvo las que lo dicen.
 */
#ifndef ASINC_WEB_H
#define ASINC_WEB_H

#include <jansson.h>

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

typedef struct as_web as_web;
typedef struct as_web_request as_web_request;

/* Opciones del servidor. Los ceros son los valores por omisión; los tiempos, en ms. */
typedef struct {
    /* En qué dirección escucha: NULL = "127.0.0.1", solo esta máquina; "0.0.0.0" o "::",
     * todas. */
    const char *host;

    /* 0 = uno libre, ver as_web_port. */
    int port;

    /* Cuántas conexiones se atienden. Al llegar a ellas cede su sitio la que lleve más tiempo
     * sin pedir nada, aunque nunca haya pedido; si todas están en medio de una petición, las
     * nuevas esperan su turno. 0 = 1000. */
    size_t max_connections;

    /* Bytes de línea de petición y cabeceras, y de lo que acompañe a un cuerpo a trozos.
     * 0 = 32 KiB; lo menos, 1 KiB. */
    size_t max_head;

    /* Bytes del cuerpo de una petición: si pasa, no se lee y se cierra la conexión.
     * 0 = 1 MiB. */
    size_t max_body;

    /* Lo que puede tardar un manejador en terminar, o en empezar a responder con
     * as_web_reply_start: pasado, se le cancela y el cliente recibe un 503. 0 = 30 s,
     * negativo = sin plazo. */
    int64_t request_timeout_ms;

    /* Lo que puede tardar un cliente en enviar su petición entera, en recoger la respuesta o
     * en recoger cada trozo de la que va a trozos: pasado, se corta. Es también lo que dura
     * una conexión ociosa. Siempre en tiempo real. 0 = 60 s; no puede ser negativo. */
    int64_t client_timeout_ms;

    /* Lo que se espera, al parar, a las peticiones en marcha antes de cancelarlas. 0 = 5 s,
     * negativo = nada. */
    int64_t grace_ms;
} as_web_options;

/* Atiende una petición, en su propia tarea. `arg` es el que diste a as_web_route. */
typedef int as_web_handler_fn(as_web_request *request, void *arg);

/* ---- El servidor -------------------------------------------------------------------- */

/*
 * Prepara un servidor en `*server` y reserva su puerto: los clientes pueden conectarse ya,
 * pero nadie los atiende hasta as_web_run. Ciérralo con as_web_close.
 * `options` puede ser NULL y solo se lee durante la llamada. 0, UV_EADDRINUSE, UV_EACCES,
 * UV_EADDRNOTAVAIL, UV_EINVAL, UV_ENOMEM, y UV_ECANCELED o UV_EAI_* si `host` es un nombre:
 * solo entonces suspende. Equivale a aiohttp.web.Application() y a FastAPI().
 */
int as_web_new(const as_web_options *options, as_web **server) AS_MUST_CHECK;

/* El puerto en que escucha. Equivale a runner.addresses[0][1], de aiohttp.web. */
int as_web_port(const as_web *server);

/*
 * Atiende con `handler(petición, arg)` el método `method` ("GET", "POST"...) de las rutas
 * como `pattern`. Cada trozo del patrón es un texto o un parámetro entre llaves, que vale
 * por un trozo cualquiera que no esté vacío: "/usuarios/{id}/pedidos". Entre dos patrones
 * gana el que antes tiene un texto donde el otro un parámetro: "/usuarios/yo" va delante de
 * "/usuarios/{id}", se declaren en el orden que se declaren. Quien atiende GET atiende HEAD,
 * si no tiene el suyo; y a OPTIONS responde el servidor, si la ruta no tiene el suyo, con un 204
 * y los métodos que admite en Allow. Los textos se copian. Antes de as_web_run. 0, UV_EEXIST si ya
 * había un patrón igual, UV_EINVAL si no se entiende, UV_ENOMEM.
 * Equivale a @app.get("/usuarios/{id}") y a app.router.add_get(...).
 */
int as_web_route(as_web *server, const char *method, const char *pattern,
                 as_web_handler_fn *handler, void *arg) AS_MUST_CHECK;

/*
 * Atiende a los clientes hasta que alguien llama a as_web_stop o llega un SIGTERM (devuelve 0)
 * o cancelan a quien llama, por ejemplo con Ctrl+C (UV_ECANCELED). En todos los casos se
 * despide: llama a la función de as_web_on_shutdown, deja de aceptar conexiones, espera
 * `grace_ms` a las peticiones en marcha y cancela las que queden, que reciben un 503.
 *
 * Con SIGTERM es como con Ctrl+C, ver as_run: no se toca si el programa ya lo recoge, y el segundo
 * mata. También mata uno que llegue cuando ya volvió, mientras el programa cierra lo demás: quien
 * no quiera, que recoja SIGTERM con as_signals y llame él a as_web_stop.
 *
 * Un servidor sirve una vez: después, UV_EALREADY. UV_ENOMEM o UV_EMFILE si no puede empezar.
 * Suspende. Mientras espera clientes, el reloj virtual sigue saltando. Equivale a
 * web.run_app(app) y a uvicorn.run.
 */
int as_web_run(as_web *server) AS_MUST_CHECK;

/*
 * Pide que as_web_run se despida y vuelva. Puede llamarse desde un manejador, desde
 * otra tarea o desde un callback. Equivale a runner.cleanup(), de aiohttp.web.
 */
void as_web_stop(as_web *server);

/*
 * Cuando empiece a despedirse, llamará a `fn(arg)`: es el momento de avisar a quien responde a
 * trozos sin fin, por ejemplo cerrando la cola de la que lee, para que acabe su respuesta. Vale la
 * última que pongas. `fn` no puede suspender. Equivale a app.on_shutdown de aiohttp.
 */
void as_web_on_shutdown(as_web *server, as_callback_fn *fn, void *arg);

/* Mira una respuesta que está a punto de salir, con `status`. Puede añadirle cabeceras. */
typedef void as_web_prepare_fn(as_web_request *request, int status, void *arg);

/*
 * Antes de que salga cada respuesta, también las del propio servidor (404, 405, 400...), llamará a
 * `fn(petición, estado, arg)`: para apuntar los accesos, o para añadirles con as_web_reply_header
 * las cabeceras de CORS. Vale la última que pongas; antes de as_web_run. De una petición que no se
 * entiende, lo que no se sabe es "" o NULL. `fn` no puede suspender ni responder. Equivale a
 * app.on_response_prepare de aiohttp.
 */
void as_web_on_response_prepare(as_web *server, as_web_prepare_fn *fn, void *arg);

/* Libera el servidor; NULL no hace nada. as_web_run debe haber vuelto ya. */
void as_web_close(as_web *server);

/* ---- La petición -------------------------------------------------------------------- */

/* Todo lo que devuelven estas funciones es de la petición y dura lo que el manejador. */

/* "GET", "POST"... Equivale a request.method. */
const char *as_web_method(const as_web_request *request);

/* La ruta tal como llegó, sin decodificar y sin la consulta. Equivale a raw_path. */
const char *as_web_path(const as_web_request *request);

/* El trozo de la ruta que ocupa el parámetro `name` del patrón, ya decodificado; NULL si el
 * patrón no lo tiene. Equivale a request.match_info[name]. */
const char *as_web_param(const as_web_request *request, const char *name);

/* El primer valor de `name` en la consulta ("?name=valor"), ya decodificado; "" si va sin
 * valor y NULL si no está. Equivale a request.query.get(name). */
const char *as_web_query(const as_web_request *request, const char *name);

/*
 * El entero `name` de la ruta o, si el patrón no lo tiene, de la consulta. 0, o UV_EINVAL si
 * falta o no es un entero: si lo devuelves, el cliente recibe un 422 que lo cuenta. Equivale
 * a declarar `name: int` en FastAPI.
 */
int as_web_int(as_web_request *request, const char *name, int64_t *value) AS_MUST_CHECK;

/* Como as_web_int, pero si falta deja `fallback` en `*value` y devuelve 0. Equivale a declarar
 * `name: int = fallback` en FastAPI. */
int as_web_int_or(as_web_request *request, const char *name, int64_t fallback,
                  int64_t *value) AS_MUST_CHECK;

/* Quién la hace, "127.0.0.1:54321" o "[::1]:54321". Si delante hay otro servidor que reparte,
 * es él. Equivale a request.remote y a request.client de FastAPI. */
const char *as_web_peername(const as_web_request *request);

/* La primera cabecera `name`, sin distinguir mayúsculas, o NULL. Equivale a
 * request.headers.get(name). */
const char *as_web_header(const as_web_request *request, const char *name);

/* El cuerpo, con un '\0' de más detrás, nunca NULL; `size`, si no es NULL, recibe cuántos
 * bytes son. Equivale a await request.read(). */
const char *as_web_body(const as_web_request *request, size_t *size);

/*
 * El cuerpo, leído como JSON en `*json`, que liberas con json_decref. 0, UV_ENOMEM, o
 * UV_EINVAL si no es JSON o tiene más de 100 niveles: si lo devuelves, el cliente recibe un
 * 400 que dice dónde está el fallo. Equivale a await request.json().
 */
int as_web_json(as_web_request *request, json_t **json) AS_MUST_CHECK;

/* ---- La respuesta ------------------------------------------------------------------- */

/*
 * Se responde una sola vez, y la respuesta sale cuando el manejador termina. Devuelven 0,
 * UV_EALREADY si ya habías respondido, UV_EINVAL si el estado no va de 200 a 599, o
 * UV_ENOMEM. Con los estados 204 y 304, y a un HEAD, el cuerpo no se envía.
 */

/* Responde `size` bytes de `body`, que se copian, de tipo `content_type` (NULL: ninguno).
 * Equivale a web.Response(body=body, content_type=...). */
int as_web_reply(as_web_request *request, int status, const char *content_type,
                 const void *body, size_t size) AS_MUST_CHECK;

/* Responde un texto con formato de printf, en UTF-8. Equivale a web.Response(text=...). */
int as_web_reply_text(as_web_request *request, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4))) AS_MUST_CHECK;

/* Responde `json`, que desde aquí es de esta función aunque falle: así puede recibir lo que
 * devuelva json_pack. Si es NULL, UV_ENOMEM. Equivale a web.json_response(...) y, en
 * FastAPI, a devolver un diccionario. */
int as_web_reply_json(as_web_request *request, int status, json_t *json) AS_MUST_CHECK;

/* Añade una cabecera a la respuesta, se haya respondido ya o no. 0, UV_EINVAL si no es válida
 * o es de las que pone el servidor (Content-Length, Transfer-Encoding, Connection y Date),
 * UV_EALREADY si ya salieron con as_web_reply_start, UV_ENOMEM. Equivale a
 * response.headers[name] = value. */
int as_web_reply_header(as_web_request *request, const char *name,
                        const char *value) AS_MUST_CHECK;

/*
 * Prepara una respuesta de error, {"detail": "..."} con formato de printf, en lugar de la
 * que hubiera, y devuelve UV_EINVAL. Se escribe `return as_web_fail(peticion, 404, "no
 * existe el usuario %s", id);`, también desde una función que llame el manejador: sale si el
 * manejador termina en error. `status` va de 400 a 599. Equivale a
 * raise HTTPException(404, ...).
 */
int as_web_fail(as_web_request *request, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- La respuesta a trozos ---------------------------------------------------------- */

/*
 * Para lo que es muy grande, o no acaba: una descarga, o los sucesos que un navegador sigue
 * con EventSource. La respuesta va saliendo mientras el manejador corre:
 *
 *     int rc = as_web_reply_start(peticion, 200, "text/event-stream");
 *     while (rc == 0 && (rc = as_queue_get(&sucesos, &suceso)) == 0)
 *         rc = as_web_reply_writef(peticion, "data: %s\n\n", suceso);
 *     return rc;
 *
 * Si el manejador devuelve un error, la conexión se corta a media respuesta, que es como el
 * cliente se entera; salvo que hable HTTP/1.0, que no distingue ese final del bueno.
 * A un HEAD, que solo pide la cabeza, y con los estados 204 y 304, que no llevan cuerpo, basta con
 * as_web_reply_start: desde entonces el manejador está cancelado, como si el cliente se hubiera ido, y que acabe en UV_ECANCELED no es un error:
 * la conexión sigue, y las dependencias reciben ese código.
 * Cuando el servidor se para, a los `grace_ms` se cancela también a quien responde así; para que
 * acabe antes y bien, as_web_on_shutdown.
 */

/*
 * Empieza la respuesta: salen el estado y las cabeceras, y deja de correr request_timeout_ms.
 * Si ya había algo preparado con as_web_fail, lo olvida. 0, o un error como los de
 * as_web_reply; UV_ECANCELED si el cliente se fue. Suspende. Equivale a
 * await StreamResponse(status=...).prepare(request).
 */
int as_web_reply_start(as_web_request *request, int status,
                       const char *content_type) AS_MUST_CHECK;

/*
 * Envía un trozo: suspende hasta que el sistema acepta los `size` bytes de `data`, que no se
 * copian, y así nadie escribe más deprisa de lo que su cliente lee (contrapresión). 0;
 * UV_ECANCELED si el cliente se fue o no lo recoge a tiempo; UV_EINVAL si no has llamado a
 * as_web_reply_start; UV_EBUSY si otra tarea está escribiendo en esta respuesta. Si cancelan a
 * quien espera aquí, el trozo queda a medias y la respuesta ya no puede seguir. Equivale a
 * await response.write(data).
 */
int as_web_reply_write(as_web_request *request, const void *data,
                       size_t size) AS_MUST_CHECK;

/*
 * Lo mismo, con formato de printf. UV_ENOMEM. Suspende. Equivale a
 * response.write(f"...".encode()), de aiohttp.web.
 */
int as_web_reply_writef(as_web_request *request, const char *format, ...)
    __attribute__((format(printf, 2, 3))) AS_MUST_CHECK;

/* ---- Dependencias ------------------------------------------------------------------- */

/* Algo que se abre para una petición y se cierra con ella: una sesión, una conexión. En
 * FastAPI sería una función con yield: `open` es lo de antes y `close` lo de después. */
typedef struct {
    /* Abre el recurso y lo deja en `*resource`, o devuelve un error. Puede suspender, y
     * pedir otras dependencias. */
    int (*open)(as_web_request *request, void *arg, void **resource);
    /* Lo cierra, haya ido bien el manejador (rc >= 0) o no: es el momento de confirmar o
     * deshacer. Puede suspender: nadie lo cancela, pero tiene 5 s. Si devuelve un error, el
     * cliente recibe un 500 aunque el manejador hubiera respondido; salvo que sea el mismo `rc`,
     * que no es otro fallo: se puede acabar en `return as_pg_end(conexion, rc);`. Puede ser
     * NULL. */
    int (*close)(void *resource, void *arg, int rc);
    void *arg;
} as_web_dependency;

/*
 * Pide una dependencia: la abre la primera vez que esta petición la pide, y el servidor la
 * cierra cuando el manejador termina, bien, mal o cancelado; la última abierta, la primera.
 * Deja el recurso en `*resource` y devuelve 0, o el error de abrirla, o UV_ENOMEM. Solo
 * desde la tarea del manejador, no desde otras que cree: UV_EINVAL. `dependency` debe durar
 * lo que el servidor. Suspende si lo hace `open`. Equivale a Depends(dependency).
 */
int as_web_depend(as_web_request *request, const as_web_dependency *dependency,
                  void **resource) AS_MUST_CHECK;

AS_DECLARATIONS_END

#endif
