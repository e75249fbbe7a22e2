/*
 * textos.h: el vocabulario de la suite del laboratorio 08, que está en tres archivos:
 * palabras.c (qué es una palabra), a_la_vez.c (leer a la vez, cuántos y cuánto ocupan) y
 * suite.c (las estadísticas, los errores, las muestras y la línea de órdenes).
 *
 * Las pruebas que no tratan de la demora la ponen a cero, y solo las que tratan de las
 * estadísticas las miran.
 */
#ifndef TEXTOS_H
#define TEXTOS_H

#include "harness/harness.h"

#include <stdlib.h>
#include <string.h>

/* Plazo nominal: el banco lo alarga en una máquina lenta. */
enum { PRONTO = 4000 };

#define SIN_DEMORA "--demora-min", "0", "--demora-max", "0"

/* `n` palabras al azar, de una a diez letras, separadas por `espacio`. */
const char *texto(int n, const char *espacio);

/* Los bytes como se escribirían en C, para la historia. */
const char *visible(const char *bytes, size_t n);

/* Un rodeo de unas `letras` letras que no lleva a otro sitio: «./././.». */
const char *rodeo(int letras);

/* Un nombre de archivo al azar, y un archivo con él y con `n` palabras. */
const char *otro_nombre(void);
const char *con_palabras(struct hs_dir *d, int n);

/* Un archivo con estos bytes, que se cuentan en la historia. */
const char *con_bytes(struct hs_dir *d, const char *nombre, const char *bytes, size_t n);

/* Arranca el programa con las opciones, hasta NULL, y los archivos. */
struct hs_program *arrancar_con(struct hs_options caja, const char *const *opciones,
                                const char *const *rutas, int n);
#define arrancar(...) arrancar_con((struct hs_options){0}, __VA_ARGS__)
#define OPCIONES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* La línea de un archivo, diga lo que diga; y la de cualquiera de dos palabras. */
struct hs_match linea_de(const char *ruta);
struct hs_match de_dos_palabras(void);

/* Exigen la línea del archivo: con sus palabras, o con un error. */
const struct hs_line *exigir_palabras(struct hs_program *p, const char *ruta, int64_t n);
void exigir_error(struct hs_program *p, const char *ruta);

/* Exige que acabe por sí solo, con el código que sea: el código es de otra prueba. */
void exigir_que_acabe(struct hs_program *p, int ms);

/* Exige la línea de estadísticas que empieza por `palabra`. */
const struct hs_line *exigir_dato(struct hs_program *p, const char *palabra,
                                  const char *resto);

#endif
