/*
 * 4 · Construir · 15 minutos
 * Un ascensor que sale con cuatro personas, o a los diez segundos de entrar la
 * primera.
 *
 * Las personas llegan solas: cada una suma uno a `dentro` y avisa. Escribe
 * `viajar`: espera a la primera, espera después a que sean cuatro o a que pasen
 * diez segundos, escribe «segundo S: suben N» y vacía el ascensor. Así hasta
 * haber subido a PERSONAS. También los últimos esperan sus diez segundos: el
 * ascensor no sabe que ya no llegará nadie más.
 *
 * Las piezas: el cerrojo y la condición que ya están, y un ámbito con plazo. Al
 * salir del ámbito, UV_ETIMEDOUT no es un fallo: es que no llegó nadie más.
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { PERSONAS = 7, PLAZAS = 4, PACIENCIA_MS = 10000 };

static as_lock puerta;
static as_condition entro_alguien;
static int dentro;
static uint64_t inicio;

static int llegar(void *arg)
{
    const int *segundo = arg;

    int rc = as_sleep(*segundo * 1000);
    if (rc == 0)
        rc = as_lock_acquire(&puerta);
    if (rc < 0)
        return rc;
    dentro++;
    as_condition_notify_all(&entro_alguien);
    as_lock_release(&puerta);
    return 0;
}

static int viajar(void *arg)
{
    (void)arg;
    /* TODO */
    (void)inicio;
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int llegadas[PERSONAS] = {1, 2, 3, 4, 20, 21, 60}, rc = 0;
    as_group edificio;

    inicio = as_now();
    as_lock_init(&puerta);
    as_condition_init(&entro_alguien, &puerta);
    as_group_enter(&edificio);
    for (int i = 0; i < PERSONAS && rc == 0; i++)
        rc = as_start_soon(&edificio, "persona", llegar, &llegadas[i]);
    if (rc == 0)
        rc = as_start_soon(&edificio, "ascensor", viajar, NULL);
    return as_group_leave(&edificio, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
