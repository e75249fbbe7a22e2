/*
 * Archivos.
 *
 * Un disco también hace esperar, y el sistema no avisa de cuándo un archivo está listo:
 * todas estas funciones trabajan en un hilo de libuv (ver work.h) y todas suspenden, solo a
 * quien las llama. El contenido son bytes; un texto en UTF-8 pasa tal cual.
 *
 * Un error deja su explicación, con el nombre del archivo, en as_error_text(rc). Además de
 * lo que diga cada una, todas devuelven UV_ECANCELED y UV_ENOMEM. Cancelarlas no las deja
 * a medias: si el hilo ya estaba en ello, termina esa llamada al sistema por su cuenta y
 * sin tocar tu memoria; así, una apertura cancelada puede llegar a crear el archivo.
 *
 * Lo que no es un archivo de disco (una tubería, la terminal) va mejor con stream.h. En
 * especial, un FIFO: abrirlo o leerlo mientras nadie escribe ocupa un hilo todo ese tiempo,
 * también si cancelas, y con unos pocos se acaban los hilos y as_run espera diez segundos al
 * terminar. Como flujo no ocupa ninguno; con O_RDWR, además, no se acaba cuando se va quien
 * escribía:
 *
 *     int fd = open("tubo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
 *     rc = as_stream_open_fd(fd, &flujo);
 */
#ifndef ASINC_FILE_H
#define ASINC_FILE_H

#include <sys/stat.h>

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

/* ---- Por partes: cualquier tamaño con 64 KiB de memoria ------------------------------ */

typedef struct as_file as_file;

/*
 * Abre `path` y deja en `*file` el archivo, que cierras con as_file_close, o NULL.
 * `mode`, como en fopen y en Python:
 *   "r"  leer; debe existir
 *   "w"  escribir desde cero: crea el archivo o lo vacía
 *   "a"  escribir al final; lo crea si no existe
 *   "x"  crear para escribir; UV_EEXIST si ya existe
 * Con un «+» detrás permite leer y escribir. 0, UV_ENOENT, UV_EACCES, UV_EISDIR,
 * UV_EMFILE, UV_EINVAL si `mode` no se entiende... Equivale a await aiofiles.open(path, mode).
 */
int as_file_open(const char *path, const char *mode, as_file **file) AS_MUST_CHECK;

/*
 * Cierra y libera el archivo; NULL no hace nada. Ciérralo una sola vez y sin que otra
 * tarea lo esté usando: lo contrario aborta. No se deja cancelar. 0, o un error
 * del sistema al cerrar o el de una escritura que nadie llegó a mirar, a la que espera un
 * segundo: UV_ETIMEDOUT si ni así acaba. Aun con error, queda cerrado. Equivale a await f.close().
 */
int as_file_close(as_file *file);

/*
 * Lee `size` bytes y devuelve cuántos fueron: menos de `size` solo si el archivo acaba
 * antes o si algo lo interrumpe, y entonces la próxima lectura dice qué (as_file_seek lo
 * olvida); 0 es el final.
 * Cancelarla no pierde datos: los tendrá la próxima lectura. UV_EBUSY si otra
 * tarea está usando el archivo, UV_EBADF si no se abrió para leer, UV_EIO...
 * Equivale a await f.read(size).
 */
ssize_t as_file_read(as_file *file, void *buffer, size_t size) AS_MUST_CHECK;

/*
 * Lee una línea y la deja en `line` sin su fin de línea («\n» o «\r\n») y terminada en
 * '\0'. Devuelve su longitud, que en una línea vacía es 0, o UV_EOF si no hay más. Lo que
 * quede sin «\n» antes del final cuenta como la última línea. Si no cabe en `size` bytes,
 * UV_EMSGSIZE: esa línea se descarta entera y la próxima lectura sigue tras ella; el fin de
 * línea no cuenta, ni su «\r». Un error no pierde lo que ya había de la línea. Lo demás, como
 * as_file_read. Equivale a async for line in f:
 *
 *     while ((n = as_file_readline(file, line, sizeof line)) >= 0)
 */
ssize_t as_file_readline(as_file *file, char *line, size_t size) AS_MUST_CHECK;

/*
 * Escribe los `size` bytes de `data`, que es tuyo al volver. 0 cuando están todos en el
 * sistema (no aún en el disco: as_file_sync). Con un error, también con UV_ECANCELED, puede
 * haberse escrito una parte. El error de lo que seguía escribiéndose al cancelar lo da la
 * siguiente llamada. Pueden escribir varias tareas, por orden de llegada y sin que se mezcle lo
 * de cada una. UV_ENOSPC, UV_EFBIG, UV_EBADF, UV_EIO...
 * Equivale a await f.write(data).
 */
int as_file_write(as_file *file, const void *data, size_t size) AS_MUST_CHECK;

/*
 * Escribe un texto con formato de printf. Devuelve lo mismo que as_file_write. Equivale
 * a await f.write(f"..."), de aiofiles.
 */
int as_file_writef(as_file *file, const char *format, ...)
    __attribute__((format(printf, 2, 3))) AS_MUST_CHECK;

/*
 * Lo siguiente se lee o se escribe a `offset` bytes del principio (con "a" se escribe
 * siempre al final). 0, UV_EINVAL, UV_ESPIPE, UV_EBUSY.
 * Equivale a await f.seek(offset).
 */
int as_file_seek(as_file *file, int64_t offset) AS_MUST_CHECK;

/* Espera a que lo escrito esté en el disco, tras su turno como as_file_write. 0, UV_EIO... Equivale a
 * await f.flush() y os.fsync(f.fileno()). */
int as_file_sync(as_file *file) AS_MUST_CHECK;

/* ---- De una vez --------------------------------------------------------------------- */

/* Lo más que lee as_file_read_all: lo mayor se lee por partes. */
#define AS_FILE_ALL_MAX ((size_t)256 * 1024 * 1024)

/*
 * Lee el archivo `path` entero. Deja en `*data` su contenido, con un '\0' detrás, que
 * liberas con free, y en `*size` sus bytes; `size` puede ser NULL. Si falla, NULL y 0.
 * 0, UV_ENOENT, UV_EACCES, UV_EISDIR, AS_EOVERFLOW si pasa de AS_FILE_ALL_MAX...
 * Equivale a async with aiofiles.open(path) as f: data = await f.read().
 */
int as_file_read_all(const char *path, char **data, size_t *size) AS_MUST_CHECK;

/*
 * Deja en el archivo `path` los `size` bytes de `data`: todo o nada. Escribe otro archivo
 * al lado, espera a que esté en el disco y lo pone en el sitio del antiguo con rename: ni
 * matando el programa a mitad queda un archivo a medias (sí, quizá, un `.asinc-*` al lado).
 * Conserva el dueño y los permisos del antiguo, también su ACL, y sigue los enlaces.
 *
 * Si devuelve un error, también UV_ECANCELED, el antiguo sigue como estaba. Por eso,
 * cancelada con el hilo en marcha, espera a que este lo deje: lo que tarda 1 MiB o un
 * fsync. UV_ENOSPC, UV_EACCES, UV_EPERM si el dueño es otro y no se le puede devolver, UV_EMLINK
 * si tiene más de un nombre, UV_ENOENT si falta el directorio, UV_EISDIR,
 * UV_EINVAL si en `path` hay algo que no es un archivo de disco. Sin pareja en asyncio.
 */
int as_file_write_all(const char *path, const void *data, size_t size) AS_MUST_CHECK;

/* ---- Nombres y directorios ---------------------------------------------------------- */

/*
 * Lo que el sistema sabe de `path`: st_size, st_mtim, S_ISDIR(st_mode)... Sigue los
 * enlaces. 0, UV_ENOENT, UV_EACCES... Equivale a await aiofiles.os.stat(path).
 */
int as_file_stat(const char *path, struct stat *info) AS_MUST_CHECK;

/*
 * Los nombres que hay en el directorio `path`, por orden alfabético y sin «.» ni «..»:
 * deja en `*names` un vector terminado en NULL, que liberas con un solo free, y en `*count`
 * cuántos son (puede ser NULL). Si falla, NULL y 0. Da 0, UV_ENOENT, UV_ENOTDIR,
 * UV_EACCES... Equivale a await aiofiles.os.listdir(path).
 */
int as_file_list(const char *path, char ***names, size_t *count) AS_MUST_CHECK;

/*
 * Crea el directorio `path` y los que falten hasta él; que ya exista no es un error.
 * 0, UV_EACCES, UV_EEXIST o UV_ENOTDIR si en el camino hay un archivo...
 * Equivale a await aiofiles.os.makedirs(path, exist_ok=True).
 */
int as_file_mkdir(const char *path) AS_MUST_CHECK;

/*
 * Borra el archivo o el directorio vacío `path`. Si da igual que no se pueda, no hace falta
 * mirarlo. 0, UV_ENOENT, UV_EACCES, UV_ENOTEMPTY... Equivale a await aiofiles.os.remove(path) y
 * a rmdir.
 */
int as_file_remove(const char *path);

/*
 * Cambia el nombre de `from` a `to` de una vez, sustituyendo lo que hubiera en `to`: lo
 * último de una descarga en «datos.part». 0, UV_ENOENT, UV_EXDEV si están en
 * discos distintos... Equivale a await aiofiles.os.replace(from, to).
 */
int as_file_rename(const char *from, const char *to) AS_MUST_CHECK;

AS_DECLARATIONS_END

#endif
