/* La vida de una ejecución: cómo acaba, cómo se le habla y qué cuenta de sí misma. */
#include "base/clock.h"
#include "pruebas.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

TestSuite(vida, .timeout = 60);

/* Las mismas comprobaciones valen con caja y sin ella. */
static const bool con_y_sin[] = {true, false};
#define CON_Y_SIN(caja) for (int i_ = 0, caja = 1; i_ < 2; i_++, caja = con_y_sin[i_ % 2])

static struct caso acabar(bool caja, const char *nombre, char *const *args)
{
    struct box_options o = ataque(nombre, args);
    o.rung = caja ? peldano() : BOX_NONE;
    return correr(&o);
}

/* Arranca con la salida en una tubería. Devuelve su lado de lectura. */
static int arrancar(box_run **run, struct box_options *o)
{
    int tuberia[2];
    cr_assert_eq(pipe2(tuberia, O_CLOEXEC), 0);
    o->stdout_fd = tuberia[1];
    int rc = box_start(run, o);
    cr_assert_eq(rc, 0, "%s", strerror(-rc));
    close(tuberia[1]);
    return tuberia[0];
}

Test(vida, codigo_de_salida)
{
    CON_Y_SIN(caja)
    {
        struct caso c = acabar(caja, "final", ARGS("codigo", "139"));
        ESPERA_CODIGO(c, 139);
        cr_assert_eq(c.fin.leftovers, 0);
        soltar(&c);
        c = acabar(caja, "final", ARGS("codigo", "0"));
        ESPERA_CODIGO(c, 0);
        soltar(&c);
    }
}

Test(vida, muerte_por_senal)
{
    char *const senales[] = {"11", "6", "9", "8"};
    CON_Y_SIN(caja)
    {
        for (int i = 0; i < 4; i++) {
            struct caso c = acabar(caja, "final", ARGS("senal", senales[i]));
            cr_assert_eq(c.fin.kind, BOX_SIGNALED);
            cr_assert_eq(c.fin.signal, atoi(senales[i]));
            soltar(&c);
        }
    }
}

Test(vida, programa_que_no_se_puede_ejecutar)
{
    CON_Y_SIN(caja)
    {
        struct caso c = acabar(caja, "no_ejecutable", NULL);
        cr_assert_eq(c.fin.kind, BOX_REFUSED);
        cr_assert_eq(c.fin.code, ENOEXEC);
        cr_assert(strstr(c.fin.detail, "no_ejecutable"), "%s", c.fin.detail);
        cr_assert_eq(c.salida.err_len, 0, "%s", c.salida.err);
        soltar(&c);
    }
}

Test(vida, bwrap_ausente_es_fallo_de_la_caja)
{
    SOLO(peldano() >= BOX_PARTIAL, "sin bubblewrap");
    setenv("PATH", "/no/existe", 1);
    struct caso c = acabar(true, "final", ARGS("codigo", "0"));
    cr_assert_eq(c.fin.kind, BOX_FAULT);
    cr_assert(strstr(c.fin.detail, "bwrap"), "%s", c.fin.detail);
    soltar(&c);
    char porque[1200];
    enum box_rung posible;
    cr_assert_eq(box_choose(BOX_FULL, 0, 0, &posible, porque, sizeof porque), -ENOENT);
    cr_assert(strstr(porque, "apt install bubblewrap"), "%s", porque);
}

/* Un sistema sin espacios de nombres: se explica, y correr da BOX_FAULT y no un cero. */
Test(vida, sistema_que_prohibe_las_cajas)
{
    struct box_options o = ataque("sin_cajas", NULL);
    int estado;
    pid_t hijo = fork();
    if (hijo == 0) {
        execl("/usr/bin/unshare", "unshare", "-Uc", "--keep-caps", "sh", "-c",
              "echo 0 > /proc/sys/user/max_user_namespaces && \"$@\"", "sh", o.program,
              o.runner, NULL);
        _exit(9);
    }
    waitpid(hijo, &estado, 0);
    cr_assert(WIFEXITED(estado) && WEXITSTATUS(estado) == 0, "estado %x", estado);
}

Test(vida, opciones_imposibles)
{
    box_run *run;
    struct box_bind malo = {.host = "/usr", .inside = "../x"};
    struct box_bind absoluto = {.host = "/usr", .inside = "/otro"};
    struct box_options bueno = ataque("final", ARGS("codigo", "0")), o = bueno;
    o.program = NULL;
    cr_assert_eq(box_start(&run, &o), -EINVAL);
    o = bueno, o.program = "/no/existe";
    cr_assert_eq(box_start(&run, &o), -ENOENT);
    o = bueno, o.runner = "/no/existe";
    cr_assert_eq(box_start(&run, &o), -ENOENT);
    o = bueno, o.limits.wall_ms = 0;
    cr_assert_eq(box_start(&run, &o), -EINVAL);
    o = bueno, o.env = ARGS("sin_igual");
    cr_assert_eq(box_start(&run, &o), -EINVAL);
    o = bueno, o.binds = &malo, o.bind_count = 1;
    cr_assert_eq(box_start(&run, &o), -EINVAL);
    o.rung = BOX_NONE, o.binds = &absoluto;
    cr_assert_eq(box_start(&run, &o), -EINVAL);
}

Test(vida, entrada_y_salida)
{
    CON_Y_SIN(caja)
    {
        struct box_options o = ataque("final", ARGS("eco"));
        o.rung = caja ? peldano() : BOX_NONE;
        /* Mayor que la tubería y que el socket: obliga a leer y escribir a la vez. */
        size_t n = 700000;
        char *texto = malloc(n + 1);
        memset(texto, 'a', n);
        texto[n] = '\0';
        struct caso c;
        cr_assert_eq(box_capture(&o, texto, 1 << 20, &c.salida, &c.fin), 0);
        ESPERA_CODIGO(c, 0);
        cr_assert_eq(c.salida.out_len, n);
        cr_assert_eq(memcmp(c.salida.out, texto, n), 0);
        soltar(&c);
        free(texto);
    }
}

Test(vida, entrada_por_su_ruta)
{
    struct box_options o = ataque("final", ARGS("eco", "/dev/stdin"));
    struct caso c;
    cr_assert_eq(box_capture(&o, "hola", 1000, &c.salida, &c.fin), 0);
    ESPERA_CODIGO(c, 0);
    cr_assert_str_eq(c.salida.out, "hola");
    soltar(&c);
}

/* Quien no lee su entrada no bloquea ni mata a quien se la da. */
Test(vida, entrada_que_nadie_lee)
{
    char *texto = malloc(300001);
    memset(texto, 'a', 300000);
    texto[300000] = '\0';
    struct box_options o = ataque("final", ARGS("codigo", "4"));
    struct caso c;
    cr_assert_eq(box_capture(&o, texto, 1000, &c.salida, &c.fin), 0);
    ESPERA_CODIGO(c, 4);
    soltar(&c);
    free(texto);
}

Test(vida, ctrl_c_llega_a_todo_el_grupo)
{
    CON_Y_SIN(caja)
    {
        struct box_options o = ataque("final", ARGS("ctrl_c"));
        o.rung = caja ? peldano() : BOX_NONE;
        box_run *run;
        struct box_result fin;
        int salida = arrancar(&run, &o);
        cr_assert(leer_hasta(salida, "listo"));
        cr_assert_eq(box_wait(run, 0, &fin), -ETIMEDOUT);
        cr_assert_eq(box_signal(run, 9999), -EINVAL);
        cr_assert_eq(box_signal(run, SIGINT), 0);
        cr_assert(leer_hasta(salida, "padre 2"));
        cr_assert_eq(box_wait(run, -1, &fin), 0);
        cr_assert_eq(fin.kind, BOX_EXITED);
        cr_assert_eq(fin.code, 42);
        cr_assert_eq(fin.leftovers, 0);
        cr_assert_eq(box_signal(run, SIGINT), -ESRCH);
        cr_assert_eq(box_wait(run, 0, &fin), 0, "se puede volver a preguntar");
        box_free(run);
        close(salida);
    }
}

Test(vida, muestra_de_descriptores_y_cpu)
{
    CON_Y_SIN(caja)
    {
        struct box_options o = ataque("final", ARGS("descriptores", "25"));
        o.rung = caja ? peldano() : BOX_NONE;
        box_run *run;
        struct box_usage uso;
        int salida = arrancar(&run, &o);
        cr_assert(leer_hasta(salida, "listo"));
        cr_assert_eq(box_sample(run, &uso), 0);
        cr_assert_eq(uso.open_files, 28);
        cr_assert_eq(uso.processes, 1);
        cr_assert_eq(uso.threads, 1);
        cr_assert(uso.rss_kib > 100 && uso.rss_kib < 100000, "%ld", uso.rss_kib);
        cr_assert_lt(uso.cpu_ms, 1000, "duerme, no gasta: %ld", uso.cpu_ms);
        box_kill(run);
        struct box_result fin;
        cr_assert_eq(box_wait(run, -1, &fin), 0);
        cr_assert_eq(fin.kind, BOX_KILLED);
        cr_assert_eq(box_sample(run, &uso), -ESRCH);
        box_free(run);
        close(salida);

        o = ataque("cpu", ARGS("bucle"));
        o.rung = caja ? peldano() : BOX_NONE;
        salida = arrancar(&run, &o);
        do
            cr_assert_eq(box_sample(run, &uso), 0);
        while (uso.cpu_ms < 200); /* un bucle ocupado se ve crecer */
        box_free(run);
        close(salida);
    }
}

/* Y no cuando se pregunta. */
Test(vida, el_final_lleva_la_hora_en_que_fue)
{
    struct box_options o = ataque("final", ARGS("codigo", "0"));
    box_run *run;
    struct box_result fin;
    double antes = ag_ms();
    cr_assert_eq(box_start(&run, &o), 0);
    struct pollfd fd = {.fd = box_status_fd(run), .events = POLLIN};
    cr_assert_eq(poll(&fd, 1, 20000), 1);
    double despues = ag_ms();
    while (ag_ms() < despues + 50)
        ;
    cr_assert_eq(box_wait(run, 5000, &fin), 0);
    cr_assert(fin.ended_ms > antes && fin.ended_ms <= despues, "%f, entre %f y %f",
              fin.ended_ms, antes, despues);
    box_free(run);
}

Test(vida, aviso_en_el_descriptor_de_estado)
{
    struct box_options o = ataque("final", ARGS("codigo", "3"));
    box_run *run;
    struct box_result fin;
    cr_assert_eq(box_start(&run, &o), 0);
    struct pollfd fd = {.fd = box_status_fd(run), .events = POLLIN};
    cr_assert_eq(poll(&fd, 1, 20000), 1);
    cr_assert_eq(box_wait(run, 5000, &fin), 0);
    cr_assert_eq(fin.code, 3);
    box_free(run);
}

Test(vida, sin_caja_tampoco_quedan_vivos)
{
    struct box_options o = ataque("procesos", ARGS("demonio", "demonio-suelto"));
    o.rung = BOX_NONE;
    struct caso c = correr(&o);
    ESPERA_CODIGO(c, 0);
    ESPERA_SIN(c, "sigue");
    cr_assert_eq(c.fin.leftovers, 1);
    cr_assert_eq(vivos("demonio-suelto"), 0);
    soltar(&c);
    o = ataque("cpu", ARGS("procesos"));
    o.rung = BOX_NONE;
    o.limits.cpu_ms = 500;
    c = correr(&o);
    ESPERA_LIMITE(c, BOX_LIMIT_CPU);
    soltar(&c);
    o = ataque("procesos", ARGS("bomba", "bomba-suelta"));
    o.rung = BOX_NONE;
    o.limits.processes = 20;
    c = correr(&o);
    ESPERA_LIMITE(c, BOX_LIMIT_PROCESSES);
    soltar(&c);
    cr_assert_eq(vivos("bomba-suelta"), 0);
}

/* Quien llama muere de golpe: nada le sobrevive. Lo huérfano pasa a ser hijo de la prueba, que
 * así espera sin mirar el reloj: si algo quedara vivo, la prueba acabaría por tiempo. */
Test(vida, muerte_del_que_llama)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    CON_Y_SIN(caja)
    {
        int tuberia[2];
        cr_assert_eq(pipe(tuberia), 0);
        pid_t hijo = fork();
        if (hijo == 0) {
            struct box_options o = ataque("procesos", ARGS("subgrupo", "de-quien-muere"));
            box_run *run;
            o.rung = caja ? peldano() : BOX_NONE;
            o.stdout_fd = tuberia[1];
            if (box_start(&run, &o) < 0)
                _exit(1);
            close(tuberia[1]);
            pause();
            _exit(1);
        }
        close(tuberia[1]);
        cr_assert(leer_hasta(tuberia[0], "listo"));
        kill(hijo, SIGKILL);
        while (waitpid(-1, NULL, 0) > 0)
            ;
        close(tuberia[0]);
        cr_assert_eq(vivos("de-quien-muere"), 0);
    }
}

Test(vida, liberar_mata)
{
    CON_Y_SIN(caja)
    {
        struct box_options o = ataque("procesos", ARGS("subgrupo", "de-quien-libera"));
        o.rung = caja ? peldano() : BOX_NONE;
        box_run *run;
        int salida = arrancar(&run, &o);
        cr_assert(leer_hasta(salida, "listo"));
        box_free(run);
        cr_assert_eq(vivos("de-quien-libera"), 0);
        close(salida);
    }
    box_free(NULL);
}

/* ---- programas honrados --------------------------------------------------------------- */

Test(vida, compilar_y_ejecutar)
{
    CON_Y_SIN(caja)
    {
        const char *dir = carpeta_nueva();
        char fuente[PATH_MAX], programa[PATH_MAX];
        snprintf(fuente, sizeof fuente, "%s/hola.c", dir);
        snprintf(programa, sizeof programa, "%s/hola", dir);
        FILE *f = fopen(fuente, "w");
        fputs("#include <stdio.h>\nint main(void) { puts(\"compilado\"); }\n", f);
        fclose(f);
        struct box_options o = ataque("final", NULL);
        struct box_bind binds[] = {{.host = fuente, .inside = "fuentes/hola.c"},
                                   {.host = dir, .inside = "salida", .writable = true}};
        o.program = "/usr/bin/gcc";
        o.args = ARGS("-fsanitize=address", "-o", "salida/hola", "fuentes/hola.c");
        o.binds = binds;
        o.bind_count = 2;
        o.limits = box_limits_compile();
        o.rung = caja ? peldano() : BOX_NONE;
        struct caso c = correr(&o);
        ESPERA_CODIGO(c, 0);
        soltar(&c);
        o = ataque("final", NULL);
        o.program = programa;
        o.rung = caja ? peldano() : BOX_NONE;
        c = correr(&o);
        ESPERA_CODIGO(c, 0);
        ESPERA_SALIDA(c, "compilado");
        soltar(&c);
        unlink(fuente);
        unlink(programa);
        cr_assert_eq(rmdir(dir), 0);
    }
}

Test(vida, libuv_y_libcurl)
{
    struct caso c = acabar(true, "uvcurl", NULL);
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, "pasos 11");
    soltar(&c);
}

Test(vida, asan_y_su_buscador_de_fugas)
{
    struct caso c = acabar(true, "uvcurl-asan", NULL);
    ESPERA_CODIGO(c, 0);
    ESPERA_SALIDA(c, "pasos 11");
    soltar(&c);
    c = acabar(true, "uvcurl-asan", ARGS("fuga"));
    cr_assert(strstr(c.salida.err, "1234 byte(s) leaked"), "%s", c.salida.err);
    ESPERA_CODIGO(c, 1);
    soltar(&c);
}

/* Sin juicio de tiempo: la cifra se ve con `make bench-box`. */
Test(vida, coste_de_arranque)
{
    enum { VECES = 30 };
    struct timespec antes, ahora;
    double peor = 0, total = 0;
    for (int i = 0; i < VECES; i++) {
        clock_gettime(CLOCK_MONOTONIC, &antes);
        struct caso c = acabar(true, "final", ARGS("codigo", "0"));
        clock_gettime(CLOCK_MONOTONIC, &ahora);
        ESPERA_CODIGO(c, 0);
        soltar(&c);
        double ms = (double)(ahora.tv_sec - antes.tv_sec) * 1e3 +
                    (double)(ahora.tv_nsec - antes.tv_nsec) / 1e6;
        total += ms;
        peor = ms > peor ? ms : peor;
    }
    cr_log_info("arrancar y acabar una caja: media %.1f ms, peor %.1f ms", total / VECES,
                peor);
}
