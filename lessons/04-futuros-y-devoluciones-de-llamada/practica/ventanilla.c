/*
 * 5 · Construir · 45 minutos
 * Muchas preguntas por una sola ventanilla, y las iguales, una sola vez.
 *
 * `ventanilla` es de otra biblioteca: apunta una pregunta con un número, que le das
 * tú por orden, desde el 1, y vuelve enseguida. Más tarde, y en cualquier orden, llama
 * a `llego(numero, respuesta)`. A veces repite una respuesta, y a veces trae la de un número que nunca se le dio.
 *
 * Escribe `preguntar`, que suspende hasta que llega lo suyo y lo deja en
 * `respuesta`, y la función `llego`. Si ya hay una tarea esperando la misma
 * pregunta, no se pregunta otra vez: la nueva consulta lleva el mismo número, y
 * `llego` las contesta todas. Lo que llega de más se tira.
 *
 * Cada consulta vive, con su futuro, en la pila de la tarea que la hizo, y está en
 * la lista `abiertas` hasta que llega su respuesta. No vale que las demás esperen el
 * futuro de la primera: la primera despierta antes y vuelve de `preguntar`, y con
 * ella desaparece el futuro que las otras aún no han leído.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

struct consulta {
    const char *pregunta;
    int numero;
    as_future lista; /* su resultado es la respuesta */
    struct consulta *siguiente;
};

static struct consulta *abiertas;
static int preguntadas; /* cuántas veces se ha ido a la ventanilla */

static void ventanilla(int numero, const char *pregunta);
static int preguntar(const char *pregunta, const char **respuesta)
    __attribute__((noinline)); /* con su propio marco en la pila */

static void llego(int numero, const char *respuesta)
{
    /* TODO */
    (void)numero, (void)respuesta;
}

static int preguntar(const char *pregunta, const char **respuesta)
{
    /* TODO */
    (void)pregunta, (void)abiertas, (void)ventanilla;
    *respuesta = "";
    return 0;
}

/* ---- la ventanilla: no hace falta leerla ---- */

struct recado {
    as_timer reloj;
    int numero;
    const char *respuesta;
};

static void entregar(void *arg)
{
    const struct recado *r = arg;

    llego(r->numero, r->respuesta);
    if (r->numero == 1)
        llego(1, "otra vez lo mismo");
    llego(99, "esto no era para ti");
}

static void ventanilla(int numero, const char *pregunta)
{
    static struct recado recados[8];
    static const char *const sabidas[][2] = {
        {"capital de Perú", "Lima"},
        {"7 por 8", "56"},
        {"el mar", "salado"}};
    struct recado *r = &recados[numero % 8];

    *r = (struct recado){.numero = numero, .respuesta = "no lo sé"};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(sabidas[i][0], pregunta) == 0)
            r->respuesta = sabidas[i][1];
    }
    as_call_later(&r->reloj, 500 - 100 * numero, entregar, r);
}

/* ---- quienes preguntan ---- */

static uint64_t inicio;

/* Su marco cae donde estaba el de `preguntar`, que ya volvió, y lo pisa. */
static __attribute__((noinline)) void contar(const char *pregunta,
                                             const char *respuesta)
{
    char linea[512] = "";

    snprintf(linea, sizeof linea, "%3d ms: %s: %s",
             (int)(as_now() - inicio), pregunta, respuesta);
    puts(linea);
}

static int curioso(void *arg)
{
    const char *const *pregunta = arg;
    const char *respuesta = NULL;

    int rc = preguntar(*pregunta, &respuesta);
    if (rc == 0)
        contar(*pregunta, respuesta);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    const char *preguntas[] = {"capital de Perú", "7 por 8",
                               "capital de Perú", "el mar"};

    inicio = as_now();
    int rc = as_gather_each(curioso, preguntas, 4, sizeof *preguntas,
                            NULL);
    if (rc == 0)
        rc = curioso(
            &preguntas[1]); /* lo ya contestado se pregunta de nuevo */
    printf("a la ventanilla se fue %d veces\n", preguntadas);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
