#include "process_apoyo.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(process, .timeout = 60);

#ifdef PRUEBA_LIGERA
enum { MUCHOS = 100, MUCHOS_BYTES = 1024 * 1024 };
#else
enum { MUCHOS = 1000, MUCHOS_BYTES = 8 * 1024 * 1024 };
#endif

/* ---- Terminar ----------------------------------------------------------------------- */

static int finales(void *arg)
{
    int signum = -1;

    (void)arg;
    as_process *p = lanza(ORDEN("exit 0"), NULL);
    cr_assert_gt(as_process_pid(p), 0);
    cr_assert_null(as_process_stdin(p));
    cr_assert_null(as_process_stdout(p));
    cr_assert_null(as_process_stderr(p));
    cr_assert_eq(as_process_wait(p, NULL), 0);
    as_process_close(p);

    p = lanza(ORDEN("exit 37"), NULL);
    cr_assert_eq(as_process_wait(p, &signum), 37);
    cr_assert_eq(signum, 0);
    cr_assert_eq(as_process_wait(p, NULL), 37, "puede repetirse");
    cr_assert_eq(as_process_kill(p, SIGTERM), UV_ESRCH);
    as_process_close(p);

    p = lanza(ORDEN("kill -TERM $$"), NULL);
    cr_assert_eq(as_process_wait(p, &signum), 128 + SIGTERM);
    cr_assert_eq(signum, SIGTERM);
    as_process_close(p);
    as_process_close(NULL);
    return 0;
}

PRUEBA(process, dice_como_termino)
{
    CORRE(finales, NULL, 0);
}

static int espera(void *arg)
{
    return as_process_wait(arg, NULL);
}

static int varias_esperan(void *arg)
{
    as_process *p = lanza(ORDEN("read x; exit 4"), &(as_process_options){.in = AS_PIPE});
    as_call llamadas[] = {{espera, p, NULL}, {espera, p, NULL}, {espera, p, NULL}};
    as_outcome finales[3];
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, espera, p);
    BIEN(as_yield());
    as_cancel(t); /* cancelar a una no despierta a las demás */
    cr_assert_eq(as_await(t), UV_ECANCELED);
    cr_assert_eq(as_write(as_process_stdin(p), "x\n", 2), 0);
    cr_assert_eq(as_gather(llamadas, 3, finales), 0);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(finales[i].rc, 4);
    as_process_close(p);
    return as_group_leave(&grupo, 0);
}

PRUEBA(process, pueden_esperarlo_varias_tareas)
{
    CORRE(varias_esperan, NULL, 0);
}

/* ---- Hablar con él ------------------------------------------------------------------ */

static int conversa(void *arg)
{
    char linea[64];
    as_process *p = lanza(ORDEN("while read x; do echo \"oí $x\"; done; echo fin >&2"),
                          &tuberias);

    (void)arg;
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(as_writef(as_process_stdin(p), "mensaje %d\n", i), 0);
        cr_assert_gt(as_readline(as_process_stdout(p), linea, sizeof linea), 0);
        cr_assert_eq(linea[strlen(linea) - 1], '0' + i);
    }
    as_process_close_stdin(p);
    as_process_close_stdin(p);
    cr_assert_eq(as_readline(as_process_stdout(p), linea, sizeof linea), UV_EOF);
    cr_assert_eq(as_readline(as_process_stderr(p), linea, sizeof linea), 3);
    cr_assert_str_eq(linea, "fin");
    cr_assert_eq(as_process_wait(p, NULL), 0);
    as_process_close(p);
    return 0;
}

PRUEBA(process, se_conversa_por_las_tuberias)
{
    CORRE(conversa, NULL, 0);
}

static int dialogo(const char *const argv[], const as_process_options *opciones,
                   const void *entrada, size_t n, size_t max, as_process_output *salida)
{
    as_process *p = lanza(argv, opciones);
    int rc = as_process_communicate(p, entrada, n, max, salida);

    as_process_close(p);
    return rc;
}

static int comunica(void *arg)
{
    as_process_output s;
    char *mucho = malloc(MUCHOS_BYTES);

    (void)arg;
    cr_assert_eq(
        dialogo(ORDEN("cat; echo mal >&2; exit 3"), &tuberias, "hola", 4, 1000, &s), 0);
    cr_assert_str_eq(s.out, "hola");
    cr_assert_str_eq(s.err, "mal\n");
    cr_assert(s.out_size == 4 && s.err_size == 4 && s.code == 3 && s.signum == 0);
    as_process_output_clear(&s);

    /* Más de lo que cabe en ninguna tubería, en los dos sentidos a la vez. */
    for (int i = 0; i < MUCHOS_BYTES; i++)
        mucho[i] = (char)(i * 7 + i / 1000);
    cr_assert_eq(dialogo(ORDEN("tee /dev/stderr"), &tuberias, mucho, MUCHOS_BYTES,
                         MUCHOS_BYTES, &s),
                 0);
    cr_assert_eq(s.out_size, (size_t)MUCHOS_BYTES);
    cr_assert_eq(s.err_size, (size_t)MUCHOS_BYTES);
    cr_assert_eq(memcmp(s.out, mucho, MUCHOS_BYTES), 0);
    cr_assert_eq(memcmp(s.err, mucho, MUCHOS_BYTES), 0);
    as_process_output_clear(&s);

    /* A quien no lee su entrada no se le obliga. */
    cr_assert_eq(dialogo(ORDEN("exec <&-; echo yo no leo"), &tuberias, mucho,
                         MUCHOS_BYTES, 1000, &s),
                 0);
    cr_assert_str_eq(s.out, "yo no leo\n");
    as_process_output_clear(&s);
    free(mucho);

    /* Sin tuberías no hay textos; sin salida, son vacíos. */
    cr_assert_eq(
        dialogo(ORDEN("exit 2"), &(as_process_options){.out = AS_PIPE}, NULL, 0, 0, &s),
        0);
    cr_assert(s.out && s.out_size == 0 && s.out[0] == '\0' && !s.err && s.code == 2);
    as_process_output_clear(&s);
    cr_assert_eq(dialogo(ORDEN("exit 2"), NULL, "x", 1, 0, &s), UV_EINVAL);

    /* Memoria acotada: el que no calla no la llena. */
    cr_assert_eq(dialogo(ORDEN("cat /dev/zero"), &tuberias, NULL, 0, 100000, &s),
                 AS_EOVERFLOW);
    cr_assert_null(s.out);
    return 0;
}

PRUEBA(process, communicate_no_se_bloquea_ni_se_llena)
{
    CORRE(comunica, NULL, 0);
}

static int redirige(void *arg)
{
    as_process_output s;

    (void)arg;
    cr_assert_eq(dialogo(ORDEN("echo a; echo b >&2; echo c"),
                         &(as_process_options){.out = AS_PIPE, .err = AS_TO_STDOUT}, NULL,
                         0, 100, &s),
                 0);
    cr_assert_str_eq(s.out, "a\nb\nc\n");
    as_process_output_clear(&s);
    cr_assert_eq(
        dialogo(ORDEN("cat; readlink /proc/self/fd/2; pwd; echo $COLOR-$HOME"),
                &(as_process_options){.in = AS_NULL,
                                      .out = AS_PIPE,
                                      .err = AS_NULL,
                                      .cwd = "/usr",
                                      .env = (const char *[]){"COLOR=azul", NULL}},
                NULL, 0, 100, &s),
        0);
    cr_assert_str_eq(s.out, "/dev/null\n/usr\nazul-\n");
    as_process_output_clear(&s);
    /* Los argumentos llegan tal cual. */
    cr_assert_eq(
        dialogo((const char *[]){"printf", "%s|", "a b", "", "$HOME", "'\"*", NULL},
                &tuberias, NULL, 0, 100, &s),
        0);
    cr_assert_str_eq(s.out, "a b||$HOME|'\"*|");
    as_process_output_clear(&s);
    return 0;
}

PRUEBA(process, entorno_directorio_y_redirecciones)
{
    CORRE(redirige, NULL, 0);
}

/* ---- Errores ------------------------------------------------------------------------ */

static int errores(void *arg)
{
    as_process *p = arg;
    as_scope ambito;

    cr_assert_eq(
        as_process_spawn((const char *[]){"no-existe-este-programa", NULL}, NULL, &p),
        UV_ENOENT);
    cr_assert_null(p);
    cr_assert(strstr(as_error_text(UV_ENOENT), "no-existe-este-programa"));
    cr_assert_eq(
        as_process_spawn(ORDEN("true"), &(as_process_options){.cwd = "/no/hay"}, &p),
        UV_ENOENT);
    cr_assert(strstr(as_error_text(UV_ENOENT), "/no/hay"));
    /* Un directorio no se puede ejecutar. */
    cr_assert_eq(as_process_spawn((const char *[]){"/", NULL}, &tuberias, &p), UV_EACCES);
    cr_assert_eq(as_process_spawn((const char *[]){NULL}, NULL, &p), UV_EINVAL);
    cr_assert_eq(
        as_process_spawn(ORDEN("true"), &(as_process_options){.out = AS_TO_STDOUT}, &p),
        UV_EINVAL);
    as_scope_enter(&ambito, 0);
    cr_assert_eq(as_process_spawn(ORDEN("true"), NULL, &p), UV_ECANCELED);
    cr_assert_null(p);
    cr_assert_eq(as_scope_leave(&ambito, 0), 0);
    return 0;
}

PRUEBA(process, errores_al_lanzar)
{
    CORRE(errores, NULL, 0);
}

/* Cuántos descriptores ve un hijo. */
static int los_del_hijo(void)
{
    as_process_output s;

    cr_assert_eq(dialogo(ORDEN("ls /proc/self/fd | wc -l"), &tuberias, NULL, 0, 100, &s),
                 0);
    int n = atoi(s.out);
    as_process_output_clear(&s);
    return n;
}

static int hereda(void *arg)
{
    as_stream *lector, *escritor;
    as_listener *oyente;
    as_file *archivo;
    int antes = los_del_hijo();

    (void)arg;
    BIEN(as_stream_pipe(&lector, &escritor));
    BIEN(as_listen("127.0.0.1", 0, 0, &oyente));
    BIEN(as_file_open("/dev/null", "r", &archivo));
    cr_assert_eq(los_del_hijo(), antes, "nada de asinc");
    int nuestro = dup(STDERR_FILENO);
    cr_assert_eq(los_del_hijo(), antes + 1, "lo que el programa abrió sin O_CLOEXEC");
    close(nuestro);
    as_stream_close(lector);
    as_stream_close(escritor);
    as_listener_close(oyente);
    return as_file_close(archivo);
}

PRUEBA(process, hereda_lo_que_el_programa_abrio_sin_cloexec_y_nada_de_asinc)
{
    CORRE(hereda, NULL, 0);
}

static int muchos(void *arg)
{
    as_process_output s;
    as_process *p = arg;

    cr_assert_eq(dialogo(ORDEN("true"), &tuberias, NULL, 0, 10, &s), 0);
    as_process_output_clear(&s);
    int antes = descriptores();
    for (int i = 0; i < MUCHOS; i++) {
        cr_assert_eq(
            dialogo((const char *[]){"echo", "hola", NULL}, &tuberias, "x", 1, 10, &s),
            0);
        cr_assert_str_eq(s.out, "hola\n");
        as_process_output_clear(&s);
        cr_assert_eq(
            as_process_spawn((const char *[]){"/no/existe", NULL}, &tuberias, &p),
            UV_ENOENT);
    }
    cr_assert_eq(descriptores(), antes);
    cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1, "queda algún hijo sin recoger");
    cr_assert_eq(errno, ECHILD);
    return 0;
}

PRUEBA_LARGA(process, mil_seguidos_sin_fugas, 300)
{
    CORRE(muchos, NULL, 0);
}

static int uno_de_varios(void *arg)
{
    as_process_output s;
    char esperado[16];
    int n = *(int *)arg;
    char numero[16];

    snprintf(numero, sizeof numero, "%d", n);
    snprintf(esperado, sizeof esperado, "%d\n", n);
    int rc = dialogo((const char *[]){"sh", "-c", "read x; echo $x", NULL}, &tuberias,
                     esperado, strlen(esperado), 100, &s);
    cr_assert_eq(rc, 0);
    cr_assert_str_eq(s.out, esperado);
    as_process_output_clear(&s);
    return 0;
}

static int a_la_vez(void *arg)
{
    int numeros[50];

    (void)arg;
    for (int i = 0; i < 50; i++)
        numeros[i] = i;
    return as_gather_each(uno_de_varios, numeros, 50, sizeof *numeros, NULL);
}

PRUEBA(process, cincuenta_a_la_vez)
{
    CORRE(a_la_vez, NULL, 0);
}

static int sin_descriptores(void *arg)
{
    as_process *p;
    int ocupados[2000], n = 0;

    (void)arg;
    as_process_close(lanza(ORDEN("true"), &tuberias)); /* libuv abre lo suyo una vez */
    int antes = descriptores();
    while (n < 2000 && (ocupados[n] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
        n++;
    cr_assert_eq(as_process_spawn(ORDEN("true"), &tuberias, &p), UV_EMFILE);
    close(ocupados[--n]);
    close(ocupados[--n]);
    cr_assert_eq(as_process_spawn(ORDEN("true"), &tuberias, &p), UV_EMFILE);
    while (n > 0)
        close(ocupados[--n]);
    as_process_close(lanza(ORDEN("true"), &tuberias));
    cr_assert_eq(descriptores(), antes);
    return 0;
}

PRUEBA(process, sin_descriptores_hay_un_error)
{
    struct rlimit limite;

    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limite), 0);
    limite.rlim_cur = 256;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limite), 0);
    CORRE(sin_descriptores, NULL, 0);
}

/* ---- Lo que hereda ------------------------------------------------------------------ */

/* libuv le quita O_NONBLOCK a lo que hereda, y un flujo nuestro pararía el bucle. */
static int hereda_un_flujo(void *arg)
{
    char dicho[512];
    int tubo[2];
    as_stream *entrada;

    (void)arg;
    cr_assert_eq(pipe2(tubo, O_CLOEXEC), 0);
    cr_assert_eq(dup2(tubo[0], STDIN_FILENO), STDIN_FILENO);
    BIEN(as_stream_open_fd(STDIN_FILENO, &entrada));
    cr_assert(fcntl(STDIN_FILENO, F_GETFL) & O_NONBLOCK);
    as_process *p = lanza(ORDEN("grep flags /proc/self/fdinfo/0; head -c 1"),
                          &(as_process_options){.out = AS_PIPE});
    cr_assert(fcntl(STDIN_FILENO, F_GETFL) & O_NONBLOCK, "ya no es del bucle");
    cr_assert_gt(as_readline(as_process_stdout(p), dicho, sizeof dicho), 0);
    cr_assert_null(strstr(dicho, "4000"), "al hijo le llega sin bloquear: %s", dicho);
    cr_assert_eq(write(tubo[1], "x", 1), 1);
    cr_assert_eq(as_readexactly(as_process_stdout(p), dicho, 1), 0);
    cr_assert_eq(dicho[0], 'x', "no es la misma tubería");
    cr_assert_eq(as_process_wait(p, NULL), 0);
    as_process_close(p);
    as_stream_close(entrada);
    close(tubo[0]);
    close(tubo[1]);
    return 0;
}

PRUEBA(process, heredar_una_tuberia_no_la_vuelve_bloqueante)
{
    CORRE(hereda_un_flujo, NULL, 0);
}
