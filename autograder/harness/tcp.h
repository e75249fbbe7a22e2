/*
 * tcp.h: clientes TCP guiados por la prueba.
 *
 * El programa del estudiante es un servidor; la prueba se conecta, escribe, escucha y se
 * porta mal cuando toca:
 *
 *     struct hs_program *p = hs_start("--puerto", "0");
 *     struct hs_address sala = hs_tcp_announced(p, "Escuchando en ", 4000);
 *     struct hs_tcp *ana = hs_tcp_open("ana", sala), *luis = hs_tcp_open("luis", sala);
 *     hs_tcp_send(ana, "hola\n");
 *     hs_tcp_wait_line(luis, hs_has("hola"), 4000);
 *     hs_tcp_reset(ana);
 *     hs_tcp_wait_end(luis, 4000);
 *
 * Un solo hilo atiende todas las conexiones, sean dos o quinientas, y apunta lo que llega
 * en cuanto llega. Abrir y enviar no esperan a nadie: lo que el servidor aún no acepta
 * queda aquí, y una conexión que no se logra lo dice en la primera espera.
 *
 * Cada cliente tiene un nombre para la historia: «ana envía «hola»», «luis recibe «...»».
 * Valen las reglas de harness.h: una espera que no se cumple termina la prueba, y todo lo
 * que se devuelve vive hasta su final.
 */
#ifndef HS_TCP_H
#define HS_TCP_H

#include "harness/harness.h"

/* Dónde escucha un servidor. */
struct hs_address {
    const char *host; /* numérica: "127.0.0.1", "::1" */
    int port;
};

/* Espera la línea «`before`HOST:PUERTO» del programa y la entiende; falla si empieza así
 * y sigue de otra manera. */
struct hs_address hs_tcp_announced(struct hs_program *p, const char *before, int ms);

struct hs_tcp; /* una conexión */

struct hs_tcp_options {
    bool narrow; /* en el camino caben solo unas decenas de KiB sin leer */
    bool quiet;  /* no anota lo que hace: para cientos a la vez */
};

/* Se conecta, sin esperar a lograrlo. `name` se copia. */
struct hs_tcp *hs_tcp_open(const char *name, struct hs_address at);
struct hs_tcp *hs_tcp_open_with(struct hs_tcp_options options, const char *name,
                                struct hs_address at);

/* Desde ahora anota, o no, lo que hace. Lo que se repite según vaya la máquina no se anota: la
 * misma falta contaría una historia distinta cada vez. */
void hs_tcp_quiet(struct hs_tcp *c, bool quiet);

/* ---- Escribir --------------------------------------------------------------------- */

/* Envía esto tal cual, de una vez: varias líneas cortas viajan en un solo paquete. */
void hs_tcp_send(struct hs_tcp *c, const char *text);
void hs_tcp_send_bytes(struct hs_tcp *c, const void *bytes, size_t n);

/* Envía el texto en trozos de `piece` bytes, cada uno cuando el servidor ya leyó el
 * anterior: para él son lecturas distintas. `ms` es el plazo de cada trozo. */
void hs_tcp_send_pieces(struct hs_tcp *c, const char *text, size_t piece, int ms);

/* Espera a que el servidor haya leído todo lo enviado (o a que ya no pueda). */
void hs_tcp_wait_read(struct hs_tcp *c, int ms);

/* ---- Acabar ----------------------------------------------------------------------- */

void hs_tcp_finish(struct hs_tcp *c); /* cierra solo su lado: no enviará más, pero lee */
void hs_tcp_close(struct hs_tcp *c);  /* cierra del todo, con educación */
void hs_tcp_reset(struct hs_tcp *c);  /* corta: el servidor recibe un RST */

/* ---- Leer ------------------------------------------------------------------------- */

/* Deja de leer y vuelve a leer. Lo que llegue entre medias se queda en el núcleo y,
 * cuando este se llena, en el servidor. */
void hs_tcp_stop_reading(struct hs_tcp *c);
void hs_tcp_read_again(struct hs_tcp *c);

/* Quien no leía lee `bytes` y vuelve a dejarlo; espera a que estén leídos. No pasa de ahí por
 * mucho que tarde la prueba en mirar. */
void hs_tcp_read_some(struct hs_tcp *c, size_t bytes, int ms);

/* Como las de harness.h, con las líneas que recibe este cliente: sin su «\n»; el «\r»,
 * si lo trae, es parte de la línea. Si la conexión se acaba sin la línea fallan en el acto
 * con «mal»; hs_tcp_try_line devuelve NULL. */
const struct hs_line *hs_tcp_wait_line(struct hs_tcp *c, struct hs_match match, int ms);
const struct hs_line *hs_tcp_wait_lines(struct hs_tcp *c, int n, struct hs_match match,
                                        int ms);
const struct hs_line *hs_tcp_try_line(struct hs_tcp *c, struct hs_match match, int ms);

int hs_tcp_mark(struct hs_tcp *c); /* número de la última línea, para .after */
int hs_tcp_count_lines(struct hs_tcp *c, struct hs_match match);
const struct hs_line *hs_tcp_find_line(struct hs_tcp *c, struct hs_match match, int n);
void hs_tcp_expect_lines(struct hs_tcp *c, int n, struct hs_match match);
void hs_tcp_expect_no_line(struct hs_tcp *c, struct hs_match match);

enum hs_tcp_state {
    HS_TCP_CONNECTING,
    HS_TCP_OPEN,
    HS_TCP_REFUSED, /* no se pudo conectar */
    HS_TCP_ENDED,   /* el servidor cerró con educación y ya está todo leído */
    HS_TCP_CUT,     /* el servidor cortó, o se le pidió algo que ya no aceptaba (RST) */
    HS_TCP_CLOSED,  /* la cerró la prueba */
};
enum hs_tcp_state hs_tcp_state(struct hs_tcp *c);

/* Espera a que el servidor cierre o corte, y dice cuál de las dos. */
enum hs_tcp_state hs_tcp_wait_end(struct hs_tcp *c, int ms);

size_t hs_tcp_received(struct hs_tcp *c); /* bytes recibidos hasta ahora */
/* ¿Queda algo de lo enviado que el servidor no haya leído? */
bool hs_tcp_unread(struct hs_tcp *c);
/* Los que el servidor ya entregó al sistema y este cliente aún no ha leído. */
size_t hs_tcp_in_kernel(struct hs_tcp *c);
size_t hs_tcp_unsent(struct hs_tcp *c); /* bytes que el servidor aún no aceptó */

#endif
