/*
 * sitios.h: el vocabulario de la suite del laboratorio 07, que está en cuatro archivos:
 * suite.c (una comprobación, y muchas a la vez), turnos.c (ronda tras ronda), alertas.c
 * (fallos, alertas y recuperaciones) y final.c (despedirse, los argumentos y durar).
 */
#ifndef SITIOS_H
#define SITIOS_H

#include "harness/harness.h"

#include <stdlib.h>
#include <string.h>

/* Plazos nominales: el banco los alarga en una máquina lenta. */
enum { PRONTO = 4000, DESPEDIDA = 1000 };

/* Las letras de una URL que no cabe donde alguien pensó que cabría. */
enum { MUY_LARGO = 2000 };

#define FECHA     "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
#define CUALQUIER "([1-9][0-9]{2}|ERROR [^ ](.*[^ ])?)"
#define ERROR     "ERROR [^ ](.*[^ ])?"

/* Cómo se lee uno de esos tres en la historia. */
const char *en_palabras(const char *como);

/* La línea de una comprobación de `url`; `como` es "200", ERROR o CUALQUIER. */
struct hs_match comprobacion(const char *url, const char *como);

/* Un aviso de `url`: la palabra, la URL y lo que se quiera detrás. */
struct hs_match aviso(const char *palabra, const char *url);

struct hs_match alerta(const char *url);
struct hs_match recuperado(const char *url);

/* Los milisegundos con que acaba una línea de comprobación. */
long milisegundos(const struct hs_line *linea);

/* Cuántas comprobaciones de `url` se escribieron antes de `linea`. */
int comprobaciones_antes(struct hs_program *p, const char *url,
                         const struct hs_line *linea);

/* Espera las `n` primeras líneas de `url`, digan lo que digan. */
void esperar_comprobaciones(struct hs_program *p, int n, const char *url);

/* La primera comprobación de `url` debe dar esto. Mira esa línea, y no espera a que llegue
 * otra mejor: así el fallo se ve en el acto. */
const struct hs_line *exigir_primera(struct hs_program *p, const char *url,
                                     const char *como);

/* Compara la línea RESUMEN de `url` con las comprobaciones que el programa escribió. */
const struct hs_line *exigir_resumen(struct hs_program *p, const char *url);

/* Una dirección que ni acepta las conexiones ni las rechaza. */
const char *url_que_no_acepta(void);

/* Ctrl+C y fin con 0. */
void despedir(struct hs_program *p);

/* Un sitio de mentira en `web` que sigue este guion. */
#define SITIO(web, ...)                                                                  \
    ({                                                                                   \
        const char *ruta_ = hs_random_path();                                            \
        hs_http_on(web, ruta_, __VA_ARGS__);                                             \
        ruta_;                                                                           \
    })

/* Lo mismo, con un nombre de tantas letras, y signos que son cosa de printf. */
#define SITIO_LARGO(web, letras, ...)                                                    \
    ({                                                                                   \
        const char *ruta_ = hs_format("%s-%%25s%%25d%0*d", hs_random_path(), letras, 7); \
        hs_http_on(web, ruta_, __VA_ARGS__);                                             \
        ruta_;                                                                           \
    })

#endif
