/*
 * 5 · Construir · 40 minutos
 * Un panel que no espera más de lo que le dicen.
 *
 * Cuatro servicios contestan cada uno por su tubería, con una línea que puede
 * llegar a trozos. Escribe `vigilar`: los espera a todos a la vez, con poll, y
 * escribe una línea de cada uno en cuanto sabe cómo acabó:
 *
 * - su nombre y la línea que dijo, como «pagos: en línea», cuando ya la tiene entera;
 * - «video: se cortó», si su tubería se cierra antes de acabar la línea;
 * - «disco: sin respuesta», si pasan `ms` milisegundos desde que empezó
 *   `vigilar`. Estas salen las últimas, por el orden de la lista.
 *
 * Cuidado con tres cosas. El plazo es de todos: cada vuelta queda menos. Si llega
 * una señal, poll devuelve -1 con errno EINTR, y no es un fallo. Y quien ya acabó
 * no se vuelve a mirar: con fd = -1, poll se lo salta.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SERVICIOS = 4 };

struct servicio {
    const char *nombre;
    int fd;         /* de dónde se lee; -1 si ya acabó */
    char dicho[64]; /* lo que lleva dicho */
    size_t n;
};

static long ahora_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Lee lo que haya y, si con ello acaba, lo dice. */
static void leer(struct servicio *s)
{
    ssize_t n = read(s->fd, s->dicho + s->n, sizeof s->dicho - s->n);
    char *fin = n > 0 ? memchr(s->dicho + s->n, '\n', (size_t)n) : NULL;

    if (n > 0)
        s->n += (size_t)n;
    if (fin)
        printf("%s: %.*s\n", s->nombre, (int)(fin - s->dicho), s->dicho);
    else if (n <= 0 || s->n == sizeof s->dicho)
        printf("%s: se cortó\n", s->nombre);
    else
        return;
    s->fd = -1;
}

static int vigilar(struct servicio *servicios, int n, int ms)
{
    struct pollfd fds[SERVICIOS];
    long limite = ahora_ms() + ms;

    for (;;) {
        int quedan = 0;
        for (int i = 0; i < n; i++) {
            fds[i] = (struct pollfd){.fd = servicios[i].fd, .events = POLLIN};
            quedan += servicios[i].fd >= 0;
        }
        long falta = limite - ahora_ms();
        if (quedan == 0 || falta <= 0)
            break;
        if (poll(fds, (nfds_t)n, (int)falta) < 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        for (int i = 0; i < n; i++) {
            if (fds[i].fd >= 0 && fds[i].revents)
                leer(&servicios[i]);
        }
    }
    for (int i = 0; i < n; i++) {
        if (servicios[i].fd >= 0)
            printf("%s: sin respuesta\n", servicios[i].nombre);
    }
    return 0;
}

/* ---- los servicios, en otro proceso ---- */

/* Lo que hace cada uno, después de descansar `ms`. */
static const struct {
    int servicio, ms;
    const char *dice; /* NULL: cuelga */
    size_t n;
} guion[] = {{0, 20, "listo\n", 6},
             {1, 30, "en lí", 6},
             {1, 30, "nea\n", 4},
             {2, 30, "cargan", 6},
             {2, 30, NULL, 0}};

static void nada(int signal)
{
    (void)signal;
}

int main(void)
{
    struct servicio servicios[SERVICIOS] = {{.nombre = "correo"},
                                            {.nombre = "pagos"},
                                            {.nombre = "video"},
                                            {.nombre = "disco"}};
    int escribe[SERVICIOS];

    signal(SIGUSR1, nada);
    for (int i = 0; i < SERVICIOS; i++) {
        int tubo[2];
        if (pipe(tubo) < 0)
            return 1;
        servicios[i].fd = tubo[0];
        escribe[i] = tubo[1];
    }
    pid_t padre = getpid(), hijo = fork();
    if (hijo < 0)
        return 1;
    if (hijo == 0) {
        for (size_t i = 0; i < sizeof guion / sizeof *guion; i++) {
            poll(NULL, 0, guion[i].ms); /* sin nada que mirar, solo duerme */
            kill(padre, SIGUSR1);
            int fd = escribe[guion[i].servicio];
            if (!guion[i].dice)
                close(fd);
            else if (write(fd, guion[i].dice, guion[i].n) < 0)
                _exit(1);
        }
        pause(); /* el disco no contesta nunca */
        _exit(0);
    }
    for (int i = 0; i < SERVICIOS; i++)
        close(escribe[i]);
    int rc = vigilar(servicios, SERVICIOS, 500);
    kill(hijo, SIGKILL);
    return rc < 0;
}
