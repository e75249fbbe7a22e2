#include "ejemplo.h"

/* ---- El proceso --------------------------------------------------------------------- */

static int recoge(void *arg)
{
    struct corriente *c = arg;
    char trozo[4096];
    ssize_t n;

    while ((n = as_read(c->flujo, trozo, sizeof trozo)) > 0) {
        c->texto = realloc(c->texto, c->largo + (size_t)n + 1);
        memcpy(c->texto + c->largo, trozo, (size_t)n);
        c->largo += (size_t)n;
        c->texto[c->largo] = '\0';
        as_event_set(&c->de->novedad);
    }
    c->acabada = true;
    as_event_set(&c->de->novedad);
    return (int)n;
}

void ejemplo_lanza(struct ejemplo *e, const char *const argv[])
{
    /* Si la prueba muere, que no quede un servicio andando. */
    const char *todos[32] = {"setpriv", "--pdeathsig", "KILL"};
    char programa[256];
    const char *carpeta = getenv("EJEMPLOS");

    cr_assert_not_null(carpeta, "EJEMPLOS no dice dónde están");
    snprintf(programa, sizeof programa, "%s/%s", carpeta, argv[0]);
    todos[3] = programa;
    for (int i = 1; argv[i] != NULL; i++) {
        cr_assert_lt(i, 28);
        todos[3 + i] = argv[i];
    }
    *e = (struct ejemplo){0};
    as_event_init(&e->novedad);
    BIEN(as_process_spawn(
        todos, &(as_process_options){.in = AS_NULL, .out = AS_PIPE, .err = AS_PIPE},
        &e->proceso));
    as_group_enter(&e->lectores);
    as_stream *flujos[] = {as_process_stdout(e->proceso), as_process_stderr(e->proceso)};
    for (int i = 0; i < 2; i++) {
        e->corrientes[i] = (struct corriente){
            .de = e, .flujo = flujos[i], .texto = strdup("")};
        BIEN(as_start_soon(&e->lectores, "lector", recoge, &e->corrientes[i]));
    }
}

const char *ejemplo_dice(struct ejemplo *e, int donde, const char *texto)
{
    struct corriente *c = &e->corrientes[donde];
    const char *desde;

    while ((desde = strstr(c->texto, texto)) == NULL) {
        cr_assert(!c->acabada, "acabó sin decir «%s»:\n%s%s", texto,
                  e->corrientes[SALIDA].texto, e->corrientes[ERRORES].texto);
        as_event_clear(&e->novedad);
        BIEN(as_event_wait(&e->novedad));
    }
    return desde;
}

void ejemplo_recibe(struct ejemplo *e, int senal)
{
    BIEN(as_process_kill(e->proceso, senal));
}

void ejemplo_acaba(struct ejemplo *e, int codigo)
{
    int senal;

    BIEN(as_group_leave(&e->lectores, 0));
    int rc = as_process_wait(e->proceso, &senal);
    cr_assert(rc == codigo && senal == 0, "acabó con %d y señal %d, no con %d:\n%s%s", rc,
              senal, codigo, e->corrientes[SALIDA].texto, e->corrientes[ERRORES].texto);
    NO_DIJO(e, ERRORES, "Sanitizer");
    NO_DIJO(e, ERRORES, "runtime error");
    as_process_close(e->proceso);
}

void ejemplo_olvida(struct ejemplo *e)
{
    free(e->corrientes[SALIDA].texto);
    free(e->corrientes[ERRORES].texto);
}

void en_el_bucle(as_fn *fn, void *arg)
{
    int rc = as_run(fn, arg);

    cr_assert_eq(rc, 0, "%s", as_error_text(rc));
}

/* ---- El cliente --------------------------------------------------------------------- */

as_stream *conecta(int puerto)
{
    as_stream *s;

    BIEN(as_connect("127.0.0.1", puerto, &s));
    return s;
}

void manda(as_stream *s, const char *texto)
{
    BIEN(as_write(s, texto, strlen(texto)));
}

void hasta(as_stream *s, const char *texto, char *todo, size_t tamano)
{
    ssize_t n = as_readuntil(s, texto, strlen(texto), todo, tamano);

    cr_assert_gt(n, 0, "no llega «%s»: %s", texto, as_error_text((int)n));
}

size_t hasta_el_final(as_stream *s, char *todo, size_t tamano)
{
    char trozo[16384];
    size_t cabe = tamano - 1, largo = 0;
    ssize_t n;

    todo[0] = '\0';
    while ((n = as_read(s, trozo, sizeof trozo)) > 0) {
        size_t copia = (size_t)n < cabe ? (size_t)n : cabe;
        memcpy(todo + (tamano - 1 - cabe), trozo, copia);
        cabe -= copia;
        todo[tamano - 1 - cabe] = '\0';
        largo += (size_t)n;
    }
    cr_assert(n == 0 || n == UV_ECONNRESET, "%s", as_error_text((int)n));
    return largo;
}
