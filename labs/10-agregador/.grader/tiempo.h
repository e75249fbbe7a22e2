/*
 * tiempo.h: el vocabulario de la suite del laboratorio 10, que está en tres archivos:
 * suite.c (leer una respuesta, la media, a la vez y acabar), cuerpos.c (lo que no es una
 * respuesta) y fallos.c (la red, HTTP y los plazos).
 */
#ifndef TIEMPO_H
#define TIEMPO_H

#include "harness/harness.h"

#include <stdlib.h>
#include <string.h>

/* Plazos nominales: el banco los alarga en una máquina lenta. */
enum { PRONTO = 4000, DESPEDIDA = 1000 };

enum { MIB = 1024 * 1024 };

/* Las API a las que se pregunta como mucho: más de las 100 peticiones en vuelo que admite
 * la biblioteca si no se le dice otra cosa. El enunciado dice este número. */
enum { MUCHAS = 120 };

/* Un plazo que ninguna prueba agota: si algo acaba, no es por él. */
#define SIN_PRISA "--timeout", "60"

/* ---- Temperaturas --------------------------------------------------------------- */

/* Décimas justas, de 10 a 39 grados: solo la prueba del redondeo redondea. */
int grados(void);

/* Centésimas, con las dos cifras: como van en el JSON. */
const char *centesimas(int c);

/* `suma` centésimas entre `n`, con una cifra: como las escribe el programa. */
const char *decimas(int suma, int n);

/* ¿Se redondea esa media sin dudas? */
bool media_clara(int suma, int n);

/* ---- Lo que contestan las API ----------------------------------------------------- */

/* Lo que contesta cada proveedor con `c` centésimas de grado. */
const char *openweathermap(int c);
const char *weatherapi(int c);
const char *open_meteo(int c);

/* Una API de mentira en `web` que sigue este guion, y su URL. */
#define API(web, ...)                                                                    \
    ({                                                                                   \
        const char *ruta_ = hs_random_path();                                            \
        hs_http_on(web, ruta_, __VA_ARGS__);                                             \
        hs_http_url(web, ruta_);                                                         \
    })
#define DA(c)                                                                            \
    {                                                                                    \
        .body = weatherapi(c)                                                            \
    }
#define DICE(...)                                                                        \
    {                                                                                    \
        .body = (__VA_ARGS__)                                                            \
    }

/* Arranca el programa con estas URL, hasta NULL, y sin prisa. */
struct hs_program *preguntar_con(struct hs_options opciones, const char *const *urls);
struct hs_program *preguntar(const char *const *urls);

/* ---- Lo que escribe el programa --------------------------------------------------- */

/* La línea que empieza por `palabra` y un espacio. */
const struct hs_line *linea_de(struct hs_program *p, const char *palabra);

/* `url` dio `c` centésimas de grado. */
void exigir_temperatura(struct hs_program *p, const char *url, int c);

/* `url` falló: devuelve el motivo, que aquí puede faltar. */
const char *exigir_error(struct hs_program *p, const char *url);

/* La media es `suma` centésimas entre `buenas`. */
void exigir_media(struct hs_program *p, int suma, int buenas, int total);

#endif
