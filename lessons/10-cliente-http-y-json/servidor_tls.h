/*
 * Un servidor HTTPS de usar y tirar para tls.c: un certificado recién
 * hecho y `openssl s_server`, en una carpeta que se borra al acabar.
 * Lanzar otros programas es el capítulo 12; no hace falta leerlo.
 */
#ifndef SERVIDOR_TLS_H
#define SERVIDOR_TLS_H

#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct servidor_tls {
    char carpeta[32];
    char certificado[64]; /* su ruta */
    int puerto;
    as_process *proceso;
};

static inline int crear_certificado(const struct servidor_tls *s)
{
    const char *const orden[] = {"openssl",
                                 "req",
                                 "-x509",
                                 "-newkey",
                                 "ec",
                                 "-pkeyopt",
                                 "ec_paramgen_curve:P-256",
                                 "-nodes",
                                 "-keyout",
                                 "clave.pem",
                                 "-out",
                                 "cert.pem",
                                 "-days",
                                 "1",
                                 "-subj",
                                 "/CN=localhost",
                                 "-addext",
                                 "subjectAltName=DNS:localhost",
                                 NULL};
    as_process *openssl;

    int rc = as_process_spawn(orden,
                              &(as_process_options){.in = AS_NULL,
                                                    .out = AS_NULL,
                                                    .err = AS_NULL,
                                                    .cwd = s->carpeta},
                              &openssl);
    if (rc < 0)
        return as_error_set(rc, "no puedo ejecutar openssl");
    rc = as_process_wait(openssl, NULL);
    as_process_close(openssl);
    return rc > 0 ? as_error_set(UV_EIO, "openssl falló") : rc;
}

/* El servidor dice en su salida el puerto que le ha tocado. */
static inline int leer_puerto(struct servidor_tls *s)
{
    as_stream *salida = as_process_stdout(s->proceso);
    char linea[256];
    ssize_t n;

    while ((n = as_readline(salida, linea, sizeof linea)) >= 0) {
        if (sscanf(linea, "ACCEPT 127.0.0.1:%d", &s->puerto) == 1)
            return 0;
    }
    return n == UV_EOF ? as_error_set(UV_EIO, "openssl no escucha")
                       : (int)n;
}

static inline int lanzar_servidor(struct servidor_tls *s)
{
    const char *const orden[] = {
        "openssl", "s_server",  "-accept", "127.0.0.1:0", "-www",
        "-key",    "clave.pem", "-cert",   "cert.pem",    NULL};

    int rc = as_process_spawn(orden,
                              &(as_process_options){.in = AS_NULL,
                                                    .out = AS_PIPE,
                                                    .err = AS_NULL,
                                                    .cwd = s->carpeta},
                              &s->proceso);
    return rc < 0 ? rc : leer_puerto(s);
}

static inline void cerrar_servidor_tls(struct servidor_tls *s)
{
    char ruta[64];

    as_process_close(s->proceso);
    unlink(s->certificado);
    snprintf(ruta, sizeof ruta, "%s/clave.pem", s->carpeta);
    unlink(ruta);
    rmdir(s->carpeta);
}

/* Se cierra con cerrar_servidor_tls si devuelve 0. */
static inline int abrir_servidor_tls(struct servidor_tls *s)
{
    *s = (struct servidor_tls){.carpeta = "/tmp/tls-XXXXXX"};
    if (!mkdtemp(s->carpeta))
        return as_error_set(UV_EIO, "no puedo crear una carpeta");
    snprintf(s->certificado, sizeof s->certificado, "%s/cert.pem",
             s->carpeta);
    int rc = crear_certificado(s);
    if (rc == 0)
        rc = lanzar_servidor(s);
    if (rc < 0)
        cerrar_servidor_tls(s);
    return rc;
}

#endif
