/* Un servidor con varios bucles, cada uno en su hilo. El hilo principal
 * acepta y reparte; de lo demás, los bucles no comparten nada.
 * `./varios_bucles 4` usa cuatro. */
#include <arpa/inet.h>
#include <asinc/asinc.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BUCLES_MAX = 8, CLIENTES = 100, CALCULOS = 2, PACIENCIA = 300 };

static void salir_si(int falla, const char *que)
{
    if (!falla)
        return;
    fprintf(stderr, "varios_bucles: %s\n", que);
    exit(1);
}

/* [camarero] */
struct camarero {
    pthread_t hilo;
    sem_t lista;     /* ya tiene bucle, o no lo tendrá */
    as_loop *bucle;  /* para hablarle desde fuera */
    as_queue llegan; /* de struct cliente *; solo la toca su bucle */
    int atendidos;   /* solo la toca su bucle */
};

struct cliente {
    struct camarero *camarero;
    int fd;
};
/* [/camarero] */

/* ---- Lo único que comparten -------------------------------------- */

static int64_t milisegundos(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* [juntos] */
static atomic_int empezados; /* cálculos; la tocan todos los hilos */

/* Calcula sin suspenderse hasta que otro hilo calcula a la vez.
 * ¿Coincidió con alguno? */
static int calcular(void)
{
    int64_t hasta = milisegundos() + PACIENCIA;

    atomic_fetch_add(&empezados, 1);
    while (atomic_load(&empezados) < CALCULOS && milisegundos() < hasta)
        continue;
    return milisegundos() < hasta;
}
/* [/juntos] */

/* ---- Cada bucle -------------------------------------------------- */

static int responder(as_stream *flujo)
{
    char linea[32];

    ssize_t n = as_readline(flujo, linea, sizeof linea);
    if (n < 0)
        return (int)n;
    if (strcmp(linea, "calcula") == 0)
        return as_writef(flujo, "%s\n", calcular() ? "juntos" : "solo");
    return as_writef(flujo, "hola\n");
}

/* [atender] */
static int atender(void *arg)
{
    struct cliente *c = arg;
    as_stream *flujo;

    int rc = as_stream_open_fd(c->fd, &flujo);
    if (rc < 0) {
        close(c->fd);
        return rc;
    }
    c->camarero->atendidos++; /* sin cerrojo: todo es de este hilo */
    rc = responder(flujo);
    as_stream_close(flujo);
    return rc;
}

static int trabajar(void *arg)
{
    struct camarero *m = arg;
    void *cliente;
    as_group grupo;
    int rc;

    as_queue_init(&m->llegan, 0);
    m->bucle = as_current_loop();
    sem_post(&m->lista); /* ya pueden entregar */
    as_group_enter(&grupo);
    while ((rc = as_queue_get(&m->llegan, &cliente)) == 0) {
        rc = as_start_soon(&grupo, "cliente", atender, cliente);
        if (rc < 0)
            break;
    }
    rc = as_group_leave(&grupo, rc == UV_EOF ? 0 : rc);
    as_queue_destroy(&m->llegan);
    return rc;
}
/* [/atender] */

static void *hilo_de_camarero(void *arg)
{
    struct camarero *m = arg;

    int rc = as_run(trabajar, m);
    if (rc < 0)
        fprintf(stderr, "varios_bucles: %s\n", as_error_text(rc));
    sem_post(&m->lista);
    return NULL;
}

/* ---- El hilo principal ------------------------------------------- */

/* [entregar] */
/* Estas dos las llama el bucle del camarero, en su hilo. */
static void entregar(void *arg)
{
    struct cliente *c = arg;

    if (as_queue_put_nowait(&c->camarero->llegan, c) < 0)
        close(c->fd);
}

static void cerrar(void *arg)
{
    struct camarero *m = arg;

    as_queue_close(&m->llegan);
}
/* [/entregar] */

/* [repartir] */
static void repartir(int oido, struct camarero *camareros, int cuantos,
                     struct cliente *clientes)
{
    for (int i = 0; i < CLIENTES; i++) {
        struct cliente *c = &clientes[i];
        c->camarero = &camareros[i % cuantos]; /* por turno */
        c->fd = accept(oido, NULL, NULL);
        salir_si(c->fd < 0, "accept");
        if (as_call_soon_threadsafe(c->camarero->bucle, entregar, c) <
            0)
            close(c->fd);
    }
}
/* [/repartir] */

static int abrir_puerto(int *puerto)
{
    struct sockaddr_in aqui = {.sin_family = AF_INET};
    socklen_t tamano = sizeof aqui;
    int oido = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    aqui.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    salir_si(
        oido < 0 || bind(oido, (struct sockaddr *)&aqui, tamano) < 0 ||
            listen(oido, CLIENTES) < 0 ||
            getsockname(oido, (struct sockaddr *)&aqui, &tamano) < 0,
        "no puedo escuchar");
    *puerto = ntohs(aqui.sin_port);
    return oido;
}

/* ---- Los clientes, en otro hilo con su bucle --------------------- */

struct llamada {
    as_stream *flujo;
    int calcula, juntos;
};

static int conversar(void *arg)
{
    struct llamada *l = arg;
    char linea[32];

    int rc = as_writef(l->flujo, l->calcula ? "calcula\n" : "hola\n");
    if (rc < 0)
        return rc;
    ssize_t n = as_readline(l->flujo, linea, sizeof linea);
    l->juntos = n >= 0 && strcmp(linea, "juntos") == 0;
    return n < 0 ? (int)n : 0;
}

static int llamar_todos(void *arg)
{
    static struct llamada llamadas[CLIENTES];
    int *puerto = arg, rc = 0, abiertas = 0, juntos = 1;

    for (int i = 0; i < CLIENTES && rc == 0; i++) {
        llamadas[i].calcula = i < CALCULOS;
        rc = as_connect("127.0.0.1", *puerto, &llamadas[i].flujo);
        abiertas += rc == 0;
    }
    if (rc == 0)
        rc = as_gather_each(conversar, llamadas, CLIENTES,
                            sizeof *llamadas, NULL);
    for (int i = 0; i < abiertas; i++)
        as_stream_close(llamadas[i].flujo);
    for (int i = 0; i < CALCULOS; i++)
        juntos &= llamadas[i].juntos;
    printf("¿dos cálculos a la vez? %s\n", juntos ? "sí" : "no");
    return rc;
}

static void *hilo_de_clientes(void *arg)
{
    salir_si(as_run(llamar_todos, arg) < 0, "fallan los clientes");
    return NULL;
}

int main(int argc, char **argv)
{
    static struct camarero camareros[BUCLES_MAX];
    static struct cliente clientes[CLIENTES];
    int cuantos = argc > 1 ? atoi(argv[1]) : 4, puerto;
    pthread_t fuera;

    salir_si(cuantos < 1 || cuantos > BUCLES_MAX, "de 1 a 8 bucles");
    int oido = abrir_puerto(&puerto);
    /* [main] */
    for (int i = 0; i < cuantos; i++) {
        struct camarero *m = &camareros[i];
        sem_init(&m->lista, 0, 0);
        salir_si(pthread_create(&m->hilo, NULL, hilo_de_camarero, m) !=
                     0,
                 "pthread_create");
        sem_wait(&m->lista);
        salir_si(!m->bucle, "un hilo se quedó sin bucle");
    }
    /* [/main] */
    salir_si(pthread_create(&fuera, NULL, hilo_de_clientes, &puerto) !=
                 0,
             "pthread_create");
    repartir(oido, camareros, cuantos, clientes);
    pthread_join(fuera, NULL);
    /* [final] */
    for (int i = 0; i < cuantos; i++) {
        struct camarero *m = &camareros[i];
        (void)!as_call_soon_threadsafe(m->bucle, cerrar, m);
        pthread_join(m->hilo, NULL); /* y ya se puede mirar lo suyo */
        printf("bucle %d: %d clientes\n", i + 1, m->atendidos);
    }
    /* [/final] */
    close(oido);
    return 0;
}
