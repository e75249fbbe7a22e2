/* Lo que el programa no puede ver, tocar ni dejar atrás. */
#include "base/dir.h"
#include "pruebas.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(encierro, .timeout = 60);

static struct caso atacar(const char *nombre, char *const *args)
{
    struct box_options o = ataque(nombre, args);
    return correr(&o);
}

Test(encierro, demonio_no_sobrevive)
{
    struct caso c = atacar("procesos", ARGS("demonio", "demonio-encerrado"));
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, "fuera");
    ESPERA_SIN(c, "sigue");
    cr_assert_eq(c.fin.leftovers, 1);
    cr_assert_eq(vivos("demonio-encerrado"), 0);
    soltar(&c);
}

Test(encierro, matar_no_alcanza_a_nadie_de_fuera)
{
    struct caso c = atacar("procesos", ARGS("matar_padre"));
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, "el padre sigue");
    soltar(&c);
    c = atacar("procesos", ARGS("matar_todo"));
    ESPERA_CODIGO(c, 0);
    soltar(&c);
}

Test(encierro, ptrace_al_guardian)
{
    struct caso c = atacar("procesos", ARGS("ptrace"));
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, "ptrace: -1");
    soltar(&c);
}

/* Ni sus límites, ni su procesador, ni su prioridad. */
Test(encierro, estorbar_al_guardian)
{
    struct caso c = atacar("guardian", ARGS(NULL));
    ESPERA_CODIGO(c, 0);
    ESPERA_SIN(c, "conseguido");
    ESPERA_SALIDA(c, "mío: prlimit");
    ESPERA_SALIDA(c, "mío: afinidad");
    ESPERA_SALIDA(c, "mío: prioridad");
    ESPERA_SALIDA(c, "fin");
    soltar(&c);
}

Test(encierro, guardian_opaco)
{
    struct caso c = atacar("espia", ARGS("leer", "padre/environ", "padre/mem",
                                         "padre/maps", "padre/fd", "padre/root/etc/hosts",
                                         "padre/auxv", "/etc/hosts"));
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, "/etc/hosts: LEÍDO");
    const char *hueco = strstr(c.salida.out, "LEÍDO");
    cr_assert_null(strstr(hueco + 1, "LEÍDO"), "leyó de más:\n%s", c.salida.out);
    soltar(&c);
}

Test(encierro, solo_se_ve_a_si_mismo)
{
    SOLO(peldano() == BOX_FULL, "más abajo se ven los demás");
    struct caso c = atacar("espia", ARGS("procesos"));
    cr_assert_str_eq(c.salida.out, "/run/runner yo ");
    soltar(&c);
}

/* Los archivos del corrector, de la suite y de otros no existen dentro. */
Test(encierro, archivos_de_fuera)
{
    char suite[PATH_MAX], vecino[PATH_MAX];
    SOLO(peldano() != BOX_ISOLATED,
         "lo que puede leer cualquiera se lee: por eso se exige cerrarlo");
    strcpy(suite, zona("pruebas"));
    strcpy(vecino, zona("cpu"));
    cr_assert_eq(access(suite, R_OK), 0);
    struct caso c = atacar("espia",
                           ARGS("leer", suite, vecino, "/etc/shadow", "/home", "/root",
                                "/var", "/sys", "/run/user", "/boot", "/opt"));
    ESPERA_CODIGO(c, 0);
    ESPERA_SIN(c, "LEÍDO");
    soltar(&c);
}

Test(encierro, entorno_limpio)
{
    setenv("ASINC_SECRETO", "respuesta", 1);
    struct box_options o = ataque("espia", ARGS("entorno"));
    o.env = ARGS("PUERTO=8080", "LANG=es_ES.UTF-8");
    struct caso c = correr(&o);
    ESPERA_CODIGO(c, 0);
    ESPERA_SIN(c, "ASINC");
    ESPERA_SALIDA(c, "PUERTO=8080\n");
    ESPERA_SALIDA(c, "LANG=es_ES.UTF-8\n");
    ESPERA_SALIDA(c, peldano() >= BOX_PARTIAL ? "HOME=/caja\n" : "HOME=/");
    int lineas = 0;
    for (const char *p = c.salida.out; (p = strchr(p, '\n')); p++)
        lineas++;
    cr_assert_leq(lineas, 5, "%s", c.salida.out); /* las cuatro y el PWD de bwrap */
    soltar(&c);
}

Test(encierro, sin_descriptores_heredados)
{
    /* Uno de los nuestros, a propósito sin CLOEXEC y con número alto. */
    int abierto = open("/dev/null", O_RDONLY);
    cr_assert_eq(dup2(abierto, 200), 200);
    struct caso c = atacar("espia", ARGS("descriptores"));
    ESPERA_CODIGO(c, 0);
    cr_assert_str_eq(c.salida.out, "0 1 2 ");
    soltar(&c);
}

Test(encierro, red_sin_salida)
{
    SOLO(peldano() >= BOX_PARTIAL, "en la mínima no hay red propia");
    struct caso c = atacar("red", ARGS("interfaces"));
    cr_assert_str_eq(c.salida.out, "lo ");
    soltar(&c);
    c = atacar("red", ARGS("salir"));
    cr_assert_str_eq(c.salida.out, "ENETUNREACH\n");
    soltar(&c);
}

/* Las mismas en cada peldaño, y lo que dice de ellas labs/caja.md. */
Test(encierro, llamadas_prohibidas)
{
    struct caso c = atacar("red", ARGS("familias"));
    ESPERA_CODIGO(c, 0);
    cr_assert_str_eq(c.salida.out,
                     "vsock EAFNOSUPPORT\npacket EAFNOSUPPORT\nalta EAFNOSUPPORT\n"
                     "raw EPERM\nunix EAFNOSUPPORT\ninotify EPERM\ninet "
                     "PERMITIDO\nuserns EPERM\nclone EPERM\n"
                     "io_uring ENOSYS\nbpf EPERM\nkeyctl EPERM\ntiocsti EPERM\n");
    soltar(&c);
}

/* Un servidor de esta suite en un puerto fijo: `shared_net` lo ve y la red propia no. */
static int escuchar(int puerto)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)puerto)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), uno = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &uno, sizeof uno);
    cr_assert_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0, "%s", strerror(errno));
    cr_assert_eq(listen(fd, 8), 0);
    return fd;
}

static void *saludar(void *fd)
{
    int cliente = accept(*(int *)fd, NULL, NULL);
    if (write(cliente, "hola", 4) == 4)
        shutdown(cliente, SHUT_WR);
    close(cliente);
    return NULL;
}

Test(encierro, puerto_fijo_compartido_con_la_exterior)
{
    SOLO(peldano() >= BOX_PARTIAL, "en la mínima no hay red propia");
    int fd = escuchar(8080);
    pthread_t servidor;
    pthread_create(&servidor, NULL, saludar, &fd);
    struct caso c = atacar("red", ARGS("conectar", "8080"));
    cr_assert_str_eq(c.salida.out, "recibido hola\n");
    pthread_join(servidor, NULL);
    soltar(&c);
    struct box_options o = ataque("red", ARGS("conectar", "8080"));
    o.shared_net = false;
    c = correr(&o);
    cr_assert_str_eq(c.salida.out, "ECONNREFUSED\n");
    soltar(&c);
    close(fd);
}

/* El programa de una prueba no alcanza los servidores de otra, y usa los de la suya. */
Test(encierro, cada_prueba_con_su_red)
{
    SOLO(peldano() >= BOX_PARTIAL, "en la mínima no hay red propia");
    int ajeno = escuchar(8082);
    cr_assert_eq(box_new_network(), 0);
    struct caso c = atacar("red", ARGS("conectar", "8082"));
    cr_assert_str_eq(c.salida.out, "ECONNREFUSED\n");
    soltar(&c);
    int propio = escuchar(8082);
    pthread_t servidor;
    pthread_create(&servidor, NULL, saludar, &propio);
    c = atacar("red", ARGS("conectar", "8082"));
    cr_assert_str_eq(c.salida.out, "recibido hola\n");
    pthread_join(servidor, NULL);
    soltar(&c);
    cr_assert_eq(box_new_network(), -EPERM, "ya no tiene con qué");
    close(propio);
    close(ajeno);
}

/* Lo que la exterior permite a la suite no llega a ningún programa. */
Test(encierro, sin_los_permisos_de_la_exterior)
{
    struct box_options o = ataque("espia", ARGS(NULL));
    o.program = "/bin/grep";
    o.args = ARGS("-c", "^Cap[A-Z][a-z]*:\t0000000000000000$", "/proc/self/status");
    struct caso c = correr(&o);
    /* Todas, o todas menos el tope, que sin ninguna otra no da nada. */
    cr_assert_geq(atoi(c.salida.out), peldano() >= BOX_PARTIAL ? 5 : 4);
    soltar(&c);
}

/* Dos exteriores a la vez usan el mismo puerto: la segunda nace dentro de esta. */
Test(encierro, puerto_fijo_en_dos_exteriores)
{
    SOLO(peldano() >= BOX_PARTIAL, "en la mínima no hay exterior");
    int fd = escuchar(8081), estado;
    char programa[PATH_MAX];
    strcpy(programa, zona("red"));
    int tuberia[2], salida = dup(1);
    cr_assert_eq(pipe(tuberia), 0);
    dup2(tuberia[1], 1);
    int rc = box_outer_run(ARGS(programa, "servir", "8081"), peldano(), 0, 0, &estado);
    dup2(salida, 1);
    close(tuberia[1]);
    cr_assert_eq(rc, 0, "%s", strerror(-rc));
    cr_assert(leer_hasta(tuberia[0], "PERMITIDO"), "estado %x", estado);
    close(fd);
}

/* El /tmp de la exterior es suyo: Criterion deja ahí sockets con nombre de pid repetible. */
Test(encierro, exterior_con_tmp_propio)
{
    SOLO(peldano() >= BOX_PARTIAL, "en la mínima no hay exterior");
    int estado;
    setenv("TMPDIR", "/tmp", 1);
    const char *carpeta = carpeta_nueva();
    int rc = box_outer_run(ARGS("/usr/bin/test", "-e", (char *)carpeta), peldano(), 0, 0,
                           &estado);
    cr_assert_eq(rc, 0);
    cr_assert(WIFEXITED(estado) && WEXITSTATUS(estado) == 1, "estado %x", estado);
    rmdir(carpeta);
}

/* Y tiene un tope: lo que se presta a los programas no llena el disco ni la memoria. */
Test(encierro, exterior_con_tmp_acotado)
{
    SOLO(peldano() >= BOX_PARTIAL, "en la mínima no hay exterior");
    char *const orden[] = {"/bin/sh", "-c",
                           "echo $TMPDIR | grep -qx /tmp && "
                           "! head -c 600M /dev/zero >/tmp/lleno && rm /tmp/lleno && "
                           "echo cabe >/tmp/otro",
                           NULL};
    int estado;
    setenv("TMPDIR", "/var/tmp", 1);
    cr_assert_eq(box_outer_run(orden, peldano(), 0, 0, &estado), 0);
    cr_assert(WIFEXITED(estado) && WEXITSTATUS(estado) == 0, "estado %x", estado);
}

Test(encierro, sin_bits_setuid)
{
    struct box_options o = ataque("archivos", ARGS("setuid"));
    struct caso c = correr(&o);
    ESPERA_CODIGO(c, 0);
    /* Sin espacio de montaje no se cambian los permisos de nada. */
    cr_assert_str_eq(c.salida.out,
                     peldano() >= BOX_PARTIAL
                         ? "chmod -1 fchmod -1 creat -1 openat -1 mkdir -1 normal 0\n"
                         : "chmod -1 fchmod -1 creat -1 openat -1 mkdir -1 normal -1\n");
    soltar(&c);
}

/* Root de mentira, en un espacio de nombres propio: la comprobación es la misma. */
Test(encierro, root_no_ejecuta_nada)
{
    int estado;
    char programa[PATH_MAX];
    struct box_options o = ataque("final", NULL);
    strcpy(programa, zona("como_root"));
    pid_t hijo = fork();
    if (hijo == 0) {
        execl("/usr/bin/unshare", "unshare", "-Ur", programa, o.runner, o.program, NULL);
        _exit(9);
    }
    waitpid(hijo, &estado, 0);
    cr_assert(WIFEXITED(estado) && WEXITSTATUS(estado) == 0, "estado %x", estado);
}

/* ---- leer lo que dejó ---------------------------------------------------------------- */

Test(encierro, lectura_segura_de_un_directorio_con_trampas)
{
    const char *dir = carpeta_nueva();
    struct box_options o = ataque("archivos", ARGS("trampas", "salida"));
    o.binds = &(struct box_bind){.host = dir, .inside = "salida", .writable = true};
    o.bind_count = 1;
    struct caso c = correr(&o);
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, "puestas");
    char *datos = NULL;
    size_t n = 0;
    cr_assert_eq(ag_read_file(dir, "bueno.txt", 4, &datos, &n), 0);
    cr_assert(n == 4 && strcmp(datos, "hola") == 0);
    free(datos);
    cr_assert_eq(ag_read_file(dir, "bueno.txt", 3, &datos, &n), -EFBIG);
    cr_assert_eq(ag_read_file(dir, "enlace", 1 << 20, &datos, &n), -ELOOP);
    cr_assert_eq(ag_read_file(dir, "subdir/passwd", 1 << 20, &datos, &n), -ELOOP);
    cr_assert_eq(ag_read_file(dir, "fifo", 1 << 20, &datos, &n), -EINVAL);
    cr_assert_eq(ag_read_file(dir, "carpeta", 1 << 20, &datos, &n), -EINVAL);
    cr_assert_eq(ag_read_file(dir, "enorme", 1 << 20, &datos, &n), -EFBIG);
    cr_assert_eq(ag_read_file(dir, "../x", 1 << 20, &datos, &n), -EXDEV);
    cr_assert_eq(ag_read_file(dir, "/etc/passwd", 1 << 20, &datos, &n), -EXDEV);
    cr_assert_eq(ag_read_file(dir, "nada", 1 << 20, &datos, &n), -ENOENT);
    soltar(&c);
    const char *const nombres[] = {"enlace",  "subdir", "fifo",
                                   "carpeta", "enorme", "bueno.txt"};
    int fd = open(dir, O_DIRECTORY);
    for (size_t i = 0; i < sizeof nombres / sizeof *nombres; i++)
        unlinkat(fd, nombres[i], strcmp(nombres[i], "carpeta") == 0 ? AT_REMOVEDIR : 0);
    close(fd);
    cr_assert_eq(rmdir(dir), 0);
}
