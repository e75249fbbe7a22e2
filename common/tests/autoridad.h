/*
 * Certificados para las pruebas, hechos en el momento con la orden openssl: una autoridad
 * que nadie conoce y lo que ella firma. Todo queda en una carpeta, en formato PEM:
 * «nombre.pem» es el certificado y «nombre.key», su clave.
 */
#ifndef AUTORIDAD_H
#define AUTORIDAD_H

#include "prueba.h"

#define EXIGE_OPENSSL()                                                                  \
    do {                                                                                 \
        if (access("/usr/bin/openssl", X_OK) != 0)                                       \
            cr_skip_test("no está instalado openssl");                                   \
    } while (0)

/* Crea una autoridad o, lo que es igual, un certificado que se firma a sí mismo. `nombres`
 * es para quién vale ("DNS:sitio.prueba,IP:127.0.0.1"), o NULL. */
void autoridad_crea(const char *carpeta, const char *nombre, const char *nombres);

/* Crea un certificado firmado por la autoridad `autoridad`, que vale `dias` desde ahora: con
 * un número negativo, ya caducó. */
void autoridad_firma(const char *carpeta, const char *autoridad, const char *nombre,
                     const char *nombres, int dias);

#endif
