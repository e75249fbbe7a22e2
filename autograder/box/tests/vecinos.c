/* Lo que hay alrededor: otros procesos y archivos del mismo usuario, y los puertos de otros. */
#include "pruebas.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(vecinos, .timeout = 60);

static struct caso atacar(const char *nombre, char *const *args)
{
    struct box_options o = ataque(nombre, args);
    return correr(&o);
}

/* Un proceso del mismo usuario que está fuera: ni se le toca ni se le mira. */
Test(vecinos, otro_proceso)
{
    char numero[16];
    int estado;
    pid_t vecino = fork();
    if (vecino == 0) {
        pause();
        _exit(0);
    }
    snprintf(numero, sizeof numero, "%d", (int)vecino);
    struct caso c = atacar("vecino", ARGS(numero));
    ESPERA_CODIGO(c, 0);
    ESPERA_SIN(c, "conseguido");
    ESPERA_SALIDA(c, "fin");
    cr_assert_eq(waitpid(vecino, &estado, WNOHANG | WUNTRACED), 0, "estado %x", estado);
    kill(vecino, SIGKILL);
    waitpid(vecino, NULL, 0);
    soltar(&c);
}

/* Semáforos, colas y memoria con nombre o número, que no son archivos; y lo que hay para todos. */
Test(vecinos, lo_que_comparten_otros_procesos)
{
    char numeros[3][16], nombre[40];
    int ids[] = {semget(IPC_PRIVATE, 1, 0600), msgget(IPC_PRIVATE, 0600),
                 shmget(IPC_PRIVATE, 4096, 0600)};
    for (int i = 0; i < 3; i++) {
        cr_assert_geq(ids[i], 0);
        snprintf(numeros[i], sizeof numeros[i], "%d", ids[i]);
    }
    snprintf(nombre, sizeof nombre, "/vecino-%d", (int)getpid());
    mq_unlink(nombre); /* de otra vez que no llegó al final */
    mqd_t cola = mq_open(nombre, O_RDWR | O_CREAT | O_EXCL, 0600, NULL);
    cr_assert_geq(cola, 0);
    /* La llamada al sistema quiere el nombre sin barra. */
    struct caso c = atacar("vecino",
                           ARGS("ipc", numeros[0], numeros[1], numeros[2], nombre + 1));
    ESPERA_CODIGO(c, 0);
    ESPERA_SIN(c, "conseguido");
    ESPERA_SALIDA(c, "fin");
    cr_assert_eq(semctl(ids[0], 0, IPC_RMID), 0);
    cr_assert_eq(msgctl(ids[1], IPC_RMID, NULL), 0);
    cr_assert_eq(shmctl(ids[2], IPC_RMID, NULL), 0);
    cr_assert_eq(mq_unlink(nombre), 0);
    mq_close(cola);
    soltar(&c);
}

/* Un archivo del mismo usuario, que está fuera: sale como entró. */
Test(vecinos, archivo_ajeno)
{
    char ruta[PATH_MAX], texto[8] = "";
    struct stat antes, despues;
    snprintf(ruta, sizeof ruta, "%s/ajeno", carpeta_nueva());
    int fd = open(ruta, O_RDWR | O_CREAT | O_EXCL, 0644);
    cr_assert_eq(write(fd, "hola", 4), 4);
    cr_assert_eq(fstat(fd, &antes), 0);
    struct caso c = atacar("archivos", ARGS("ajeno", ruta));
    ESPERA_CODIGO(c, 0);
    ESPERA_SIN(c, "conseguido");
    ESPERA_SALIDA(c, "fin");
    cr_assert_eq(stat(ruta, &despues), 0);
    cr_assert_eq(despues.st_ino, antes.st_ino);
    cr_assert_eq(despues.st_mode, antes.st_mode);
    cr_assert_eq(despues.st_mtim.tv_sec, antes.st_mtim.tv_sec);
    cr_assert_eq(pread(fd, texto, sizeof texto, 0), 4);
    cr_assert_str_eq(texto, "hola");
    soltar(&c);
    close(fd);
    unlink(ruta);
    *strrchr(ruta, '/') = '\0';
    cr_assert_eq(rmdir(ruta), 0);
}

/* Con permisos de escritura para todos: lo que importa no es de quién son. */
Test(vecinos, socket_con_ruta)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "%s/s", carpeta_nueva());
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    cr_assert_eq(listen(fd, 4), 0);
    struct caso c = atacar("red", ARGS("unix", a.sun_path));
    ESPERA_CODIGO(c, 0);
    ESPERA_SIN(c, "PERMITIDO");
    soltar(&c);
    close(fd);
    unlink(a.sun_path);
    *strrchr(a.sun_path, '/') = '\0';
    rmdir(a.sun_path);
}

Test(vecinos, socket_abstracto)
{
    SOLO(peldano() < BOX_FULL, "en la completa solo están los de su prueba");
    char nombre[40];
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(nombre, sizeof nombre, "vecino-%d", (int)getpid());
    strcpy(a.sun_path + 1, nombre);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
                              strlen(nombre));
    cr_assert_eq(bind(fd, (struct sockaddr *)&a, n), 0);
    cr_assert_eq(listen(fd, 4), 0);
    struct caso c = atacar("red", ARGS("abstracto", nombre));
    ESPERA_CODIGO(c, 0);
    ESPERA_SIN(c, "PERMITIDO");
    soltar(&c);
    close(fd);
}

/* Un servidor de otra prueba, y en `puerto` el suyo. */
static int escuchar(bool compartido, int *puerto)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), uno = 1;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (compartido) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &uno, sizeof uno);
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &uno, sizeof uno);
    }
    cr_assert_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&a, &n), 0);
    cr_assert_eq(listen(fd, 16), 0);
    *puerto = ntohs(a.sin_port);
    return fd;
}

/* Los servidores de mentira reservan su puerto con SO_REUSEPORT. Con red propia solo está el
 * de su misma prueba; sin ella, los de todas. */
Test(vecinos, puerto_de_otra_prueba)
{
    char puerto[8];
    int numero, fd = escuchar(true, &numero);
    snprintf(puerto, sizeof puerto, "%d", numero);
    if (peldano() >= BOX_PARTIAL)
        cr_assert_eq(box_new_network(), 0);
    struct caso c = atacar("red", ARGS("robar", puerto));
    cr_assert_str_eq(c.salida.out,
                     peldano() >= BOX_PARTIAL ? "PERMITIDO\n" : "EADDRINUSE\n");
    soltar(&c);
    close(fd);
}

/* El servidor de mentira, o el PostgreSQL, de otra prueba. Con red propia no está; sin ella, solo
 * se conecta a los puertos que se le dan. */
Test(vecinos, servidor_de_otra_prueba)
{
    char puerto[8];
    int numero, fd = escuchar(false, &numero);
    snprintf(puerto, sizeof puerto, "%d", numero);
    struct box_options o = ataque("red", ARGS("alcanzar", puerto));
    o.ports = &numero;
    o.port_count = 1;
    struct caso c = correr(&o);
    ESPERA_SALIDA(c, "conseguido: tcp");
    soltar(&c);
    if (peldano() == BOX_ISOLATED)
        return; /* ahí nada le cierra la red */
    if (peldano() >= BOX_PARTIAL)
        cr_assert_eq(box_new_network(), 0);
    c = atacar("red", ARGS("alcanzar", puerto));
    ESPERA_CODIGO(c, 0);
    ESPERA_SIN(c, "conseguido");
    ESPERA_SALIDA(c, "fin");
    soltar(&c);
    close(fd);
}

/* Nadie deja de contar sus descriptores porque lo pida: o se cuentan, o se sabe que no. */
Test(vecinos, quien_se_esconde)
{
    struct box_options o = ataque("final", ARGS("descriptores", "25", "esconder"));
    struct box_usage uso;
    int tuberia[2];
    box_run *run;
    cr_assert_eq(pipe2(tuberia, O_CLOEXEC), 0);
    o.stdout_fd = tuberia[1];
    cr_assert_eq(box_start(&run, &o), 0);
    close(tuberia[1]);
    cr_assert(leer_hasta(tuberia[0], "listo"));
    cr_assert_eq(box_sample(run, &uso), 0);
    cr_assert_eq(uso.open_files, 28);
    box_free(run);
    close(tuberia[0]);
    if (peldano() <= BOX_MINIMAL)
        return; /* ahí no se ejecuta lo que se escribe, o quien mira puede con él */
    /* El núcleo esconde a quien ejecuta lo que no puede leer. */
    o = ataque("final", ARGS("-c", "cp /usr/bin/sleep s; chmod 111 s; exec ./s 20"));
    o.program = "/usr/bin/sh";
    cr_assert_eq(box_start(&run, &o), 0);
    do
        cr_assert_eq(box_sample(run, &uso), 0);
    while (uso.open_files >= 0);
    box_free(run);
}

/* Un proceso que está acabando no se deja mirar un instante, y no por eso se esconde. */
Test(vecinos, quien_acaba_no_se_esconde, .timeout = 120)
{
    struct box_options o = ataque(
        "final", ARGS("-c", "echo listo; while :; do /bin/true & wait; done"));
    struct box_usage uso;
    int tuberia[2];
    box_run *run;
    o.program = "/usr/bin/sh";
    o.limits.wall_ms = o.limits.cpu_ms = 110000; /* dura lo que tarden las miradas */
    cr_assert_eq(pipe2(tuberia, O_CLOEXEC), 0);
    o.stdout_fd = tuberia[1];
    cr_assert_eq(box_start(&run, &o), 0);
    close(tuberia[1]);
    cr_assert(leer_hasta(tuberia[0], "listo"));
    for (int i = 0; i < 500; i++) {
        cr_assert_eq(box_sample(run, &uso), 0);
        cr_assert_geq(uso.open_files, 0, "en la mirada %d", i);
    }
    box_free(run);
    close(tuberia[0]);
}

/* ---- elegir el peldaño ---------------------------------------------------------------- */

Test(vecinos, ningun_peldano_por_encima_del_pedido)
{
    char porque[1200];
    enum box_rung posible;
    SOLO(peldano() != BOX_ISOLATED, "se elige siendo root, y aquí ya no se es");
    cr_assert_eq(box_choose(peldano(), 0, 0, &posible, porque, sizeof porque), 0, "%s",
                 porque);
    cr_assert_eq(posible, peldano());
    cr_assert_str_eq(porque, "");
    cr_assert_eq(box_rung_named(box_rung_name(peldano())), peldano());
    cr_assert_eq(box_rung_named("otra"), BOX_FULL);
    cr_assert_eq(box_rung_named(NULL), BOX_FULL);
}

/* Sin Landlock ni espacios de nombres no se baja hasta no tener caja. */
Test(vecinos, sin_landlock_se_niega)
{
    char *const programa = strdup(zona("contenedor"));
    int estado;
    pid_t hijo = fork();
    if (hijo == 0) {
        execl(programa, programa, "sin-landlock", programa, "elegir", NULL);
        _exit(9);
    }
    waitpid(hijo, &estado, 0);
    cr_assert(WIFEXITED(estado) && WEXITSTATUS(estado) == 100, "estado %x", estado);
    hijo = fork();
    if (hijo == 0) {
        execl(programa, programa, "sin-espacios", programa, "elegir", NULL);
        _exit(9);
    }
    waitpid(hijo, &estado, 0);
    cr_assert(WIFEXITED(estado) && WEXITSTATUS(estado) == BOX_MINIMAL, "estado %x",
              estado);
    free(programa);
}
