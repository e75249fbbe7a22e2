#include "pg_prueba.h"

#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(pg_errores, .timeout = 60);

/* Un error que no es de la red no puede decir que la cortaron. */

/* Conecta y consulta; la cadena de conexión, con formato de printf. */
__attribute__((format(printf, 1, 2))) static int intenta(const char *formato, ...)
{
    char conninfo[512];
    va_list args;

    va_start(args, formato);
    vsnprintf(conninfo, sizeof conninfo, formato, args);
    va_end(args);
    as_pg *pool = abre_pool(conninfo, 1);
    int rc = as_pg_query(pool, "select 1", NULL, 0, NULL);
    as_pg_close(pool);
    return rc;
}

/* ---- Lo que se pide mal ------------------------------------------------------------- */

static int otro_numero(struct pg_entorno *e)
{
    long proceso = numero(e->pool, "select pg_backend_pid()");

    cr_assert_eq(as_pg_query(e->pool, "select $1, $2", PARAMETROS("1"), NULL), UV_EINVAL);
    cr_assert(
        strstr(as_error_text(UV_EINVAL), "el número de parámetros no es el que pide"),
        "%s", as_error_text(UV_EINVAL));
    cr_assert_str_eq(as_pg_sqlstate(UV_EINVAL), "08P01");
    cr_assert_eq(as_pg_query(e->pool, "select 1", PARAMETROS("1"), NULL), UV_EINVAL);
    cr_assert_eq(as_pg_query(e->pool, "select $1", NULL, 0, NULL), UV_EINVAL);
    cr_assert_eq(numero(e->pool, "select pg_backend_pid()"), proceso,
                 "la conexión sigue sirviendo");
    return 0;
}

PRUEBA(pg_errores, sobran_o_faltan_parametros)
{
    con_pg(otro_numero, 1, NULL);
}

static int cadenas_que_no_valen(void *arg)
{
    static const char *const cadenas[] = {
        "port=abc",        "port=70000",   "host=/a,/b,/c port=1,2",
        "sslmode=siempre", "hostaddr=uno", "target_session_attrs=la-buena"};

    (void)arg;
    for (size_t i = 0; i < sizeof cadenas / sizeof *cadenas; i++) {
        cr_assert_eq(intenta("%s", cadenas[i]), UV_EINVAL, "%s: %s", cadenas[i],
                     as_error_text(UV_EINVAL));
        cr_assert(strstr(as_error_text(UV_EINVAL), "la cadena de conexión no vale: "),
                  "%s: %s", cadenas[i], as_error_text(UV_EINVAL));
    }
    return 0;
}

PRUEBA(pg_errores, una_cadena_de_conexion_imposible_no_es_un_corte)
{
    CORRE(cadenas_que_no_valen, NULL, 0);
}

/* ---- Lo que falta aquí -------------------------------------------------------------- */

static int sin_descriptores(void *arg)
{
    struct rlimit antes, ninguno;
    int libre = dup(STDERR_FILENO);

    (void)arg;
    close(libre);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &antes), 0);
    ninguno = antes;
    ninguno.rlim_cur = (rlim_t)libre;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &ninguno), 0);
    int por_socket = intenta(" ");
    int por_red = intenta("host=127.0.0.1 port=9");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &antes), 0);
    cr_assert_eq(por_socket, UV_EMFILE, "%s", as_error_text(por_socket));
    cr_assert_eq(por_red, UV_EMFILE, "%s", as_error_text(por_red));
    return 0;
}

PRUEBA(pg_errores, sin_descriptores_no_se_dice_que_falta_memoria)
{
    CORRE(sin_descriptores, NULL, 0);
}

/* ---- Cifrar ------------------------------------------------------------------------- */

/* Un servidor que cifra y no hace más. Su certificado, que él mismo firma, es para la
 * máquina otro.prueba; ajeno.pem no tiene que ver. */
static const char guion[] =
    "cd '%s' || exit\n"
    "for de in otro ajeno; do\n"
    "  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
    "\\\n"
    "    -keyout $de.key -out $de.pem -subj /CN=$de.prueba 2>/dev/null || exit 77\n"
    "done\n"
    "exec openssl s_server -unix '%s' -cert otro.pem -key otro.key -quiet %s \\\n"
    "  </dev/null >/dev/null 2>&1";

static char carpeta[64];
static pid_t cifrador;

/* `exige`: más opciones suyas. */
static void arranca_el_cifrador(struct puente *p, const char *exige)
{
    const char *base = getenv("TMPDIR");
    char orden[1024];

    snprintf(carpeta, sizeof carpeta, "%.40s/cifra-XXXXXX", base ? base : "/tmp");
    cr_assert_not_null(mkdtemp(carpeta));
    snprintf(p->servidor, sizeof p->servidor, "%.90s/s", carpeta);
    snprintf(orden, sizeof orden, guion, carpeta, p->servidor, exige);
    p->tls = true;
    cifrador = fork();
    cr_assert_geq(cifrador, 0);
    if (cifrador == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* aunque la prueba falle */
        for (int fd = 3; fd < 100; fd++)
            close(fd);
        execl("/bin/sh", "sh", "-c", orden, (char *)NULL);
        _exit(127);
    }
    while (!puente_tiene_servidor(p)) {
        if (waitpid(cifrador, NULL, WNOHANG) == cifrador)
            cr_skip_test("openssl no está instalado");
        usleep(1000);
    }
}

static void para_el_cifrador(void)
{
    static const char *const archivos[] = {"otro.pem", "otro.key", "ajeno.pem",
                                           "ajeno.key", "s"};
    char ruta[128];

    kill(cifrador, SIGKILL);
    waitpid(cifrador, NULL, 0);
    for (size_t i = 0; i < sizeof archivos / sizeof *archivos; i++) {
        snprintf(ruta, sizeof ruta, "%s/%s", carpeta, archivos[i]);
        unlink(ruta);
    }
    cr_assert_eq(rmdir(carpeta), 0);
}

static int certificados(void *arg)
{
    static const struct {
        const char *raiz, *dice;
    } casos[] = {{"ajeno.pem", "certificate verify failed"},
                 {"otro.pem", "does not match host name"},
                 {"no-existe.pem", "does not exist"}};
    const struct puente *p = arg;

    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        int rc = intenta("host=bien.prueba port=%d sslmode=verify-full sslrootcert=%s/%s",
                         p->puerto, carpeta, casos[i].raiz);
        cr_assert_eq(rc, AS_EKEYREJECTED, "%s: %s (%s)", casos[i].raiz, as_strerror(rc),
                     as_error_text(rc));
        cr_assert(strstr(as_error_text(rc), "el certificado no vale: ") &&
                      strstr(as_error_text(rc), casos[i].dice),
                  "%s: %s", casos[i].raiz, as_error_text(rc));
    }
    return 0;
}

PRUEBA(pg_errores, un_certificado_que_no_vale_se_dice)
{
    necesita_pg();
    struct puente *p = puente_abre(PASA);
    arranca_el_cifrador(p, "");
    CORRE(certificados, p, 0);
    puente_cierra(p);
    para_el_cifrador();
}

/* El servidor pide uno, y solo se fía de los de ajeno. */
static int el_nuestro(void *arg)
{
    static const struct {
        const char *certificado, *clave;
    } casos[] = {{"otro", "otro"}, {"ajeno", "otro"}, {"otro", "ajeno"}};
    const struct puente *p = arg;

    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        int rc = intenta("host=127.0.0.1 port=%d sslmode=require sslcert=%s/%s.pem "
                         "sslkey=%s/%s.key",
                         p->puerto, carpeta, casos[i].certificado, carpeta,
                         casos[i].clave);
        cr_assert_eq(rc, AS_EKEYREJECTED, "%zu: %s (%s)", i, as_errname(rc),
                     as_error_text(rc));
        cr_assert_not_null(strstr(as_error_text(rc), "el certificado no vale: "), "%s",
                           as_error_text(rc));
    }
    return 0;
}

PRUEBA(pg_errores, un_certificado_nuestro_que_no_se_admite_se_dice)
{
    static const char *const versiones[] = {"-tls1_3", "-tls1_2"};
    char exige[128];

    necesita_pg();
    for (int i = 0; i < 2; i++) {
        struct puente *p = puente_abre(PASA);
        snprintf(exige, sizeof exige,
                 "-Verify 1 -verify_return_error -CAfile ajeno.pem %s", versiones[i]);
        arranca_el_cifrador(p, exige);
        CORRE(el_nuestro, p, 0);
        puente_cierra(p);
        para_el_cifrador();
    }
}

static int sin_cifrar(void *arg)
{
    struct puente *p = arg;

    cr_assert_eq(intenta("host=127.0.0.1 port=%d sslmode=require", p->puerto), UV_EPROTO);
    cr_assert(strstr(as_error_text(UV_EPROTO), "no se pudo cifrar la conexión: "), "%s",
              as_error_text(UV_EPROTO));
    strcpy(p->servidor, "/no/existe"); /* acepta y cuelga */
    cr_assert_eq(intenta("host=127.0.0.1 port=%d sslmode=require", p->puerto),
                 UV_ECONNRESET, "%s", as_error_text(UV_ECONNRESET));
    return 0;
}

PRUEBA(pg_errores, un_servidor_que_no_cifra_y_uno_que_cuelga)
{
    necesita_pg();
    struct puente *p = puente_abre(PASA);
    CORRE(sin_cifrar, p, 0);
    puente_cierra(p);
}
