#include "autoridad.h"

#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLAVE_NUEVA                                                                      \
    "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -batch "

/* Las rutas y los nombres los ponen las pruebas: no llevan espacios. */
__attribute__((format(printf, 2, 3))) static void ordena(const char *carpeta,
                                                         const char *formato, ...)
{
    char orden[2048], aviso[300];
    va_list args;

    snprintf(orden, sizeof orden, "cd %s && exec >openssl.log 2>&1 && ", carpeta);
    size_t largo = strlen(orden);
    va_start(args, formato);
    vsnprintf(orden + largo, sizeof orden - largo, formato, args);
    va_end(args);
    snprintf(aviso, sizeof aviso, "falló openssl; mira %s/openssl.log", carpeta);
    int estado = system(orden); /* NOLINT(cert-env33-c) */
    cr_assert(WIFEXITED(estado) && WEXITSTATUS(estado) == 0, "%s", aviso);
}

static const char *extension(const char *nombres, char *texto, size_t tamano)
{
    if (!nombres)
        return "";
    snprintf(texto, tamano, "-addext subjectAltName=%s", nombres);
    return texto;
}

void autoridad_crea(const char *carpeta, const char *nombre, const char *nombres)
{
    char texto[256];

    ordena(carpeta,
           CLAVE_NUEVA "-x509 -days 30 -subj /CN=%s %s -keyout %s.key -out %s.pem",
           nombre, extension(nombres, texto, sizeof texto), nombre, nombre);
}

void autoridad_firma(const char *carpeta, const char *autoridad, const char *nombre,
                     const char *nombres, int dias)
{
    char texto[256];

    /* Uno caducado: unas versiones de openssl admiten días negativos; otras, fechas. */
    ordena(carpeta,
           CLAVE_NUEVA "-subj /CN=%s %s -keyout %s.key -out %s.csr && "
                       "firma() { openssl x509 -req -in %s.csr -CA %s.pem -CAkey %s.key "
                       "-CAcreateserial -copy_extensions copy \"$@\" -out %s.pem; } && "
                       "{ firma -days %d || firma -not_before 20000101000000Z -not_after "
                       "20000102000000Z; }",
           nombre, extension(nombres, texto, sizeof texto), nombre, nombre, nombre,
           autoridad, autoridad, nombre, dias);
}
