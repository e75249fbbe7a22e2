/* Tocar a otro proceso del mismo usuario, que no es suyo: vecino PID; o lo que comparte con otros,
 * y lo que es de todos: vecino ipc SEMÁFORO COLA MEMORIA NOMBRE. Escribe «conseguido: NOMBRE» de cada
 * intento que sale. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void intento(const char *nombre, long rc)
{
    if (rc >= 0)
        printf("conseguido: %s\n", nombre);
}

static void senales(pid_t pid)
{
    siginfo_t info = {.si_code = SI_QUEUE};
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    intento("kill", kill(pid, SIGSTOP));
    intento("kill al grupo", kill(-pid, SIGSTOP));
    intento("tgkill", syscall(SYS_tgkill, pid, pid, SIGSTOP));
    intento("tkill", syscall(SYS_tkill, pid, SIGSTOP));
    intento("sigqueue", syscall(SYS_rt_sigqueueinfo, pid, SIGSTOP, &info));
    if (fd >= 0) {
        intento("pidfd", syscall(SYS_pidfd_send_signal, fd, SIGSTOP, NULL, 0));
        intento("descriptores por pidfd", syscall(SYS_pidfd_getfd, fd, 0, 0));
    }
    /* Que el núcleo la mande por nosotros cuando llegue algo a una tubería. */
    int tubo[2];
    if (pipe(tubo) == 0 && fcntl(tubo[0], F_SETOWN, pid) == 0) {
        fcntl(tubo[0], F_SETSIG, SIGSTOP);
        fcntl(tubo[0], F_SETFL, O_ASYNC);
        if (write(tubo[1], "x", 1) == 1)
            puts("por tubería");
    }
}

static void mirar(pid_t pid)
{
    static const char *const secretos[] = {"environ", "mem", "maps", "auxv"};
    char ruta[64], byte;
    for (size_t i = 0; i < sizeof secretos / sizeof *secretos; i++) {
        snprintf(ruta, sizeof ruta, "/proc/%d/%s", pid, secretos[i]);
        intento(secretos[i], open(ruta, O_RDONLY));
    }
    snprintf(ruta, sizeof ruta, "/proc/%d/root/etc/passwd", pid);
    intento("root", open(ruta, O_RDONLY));
    snprintf(ruta, sizeof ruta, "/proc/%d/io", pid);
    intento("io", read(open(ruta, O_RDONLY), &byte, 1));
    snprintf(ruta, sizeof ruta, "/proc/%d/fd/0", pid);
    intento("su entrada", open(ruta, O_RDONLY));
    intento("qué es su entrada", readlink(ruta, &byte, 1));
    snprintf(ruta, sizeof ruta, "/proc/%d/oom_score_adj", pid);
    intento("oom_score_adj", open(ruta, O_WRONLY));
    intento("ptrace", ptrace(PTRACE_ATTACH, pid, NULL, NULL));
    intento("ptrace sin parar", ptrace(PTRACE_SEIZE, pid, NULL, NULL));
    struct iovec aqui = {&byte, 1}, alli = {(void *)0x400000, 1};
    intento("leer su memoria", process_vm_readv(pid, &aqui, 1, &alli, 1, 0));
}

static void frenar(pid_t pid)
{
    struct rlimit cero = {0, 0};
    unsigned long nucleo = 1;
    intento("prlimit", prlimit(pid, RLIMIT_NOFILE, &cero, NULL));
    intento("afinidad", syscall(SYS_sched_setaffinity, pid, sizeof nucleo, &nucleo));
    intento("prioridad", setpriority(PRIO_PROCESS, (id_t)pid, 19));
    intento("prioridad del grupo", setpriority(PRIO_PGRP, (id_t)pid, 19));
}

static void ipc(char **quien)
{
    int semaforo = atoi(quien[0]), cola = atoi(quien[1]), memoria = atoi(quien[2]);
    struct sembuf uno = {0, 1, 0};
    struct {
        long tipo;
        char dato;
    } mensaje = {1, 'x'};
    unsigned long contexto = 0;
    intento("semop", syscall(SYS_semop, semaforo, &uno, 1));
    intento("semtimedop", syscall(SYS_semtimedop, semaforo, &uno, 1, NULL));
    intento("msgsnd", syscall(SYS_msgsnd, cola, &mensaje, 1, IPC_NOWAIT));
    intento("msgrcv", syscall(SYS_msgrcv, cola, &mensaje, 1, 0, IPC_NOWAIT));
    intento("semctl", syscall(SYS_semctl, semaforo, 0, IPC_RMID, 0));
    intento("msgctl", syscall(SYS_msgctl, cola, IPC_RMID, NULL));
    intento("shmctl", syscall(SYS_shmctl, memoria, IPC_RMID, NULL));
    intento("mq_open", syscall(SYS_mq_open, quien[3], O_RDWR, 0, NULL));
    intento("mq_unlink", syscall(SYS_mq_unlink, quien[3]));
    /* Hay para toda la máquina los que diga aio-max-nr. */
    intento("io_setup", syscall(SYS_io_setup, 128, &contexto));
    puts("fin");
}

int main(int argc, char **argv)
{
    if (argc == 6) {
        ipc(argv + 2);
        return 0;
    }
    pid_t pid = argc > 1 ? atoi(argv[1]) : 0;
    if (pid <= 0)
        return 2;
    senales(pid);
    mirar(pid);
    frenar(pid);
    puts("fin");
}
