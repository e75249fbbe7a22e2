/* Estorbar al guardián (el padre, que es del mismo usuario): quitarle descriptores, un núcleo o
 * prioridad. Cada intento se prueba también con basura en la mitad alta del número, que el
 * núcleo no mira. Escribe «conseguido: NOMBRE» de cada uno que sale, y de lo que un programa
 * puede hacerse a sí mismo, «mío: NOMBRE». */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DE_UN_PROCESO = 1, DE_UN_USUARIO = 3 }; /* lo que mira ioprio_set */

static void intento(const char *que, const char *nombre, long rc)
{
    if (rc >= 0)
        printf("%s: %s\n", que, nombre);
}

static void estorbar(const char *que, long quien)
{
    struct rlimit cero = {0, 0}, *nuevo = quien == 0 ? NULL : &cero;
    unsigned long nucleos[16] = {1};
    struct sched_param normal = {0};
    struct {
        unsigned size, policy;
        unsigned long long rest[6];
    } atributos = {.size = 48, .policy = quien == 0 ? SCHED_OTHER : SCHED_IDLE};
    int politica = quien == 0 ? SCHED_OTHER : SCHED_IDLE;

    intento(que, "prlimit", syscall(SYS_prlimit64, quien, RLIMIT_NOFILE, nuevo, NULL));
    intento(que, "afinidad",
            syscall(SYS_sched_setaffinity, quien, sizeof nucleos, nucleos));
    intento(que, "planificador",
            syscall(SYS_sched_setscheduler, quien, politica, &normal));
    intento(que, "parametros", syscall(SYS_sched_setparam, quien, &normal));
    intento(que, "atributos", syscall(SYS_sched_setattr, quien, &atributos, 0));
    intento(que, "prioridad", syscall(SYS_setpriority, PRIO_PROCESS, quien, 19));
    intento(que, "disco", syscall(SYS_ioprio_set, DE_UN_PROCESO, quien, 7 << 13));
    intento(que, "migrar", syscall(SYS_migrate_pages, quien, 64, nucleos, nucleos));
    intento(que, "mover", syscall(SYS_move_pages, quien, 0, NULL, NULL, NULL, 0));
}

int main(void)
{
    const long alto = 1L << 32;
    estorbar("mío", 0);
    estorbar("conseguido", getppid());
    estorbar("conseguido", alto | getppid());
    intento("conseguido", "prioridad de todos",
            syscall(SYS_setpriority, PRIO_USER, 0, 19));
    intento("conseguido", "prioridad de todos, con basura",
            syscall(SYS_setpriority, alto | PRIO_USER, 0, 19));
    intento("conseguido", "disco de todos",
            syscall(SYS_ioprio_set, DE_UN_USUARIO, 0, 7 << 13));
    /* Una terminal que no lo es responde ENOTTY: EPERM es que nadie la miró. */
    if (syscall(SYS_ioctl, 0, alto | TIOCSTI, "x") == 0 || errno != EPERM)
        puts("conseguido: escribir en una terminal");
    puts("fin");
}
