#include "nombres_falsos.h"

#include <dlfcn.h>
#include <netdb.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

atomic_int nombres_preguntados;
atomic_int nombres_preguntados_por_libcurl;
atomic_int nombres_lentos_en_curso;
static atomic_bool sueltos;

typedef int getaddrinfo_fn(const char *, const char *, const struct addrinfo *,
                           struct addrinfo **);

void nombres_suelta(void)
{
    atomic_store(&sueltos, true);
}

static bool acaba_en(const char *texto, const char *final)
{
    size_t a = strlen(texto), b = strlen(final);

    return a >= b && strcasecmp(texto + a - b, final) == 0;
}

static int da(getaddrinfo_fn *real, const char *direccion, const struct addrinfo *pistas,
              struct addrinfo **salida)
{
    struct addrinfo numero = *pistas;

    numero.ai_flags |= AI_NUMERICHOST;
    return real(direccion, NULL, &numero, salida);
}

/* ThreadSanitizer no mira dentro de libuv (tsan.supp) y no sabe que el bucle solo toca la
 * respuesta cuando este hilo ha terminado. */
__attribute__((no_sanitize("thread"))) int getaddrinfo(const char *nombre,
                                                       const char *servicio,
                                                       const struct addrinfo *pistas,
                                                       struct addrinfo **salida)
{
    getaddrinfo_fn *real = (getaddrinfo_fn *)dlsym(RTLD_NEXT, "getaddrinfo");

    if (!nombre || !acaba_en(nombre, ".prueba"))
        return real(nombre, servicio, pistas, salida);
    atomic_fetch_add(&nombres_preguntados, 1);
    if (servicio) /* la biblioteca no pasa el puerto; libcurl, sí */
        atomic_fetch_add(&nombres_preguntados_por_libcurl, 1);
    if (acaba_en(nombre, "bien.prueba"))
        return da(real, "127.0.0.1", pistas, salida);
    if (strcmp(nombre, "dos.prueba") == 0) {
        int rc = da(real, "::1", pistas, salida);
        return rc ? rc : da(real, "127.0.0.1", pistas, &(*salida)->ai_next);
    }
    if (strcmp(nombre, "lento.prueba") == 0) {
        atomic_fetch_add(&nombres_lentos_en_curso, 1);
        while (!atomic_load(&sueltos))
            usleep(200);
        return da(real, "127.0.0.1", pistas, salida);
    }
    return EAI_NONAME;
}
