/*
 * 1 · Predecir · 8 minutos
 * Siete funciones y un dictamen para cada una.
 *
 * El programa ejecuta las siete con un plazo de un minuto. Mientras, otra tarea late
 * cada 20 ms. Después escribe una línea por función, «a: ...», con el primero de
 * estos dictámenes que se cumpla:
 *   bloquea                si no hubo ni un latido
 *   pierde un descriptor   si dejó algo abierto
 *   calla la cancelación   si la cortó el plazo y ella devolvió 0
 *   espera sin plazo       si la cortó el plazo
 *   bien
 *
 * predicción:
 * a: bien
 * b: bloquea
 * c: pierde un descriptor
 * d: espera sin plazo
 * e: bien
 * f: calla la cancelación
 * g: bien
 * fin
 */
#include <asinc/asinc.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { MINUTO_MS = 60000, DIA_MS = 24 * 60 * MINUTO_MS };

static int latidos;

static int contesta(void)
{
    return as_sleep(50);
}

static int contesta_mal(void)
{
    int rc = as_sleep(50);
    return rc < 0 ? rc : UV_EIO;
}

static int no_contesta(void)
{
    return as_sleep(DIA_MS);
}

static int abrir(void)
{
    return open("/dev/null", O_RDONLY);
}

static int a(void)
{
    return contesta();
}

static int b(void)
{
    usleep(50000);
    return 0;
}

static int c(void)
{
    int fd = abrir();
    int rc = contesta_mal();
    if (rc < 0)
        return rc;
    close(fd);
    return 0;
}

static int d(void)
{
    int fd = abrir();
    int rc = no_contesta();
    close(fd);
    return rc;
}

static int e(void)
{
    as_scope plazo;

    as_scope_enter(&plazo, 10000);
    return as_scope_leave(&plazo, no_contesta());
}

static int f(void)
{
    int rc = no_contesta();
    return rc == UV_ECANCELED ? 0 : rc;
}

static int g(void)
{
    int fd = abrir();
    int rc = contesta_mal();
    close(fd);
    return rc;
}

static int latir(void *arg)
{
    (void)arg;
    int rc;

    while ((rc = as_sleep(20)) == 0)
        latidos++;
    return rc;
}

/* El descriptor más bajo que está libre. */
static int libre(void)
{
    int fd = dup(STDOUT_FILENO);
    close(fd);
    return fd;
}

static const char *dictamen(int funcion(void))
{
    uint64_t inicio = as_now();
    int antes = libre();
    as_scope plazo;

    latidos = 0;
    as_scope_enter(&plazo, MINUTO_MS);
    int rc = as_scope_leave(&plazo, funcion());
    if (latidos == 0)
        return "bloquea";
    if (libre() != antes)
        return "pierde un descriptor";
    if (as_now() - inicio < MINUTO_MS)
        return "bien";
    return rc == 0 ? "calla la cancelación" : "espera sin plazo";
}

static int principal(void *arg)
{
    (void)arg;
    int (*const funciones[])(void) = {a, b, c, d, e, f, g};
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "latidos", latir, NULL);
    if (rc == 0)
        rc = as_sleep(10); /* que empiece a latir */
    for (int i = 0; i < 7 && rc == 0; i++)
        printf("%c: %s\n", 'a' + i, dictamen(funciones[i]));
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
