/*
 * bajadas.h: el vocabulario de la suite del laboratorio 11, que está en cinco archivos:
 * suite.c (bajar, a la vez, el progreso), fallos.c (lo que no llega, el plazo, los nombres),
 * part.c (nada a medias, reanudar), version.c (seguir solo si el archivo es el mismo) y
 * pantalla.c (despedirse, la terminal, durar).
 */
#ifndef BAJADAS_H
#define BAJADAS_H

#include "harness/harness.h"

#include <stdlib.h>
#include <string.h>

/* Plazos nominales: el banco los alarga en una máquina lenta. */
enum { PRONTO = 4000, DESPEDIDA = 1000, KB = 1024 };

#define DIR       "bajadas"
#define VELOCIDAD "[0-9]+([.][0-9]+)? KB/s"

/* Arrancan el programa. El segundo, con refrescos rápidos, para no esperar medio segundo cada
 * vez, y un plazo que no vence mientras el servidor está parado. */
#define bajar(...)         hs_start("--dir", DIR, __VA_ARGS__)
#define bajar_deprisa(...) bajar("--refresco", "0.05", "--timeout", "3600", __VA_ARGS__)

struct cuerpo {
    const char *bytes;
    size_t n;
};

/* Bytes al azar: ceros incluidos, que también los llevan los archivos de verdad. */
struct cuerpo cuerpo_de(size_t n);

/* Un archivo en el servidor: su nombre, su ruta y su dirección. */
struct archivo {
    const char *nombre, *ruta, *url;
    struct cuerpo cuerpo;
};
struct archivo archivo_de(struct hs_http *web, size_t n);

/* Publica el archivo, con lo que haga falta además de su cuerpo. */
#define PUBLICAR(web, a, ...)                                                            \
    hs_http_on(web, (a).ruta,                                                            \
               {.body = (a).cuerpo.bytes, .body_size = (a).cuerpo.n, __VA_ARGS__})

/* nombre.part */
const char *part(struct archivo a);

/* Las líneas del enunciado. En la de progreso, `cuanto` es "42%", "300 KB" o NULL si vale
 * cualquiera, y solo cuentan las que sigan a la número `tras`. */
struct hs_match listo(struct archivo a);
struct hs_match fallida(const char *url);
struct hs_match fallida_con(const char *url, int estado);
struct hs_match progreso(struct archivo a, const char *cuanto, int tras);

/* La velocidad con que acaba una línea de progreso. */
double velocidad(const struct hs_line *linea);

/* Con el servidor parado, la línea de progreso debe acabar diciendo esto. Mira unos cuantos
 * refrescos y no espera más: así el fallo se ve pronto. */
const struct hs_line *exigir_progreso(struct hs_program *p, struct archivo a,
                                      const char *cuanto);

/* Espera a que acabe por su pie, con el código que sea. */
void acabar(struct hs_program *p, int ms);

/* La última línea, con estas cuentas: los bytes son los de archivo que han llegado ahora. */
void exigir_resumen(struct hs_program *p, int listos, int errores, int interrumpidos,
                    size_t bytes);

/* Se pidió tantas veces, y con GET. */
void exigir_peticiones(struct hs_http *web, struct archivo a, int n, const char *porque);

/* El archivo `nombre` debe tener los primeros `n` bytes de `a`, y nada más; el suyo, todos. */
void exigir_bytes(struct hs_dir *dir, const char *nombre, struct archivo a, size_t n);
void exigir_entero(struct hs_dir *dir, struct archivo a);
void exigir_que_no_esta(struct hs_dir *dir, const char *nombre);

/* El .part de `a` debe llegar a tener sus primeros `n` bytes mientras el servidor está parado:
 * lo recibido se guarda según llega. Mira unos cuantos refrescos. */
void exigir_guardado(struct hs_program *p, struct hs_dir *dir, struct archivo a,
                     size_t n);

/* La petición `k` de ese archivo, que debe llegar. */
struct hs_request peticion(struct hs_http *web, struct archivo a, int k);

/* La petición `k` de `a` debe seguir desde ese byte y preguntar por esa etiqueta. */
void exigir_pregunta(struct hs_http *web, struct archivo a, int k, size_t desde,
                     const char *etiqueta);

/* Lo que hay en el directorio: "a.bin b.bin.part". */
const char *lista(struct hs_dir *dir);

/* Deja en el directorio el .part de `a` con sus primeros `n` bytes. */
void empezada(struct hs_dir *dir, struct archivo a, size_t n);

#endif
