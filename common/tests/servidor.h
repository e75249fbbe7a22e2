/*
 * Un servidor HTTP de juguete para poner a prueba al cliente: cada conexión corre en su
 * hilo y la atiende una función de la prueba, que puede responder bien, a medias, tarde,
 * con basura o nunca. Habla sockets a pelo para no deber nada a lo que se prueba.
 */
#ifndef SERVIDOR_H
#define SERVIDOR_H

#include "prueba.h"

#include <pthread.h>
#include <stdatomic.h>

struct conexion;
typedef void atiende_fn(struct conexion *c);

struct servidor {
    int puerto;
    void *arg; /* de la prueba */
    atomic_int conexiones, peticiones;
    atomic_int dentro, maximo; /* peticiones a la vez: ahora, y lo más que hubo */
    atomic_int suelta;         /* la prueba deja seguir a quien espera_permiso() */
    int escucha;
    atiende_fn *atiende;
    pthread_t aceptador;
    pthread_mutex_t cerrojo;
    struct conexion *vivas;
    bool cerrando;
};

struct conexion {
    struct servidor *servidor;
    int fd, numero; /* la primera es la 0 */
    bool cerrada;
    char *peticion; /* línea, cabeceras y cuerpo; con '\0' detrás */
    size_t tamano;
    char *cuerpo; /* dentro de peticion */
    pthread_t hilo;
    struct conexion *siguiente;
};

struct servidor *servidor_abre(atiende_fn *atiende, void *arg);

/* Corta lo que quede y espera a sus hilos. */
void servidor_cierra(struct servidor *s);

/* "http://127.0.0.1:puerto" más la ruta; el texto es de quien lo pide, y vale
 * hasta que el mismo hilo pida otras quince. */
const char *url(const struct servidor *s, const char *ruta);

/* Lo mismo con otro nombre de máquina. */
const char *url_en(const struct servidor *s, const char *maquina, const char *ruta);

/* ---- Para las funciones que atienden ------------------------------------------------ */

/* Lee una petición entera; false si el cliente se fue. */
bool lee_peticion(struct conexion *c);

/* ¿Contiene la petición este texto? */
bool pide(const struct conexion *c, const char *texto);

/* Envía todo; false si el cliente se fue. */
bool envia(struct conexion *c, const void *datos, size_t tamano);
bool envia_texto(struct conexion *c, const char *texto);

/* Respuesta con Content-Length; `cabeceras`, "A: b\r\n" o "". */
void responde(struct conexion *c, int estado, const char *cabeceras, const char *cuerpo);

/* Responde 200 con la petición recibida como cuerpo. */
void responde_eco(struct conexion *c);

/* Cierra ya; con `de_golpe`, con un RST en vez de un FIN. */
void cuelga(struct conexion *c, bool de_golpe);

/* Espera a que el cliente haya leído todo lo enviado, o se haya ido. */
void espera_a_que_lo_lea(const struct conexion *c);

/* Espera a que la prueba ponga servidor->suelta a `valor` o más, o a que cierre. */
void espera_permiso(struct conexion *c, int valor);

/* Atienden así todas las peticiones: */
void atiende_eco(struct conexion *c);  /* responde_eco */
void atiende_mudo(struct conexion *c); /* lee y no responde jamás */

/* ---- Para el cuerpo de la prueba, que corre en una tarea ---------------------------- */

struct entorno {
    struct servidor *servidor;
    as_http *http;
    void *arg;
    int (*cuerpo)(struct entorno *e);
    as_http_options opciones;
};

/* Abre el servidor y un cliente, ejecuta `cuerpo` en la tarea principal y cierra todo. */
void con_servidor(atiende_fn *atiende, int (*cuerpo)(struct entorno *e));
void con_servidor_y(atiende_fn *atiende, int (*cuerpo)(struct entorno *e), void *arg,
                    as_http_options opciones);

/* Cede el turno hasta que el servidor lleve el contador a `valor`. */
void espera_a(const atomic_int *contador, int valor);

/* La explicación del error `codigo` contiene `texto`. */
#define EXPLICA(codigo, texto)                                                           \
    cr_assert_not_null(strstr(as_error_text(codigo), texto), "«%s» no dice «%s»",        \
                       as_error_text(codigo), texto)

/* GET que debe ir bien y traer 200; la respuesta se comprueba y se libera. */
void get_correcto(struct entorno *e, const char *direccion);

#endif
