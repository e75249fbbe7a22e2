/*
 * Flujos: leer y escribir bytes por la red, por tuberías y por la terminal.
 *
 * Un flujo lleva bytes en orden, no mensajes: lo que un extremo escribe de una vez puede
 * llegar a trozos, o junto con lo siguiente. Por eso hay lecturas que buscan el final de
 * lo que te interesa: una línea, una marca, un número exacto de bytes.
 *
 * Lee una tarea a la vez: otra que lo intente recibe UV_EBUSY. Escribir pueden varias, por
 * orden de llegada y sin que se mezcle lo de cada una. Una lectura que no devuelve datos,
 * porque la cancelan, vence su plazo o se acaba el flujo, no pierde ninguno: los tendrá la
 * próxima.
 *
 * Si el otro extremo no lee, escribir acaba por suspender: es la contrapresión.
 *
 * Suspenden las funciones que lo dicen; las demás, no.
 */
#ifndef ASINC_STREAM_H
#define ASINC_STREAM_H

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

typedef struct as_stream as_stream;
typedef struct as_listener as_listener;

/* ---- Abrir y cerrar ----------------------------------------------------------------- */

/*
 * Se conecta por TCP con la máquina `host`, un nombre o una dirección numérica. De todas sus
 * direcciones, con la primera que conteste (RFC 8305): pasa a la siguiente en cuanto una falla,
 * o sin dejar de esperarla si en 250 ms no contesta. «localhost» no se consulta a nadie, es
 * 127.0.0.1 y luego ::1. Deja en `*stream` el flujo, que cierras con as_stream_close, o NULL. Suspende.
 * 0, UV_ECANCELED, UV_EAI_* si no se encuentra la máquina, UV_EINVAL (el puerto va de 1 a
 * 65535), o por qué falló la primera dirección: UV_ECONNREFUSED, UV_ETIMEDOUT...
 * Equivale a await asyncio.open_connection(host, port).
 */
int as_connect(const char *host, int port, as_stream **stream) AS_MUST_CHECK;

/*
 * Se conecta con el socket Unix de la ruta `path`; espera si el servidor está saturado.
 * Como as_connect, y además UV_ENOENT o UV_ENAMETOOLONG (caben 107 bytes).
 * Equivale a await asyncio.open_unix_connection(path).
 */
int as_connect_unix(const char *path, as_stream **stream) AS_MUST_CHECK;

/*
 * Hace un flujo de un descriptor ya abierto: una tubería, un socket, una terminal; con
 * STDIN_FILENO lees el teclado sin parar el bucle. Desde entonces es del flujo: no lo uses
 * por tu cuenta. Al cerrar el flujo se cierra el descriptor, salvo 0, 1 y 2, que recuperan
 * el modo que tenían. Un archivo (`programa < datos.txt`) también vale, pero se lee y se
 * escribe sin ceder el turno. Para un FIFO, mira file.h. Si falla puede suspender, y el
 * descriptor sigue siendo tuyo. 0, UV_EBADF, UV_ENOMEM, UV_EINVAL si no es nada de eso.
 * Equivale a loop.connect_read_pipe y connect_write_pipe.
 */
int as_stream_open_fd(int fd, as_stream **stream) AS_MUST_CHECK;

/*
 * Crea una tubería: lo que se escribe en `*writer` se lee en `*reader`. Los dos son tuyos y
 * se cierran por separado. Si falla puede suspender. 0, UV_ENOMEM, UV_EMFILE. Equivale a
 * os.pipe().
 */
int as_stream_pipe(as_stream **reader, as_stream **writer) AS_MUST_CHECK;

/*
 * Entrega lo que quede por escribir, cierra el flujo y lo libera; NULL no hace nada. Si algo no
 * se puede entregar no lo dice: para saberlo, as_drain antes. Si la
 * tarea está cancelada, o la cancelan, lo no entregado se pierde: para no esperar siempre a
 * quien no lee, ciérralo dentro de un ámbito con plazo, o córtalo antes con as_stream_abort.
 * Ciérralo una sola vez: las tareas que lo estén usando reciben UV_EBADF y no deben tocarlo
 * más. Suspende.
 * Equivale a writer.close() y await writer.wait_closed().
 */
void as_stream_close(as_stream *stream);

/*
 * Corta el flujo sin entregar lo que quede por escribir: para echar a quien no lee, o a quien
 * se pasó de plazo. A las tareas que lo estén usando, y a quien lo use después, les llega
 * UV_ECONNABORTED. El flujo sigue siendo de quien era, y hay que cerrarlo: as_stream_close ya
 * no esperará nada, y en as_serve lo hace ella al volver tu función. Repetirla, o NULL, no
 * hace nada.
 *
 * El otro extremo aún puede recibir lo que el sistema tuviera ya, y después lee el final; o
 * UV_ECONNRESET, si había enviado algo que aquí no se leyó. Equivale a transport.abort().
 */
void as_stream_abort(as_stream *stream);

/*
 * La dirección del otro extremo y la de este: «127.0.0.1:8888», «[::1]:8888», la ruta de un
 * socket Unix, o "" si no tiene. El texto es del flujo. Equivalen a
 * writer.get_extra_info("peername") y "sockname".
 */
const char *as_stream_peername(as_stream *stream);
const char *as_stream_sockname(as_stream *stream);

/* ---- Nombres de máquina ------------------------------------------------------------- */

/*
 * Las direcciones de la máquina `host`, «127.0.0.1» o «fe80::1%eth0», en el orden en que
 * conviene probarlas: deja en `*addresses` un vector terminado en NULL, que liberas con un
 * solo free, y en `*count` cuántas son (puede ser NULL). Si falla, NULL y 0. Para conectarte
 * no la necesitas: as_connect ya la busca.
 *
 * Por una dirección ya escrita no se pregunta a nadie, ni por «localhost», que es siempre
 * 127.0.0.1 y ::1. Un nombre se busca en /etc/hosts y después en los servidores de
 * /etc/resolv.conf, sin gastar un hilo: a cada uno se le pregunta tres veces, y se le esperan
 * 2, 4 y 8 segundos. Las IPv4 y las IPv6 se preguntan a la vez, y si llegan unas, a las otras se
 * las espera 50 ms. No se buscan los nombres que el sistema conoce por otros medios de
 * /etc/nsswitch.conf: ni los «.local» (mDNS), ni los de LDAP.
 *
 * Suspende. 0, UV_EAI_NONAME si no existe, UV_EAI_NODATA si no tiene dirección,
 * UV_EAI_AGAIN si ningún servidor contestó, UV_EAI_FAIL, UV_ECANCELED, UV_ENOMEM, UV_EMFILE.
 * Equivale a await loop.getaddrinfo(host, None).
 */
int as_getaddrinfo(const char *host, char ***addresses, size_t *count) AS_MUST_CHECK;

/* ---- Leer --------------------------------------------------------------------------- */

/*
 * Todas suspenden mientras no haya lo que piden, y además de lo suyo devuelven:
 *   UV_ECANCELED     cancelaron a quien espera
 *   UV_EBUSY         otra tarea está leyendo de este flujo
 *   UV_EBADF         otra tarea lo cerró
 *   UV_ECONNABORTED  se cortó con as_stream_abort
 *   UV_ECONNRESET    el otro extremo cortó sin despedirse
 *   UV_ENOMEM
 */

/*
 * Lee lo que haya, hasta `size` bytes (más de 0), y devuelve cuántos; 0 es el final: el
 * otro extremo cerró. Equivale a await reader.read(size).
 */
ssize_t as_read(as_stream *stream, void *buffer, size_t size) AS_MUST_CHECK;

/*
 * Lee una línea y la deja en `line` sin su fin de línea («\n» o «\r\n») y terminada en
 * '\0'. Devuelve su longitud, que en una línea vacía es 0, o UV_EOF si no hay más. Lo que
 * quede sin «\n» antes del final cuenta como la última línea. Si no cabe en `size` bytes,
 * UV_EMSGSIZE: esa línea se descarta entera y la próxima lectura sigue tras ella. Han de caber
 * el texto y el '\0'; el fin de línea no cuenta, ni su «\r».
 * Equivale a await reader.readline().
 */
ssize_t as_readline(as_stream *stream, char *line, size_t size) AS_MUST_CHECK;

/*
 * Lee hasta encontrar los `length` bytes de `delimiter`; deja en `buffer` lo leído, con la
 * marca y un '\0' detrás, y devuelve su longitud sin contar ese '\0'. UV_EMSGSIZE si no
 * cabe en `size`; UV_EOF si el flujo acaba antes. En los dos casos no consume nada: lo que
 * llegó puedes leerlo con as_read. Equivale a await reader.readuntil(delimiter).
 */
ssize_t as_readuntil(as_stream *stream, const void *delimiter, size_t length,
                     char *buffer, size_t size) AS_MUST_CHECK;

/*
 * Lee `size` bytes justos. 0, o UV_EOF si el flujo acaba antes: as_error_text(rc) dice
 * cuántos llegaron, que no se consumen y puedes leer con as_read.
 * Equivale a await reader.readexactly(size).
 */
int as_readexactly(as_stream *stream, void *buffer, size_t size) AS_MUST_CHECK;

/* ---- Escribir ----------------------------------------------------------------------- */

/*
 * Escribe `size` bytes: los entrega al sistema o los copia para entregarlos en cuanto se
 * pueda, así que `data` es tuyo al volver. Si hay más de 64 KiB copiados, antes suspende
 * hasta que queden 16. O se acepta todo o hay un error:
 *   UV_ECANCELED  cancelaron a quien esperaba; no se escribió nada
 *   UV_EPIPE      el otro extremo ya no lee, o llamaste a as_shutdown
 *   UV_ECONNRESET, UV_ECONNABORTED, UV_EBADF, UV_ENOMEM
 * Lo copiado puede fallar después; entonces lo dice la siguiente llamada que escriba. Un 0 no
 * promete que el otro extremo lo haya recibido, ni con as_drain: eso solo lo dice su respuesta.
 *
 * Cancelada, no escribe: lo que habías leído para escribirlo está en `data` y en ningún otro
 * sitio. Quien copia de un sitio a otro sin perder nada escribe cada bloque protegido:
 *
 *     while ((n = as_read(entrada, bloque, sizeof bloque)) > 0) {
 *         as_shield_enter(&proteccion, 5000);
 *         rc = as_scope_leave(&proteccion, as_write(salida, bloque, (size_t)n));
 *         if (rc < 0)
 *             break;
 *     }
 *
 * Equivale a writer.write(data) y await writer.drain().
 */
int as_write(as_stream *stream, const void *data, size_t size) AS_MUST_CHECK;

/*
 * Escribe un texto con formato de printf. Devuelve lo mismo que as_write. Equivale a
 * writer.write(f"...".encode()) y await writer.drain().
 */
int as_writef(as_stream *stream, const char *format, ...)
    __attribute__((format(printf, 2, 3))) AS_MUST_CHECK;

/*
 * Suspende hasta que todo lo escrito esté entregado al sistema. Lo mismo que as_write, y
 * cancelarla no deja de escribir. Equivale a await writer.drain(), pero espera a todo.
 */
int as_drain(as_stream *stream) AS_MUST_CHECK;

/*
 * Entrega lo escrito y dice que no habrá más: el otro extremo leerá el final, y tú puedes
 * seguir leyendo lo suyo. Repetirla no hace nada. Lo mismo que as_drain; UV_ENOTSOCK si no
 * es un socket (una tubería se acaba con as_stream_close). Equivale a writer.write_eof().
 */
int as_shutdown(as_stream *stream) AS_MUST_CHECK;

/* ---- Servidores --------------------------------------------------------------------- */

/*
 * Escucha por TCP en `port` (0: uno libre, ver as_listener_port) de la dirección `host`:
 * "127.0.0.1" para clientes de esta máquina, NULL para los de cualquiera. El sistema
 * acepta hasta `backlog` conexiones antes de que tú las atiendas (0: 128). `*listener` se
 * cierra con as_listener_close. Suspende si `host` es un nombre que hay que consultar. 0,
 * UV_EADDRINUSE, UV_EADDRNOTAVAIL, UV_EACCES, UV_EINVAL, UV_EAI_*, UV_ECANCELED,
 * UV_ENOMEM. Equivale a await asyncio.start_server(...).
 */
int as_listen(const char *host, int port, int backlog,
              as_listener **listener) AS_MUST_CHECK;

/*
 * Escucha en un socket Unix, que crea en la ruta `path` y borra al cerrar. Si en esa ruta
 * quedó el de un servidor que ya no existe, lo sustituye. Como as_listen;
 * UV_ENAMETOOLONG. Equivale a await asyncio.start_unix_server(...).
 */
int as_listen_unix(const char *path, int backlog, as_listener **listener) AS_MUST_CHECK;

/*
 * El puerto en que escucha; 0 en un socket Unix. Equivale a
 * server.sockets[0].getsockname()[1].
 */
int as_listener_port(const as_listener *listener);

/* Dónde escucha, como as_stream_sockname. Equivale a server.sockets[0].getsockname(). */
const char *as_listener_name(const as_listener *listener);

/*
 * Suspende hasta que llegue una conexión y deja en `*stream` su flujo, que es tuyo. Si el
 * programa se quedó sin descriptores, espera a que haya. 0, UV_ECANCELED, UV_EOF si otra
 * tarea cerró `listener`, UV_ENOMEM. Equivale a await loop.sock_accept(sock).
 */
int as_accept(as_listener *listener, as_stream **stream) AS_MUST_CHECK;

/*
 * Deja de escuchar y libera `listener`: nadie puede usarlo después, así que una tarea que
 * acepta en un bucle se cancela y se espera antes. NULL no hace nada. A quien en este momento
 * espera en as_accept le llega UV_EOF. Las conexiones ya aceptadas siguen. Suspende. Equivale
 * a server.close().
 */
void as_listener_close(as_listener *listener);

/* Atiende a un cliente. `client` se cierra solo cuando la función vuelve. */
typedef int as_client_fn(as_stream *client, void *arg);

/*
 * Atiende a todos los clientes de `listener`, cada uno con `fn(cliente, arg)` en su propia
 * tarea. Un cliente que acaba con un error no para el servidor: se dice por stderr, salvo
 * que sea que se fue o que lo echaste con as_stream_abort. Suspende hasta que:
 *   - cancelan a quien llama: cancela también a los clientes, los espera y devuelve
 *     UV_ECANCELED;
 *   - otra tarea cierra `listener`: espera a que los clientes terminen y devuelve 0.
 * Equivale a asyncio.start_server(fn) y await server.serve_forever().
 */
int as_serve(as_listener *listener, as_client_fn *fn, void *arg) AS_MUST_CHECK;

AS_DECLARATIONS_END

#endif
