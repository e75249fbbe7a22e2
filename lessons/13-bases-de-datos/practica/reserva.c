/*
 * 4 · Construir · 15 minutos
 * Una reserva de conexiones hecha con un semáforo.
 *
 * Abrir una conexión cuesta 50 ms. `pedir` da una conexión: si hay alguna abierta y
 * libre, esa; si no, y no se llegó al tope, abre una; si no, espera a que devuelvan
 * alguna. `soltar` la devuelve. No puede haber más de TOPE abiertas, ni abrirse una
 * cuando hay otra libre. Si cancelan a quien está abriendo, su permiso no se pierde.
 *
 * La idea: el semáforo tiene TOPE permisos, y una pila guarda las abiertas y libres.
 * Con un permiso en la mano, o hay una en la pila o se puede abrir otra.
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { TOPE = 2 };

static as_semaphore permisos;
static int libres[TOPE],
    cuantas_libres; /* la pila: números de conexión */
static int abiertas;
static uint64_t inicio;

/* Abre una conexión: devuelve su número, o un error. */
static int abrir(void)
{
    int rc = as_sleep(50);

    return rc < 0 ? rc : ++abiertas;
}

/* El número de una conexión, o un error. */
static int pedir(void)
{
    /* TODO: y recuerda el permiso si abrir falla. */
    (void)permisos, (void)libres, (void)cuantas_libres;
    return abrir();
}

static void soltar(int conexion)
{
    /* TODO */
    (void)conexion;
}

static int usar(void *arg)
{
    int conexion = pedir();

    if (conexion < 0)
        return conexion;
    printf("%d ms: %s, por la %d\n", (int)(as_now() - inicio),
           (const char *)arg, conexion);
    int rc = as_sleep(100);
    soltar(conexion);
    return rc;
}

static int con_prisa(void *arg)
{
    as_scope plazo;

    as_scope_enter(&plazo, 20); /* ni para abrir le da tiempo */
    int rc = as_scope_leave(&plazo, usar(arg));
    if (rc == UV_ETIMEDOUT)
        printf("%s no esperó\n", (const char *)arg);
    return rc == UV_ETIMEDOUT ? 0 : rc;
}

static int principal(void *arg)
{
    (void)arg;
    const as_call llamadas[] = {
        {.fn = con_prisa, .arg = "Pía"}, {.fn = usar, .arg = "Ana"},
        {.fn = usar, .arg = "Blas"},     {.fn = usar, .arg = "Cora"},
        {.fn = usar, .arg = "Dan"},
    };

    inicio = as_now();
    as_semaphore_init(&permisos, TOPE);
    int rc = as_gather(llamadas, 5, NULL);
    printf("abiertas: %d\n", abiertas);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
