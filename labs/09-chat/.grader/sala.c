/* sala.c: lo que las pruebas saben hacer en una sala de chat. */
#include "sala.h"

#include <stdio.h>

const struct hs_tcp_options angosto = {.narrow = true};

/* ---- El vocabulario del enunciado ----------------------------------------------- */

struct hs_program *arrancar(struct hs_address *sala)
{
    struct hs_program *p = hs_start("--puerto", "0");
    *sala = hs_tcp_announced(p, "Escuchando en ", PRONTO);
    return p;
}

struct hs_match linea(const char *texto)
{
    const char *regex = "^";
    for (const char *c = texto; *c; c++)
        regex = hs_format(strchr("*?.()[]^$|+{}\\", *c) ? "%s\\%c" : "%s%c", regex, *c);
    return (struct hs_match){.regex = hs_format("%s$", regex),
                             .what = hs_format("la línea «%s»", texto)};
}

struct hs_match error_del_servidor(void)
{
    return (struct hs_match){
        .regex = "^\\* ERROR .",
        .what = "una línea que empiece por «* ERROR » y diga por qué"};
}

struct hs_match salida_de(const char *nombre)
{
    return (struct hs_match){.has = {nombre, "ha salido"},
                             .what = hs_format("el aviso de que %s ha salido", nombre)};
}

struct hs_match despues(struct hs_match busca, int marca)
{
    busca.after = marca;
    return busca;
}

void exigir_linea(struct hs_tcp *c, const char *clave, const char *texto)
{
    struct hs_match busca = hs_has(clave);
    if (strlen(texto) < 100)
        busca.what = hs_format("la línea «%s»", texto);
    const struct hs_line *l = hs_tcp_wait_line(c, busca, PRONTO);
    hs_expect_eq_str(hs_format("la línea con «%s»", clave), texto, l->text);
}

void mandar(struct hs_tcp *c, const char *texto)
{
    hs_tcp_send(c, hs_format("%s\n", texto));
}

struct hs_tcp *conectar_como(struct hs_tcp_options opciones, struct hs_address sala,
                             const char *quien)
{
    struct hs_tcp *c = hs_tcp_open_with(opciones, quien, sala);
    hs_tcp_wait_line(c, (struct hs_match){.what = "la pregunta por su nombre"}, PRONTO);
    return c;
}

struct hs_tcp *conectar(struct hs_address sala, const char *quien)
{
    return conectar_como((struct hs_tcp_options){0}, sala, quien);
}

void presentar(struct hs_tcp *c, const char *nombre)
{
    int marca = hs_tcp_mark(c);
    mandar(c, nombre);
    const struct hs_line *l = hs_tcp_wait_line(
        c, (struct hs_match){.after = marca, .what = "una respuesta a su nombre"},
        PRONTO);
    if (!strstr(l->text, nombre) || strstr(l->text, "ERROR"))
        hs_fail(
            "a «%s», un nombre válido y libre, debía llegarle «* Hola, %s» y le llegó "
            "«%s»",
            nombre, nombre, l->text);
}

struct hs_tcp *entrar_como(struct hs_tcp_options opciones, struct hs_address sala,
                           const char *nombre)
{
    struct hs_tcp *c = conectar_como(opciones, sala, nombre);
    presentar(c, nombre);
    return c;
}

struct hs_tcp *entrar(struct hs_address sala, const char *nombre)
{
    return entrar_como((struct hs_tcp_options){0}, sala, nombre);
}

const char *palabra(void)
{
    return hs_random_name();
}

const char *persona(const char *base)
{
    return hs_format("%s-%d", base, hs_random_between(100, 999));
}

void decir(struct hs_tcp *de, struct hs_tcp *a)
{
    const char *algo = palabra();
    mandar(de, algo);
    hs_tcp_wait_line(a, hs_has(algo), PRONTO);
}

const char *listar(struct hs_tcp *c)
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

void despedir(struct hs_program *p)
{
    hs_signal(p, SIGINT);
    hs_expect_exit(p, 0, DESPEDIDA);
}

void exigir_rechazo(struct hs_tcp *c, const char *nombre, const char *porque)
{
    int marca = hs_tcp_mark(c);
    mandar(c, nombre);
    const struct hs_line *l = hs_tcp_wait_line(
        c, (struct hs_match){.after = marca, .what = "una respuesta a su nombre"},
        PRONTO);
    if (strncmp(l->text, "* ERROR ", 8) != 0)
        hs_fail("a un nombre %s debía contestar «* ERROR (motivo)» y contestó «%s»",
                porque, l->text);
    l = hs_tcp_wait_line(
        c, (struct hs_match){.after = l->number, .what = "otra pregunta tras el ERROR"},
        PRONTO);
    hs_expect_eq_str("lo que viene tras el ERROR", PREGUNTA, l->text);
}

bool en_la_lista(const char *lista, const char *nombre)
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

const char *repetir(char letra, size_t n)
{
    char *texto = (char *)hs_format("%*s", (int)n, "");
    return memset(texto, letra, n);
}

int atrasar(struct hs_tcp *de, struct hs_tcp *a, struct hs_tcp *lento, const char *clave,
            int kib)
{
    enum { TANDA = 40, MUCHO = 16 * MIB };
    const char *relleno = repetir('.', LARGOS - 40);
    size_t dicho = 0, antes = hs_tcp_received(lento) + hs_tcp_in_kernel(lento);
    int n = 0, inicio = hs_tcp_mark(a);
    hs_step("Se habla hasta que haya unos %d KiB que el sistema no admite", kib);
    hs_tcp_quiet(de, true);
    hs_tcp_quiet(a, true);
    while (dicho < MUCHO &&
           !hs_tcp_find_line(a, despues(hs_has("ha salido"), inicio), 1)) {
        size_t entregado = hs_tcp_received(lento) + hs_tcp_in_kernel(lento);
        if (dicho + antes >= entregado + ((size_t)kib << 10))
            break;
        int marca = hs_tcp_mark(a);
        const char *tanda = "";
        for (int i = 0; i < TANDA; i++)
            tanda = hs_format("%s%s-%d. %s\n", tanda, clave, ++n, relleno);
        dicho += strlen(tanda); /* y el nombre delante, que es poco */
        hs_tcp_send(de, tanda);
        hs_tcp_wait_line(a, despues(hs_has(hs_format("%s-%d.", clave, n)), marca),
                         PRONTO);
    }
    hs_tcp_quiet(de, false);
    hs_tcp_quiet(a, false);
    return n;
}

int inundar(struct hs_tcp *de, struct hs_tcp *a, const char *clave, int bytes, int largo)
{
    enum { TANDA = 64000 };
    const char *relleno = repetir('.', largo - 40);
    char *tanda = malloc(2 * TANDA);
    int n = 0, inicio = hs_tcp_mark(a);
    hs_step("Empieza una inundación de mensajes de unos %d bytes", largo);
    hs_tcp_quiet(de, true);
    hs_tcp_quiet(a, true);
    while (n * largo < bytes &&
           !hs_tcp_find_line(a, despues(hs_has("ha salido"), inicio), 1)) {
        char *fin = tanda;
        int marca = hs_tcp_mark(a);
        for (int i = 0; i < TANDA / largo; i++)
            fin += sprintf(fin, "%s-%d. %s\n", clave, ++n, relleno);
        hs_tcp_send(de, tanda);
        hs_tcp_wait_line(a, despues(hs_has(hs_format("%s-%d.", clave, n)), marca),
                         PRONTO);
    }
    free(tanda);
    hs_tcp_quiet(de, false);
    hs_tcp_quiet(a, false);
    hs_step("Van %d mensajes, unos %d KiB, y los que leen lo han recibido todo", n,
            n * largo / 1024);
    return n;
}

void visita(struct hs_address sala, struct hs_tcp *luis, int i)
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
