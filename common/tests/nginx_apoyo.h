/*
 * Un nginx de usar y tirar, en una carpeta temporal, para las pruebas que necesitan un
 * servidor que no se escribió pensando en el cliente.
 */
#ifndef NGINX_APOYO_H
#define NGINX_APOYO_H

#include "prueba.h"

#define EXIGE_NGINX()                                                                    \
    do {                                                                                 \
        if (access("/usr/sbin/nginx", X_OK) != 0)                                        \
            cr_skip_test("no está instalado nginx");                                     \
    } while (0)

struct nginx {
    char carpeta[256];
    int puerto; /* uno libre, en 127.0.0.1 */
    pid_t pid;
};

/* Crea la carpeta y elige el puerto. */
void nginx_prepara(struct nginx *n);

/* Abre para escribir un archivo de la carpeta. */
FILE *nginx_archivo(const struct nginx *n, const char *nombre);

/* Lo arranca con lo que va dentro de «http { }» y espera a que escuche. */
void nginx_arranca(struct nginx *n, const char *http);

/* Lo detiene y borra la carpeta. */
void nginx_termina(struct nginx *n);

#endif
