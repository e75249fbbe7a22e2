/*
 * Un servidor HTTP de verdad y quien le habla, en el mismo bucle: con el cliente de la
 * biblioteca, o byte a byte por un flujo cuando hay que portarse mal.
 */
#ifndef HTTP_SERVER_BANCO_H
#define HTTP_SERVER_BANCO_H

#include "prueba.h"

struct banco {
    as_web *servidor;
    as_http *http;
    struct diario diario;
    int vivos;       /* de la prueba: manejadores corriendo, o lo que quiera */
    int grandes;     /* de la prueba: respuestas grandes que empiezan a salir */
    as_event suceso; /* de la prueba */
    int rc_servidor; /* lo que devolvió as_web_run */
    void (*rutas)(struct banco *b);
    int (*cuerpo)(struct banco *b);
    as_web_options opciones;
};

/* Abre servidor y cliente, ejecuta `cuerpo` en la tarea principal y lo cierra todo. Con
 * `opciones.client_timeout_ms` distinto de 0, con el reloj real: ese plazo lo es. */
void con_banco(void (*rutas)(struct banco *b), int (*cuerpo)(struct banco *b),
               as_web_options opciones);

/* Declara una ruta, que recibe el banco como argumento. */
void ruta(struct banco *b, const char *metodo, const char *patron,
          as_web_handler_fn *atiende);

/* Hace una petición, que debe ir bien, y devuelve su respuesta. `cuerpo` puede ser NULL. */
as_http_response pide_con(struct banco *b, const char *metodo, const char *camino,
                          const char *cuerpo, size_t tamano);

/* Lo mismo, exigiendo estado y, si no es NULL, el cuerpo entero o un trozo de él. */
void pide_y_espera(struct banco *b, const char *metodo, const char *camino,
                   const char *cuerpo, int estado, const char *esperado);
void get_es(struct banco *b, const char *camino, int estado, const char *esperado);

/* Una conexión con el servidor, sin nada enviado. */
as_stream *conecta(struct banco *b);
void manda(as_stream *s, const char *texto);

/* Lee hasta que el servidor cierra y deja el texto en `texto`. */
void lee_hasta_cierre(as_stream *s, char *texto, size_t tamano);

/* Lee una respuesta con Content-Length, cabeceras incluidas. */
void lee_respuesta(as_stream *s, char *texto, size_t tamano);

/* Envía la petición y exige, en 10 s, una respuesta que diga lo esperado. */
void pide_y_recibe(as_stream *s, const char *peticion, const char *esperado);

/* Cierra con un RST, no con un FIN. */
void cierra_de_golpe(as_stream *s);

#define CONTIENE(texto, trozo)                                                           \
    cr_assert_not_null(strstr(texto, trozo), "falta «%s» en «%s»", trozo, texto)

#endif
