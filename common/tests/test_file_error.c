/* Un error del sistema a mitad de un archivo: ni se pierde ni se lleva lo leído. */
#include "file_apoyo.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(file_error, .timeout = 60);

/* ---- Leer --------------------------------------------------------------------------- */

enum { PAGINA = 4096 };

/* La memoria de este programa es un archivo, y leer de donde no hay nada, un UV_EIO. Dos páginas
 * de las que falta la segunda son un archivo que falla a la mitad. */
struct roto {
    as_file *f;
    char *pagina;
};

static struct roto rompe(const char *principio)
{
    struct roto r = {.f = abre("/proc/self/mem", "r")};

    r.pagina = mmap(NULL, 2 * PAGINA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                    -1, 0);
    cr_assert(r.pagina != MAP_FAILED);
    memset(r.pagina, 'x', PAGINA);
    memcpy(r.pagina, principio, strlen(principio));
    cr_assert_eq(munmap(r.pagina + PAGINA, PAGINA), 0);
    cr_assert_eq(as_file_seek(r.f, (int64_t)(intptr_t)r.pagina), 0);
    return r;
}

/* Desde ahora lo que faltaba se puede leer. */
static void arregla(struct roto *r)
{
    char *otra = mmap(r->pagina + PAGINA, PAGINA, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    cr_assert(otra == r->pagina + PAGINA);
    memcpy(otra, "fin\n", sizeof "fin\n"); /* con el cero, como lo que sigue */
}

static void olvida(struct roto *r)
{
    cr_assert_eq(munmap(r->pagina, 2 * PAGINA), 0);
    cr_assert_eq(as_file_close(r->f), 0);
}

static int lee_a_medias(void *arg)
{
    struct roto r = rompe("");
    char b[2 * PAGINA];

    (void)arg;
    cr_assert_eq(as_file_read(r.f, b, sizeof b), PAGINA);
    arregla(&r); /* lo que interrumpió a la primera se dice, aunque ya no pase */
    cr_assert_eq(as_file_read(r.f, b, 3), UV_EIO);
    cr_assert(strstr(as_error_text(UV_EIO), "/proc/self/mem"));
    cr_assert_eq(as_file_read(r.f, b, 3), 3, "una vez");
    cr_assert_eq(memcmp(b, "fin", 3), 0);
    olvida(&r);
    return 0;
}

PRUEBA_FILE(file_error, lo_que_interrumpe_una_lectura_lo_dice_la_siguiente, lee_a_medias)

static int lineas_a_medias(void *arg)
{
    struct roto r = rompe("una\n");
    char linea[2 * PAGINA];

    (void)arg;
    cr_assert_eq(as_file_readline(r.f, linea, sizeof linea), 3);
    cr_assert_eq(as_file_readline(r.f, linea, sizeof linea), UV_EIO);
    arregla(&r);
    cr_assert_eq(as_file_readline(r.f, linea, sizeof linea), PAGINA - 4 + 3);
    cr_assert_str_eq(linea + PAGINA - 4, "fin");
    olvida(&r);
    return 0;
}

PRUEBA_FILE(file_error, una_linea_a_medias_espera_a_que_pase_el_error, lineas_a_medias)

static int salta_el_error(void *arg)
{
    struct roto r = rompe("una\n");
    char b[2 * PAGINA];

    (void)arg;
    cr_assert_eq(as_file_read(r.f, b, sizeof b), PAGINA);
    cr_assert_eq(as_file_seek(r.f, (int64_t)(intptr_t)r.pagina), 0);
    cr_assert_eq(as_file_read(r.f, b, 3), 3, "el error era de otro sitio");
    arregla(&r);
    olvida(&r);
    return 0;
}

PRUEBA_FILE(file_error, quien_va_a_otro_sitio_no_recibe_el_error_del_anterior,
            salta_el_error)

/* ---- Escribir ----------------------------------------------------------------------- */

enum { TOPE = 1 << 16 };

static int escribe_de_mas(void *arg)
{
    static char lleno[2 * TOPE];
    as_file *f = abre("grande", "w");

    (void)arg;
    cr_assert_eq(as_file_write(f, lleno, sizeof lleno), UV_EFBIG);
    cr_assert(strstr(as_error_text(UV_EFBIG), "grande"));
    cr_assert_eq(as_file_close(f), 0);
    cr_assert_eq(as_file_write_all("otro", lleno, sizeof lleno), UV_EFBIG);
    cr_assert_neq(access("otro", F_OK), 0);
    return 0;
}

static void con_tope(void)
{
    struct rlimit tope = {.rlim_cur = TOPE, .rlim_max = TOPE};

    signal(SIGXFSZ, SIG_DFL);
    setrlimit(RLIMIT_FSIZE, &tope);
    en_directorio(escribe_de_mas);
    struct sigaction ahora;
    sigaction(SIGXFSZ, NULL, &ahora);
    cr_assert(ahora.sa_handler == SIG_DFL, "vuelve a ser como era");
}

PRUEBA(file_error, pasar_del_tamano_permitido_es_un_error_y_no_mata)
{
    char salida[512];
    int estado = en_otro_proceso(con_tope, salida, sizeof salida);

    cr_assert(WIFEXITED(estado) && WEXITSTATUS(estado) == 0, "%#x: %s", estado, salida);
}
