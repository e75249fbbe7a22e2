/* Abusar de los procesos: bomba | bomba_terca (si el núcleo le niega uno, insiste) |
 * racha (cuarenta de golpe, y acaba) | hilos | mil_hilos |
 * hilos_o_abortar | procesos_o_abortar (abortan si no pueden crear otro) | abortar |
 * demonio (doble fork que se queda la salida) |
 * avisos (inunda de SIGCHLD al guardián) | huerfanos (los engendra sin parar) |
 * hidra (todos engendran sin parar, cada uno en su sesión) |
 * matar_todo | matar_padre | ptrace | duerme (sordo a todas las señales) | subgrupo (un hijo
 * en otra sesión que también ignora todo). */
#include "limite.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

static void ser_sordo(void)
{
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_IGN);
}

static void *hilo(void *nada)
{
    dormir(TOPE_SEGUNDOS);
    return nada;
}

/* Un hijo que dura más que la prueba; como fork si no lo hay. */
static pid_t engendrar(void)
{
    pid_t hijo = fork();
    if (hijo == 0) {
        dormir(TOPE_SEGUNDOS);
        _exit(0);
    }
    return hijo;
}

int main(int argc, char **argv)
{
    const pid_t guardian = getppid();
    const char *modo = argc > 1 ? argv[1] : "";
    const double tope = segundos() + TOPE_SEGUNDOS;
    int hechos = 0;
    if (strcmp(modo, "bomba") == 0) {
        while (hechos < TOPE_PROCESOS && engendrar() > 0)
            hechos++;
        printf("%d procesos\n", hechos);
    } else if (strcmp(modo, "bomba_terca") == 0) {
        while (hechos < 40 && segundos() < tope)
            if (engendrar() > 0)
                hechos++;
            else
                dormir(0.01);
        dormir(TOPE_SEGUNDOS);
    } else if (strcmp(modo, "racha") == 0) {
        while (hechos++ < 40)
            engendrar();
    } else if (strcmp(modo, "hilos") == 0) {
        pthread_t id;
        while (hechos < TOPE_PROCESOS && pthread_create(&id, NULL, hilo, NULL) == 0)
            hechos++;
        printf("%d hilos\n", hechos);
    } else if (strcmp(modo, "mil_hilos") == 0) {
        pthread_t id;
        while (hechos < 1024 && pthread_create(&id, NULL, hilo, NULL) == 0)
            hechos++;
        printf("%d hilos\n", hechos);
    } else if (strcmp(modo, "hilos_o_abortar") == 0) {
        pthread_t id;
        while (hechos++ < TOPE_PROCESOS)
            if (pthread_create(&id, NULL, hilo, NULL) != 0)
                abort();
    } else if (strcmp(modo, "procesos_o_abortar") == 0) {
        while (hechos++ < TOPE_PROCESOS)
            if (engendrar() < 0)
                abort();
    } else if (strcmp(modo, "abortar") == 0) {
        abort();
    } else if (strcmp(modo, "demonio") == 0) {
        if (fork() == 0) {
            setsid();
            if (fork() == 0) {
                ser_sordo();
                dormir(TOPE_SEGUNDOS);
                puts("el demonio sigue aquí");
            }
            _exit(0);
        }
        dormir(0.2);
        puts("fuera");
    } else if (strcmp(modo, "avisos") == 0) {
        fork();
        for (double fin = segundos() + TOPE_SEGUNDOS; segundos() < fin;)
            kill(guardian, SIGCHLD);
    } else if (strcmp(modo, "huerfanos") == 0) {
        for (int i = 0; i < 4; i++)
            fork();
        for (double fin = segundos() + TOPE_SEGUNDOS; segundos() < fin;)
            if (fork() == 0) {
                fork();
                _exit(0);
            }
    } else if (strcmp(modo, "hidra") == 0) {
        puts("listo");
        fflush(stdout);
        fork();
        for (ser_sordo(); segundos() < tope;)
            if (fork() == 0)
                setsid();
    } else if (strcmp(modo, "matar_todo") == 0) {
        printf("kill(-1): %d\n", kill(-1, SIGKILL));
    } else if (strcmp(modo, "matar_padre") == 0) {
        kill(guardian, SIGKILL);
        kill(guardian, SIGSTOP);
        kill(1, SIGKILL);
        dormir(0.1);
        puts("el padre sigue");
    } else if (strcmp(modo, "ptrace") == 0) {
        long rc = ptrace(PTRACE_ATTACH, guardian, NULL, NULL);
        printf("ptrace: %ld %s\n", rc, rc < 0 ? strerror(errno) : "");
    } else if (strcmp(modo, "duerme") == 0 || strcmp(modo, "subgrupo") == 0) {
        if (strcmp(modo, "subgrupo") == 0 && fork() == 0)
            setsid();
        ser_sordo();
        puts("listo");
        fflush(stdout);
        dormir(TOPE_SEGUNDOS);
    }
}
