#include <asinc/error.h>

#include <stdio.h>
#include <string.h>

#include <asinc/types.h>

/* El vocabulario de errores, en español. Solo lo que un programa de red o de archivos
 * puede encontrarse; lo demás se dice con las palabras de libuv. */
static const struct {
    int code;
    const char *text;
} messages[] = {
    {UV_E2BIG, "la lista de argumentos es demasiado larga"},
    {UV_EACCES, "permiso denegado"},
    {UV_EADDRINUSE, "la dirección ya está en uso"},
    {UV_EADDRNOTAVAIL, "la dirección no está disponible en esta máquina"},
    {UV_EAGAIN, "todavía no está disponible"},
    {UV_EAI_AGAIN, "el servicio de nombres no responde; prueba más tarde"},
    {UV_EAI_FAIL, "el servicio de nombres falló"},
    {UV_EAI_FAMILY, "familia de direcciones no admitida"},
    {UV_EAI_MEMORY, "no hay memoria para resolver el nombre"},
    {UV_EAI_NODATA, "el nombre existe, pero no tiene dirección"},
    {UV_EAI_NONAME, "el nombre de la máquina no existe"},
    {UV_EAI_SERVICE, "el servicio no existe para ese tipo de conexión"},
    {UV_EALREADY, "ya estaba hecho o en marcha"},
    {UV_EBADF, "el descriptor no es válido"},
    {UV_EBUSY, "el recurso está ocupado"},
    {UV_ECANCELED, "operación cancelada"},
    {UV_ECHARSET, "carácter no válido"},
    {UV_ECONNABORTED, "conexión abortada"},
    {UV_ECONNREFUSED, "conexión rechazada"},
    {UV_ECONNRESET, "el otro extremo cortó la conexión"},
    {UV_EEXIST, "ya existe"},
    {UV_EFAULT, "dirección de memoria no válida"},
    {UV_EFBIG, "el archivo es demasiado grande"},
    {UV_EHOSTUNREACH, "no hay camino hasta la máquina"},
    {UV_EINTR, "llamada interrumpida por una señal"},
    {UV_EINVAL, "argumento no válido"},
    {UV_EIO, "error de entrada o salida"},
    {UV_EISCONN, "ya estaba conectado"},
    {UV_EISDIR, "es un directorio"},
    {UV_ELOOP, "demasiados enlaces o redirecciones"},
    {UV_EMFILE, "demasiados archivos abiertos en el programa"},
    {UV_EMSGSIZE, "el mensaje es demasiado largo"},
    {UV_ENAMETOOLONG, "el nombre es demasiado largo"},
    {UV_ENETDOWN, "la red está caída"},
    {UV_ENETUNREACH, "no hay camino hasta la red"},
    {UV_ENFILE, "demasiados archivos abiertos en el sistema"},
    {UV_ENOBUFS, "no queda espacio para búferes"},
    {UV_ENODEV, "no existe el dispositivo"},
    {UV_ENOENT, "no existe el archivo o directorio"},
    {UV_ENOMEM, "no hay memoria suficiente"},
    {UV_ENOSPC, "no queda espacio en el disco"},
    {UV_ENOSYS, "el sistema no ofrece esa función"},
    {UV_ENOTCONN, "no está conectado"},
    {UV_ENOTDIR, "no es un directorio"},
    {UV_ENOTEMPTY, "el directorio no está vacío"},
    {UV_ENOTSOCK, "no es un socket"},
    {UV_ENOTSUP, "operación no admitida"},
    {UV_EPERM, "operación no permitida"},
    {UV_EPIPE, "el otro extremo dejó de leer"},
    {UV_EPROTO, "el otro extremo no respeta el protocolo"},
    {UV_EPROTONOSUPPORT, "protocolo no admitido"},
    {UV_ERANGE, "el resultado no cabe"},
    {UV_EROFS, "el sistema de archivos es de solo lectura"},
    {UV_ESRCH, "no existe el proceso"},
    {UV_ETIMEDOUT, "tiempo agotado"},
    {UV_ETXTBSY, "el archivo se está ejecutando"},
    {UV_EOF, "no hay más datos"},
    {UV_ENXIO, "no existe ese dispositivo o dirección"},
    {UV_EMLINK, "demasiados enlaces"},
    {AS_EDEADLK, "interbloqueo: todas las tareas esperan y nada puede despertarlas"},
    {AS_EOVERFLOW, "la respuesta supera el tamaño permitido"},
    {AS_EKEYREJECTED, "el certificado del servidor no es de fiar"},
};

enum { UNKNOWN_AT_ONCE = 4 };

/* Los códigos que nadie conoce se escriben en una de varias memorias por turno, para que
 * quepan dos en el mismo printf. */
static const char *unknown(int error)
{
    static _Thread_local char texts[UNKNOWN_AT_ONCE][40];
    static _Thread_local unsigned turn;
    char *text = texts[turn++ % UNKNOWN_AT_ONCE];

    snprintf(text, sizeof *texts, "error desconocido %d", error);
    return text;
}

const char *as_strerror(int error)
{
    if (error >= 0)
        return "sin error";
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        if (messages[i].code == error)
            return messages[i].text;
    }
    switch (error) {
#define TEXT(name, text)                                                                 \
    case UV_##name:                                                                      \
        return text;
        UV_ERRNO_MAP(TEXT)
#undef TEXT
    }
    return unknown(error);
}

const char *as_errname(int error)
{
    if (error >= 0)
        return "OK";
    switch (error) {
#define NAME(name, text)                                                                 \
    case UV_##name:                                                                      \
        return #name;
        UV_ERRNO_MAP(NAME)
#undef NAME
    case AS_EDEADLK:
        return "EDEADLK";
    case AS_EKEYREJECTED:
        return "EKEYREJECTED";
    }
    return unknown(error);
}
