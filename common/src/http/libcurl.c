#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "http/internal.h"

/*
 * libcurl llama igual, CURLE_OUT_OF_MEMORY, a quedarse sin memoria y a una línea de cabecera
 * de más de 100 KiB. Para no confundir una cosa con la otra, pide la memoria a través de
 * estas funciones, que llevan la cuenta de las veces que no la hubo.
 */

static _Thread_local unsigned long starved;

unsigned long as__libcurl_starved(void)
{
    return starved;
}

static void *note(void *memory)
{
    starved += !memory;
    return memory;
}

static void *on_malloc(size_t size)
{
    return note(malloc(size));
}

static void *on_realloc(void *memory, size_t size)
{
    return note(realloc(memory, size));
}

static void *on_calloc(size_t count, size_t size)
{
    return note(calloc(count, size));
}

static char *on_strdup(const char *text)
{
    return note(strdup(text));
}

static CURLcode result;
static const curl_version_info_data
    *version; /* preguntarlo cuesta más que enviar una cabecera */

static void init(void)
{
    result = curl_global_init_mem(CURL_GLOBAL_DEFAULT, on_malloc, free, on_realloc,
                                  on_strdup, on_calloc);
    version = curl_version_info(CURLVERSION_NOW);
}

/*
 * Las anteriores a la 8.1.0 recuerdan en el asa la última cabecera que recibieron, también cuando
 * ya la liberaron al empezar otra petición, y un servidor puede hacerles escribir en ella (curl
 * #11101). No se puede probar sin estropear el montón: se pregunta la versión, y a la biblioteca
 * que está en marcha, que pudo compilarse con otra.
 */
bool as__libcurl_reuses(void)
{
    return version->version_num >= 0x080100;
}

/* Desde la 8.17, un NULL en CURLOPT_CAPATH es la carpeta del sistema, aunque su manual diga otra cosa,
 * y no hay forma de preguntarlo. */
bool as__libcurl_drops_directory(void)
{
    return version->version_num < 0x081100;
}

bool as__libcurl_has_authorities_file(void)
{
    return version->cainfo != NULL;
}

int as__libcurl_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, init);
    if (result == CURLE_OK)
        return 0;
    return as_error_set(UV_ENOTSUP, "libcurl no se pudo iniciar: %s",
                        curl_easy_strerror(result));
}
