/*
 * 6 · Construir · 40 minutos
 * Quien deja de molestar a un servidor caído.
 *
 * Insistir con un servidor que no puede más lo hunde. Un cortacircuitos
 * se pone delante de las peticiones y, cuando ve que fallan, deja de
 * mandarlas un rato. Escribe `pedir_con_cuidado`:
 *
 *   - Cerrado, deja pasar todas. Al tercer fallo seguido se abre durante
 *     cinco segundos.
 *   - Abierto, no manda nada: devuelve UV_EAGAIN en el acto.
 *   - Pasados los cinco segundos deja pasar una, de prueba. Mientras está
 *     en marcha, a las demás les dice UV_EAGAIN. Si va bien, se cierra; si
 *     falla, se abre otros cinco segundos.
 *
 * Un fallo es un código negativo o un estado 5xx. Un 404 no lo es: el
 * servidor funciona. Y que cancelen a quien pide no dice nada del
 * servidor: si era la de prueba, otra podrá probar.
 *
 * Devuelve el estado, o un error. Las piezas: pedir, de aquí, y as_now.
 * Dibuja antes los tres estados y qué lleva de uno a otro.
 */
#include "lessons/10-cliente-http-y-json/servidor_local.h"

enum { MAX_FALLOS = 3, ABIERTO_MS = 5000 };

struct circuito {
    int fallos; /* seguidos */
    /* TODO: ¿qué más hay que recordar? */
};

static struct circuito circuito;
static int mandadas; /* peticiones que llegaron a salir */

struct cliente {
    as_http *http;
    char url[64];
};

/* El estado de la respuesta, o un error. No hay que tocarla. */
static int pedir(const struct cliente *c)
{
    as_http_response respuesta;

    mandadas++;
    int rc = as_http_get(c->http, c->url, &respuesta);
    if (rc < 0)
        return rc;
    rc = respuesta.status;
    as_http_response_clear(&respuesta);
    return rc;
}

static int pedir_con_cuidado(const struct cliente *c)
{
    /* TODO */
    (void)circuito;
    return pedir(c);
}

/* ---- Desde aquí no hay que tocar nada ---------------------------- */

static const struct pagina paginas[] = {
    {"/saldo", 50, 200, "{}"}, {"/saldo", 50, 503, "no puedo"},
    {"/saldo", 50, 404, "?"},  {"/saldo", 50, 503, "no puedo"},
    {"/saldo", 50, 503, "no"}, {"/saldo", 50, 503, "no"},
    {"/saldo", 50, 503, "no"}, {"/saldo", 9000, 200, "{}"},
    {"/saldo", 50, 200, "{}"}, {0},
};

static void contar(const char *quien, uint64_t inicio, int rc)
{
    printf("%2d s: %s: ", (int)((as_now() - inicio) / 1000), quien);
    if (rc == UV_EAGAIN)
        puts("ni se intenta");
    else if (rc < 0)
        puts(as_strerror(rc));
    else
        printf("%d\n", rc);
}

static int con_prisa(const struct cliente *c)
{
    as_scope plazo;

    as_scope_enter(&plazo, 500);
    return as_scope_leave(&plazo, pedir_con_cuidado(c));
}

struct visita {
    const struct cliente *c;
    int rc;
};

static int visitar(void *arg)
{
    struct visita *v = arg;

    v->rc = pedir_con_cuidado(v->c);
    return v->rc == UV_ECANCELED ? v->rc : 0;
}

/* Tres a la vez. */
static int tres(const struct cliente *c, uint64_t inicio)
{
    struct visita v[3] = {{c, 0}, {c, 0}, {c, 0}};

    int rc = as_gather_each(visitar, v, 3, sizeof *v, NULL);
    for (int i = 0; i < 3 && rc == 0; i++)
        contar("de tres", inicio, v[i].rc);
    return rc;
}

/* Un cliente cada segundo; en el 17, uno con prisa, y luego tres. */
static int un_rato(const struct cliente *c)
{
    uint64_t inicio = as_now();
    int rc = 0;

    for (int s = 0; s < 20 && rc == 0; s++) {
        if (s == 17)
            contar("con prisa", inicio, con_prisa(c));
        else if (s == 18)
            rc = tres(c, inicio);
        else
            contar("uno", inicio, pedir_con_cuidado(c));
        if (rc == 0)
            rc = as_sleep((s + 1) * 1000 -
                          (int64_t)(as_now() - inicio));
    }
    return rc;
}

static int principal(void *base)
{
    struct cliente c;

    int rc = as_http_new(NULL, &c.http);
    if (rc < 0)
        return rc;
    snprintf(c.url, sizeof c.url, "%s/saldo", (char *)base);
    rc = un_rato(&c);
    printf("peticiones mandadas: %d\n", mandadas);
    as_http_close(c.http);
    return rc;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
