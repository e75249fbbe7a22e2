/*
 * Ejercicio 4: un servidor de eco con órdenes y estadísticas.
 *
 * ./eco_mejorado 8888   atiende en ese puerto hasta Ctrl+C
 * ./eco_mejorado        se prueba a sí mismo
 */
#include <asinc/asinc.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINEA = 200, DESPEDIDA_MS = 500 };

/* [servidor] */
struct servidor {
    int activos, llegados;
    uint64_t mensajes;
    uint64_t recibidos, enviados; /* bytes */
};

static int enviar(struct servidor *s, as_stream *cliente,
                  const char *texto)
{
    size_t n = strlen(texto);

    int rc = as_write(cliente, texto, n);
    if (rc == 0)
        s->enviados += n;
    return rc;
}
/* [/servidor] */

/* [responder] */
static int contar(struct servidor *s, as_stream *cliente)
{
    char texto[256];

    snprintf(texto, sizeof texto,
             "Clientes activos: %d (%d en total)\n"
             "Mensajes: %" PRIu64 "\n"
             "Bytes: %" PRIu64 " recibidos, %" PRIu64 " enviados\n",
             s->activos, s->llegados, s->mensajes, s->recibidos,
             s->enviados);
    return enviar(s, cliente, texto);
}

/* UV_EOF si el cliente quiere irse. */
static int responder(struct servidor *s, as_stream *cliente,
                     const char *linea)
{
    char eco[MAX_LINEA + 8];

    if (strcmp(linea, "/stats") == 0)
        return contar(s, cliente);
    if (strcmp(linea, "/quit") == 0) {
        int rc = enviar(s, cliente, "¡Adiós!\n");
        return rc < 0 ? rc : UV_EOF;
    }
    snprintf(eco, sizeof eco, "Eco: %s\n", linea);
    return enviar(s, cliente, eco);
}
/* [/responder] */

/* [conversar] */
static int conversar(struct servidor *s, as_stream *cliente)
{
    char linea[MAX_LINEA + 1];

    int rc = enviar(s, cliente,
                    "Bienvenido al servidor de eco\n"
                    "Órdenes: /stats, /quit\n");
    while (rc == 0) {
        ssize_t n = as_readline(cliente, linea, sizeof linea);
        if (n == UV_EMSGSIZE) {
            rc = enviar(s, cliente, "Error: línea demasiado larga\n");
        } else if (n < 0) {
            rc = (int)n;
        } else {
            s->mensajes++;
            s->recibidos += (uint64_t)n;
            rc = responder(s, cliente, linea);
        }
    }
    return rc == UV_EOF ? 0 : rc;
}
/* [/conversar] */

/* [atender] */
static void despedir(struct servidor *s, as_stream *cliente)
{
    as_scope despedida;

    as_shield_enter(&despedida, DESPEDIDA_MS);
    int rc = enviar(s, cliente, "El servidor se apaga\n");
    if (rc == 0)
        rc = as_drain(cliente);
    if (as_scope_leave(&despedida, rc) < 0)
        puts("  (no se lo pude decir)");
}

static int atender(as_stream *cliente, void *arg)
{
    struct servidor *s = arg;
    int numero = ++s->llegados;
    const char *desde = as_stream_peername(cliente);

    s->activos++;
    /* Sin el puerto, que cambia cada vez. */
    printf("+ cliente %d, desde %.*s\n", numero,
           (int)strcspn(desde, ":"), desde);
    int rc = conversar(s, cliente);
    s->activos--;
    if (rc == UV_ECANCELED && as_interrupted())
        despedir(s, cliente);
    printf("- cliente %d%s\n", numero,
           rc == UV_ECONNRESET ? ", de un portazo" : "");
    return rc;
}
/* [/atender] */

/* ---- La prueba ------------------------------------------------- */

struct persona {
    const char *nombre;
    as_stream *flujo;
};

/* [oir] */
static int oir(const struct persona *p, int lineas)
{
    char linea[MAX_LINEA + 1];

    for (int i = 0; i < lineas; i++) {
        ssize_t n = as_readline(p->flujo, linea, sizeof linea);
        if (n == UV_EOF)
            snprintf(linea, sizeof linea, "(fin)");
        else if (n < 0)
            return (int)n;
        printf("  %s < %s\n", p->nombre, linea);
    }
    return 0;
}

static int decir(const struct persona *p, const char *texto, int lineas)
{
    printf("  %s > %s\n", p->nombre, texto);
    int rc = as_writef(p->flujo, "%s\n", texto);
    return rc < 0 ? rc : oir(p, lineas);
}
/* [/oir] */

static int entrar(struct persona *p, int puerto)
{
    return as_connect("127.0.0.1", puerto, &p->flujo);
}

static int portazo(int puerto)
{
    struct persona carla = {.nombre = "Carla"};

    int rc = entrar(&carla, puerto);
    if (rc < 0)
        return rc;
    rc = as_sleep(10); /* llega la bienvenida, y no la lee */
    as_stream_close(carla.flujo);
    return rc < 0 ? rc : as_sleep(10);
}

static int a_trozos(const struct persona *p)
{
    printf("  %s > bue...\n", p->nombre);
    int rc = as_write(p->flujo, "bue", 3);
    if (rc == 0)
        rc = as_sleep(100);
    return rc < 0 ? rc : decir(p, "nas", 1);
}

static int linea_larga(const struct persona *p)
{
    static char larga[5000];

    printf("  %s > aaa... (casi cinco mil)\n", p->nombre);
    memset(larga, 'a', sizeof larga - 1);
    int rc = as_writef(p->flujo, "%s\n", larga);
    return rc < 0 ? rc : oir(p, 1);
}

/* [guion] */
static int beto(int puerto, const struct persona *ana)
{
    struct persona p = {.nombre = "Beto"};

    int rc = entrar(&p, puerto);
    if (rc < 0)
        return rc;
    rc = oir(&p, 2);
    if (rc == 0)
        rc = decir(ana, "/stats", 3);
    if (rc == 0)
        rc = a_trozos(&p);
    if (rc == 0)
        rc = linea_larga(&p);
    if (rc == 0)
        rc = decir(&p, "/quit", 2);
    as_stream_close(p.flujo);
    return rc;
}

static int guion(int puerto)
{
    struct persona ana = {.nombre = "Ana"};

    int rc = entrar(&ana, puerto);
    if (rc < 0)
        return rc;
    rc = oir(&ana, 2);
    if (rc == 0)
        rc = decir(&ana, "hola", 1);
    if (rc == 0)
        rc = beto(puerto, &ana);
    if (rc == 0)
        rc = portazo(puerto);
    if (rc == 0)
        rc = decir(&ana, "/stats", 3);
    if (rc == 0) {
        puts("  (Ctrl+C)");
        raise(SIGINT);
        rc = oir(&ana, 2);
    }
    as_stream_close(ana.flujo);
    return rc;
}
/* [/guion] */

static int probar(void *arg)
{
    as_scope prueba;

    /* Ctrl+C no debe cancelar a quien comprueba qué hace Ctrl+C. */
    as_shield_enter(&prueba, 60000);
    int rc = as_scope_leave(&prueba, guion(*(int *)arg));
    if (rc < 0)
        printf("la prueba falla: %s\n", as_error_text(rc));
    return rc;
}

/* ---- El programa ------------------------------------------------ */

/* [servir] */
static int servir(as_listener *telefono, bool con_prueba)
{
    struct servidor s = {0};
    int puerto = as_listener_port(telefono), rc = 0;
    as_group grupo;

    as_group_enter(&grupo);
    if (con_prueba)
        rc = as_start_soon(&grupo, "prueba", probar, &puerto);
    if (rc == 0)
        rc = as_serve(telefono, atender, &s);
    rc = as_group_leave(&grupo, rc);
    printf("Atendí %d clientes y %" PRIu64 " mensajes\n", s.llegados,
           s.mensajes);
    return as_interrupted() ? 0 : rc;
}

static int principal(void *arg)
{
    const char *puerto = arg;
    as_listener *telefono;

    int rc = as_listen("127.0.0.1", puerto ? atoi(puerto) : 0, 0,
                       &telefono);
    if (rc < 0)
        return rc;
    if (puerto)
        printf("Escuchando en %s\n", as_listener_name(telefono));
    fflush(stdout); /* por si al otro lado hay una tubería */
    rc = servir(telefono, !puerto);
    as_listener_close(telefono);
    return rc;
}
/* [/servir] */

int main(int argc, char **argv)
{
    int rc = as_run(principal, argc > 1 ? argv[1] : NULL);

    if (rc < 0)
        fprintf(stderr, "eco_mejorado: %s\n", as_error_text(rc));
    return rc < 0;
}
