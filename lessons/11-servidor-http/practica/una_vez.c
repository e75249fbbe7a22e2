/*
 * 6 · Construir · 40 minutos
 * Un cobro que no se hace dos veces, aunque lo pidan dos.
 *
 * El capítulo 10 dejó una pregunta: ¿se repite un POST que se quedó sin respuesta? Sí, si
 * repetirlo no hace daño. Aquí cada cobro lleva una clave, que elige quien lo pide:
 *
 *     POST /cobros {"clave": "a1", "euros": 5}    201 y {"cobro": 1}
 *
 * Quien repite la clave recibe la misma respuesta, y al banco no se le vuelve a llamar:
 *
 *   - Si ese cobro ya se hizo, la recibe al momento.
 *   - Si está en marcha, la recibe cuando acabe.
 *   - Si el banco lo rechaza (más de 500 euros), quien lo pidió y quienes esperaban reciben un
 *     402, y la clave queda libre: la próxima vez se intenta de nuevo.
 *   - Si quien lo pidió se va a media espera, el cobro sigue hasta el final.
 *
 * Un cuerpo sin «clave» o sin «euros» es un 422. El texto de los errores lo eliges tú.
 *
 * Las piezas: json_unpack ("{s:s, s:i}"), un as_event para los que esperan y un ámbito protegido
 * de diez segundos para quien cobra. Empieza por un solo cliente, sigue con los dos que piden lo
 * mismo y deja para el final al que se va.
 */
#include "lessons/11-servidor-http/visitar.h"

enum { MAX_CLAVES = 8 };

struct clave {
    char nombre[16];
    /* TODO: ¿qué hay que recordar de cada una? */
};

static struct clave claves[MAX_CLAVES];
static int llamadas; /* al banco */

/* El banco: da el número del cobro, o UV_EPERM si lo rechaza. Con más
 * de cien euros tarda dos segundos. No hay que tocarlo. */
static int cobrar(int euros)
{
    static int cobros;

    llamadas++;
    int rc = as_sleep(euros > 100 && euros <= 500 ? 2000 : 1000);
    if (rc < 0)
        return rc;
    return euros > 500 ? UV_EPERM : ++cobros;
}

/* La que se llama así; si no está, una libre, ya con su nombre. NULL si
 * no caben más, o si el nombre no vale. */
static struct clave *buscar(const char *nombre)
{
    if (!*nombre || strlen(nombre) >= sizeof claves[0].nombre)
        return NULL;
    for (int i = 0; i < MAX_CLAVES; i++) {
        struct clave *c = &claves[i];
        if (!*c->nombre)
            snprintf(c->nombre, sizeof c->nombre, "%s", nombre);
        if (strcmp(c->nombre, nombre) == 0)
            return c;
    }
    return NULL;
}

static int pedir_cobro(as_web_request *peticion, void *arg)
{
    /* TODO */
    (void)arg, (void)buscar, (void)cobrar;
    return as_web_fail(peticion, 500, "por escribir");
}

/* ---- Desde aquí no hay que tocar nada ---------------------------- */

/* Cinco a la vez y, cuando se han ido, tres más. */
static int dos_tandas(struct visita *visitas, int cuantas)
{
    int rc = todas_juntas(visitas, 5);

    puts("--");
    return rc < 0 ? rc : todas_juntas(visitas + 5, cuantas - 5);
}

static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {
        "POST /cobros {\"clave\": \"a1\", \"euros\": 5}",
        "POST /cobros {\"clave\": \"a1\", \"euros\": 5}",
        "POST /cobros {\"clave\": \"b2\", \"euros\": 900}",
        "POST /cobros {\"euros\": 5}",
        "POST /cobros {\"clave\": \"c3\", \"euros\": 300}",
        "POST /cobros {\"clave\": \"a1\", \"euros\": 5}",
        "POST /cobros {\"clave\": \"b2\", \"euros\": 90}",
        "POST /cobros {\"clave\": \"c3\", \"euros\": 300}",
        NULL};
    as_web *servidor;

    breve = true;
    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "POST", "/cobros", pedir_cobro, NULL);
    if (rc == 0)
        rc = con_visitas(servidor, visitas, dos_tandas);
    as_web_close(servidor);
    printf("llamadas al banco: %d\n", llamadas);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
