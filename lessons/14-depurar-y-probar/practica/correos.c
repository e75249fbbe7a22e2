/*
 * 5 · Arreglar · 40 minutos · sanitizers
 * Cinco faltas en un reparto de correos.
 *
 * Se mandan seis mensajes por dos conexiones, y otra tarea escribe cada
 * tres décimas cómo va la cuenta. Tal como está, el programa se para,
 * bloquea, usa lo que ya no es suyo y se deja algo abierto. Busca cada
 * falta con su herramienta, y no con los ojos:
 *
 *   - Primero córrelo tal cual: ASan habla el primero.
 *   - Si se para, lee el informe del interbloqueo.
 *   - Con AS_DEBUG=1 y sin reloj virtual, mira quién acapara el hilo y
 *     qué queda abierto.
 *
 * El programa está en build/asan/lessons/14-depurar-y-probar/practica.
 * No cambies los tiempos, ni el orden de los mensajes, ni las dos
 * conexiones. Apunta qué herramienta encontró cada una.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MENSAJES = 6, CONEXIONES = 2 };

static const char *const buzones[MENSAJES] = {
    "ana@uno", "blas", "cora@dos", "dan@uno", "eva", "fede@dos"};

static as_semaphore conexiones;
static as_lock cuenta, libro;
static int enviados, rechazados;

static int anotar(bool bien)
{
    int rc = as_lock_acquire(&cuenta);
    if (rc < 0)
        return rc;
    rc = as_sleep(10); /* abrir el libro */
    if (rc == 0)
        rc = as_lock_acquire(&libro);
    if (rc == 0) {
        enviados += bien;
        rechazados += !bien;
        as_lock_release(&libro);
    }
    as_lock_release(&cuenta);
    return rc;
}

static int enviar(void *arg)
{
    const char *buzon = *(const char *const *)arg;

    int rc = as_semaphore_acquire(&conexiones);
    if (rc < 0)
        return rc;
    usleep(100 * 1000); /* la red */
    bool bien = strchr(buzon, '@') != NULL;
    if (rc == 0)
        rc = anotar(bien);
    if (!bien)
        return rc;
    as_semaphore_release(&conexiones);
    if (rc == 0)
        printf("%s: %s\n", buzon, bien ? "enviado" : "no existe");
    return rc;
}

/* Cómo va la cuenta, tres veces. */
static int mirar(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++) {
        int rc = as_sleep(105);
        if (rc == 0)
            rc = as_lock_acquire(&libro);
        if (rc < 0)
            return rc;
        rc = as_sleep(10);
        if (rc == 0)
            rc = as_lock_acquire(&cuenta);
        if (rc == 0) {
            printf("van %d\n", enviados + rechazados);
            as_lock_release(&cuenta);
        }
        as_lock_release(&libro);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int repartir(void)
{
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "cuenta", mirar, NULL);
    for (int i = 0; i < MENSAJES && rc == 0; i++) {
        const char *buzon = buzones[i];
        rc = as_start_soon(&grupo, buzon, enviar, &buzon);
    }
    return as_group_leave(&grupo, rc);
}

static int principal(void *arg)
{
    (void)arg;
    uint64_t inicio = as_now();
    as_file *acta;

    as_semaphore_init(&conexiones, CONEXIONES);
    as_lock_init(&cuenta);
    as_lock_init(&libro);
    int rc = as_file_open("/dev/null", "w", &acta);
    if (rc < 0)
        return rc;
    rc = as_file_writef(acta, "%d mensajes\n", MENSAJES);
    if (rc == 0)
        rc = repartir();
    printf("%d enviados y %d rechazados en %d ms\n", enviados,
           rechazados, (int)(as_now() - inicio));
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
