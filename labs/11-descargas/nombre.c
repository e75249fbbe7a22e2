#include "nombre.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int cifra(char c)
{
    const char *cifras = "0123456789abcdef";
    const char *donde = c ? strchr(cifras, c | 0x20) : NULL;
    return donde ? (int)(donde - cifras) : -1;
}

/* Un nombre que no es de un archivo del directorio, o que chocaría con un .part. Recibe la
 * longitud porque un %00 acabaría el nombre antes de tiempo. */
static bool nombre_malo(const char *nombre, size_t n)
{
    if (n == 0 || strcmp(nombre, ".") == 0 || strcmp(nombre, "..") == 0)
        return true;
    for (size_t i = 0; i < n; i++)
        if (nombre[i] == '/' || (unsigned char)nombre[i] < ' ' || nombre[i] == 0x7f)
            return true;
    return n >= 5 && strcmp(nombre + n - 5, ".part") == 0;
}

/* Se juzga después de descodificar: «%2e%2e%2f» es tan «../» como el escrito a las claras. */
char *nombre_de_url(const char *url)
{
    const char *resto = strstr(url, "://") + 3;
    const char *fin = resto + strcspn(resto, "?#");
    const char *inicio = memrchr(resto, '/', (size_t)(fin - resto));
    char *nombre = calloc(1, (size_t)(fin - resto) + 1);
    size_t n = 0;
    if (!nombre)
        return NULL;
    for (const char *c = inicio ? inicio + 1 : fin; c < fin; c++) {
        bool codificado = *c == '%' && cifra(c[1]) >= 0 && cifra(c[2]) >= 0;
        nombre[n++] = codificado ? (char)(cifra(c[1]) * 16 + cifra(c[2])) : *c;
        c += codificado ? 2 : 0;
    }
    if (!nombre_malo(nombre, n))
        return nombre;
    free(nombre);
    return NULL;
}
