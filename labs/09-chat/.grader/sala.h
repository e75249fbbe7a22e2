/*
 * sala.h: lo que las pruebas del laboratorio 09 saben hacer en una sala de chat.
 */
#ifndef SALA_H
#define SALA_H

#include "harness/tcp.h"

#include <stdlib.h>
#include <string.h>

/* Plazos nominales: el banco los alarga en una máquina lenta. */
enum { PRONTO = 3000, DESPEDIDA = 2000 };

enum { MAX_NOMBRE = 20, MAX_LINEA = 1000, MIB = 1 << 20 };

#define PREGUNTA "* ¿Cómo te llamas?"
#define ADIOS    "* Adiós"

/* ---- El vocabulario del enunciado ----------------------------------------------- */

static struct hs_program *arrancar(struct hs_address *sala)
{
    struct hs_program *p = hs_start("--puerto", "0");
    *sala = hs_tcp_announced(p, "Escuchando en ", PRONTO);
    return p;
}

/* La línea exacta. */
static struct hs_match linea(const char *texto)
{
    const char *regex = "^";
    for (const char *c = texto; *c; c++)
        regex = hs_format(strchr("*?.()[]^$|+{}\\", *c) ? "%s\\%c" : "%s%c", regex, *c);
    return (struct hs_match){.regex = hs_format("%s$", regex),
                             .what = hs_format("la línea «%s»", texto)};
}

static struct hs_match error_del_servidor(void)
{
    return (struct hs_match){
        .regex = "^\\* ERROR .",
        .what = "una línea que empiece por «* ERROR » y diga por qué"};
}

static struct hs_match salida_de(const char *nombre)
{
    return (struct hs_match){.has = {nombre, "ha salido"},
                             .what = hs_format("el aviso de que %s ha salido", nombre)};
}

static struct hs_match despues(struct hs_match busca, int marca)
{
    busca.after = marca;
    return busca;
}

/* Exige que sea esta la línea con que llega `clave`; así un formato distinto se ve en el
 * acto. */
static void exigir_linea(struct hs_tcp *c, const char *clave, const char *texto)
{
    struct hs_match busca = hs_has(clave);
    if (strlen(texto) < 100)
        busca.what = hs_format("la línea «%s»", texto);
    const struct hs_line *l = hs_tcp_wait_line(c, busca, PRONTO);
    hs_expect_eq_str(hs_format("la línea con «%s»", clave), texto, l->text);
}

static void mandar(struct hs_tcp *c, const char *texto)
{
    hs_tcp_send(c, hs_format("%s\n", texto));
}

/* Se conecta, y espera a que le pregunten algo. */
static struct hs_tcp *conectar_como(struct hs_tcp_options opciones,
                                    struct hs_address sala, const char *quien)
{
    struct hs_tcp *c = hs_tcp_open_with(opciones, quien, sala);
    hs_tcp_wait_line(c,
                     (struct hs_match){.what = "ninguna línea; debían preguntarle su "
                                               "nombre"},
                     PRONTO);
    return c;
}

static struct hs_tcp *conectar(struct hs_address sala, const char *quien)
{
    return conectar_como((struct hs_tcp_options){0}, sala, quien);
}

/* Da su nombre y espera a estar dentro. */
static void presentar(struct hs_tcp *c, const char *nombre)
{
    int marca = hs_tcp_mark(c);
    mandar(c, nombre);
    const struct hs_line *l = hs_tcp_wait_line(
        c, (struct hs_match){.after = marca, .what = "ninguna respuesta a su nombre"},
        PRONTO);
    if (!strstr(l->text, nombre) || strstr(l->text, "ERROR"))
        hs_fail("«%s» es un nombre válido y libre: debía recibir «* Hola, %s» y recibió "
                "«%s»",
                nombre, nombre, l->text);
}

static struct hs_tcp *entrar_como(struct hs_tcp_options opciones, struct hs_address sala,
                                  const char *nombre)
{
    struct hs_tcp *c = conectar_como(opciones, sala, nombre);
    presentar(c, nombre);
    return c;
}

static struct hs_tcp *entrar(struct hs_address sala, const char *nombre)
{
    return entrar_como((struct hs_tcp_options){0}, sala, nombre);
}

/* Una palabra al azar: reconoce el mensaje que la lleva. */
static const char *palabra(void)
{
    return hs_random_name();
}

/* «ana-417»: un nombre al azar que se lee bien en la historia. */
static const char *persona(const char *base)
{
    return hs_format("%s-%d", base, hs_random_between(100, 999));
}

/* `de` dice algo, y a `a` le llega. Lo que ocurrió antes ya está repartido. */
static void decir(struct hs_tcp *de, struct hs_tcp *a)
{
    const char *algo = palabra();
    mandar(de, algo);
    hs_tcp_wait_line(a, hs_has(algo), PRONTO);
}

/* Lo que contesta a /list. */
static const char *listar(struct hs_tcp *c)
{
    int marca = hs_tcp_mark(c);
    mandar(c, "/list");
    return hs_tcp_wait_line(
               c,
               (struct hs_match){.has = {"Conectados"},
                                 .after = marca,
                                 .what = "la lista de conectados que pidió con /list"},
               PRONTO)
        ->text;
}

/* Ctrl+C y fin con 0. */
static void despedir(struct hs_program *p)
{
    hs_signal(p, SIGINT);
    hs_expect_exit(p, 0, DESPEDIDA);
}

/* Le dicen que no, y le vuelven a preguntar. */
static void exigir_rechazo(struct hs_tcp *c, const char *nombre, const char *porque)
{
    int marca = hs_tcp_mark(c);
    mandar(c, nombre);
    const struct hs_line *l = hs_tcp_wait_line(
        c, (struct hs_match){.after = marca, .what = "ninguna respuesta a su nombre"},
        PRONTO);
    if (strncmp(l->text, "* ERROR ", 8) != 0)
        hs_fail("un nombre %s se rechaza con una línea «* ERROR motivo», y contestó «%s»",
                porque, l->text);
    l = hs_tcp_wait_line(
        c, (struct hs_match){.after = l->number, .what = "otra pregunta tras el ERROR"},
        PRONTO);
    hs_expect_eq_str("tras el ERROR le vuelve a preguntar", PREGUNTA, l->text);
}

/* ¿Está `nombre`, entero, en la lista de `lista`? */
static bool en_la_lista(const char *lista, const char *nombre)
{
    size_t n = strlen(nombre);
    for (const char *p = strstr(lista, ": "); p; p = strstr(p, ", ")) {
        p += 2;
        if (strncmp(p, nombre, n) == 0 && (p[n] == '\0' || p[n] == ','))
            return true;
    }
    return false;
}

/* ---- En cantidad ---------------------------------------------------------------- */

static const char *repetir(char letra, size_t n)
{
    char *texto = (char *)hs_format("%*s", (int)n, "");
    return memset(texto, letra, n);
}

/*
 * `de` envía mensajes de un KiB hasta sumar `bytes`, o hasta que `a` vea que se va alguien.
 * No envía más mientras `a` no haya recibido lo anterior: quien lee no debe atrasarse
 * porque esta máquina vaya lenta. Devuelve los mensajes enviados, que llevan `clave` y su
 * número.
 */
static int inundar(struct hs_tcp *de, struct hs_tcp *a, const char *clave, int bytes)
{
    enum { LARGO = 1000, TANDA = 64 };
    const char *relleno = repetir('.', LARGO - 40);
    int n = 0, idos = hs_tcp_count_lines(a, hs_has("ha salido"));
    hs_step("Empieza una inundación de mensajes de unos %d bytes", LARGO);
    while (n * LARGO < bytes && hs_tcp_count_lines(a, hs_has("ha salido")) == idos) {
        const char *tanda = "";
        for (int i = 0; i < TANDA; i++)
            tanda = hs_format("%s%s-%d. %s\n", tanda, clave, ++n, relleno);
        hs_tcp_send(de, tanda);
        hs_tcp_wait_line(a, hs_has(hs_format("%s-%d.", clave, n)), PRONTO);
    }
    hs_step("Van %d KiB, y los que leen lo han recibido todo", n * LARGO / 1024);
    return n;
}

static const struct hs_tcp_options angosto = {.narrow = true};

/* Uno que llega y se va de una de cuatro maneras; `luis` ve irse a los que tenían nombre. */
static void visita(struct hs_address sala, struct hs_tcp *luis, int i)
{
    const char *nombre = hs_format("visita-%d", i + 1);
    struct hs_tcp *c = conectar(sala, nombre);
    if (i % 4 == 3) {
        hs_tcp_finish(c);
        hs_tcp_wait_end(c, PRONTO);
        return;
    }
    presentar(c, nombre);
    if (i % 4 == 0)
        hs_tcp_close(c);
    else if (i % 4 == 1)
        hs_tcp_reset(c);
    else
        mandar(c, "/quit");
    hs_tcp_wait_line(luis, salida_de(nombre), PRONTO);
}

#endif
