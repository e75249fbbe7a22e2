/*
 * sala.h: lo que las pruebas del laboratorio 09 saben hacer en una sala de chat. La suite
 * está en cuatro archivos: suite.c (llegar, los nombres, las órdenes), lineas.c (un flujo no
 * son líneas), no_lee.c (quien deja de leer) y programa.c (cómo acaba y cuánto gasta).
 */
#ifndef SALA_H
#define SALA_H

#include "harness/tcp.h"

#include <stdlib.h>
#include <string.h>

/* Plazos nominales: el banco los alarga en una máquina lenta. */
enum { PRONTO = 3000, DESPEDIDA = 2000 };

enum { MAX_NOMBRE = 20, MAX_LINEA = 1000, MIB = 1 << 20, LARGOS = 1000 };

#define PREGUNTA "* ¿Cómo te llamas?"
#define ADIOS    "* Adiós"

/* ---- El vocabulario del enunciado ----------------------------------------------- */

/* Arranca el programa en un puerto que elige el sistema, y deja en `sala` el que anuncia. */
struct hs_program *arrancar(struct hs_address *sala);

/* La línea exacta. */
struct hs_match linea(const char *texto);

/* «* ERROR motivo»; el aviso de que alguien ha salido; y lo mismo, desde una marca. */
struct hs_match error_del_servidor(void);
struct hs_match salida_de(const char *nombre);
struct hs_match despues(struct hs_match busca, int marca);

/* Exige que sea esta la línea con que llega `clave`; así un formato distinto se ve en el
 * acto. */
void exigir_linea(struct hs_tcp *c, const char *clave, const char *texto);

/* Envía esa línea, con su salto. */
void mandar(struct hs_tcp *c, const char *texto);

/* Se conecta, y espera a que le pregunten algo. */
struct hs_tcp *conectar_como(struct hs_tcp_options opciones, struct hs_address sala,
                             const char *quien);
struct hs_tcp *conectar(struct hs_address sala, const char *quien);

/* Da su nombre y espera a estar dentro. */
void presentar(struct hs_tcp *c, const char *nombre);

/* Se conecta y se presenta. */
struct hs_tcp *entrar_como(struct hs_tcp_options opciones, struct hs_address sala,
                           const char *nombre);
struct hs_tcp *entrar(struct hs_address sala, const char *nombre);

/* Una palabra al azar: reconoce el mensaje que la lleva. */
const char *palabra(void);

/* «ana-417»: un nombre al azar que se lee bien en la historia. */
const char *persona(const char *base);

/* `de` dice algo, y a `a` le llega. Lo que ocurrió antes ya está repartido. */
void decir(struct hs_tcp *de, struct hs_tcp *a);

/* Lo que contesta a /list. */
const char *listar(struct hs_tcp *c);

/* Ctrl+C y fin con 0. */
void despedir(struct hs_program *p);

/* Le dicen que no, y le vuelven a preguntar. */
void exigir_rechazo(struct hs_tcp *c, const char *nombre, const char *porque);

/* ¿Está `nombre`, entero, en la lista de `lista`? */
bool en_la_lista(const char *lista, const char *nombre);

/* ---- En cantidad ---------------------------------------------------------------- */

/* `n` veces esa letra. */
const char *repetir(char letra, size_t n);

/*
 * `de` envía mensajes de unos `largo` bytes (más de 40) hasta sumar `bytes`, o hasta que `a`
 * vea que se va alguien.
 * No envía más mientras `a` no haya recibido lo anterior: quien lee no debe atrasarse
 * porque esta máquina vaya lenta. Devuelve los mensajes enviados, que llevan `clave` y su
 * número.
 */
int inundar(struct hs_tcp *de, struct hs_tcp *a, const char *clave, int bytes, int largo);

/*
 * Como inundar, hasta que el programa le guarde a `lento`, que no lee, unos `kib` KiB: lo que
 * el sistema ya aceptó no cuenta, y es mucho o poco según la máquina y lo que haya leído antes.
 */
int atrasar(struct hs_tcp *de, struct hs_tcp *a, struct hs_tcp *lento, const char *clave,
            int kib);

/* Un cliente en el que cabe poco: se nota enseguida que no lee. */
extern const struct hs_tcp_options angosto;

/* Uno que llega y se va de una de cuatro maneras; `luis` ve irse a los que tenían nombre. */
void visita(struct hs_address sala, struct hs_tcp *luis, int i);

#endif
