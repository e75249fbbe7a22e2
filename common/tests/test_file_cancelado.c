/* Cancelar con un hilo a medias, y lo que puede atascarlo: un FIFO sin quien escriba. */
#include "file_apoyo.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(file_cancelado, .timeout = 60);

/* ---- Cancelar ----------------------------------------------------------------------- */

struct lectura {
    as_file *file;
    char datos[8];
    ssize_t n;
};

static int lee(void *arg)
{
    struct lectura *l = arg;

    l->n = as_file_read(l->file, l->datos, 4);
    return l->n < 0 ? (int)l->n : 0;
}

static int lee_linea(void *arg)
{
    struct lectura *l = arg;

    l->n = as_file_readline(l->file, l->datos, sizeof l->datos);
    return l->n < 0 ? (int)l->n : 0;
}

/* Que el hilo llegue a entrar en la llamada al sistema. Nada lo anuncia; si aún no entró, lo
 * que se prueba es retirarla de la cola, y el resultado debe ser el mismo. */
static void deja_entrar_al_hilo(void)
{
    BIEN(as_sleep(5));
}

/* Con una tubería con nombre, el hilo se queda dentro de read hasta que la prueba quiera. */
static int cancela_lectura(void *arg)
{
    struct lectura l = {0};
    as_group grupo;

    (void)arg;
    cr_assert_eq(mkfifo("tubo", 0600), 0);
    int tubo = open("tubo", O_RDWR);
    l.file = abre("tubo", "r");
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, lee, &l);
    deja_entrar_al_hilo();
    cr_assert_eq(as_file_read(l.file, l.datos, 1), UV_EBUSY, "una tarea a la vez");
    cr_assert(strstr(as_error_text(UV_EBUSY), "otra tarea"));
    as_cancel(t);
    cr_assert_eq(as_await(t), UV_ECANCELED);
    memset(l.datos, '.', sizeof l.datos);

    /* Los bytes llegan sin nadie que los espere: son de la próxima lectura. */
    t = as_spawn(&grupo, NULL, lee, &l);
    BIEN(as_yield());
    as_cancel(t); /* cancelada también la que esperaba a que volviera el hilo */
    cr_assert_eq(as_await(t), UV_ECANCELED);
    cr_assert_eq(l.datos[0], '.', "nadie toca la memoria de quien se fue");
    cr_assert_eq(write(tubo, "ABCDEF\nGH", 9), 9);
    cr_assert_eq(as_file_read(l.file, l.datos, 4), 4);
    cr_assert_eq(memcmp(l.datos, "ABCD", 4), 0);

    /* Y media línea, también. */
    cr_assert_eq(as_file_readline(l.file, l.datos, sizeof l.datos), 2);
    t = as_spawn(&grupo, NULL, lee_linea, &l);
    deja_entrar_al_hilo();
    as_cancel(t);
    cr_assert_eq(as_await(t), UV_ECANCELED);
    cr_assert_eq(write(tubo, "IJ\n", 3), 3);
    cr_assert_eq(as_file_readline(l.file, l.datos, sizeof l.datos), 4);
    cr_assert_str_eq(l.datos, "GHIJ");

    /* Cerrar con el hilo dentro no espera; el descriptor se cierra cuando sale. */
    t = as_spawn(&grupo, NULL, lee, &l);
    deja_entrar_al_hilo();
    as_cancel(t);
    cr_assert_eq(as_await(t), UV_ECANCELED);
    cr_assert_eq(as_file_close(l.file), 0);
    cr_assert_eq(write(tubo, "x", 1), 1);
    close(tubo);
    return as_group_leave(&grupo, 0);
}

PRUEBA_FILE(file_cancelado, cancelar_una_lectura_no_pierde_datos, cancela_lectura)

static int cancela_apertura(void *arg)
{
    as_file *f;
    as_scope plazo;
    char *datos;

    (void)arg;
    cr_assert_eq(mkfifo("tubo", 0600), 0); /* abrirlo espera a que alguien escriba */
    as_scope_enter(&plazo, 20);
    cr_assert_eq(as_scope_leave(&plazo, as_file_open("tubo", "r", &f)), UV_ETIMEDOUT);
    cr_assert_null(f);
    as_scope_enter(&plazo, 20);
    int rc = as_file_read_all("tubo", &datos, NULL);
    cr_assert_eq(as_scope_leave(&plazo, rc), UV_ETIMEDOUT);
    cr_assert_null(datos);
    int tubo = open("tubo", O_RDWR | O_NONBLOCK); /* suelta a los hilos */
    close(tubo);

    as_scope_enter(&plazo, 0);
    cr_assert_eq(as_file_open("no-creado", "w", &f), UV_ECANCELED);
    cr_assert_eq(as_file_write_all("no-creado", "x", 1), UV_ECANCELED);
    cr_assert_eq(as_file_mkdir("no-creado"), UV_ECANCELED);
    cr_assert_eq(as_file_remove("tubo"), UV_ECANCELED);
    (void)as_scope_leave(&plazo, 0);
    cr_assert_eq(access("no-creado", F_OK), -1, "cancelada de antes, no hace nada");
    cr_assert_eq(access("tubo", F_OK), 0);
    return 0;
}

PRUEBA_FILE(file_cancelado, un_plazo_acota_tambien_al_que_se_atasca, cancela_apertura)

static int escribe(void *arg)
{
    static char lleno[300000];

    return as_file_write(arg, lleno, sizeof lleno);
}

static void espera_tubo_lleno(int tubo)
{
    int hay = 0;

    while (ioctl(tubo, FIONREAD, &hay) == 0 && hay < 4096)
        BIEN(as_sleep(1));
}

/* Un archivo con una escritura cancelada: el hilo sigue, a mitad del primer trozo, porque en `*tubo` no
 * cabe más. */
static as_file *deja_a_medias(int *tubo)
{
    as_group grupo;

    cr_assert_eq(mkfifo("tubo", 0600), 0);
    *tubo = open("tubo", O_RDWR | O_NONBLOCK);
    cr_assert_eq(fcntl(*tubo, F_SETPIPE_SZ, 4096), 4096);
    as_file *f = abre("tubo", "w");
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, escribe, f);
    espera_tubo_lleno(*tubo);
    as_cancel(t);
    cr_assert_eq(as_await(t), UV_ECANCELED);
    BIEN(as_group_leave(&grupo, 0));
    return f;
}

static int cancela_escritura(void *arg)
{
    enum { TROZO = 64 * 1024 };
    static char b[TROZO];
    as_scope plazo;
    size_t total = 0;
    int tubo;

    (void)arg;
    as_file *f = deja_a_medias(&tubo);
    as_scope_enter(&plazo, 20);
    cr_assert_eq(as_scope_leave(&plazo, as_file_write(f, "z", 1)), UV_ETIMEDOUT,
                 "lo siguiente espera a lo que quedó a medias");
    /* Se vacía: el trozo a medias sale entero y luego, en orden, lo nuevo. */
    while (total < TROZO) {
        ssize_t n = read(tubo, b, sizeof b);
        total += n > 0 ? (size_t)n : 0;
        BIEN(as_yield());
    }
    cr_assert_eq(total, (size_t)TROZO);
    cr_assert_eq(as_file_write(f, "fin", 3), 0);
    cr_assert_eq(read(tubo, b, sizeof b), 3);
    cr_assert_eq(memcmp(b, "fin", 3), 0);
    cr_assert_eq(as_file_close(f), 0);
    close(tubo);
    return 0;
}

PRUEBA_FILE(file_cancelado, cancelar_una_escritura_no_desordena, cancela_escritura)

/* La que dejaron a medias falla porque ya nadie lee: lo dice quien cierra. */
static int pierde_lector(void *arg)
{
    int tubo;

    (void)arg;
    as_file *f = deja_a_medias(&tubo);
    close(tubo);
    cr_assert_eq(as_file_close(f), UV_EPIPE);
    return 0;
}

PRUEBA_FILE(file_cancelado, cerrar_dice_el_error_de_lo_que_se_dejo_a_medias,
            pierde_lector)

/* ---- Un FIFO sin quien escriba ------------------------------------------------------- */

enum { LECTORES = 100 }; /* más que hilos */

struct lector {
    as_stream *flujo;
    char linea[32];
};

static int lee_linea_del_flujo(void *arg)
{
    struct lector *l = arg;
    ssize_t n = as_readline(l->flujo, l->linea, sizeof l->linea);

    return n < 0 ? (int)n : 0;
}

/* Como flujo no gasta ningún hilo: los archivos siguen, y cancelar es inmediato. */
static int como_flujos(void *arg)
{
    static struct lector l[LECTORES];
    as_group grupo;
    char nombre[32];
    as_scope plazo;

    (void)arg;
    as_group_enter(&grupo);
    for (int i = 0; i < LECTORES; i++) {
        snprintf(nombre, sizeof nombre, "tubo-%d", i);
        cr_assert_eq(mkfifo(nombre, 0600), 0);
        int fd = open(nombre, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        cr_assert_eq(as_stream_open_fd(fd, &l[i].flujo), 0, "%s",
                     as_error_text(UV_EINVAL));
        cr_assert_eq(as_start_soon(&grupo, nombre, lee_linea_del_flujo, &l[i]), 0);
    }
    as_scope_enter(&plazo, 20000);
    pon("archivo", "los hilos están libres");
    contiene("archivo", "los hilos están libres");
    cr_assert_eq(as_scope_leave(&plazo, 0), 0);
    for (int i = 0; i < LECTORES; i += 2) { /* la mitad llega a tener quien escriba */
        snprintf(nombre, sizeof nombre, "tubo-%d", i);
        int fd = open(nombre, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        cr_assert_eq(write(fd, "hola\nadiós", 11), 11);
        close(fd);
    }
    while (*l[LECTORES - 2].linea == '\0')
        cr_assert_eq(as_yield(), 0);
    as_group_cancel(&grupo);
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    for (int i = 0; i < LECTORES; i++) {
        cr_assert_str_eq(l[i].linea, i % 2 ? "" : "hola");
        if (i % 2 == 0) {
            cr_assert_eq(as_readline(l[i].flujo, l[i].linea, sizeof l[i].linea), 6);
            cr_assert_eq(as_readline(l[i].flujo, l[i].linea, sizeof l[i].linea), UV_EOF,
                         "se fue el último que escribía");
        }
        as_stream_close(l[i].flujo);
    }
    return 0;
}

PRUEBA_FILE(file_cancelado, los_fifos_se_leen_como_flujos_y_no_gastan_hilos, como_flujos)

/* Abierto también para escribir, no se acaba cuando se va quien escribía. */
static int sin_final(void *arg)
{
    char linea[32];
    as_stream *s;

    (void)arg;
    cr_assert_eq(mkfifo("tubo", 0600), 0);
    int fd = open("tubo", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    cr_assert_eq(as_stream_open_fd(fd, &s), 0);
    for (int i = 0; i < 3; i++) {
        fd = open("tubo", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        cr_assert_eq(write(fd, "otra\n", 5), 5);
        close(fd);
        cr_assert_eq(as_readline(s, linea, sizeof linea), 4);
    }
    as_stream_close(s);
    return 0;
}

PRUEBA_FILE(file_cancelado, abierto_para_las_dos_cosas_un_fifo_no_se_acaba, sin_final)
