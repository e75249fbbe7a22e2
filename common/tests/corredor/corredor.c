/*
 * El corredor: cada prueba en su proceso, y a la vez las que diga TEST_JOBS o, si no dice nada,
 * tantas como procesadores, igual que Criterion. Lo que escribe cada una sale junto, debajo de su
 * resultado.
 *
 * El plazo no lo pone el reloj. Con la máquina ocupada, y una herramienta que lo hace todo diez
 * veces más lento, una prueba sana puede tardar minutos; la que está colgada apenas gasta
 * procesador: solo el hilo de la herramienta, si lo tiene. Se mata a la que lleva QUIETA_S sin
 * gastar más que eso ni estar esperando su turno, o a la que gasta MAXIMO_S.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SALTADA = 77, A_LA_VEZ = 64 };
enum { DE_LA_HERRAMIENTA = 20 }; /* en tics, de los que hay cien por segundo */

/* Sus pruebas los acortan. */
#ifndef QUIETA_S
#define QUIETA_S 60
#define MAXIMO_S 600
#endif

static struct corredor_prueba *primera, **ultima = &primera;
static int cuantas;

/* Una prueba en marcha. */
struct marcha {
    const struct corredor_prueba *prueba;
    pid_t hijo;
    int salida;
    unsigned long gasto; /* el que tenía la última vez que se miró */
    time_t desde;        /* segundos del reloj monótono en que lo tenía */
    bool colgada;
};

static struct marcha marchas[A_LA_VEZ];
static int numero, fallos;

void corredor_apunta(struct corredor_prueba *prueba)
{
    *ultima = prueba;
    ultima = &prueba->siguiente;
    cuantas++;
}

void corredor_falla(const char *archivo, int linea, const char *condicion,
                    const char *formato, ...)
{
    va_list args;

    printf("# %s:%d: %s.", archivo, linea, condicion);
    va_start(args, formato);
    vprintf(formato, args);
    va_end(args);
    printf("\n");
    fflush(stdout);
    _exit(1);
}

void corredor_salta(const char *formato, ...)
{
    va_list args;

    printf("#");
    va_start(args, formato);
    vprintf(formato, args);
    va_end(args);
    printf("\n");
    fflush(stdout);
    _exit(SALTADA);
}

/* ---- Arrancar y terminar ------------------------------------------------------------- */

static time_t ahora(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

/* En su proceso, donde no queda nada de las demás. */
static _Noreturn void ejecuta(const struct marcha *m)
{
    setrlimit(RLIMIT_CPU, &(struct rlimit){MAXIMO_S, MAXIMO_S});
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    signal(SIGALRM, SIG_DFL);
    dup2(m->salida, STDOUT_FILENO);
    dup2(m->salida, STDERR_FILENO);
    for (int i = 0; i < A_LA_VEZ; i++)
        if (marchas[i].hijo > 0 || &marchas[i] == m)
            close(marchas[i].salida);
    m->prueba->fn();
    fflush(stdout);
    _exit(0);
}

static void arranca(struct marcha *m, const struct corredor_prueba *prueba)
{
    *m = (struct marcha){.prueba = prueba, .desde = ahora()};
    m->salida = memfd_create("salida", MFD_CLOEXEC);
    fflush(stdout);
    m->hijo = m->salida < 0 ? -1 : fork();
    if (m->hijo < 0) {
        perror("corredor");
        exit(1);
    }
    if (m->hijo == 0)
        ejecuta(m);
}

/* Por qué se salta: la última línea que escribió. */
static const char *motivo(const struct marcha *m, char *texto, size_t n)
{
    off_t largo = lseek(m->salida, 0, SEEK_END);
    off_t desde = largo > (off_t)n - 1 ? largo - (off_t)n + 1 : 0;
    ssize_t leidos = pread(m->salida, texto, n - 1, desde);

    while (leidos > 0 && texto[leidos - 1] == '\n')
        leidos--;
    texto[leidos < 0 ? 0 : leidos] = '\0';
    const char *linea = strrchr(texto, '\n');
    linea = linea ? linea + 1 : texto;
    return linea + strspn(linea, "# ");
}

static void cuenta(struct marcha *m, int estado)
{
    bool saltada = WIFEXITED(estado) && WEXITSTATUS(estado) == SALTADA;
    bool bien = estado == 0 || saltada;
    char texto[4096];

    m->hijo = 0;
    fallos += !bien;
    printf("%s %d - %s::%s", bien ? "ok" : "not ok", ++numero, m->prueba->suite,
           m->prueba->nombre);
    if (saltada)
        printf(" # SKIP %s", motivo(m, texto, sizeof texto));
    if (!bien)
        printf(" (%s %d%s)", WIFSIGNALED(estado) ? "señal" : "salida",
               WIFSIGNALED(estado) ? WTERMSIG(estado) : WEXITSTATUS(estado),
               m->colgada ? ", colgada" : "");
    printf("\n");
    lseek(m->salida, 0, SEEK_SET);
    for (ssize_t n; (n = read(m->salida, texto, sizeof texto)) > 0;)
        fwrite(texto, 1, (size_t)n, stdout);
    close(m->salida);
    fflush(stdout);
}

/* ---- Vigilar ------------------------------------------------------------------------- */

/* El procesador que ha gastado un proceso con los hijos que ya recogió, en marcas del reloj
 * del núcleo, y su estado ('R': corre, o espera su turno); lo que sea si ya no está. */
static unsigned long gasto_de(pid_t pid, char *estado)
{
    char ruta[64], texto[1024];
    unsigned long suyo[4] = {0};

    snprintf(ruta, sizeof ruta, "/proc/%d/stat", pid);
    FILE *f = fopen(ruta, "re");
    size_t n = f ? fread(texto, 1, sizeof texto - 1, f) : 0;
    if (f)
        fclose(f);
    texto[n] = '\0';
    const char *tras_nombre = strrchr(texto, ')');
    if (tras_nombre)
        sscanf(tras_nombre + 1,
               " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %lu %lu", estado,
               &suyo[0], &suyo[1], &suyo[2], &suyo[3]);
    return suyo[0] + suyo[1] + suyo[2] + suyo[3];
}

static void vigila(struct marcha *m)
{
    char estado = 0;
    unsigned long gasto = gasto_de(m->hijo, &estado);

    if (estado == 'R' || gasto > m->gasto + DE_LA_HERRAMIENTA) {
        m->gasto = gasto;
        m->desde = ahora();
    } else if (ahora() - m->desde > QUIETA_S) {
        m->colgada = true;
        kill(m->hijo, SIGKILL);
    }
}

static void despierta(int senal)
{
    (void)senal;
}

/* Espera a que acabe alguna y la cuenta; cada segundo mira si las demás avanzan. */
static void recoge(int a_la_vez)
{
    int estado;
    pid_t hijo = waitpid(-1, &estado, 0);
    for (int i = 0; i < a_la_vez; i++) {
        if (marchas[i].hijo == 0)
            continue;
        if (marchas[i].hijo == hijo)
            cuenta(&marchas[i], estado);
        else
            vigila(&marchas[i]);
    }
}

int main(int argc, char **argv)
{
    const char *dicho = getenv("TEST_JOBS");
    long cuantas_a_la_vez = dicho ? atol(dicho) : sysconf(_SC_NPROCESSORS_ONLN);
    int a_la_vez = cuantas_a_la_vez < 1          ? 1
                   : cuantas_a_la_vez > A_LA_VEZ ? A_LA_VEZ
                                                 : (int)cuantas_a_la_vez;
    const char *filtro = argc > 1 ? argv[1] : "";
    int libres = a_la_vez;

    sigaction(SIGALRM, &(struct sigaction){.sa_handler = despierta}, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){{1, 0}, {1, 0}}, NULL);
    printf("TAP version 13\n1..%d\n", cuantas);
    for (struct corredor_prueba *p = primera; p || libres < a_la_vez;) {
        if (p && !strstr(p->nombre, filtro) && !strstr(p->suite, filtro)) {
            p = p->siguiente;
            continue;
        }
        struct marcha *m = marchas;
        while (m < marchas + a_la_vez && m->hijo != 0)
            m++;
        if (p && m < marchas + a_la_vez) {
            arranca(m, p);
            p = p->siguiente;
        } else {
            recoge(a_la_vez);
        }
        libres = 0;
        for (int i = 0; i < a_la_vez; i++)
            libres += marchas[i].hijo == 0;
    }
    return fallos > 0;
}
