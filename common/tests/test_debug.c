#include "prueba.h"

#include <jansson.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

TestSuite(debug, .timeout = 60);

static char salida[16384];

/* Ejecuta `fn` en otro proceso con AS_DEBUG=1 y deja su stderr en `salida`. */
static int con_depuracion(void (*fn)(void))
{
    setenv("AS_DEBUG", "1", 1);
    int estado = en_otro_proceso(fn, salida, sizeof salida);
    unsetenv("AS_DEBUG");
    return estado;
}

#define CONTIENE(texto)                                                                  \
    cr_assert(strstr(salida, texto), "falta «%s» en:\n%s", texto, salida)

/* ---- Acaparar el hilo --------------------------------------------------------------- */

/* Gasta ese rato de procesador, tarde lo que tarde en tenerlo. */
static void gasta_ms(long ms)
{
    struct timespec gastado;
    long inicio = 0, ahora;

    do {
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &gastado);
        ahora = gastado.tv_sec * 1000 + gastado.tv_nsec / 1000000;
        inicio = inicio ? inicio : ahora;
    } while (ahora - inicio < ms);
}

static int acapara(void *arg)
{
    (void)arg;
    gasta_ms(120);
    return 0;
}

static int lanza_acaparadora(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "egoísta", acapara, NULL);
    return as_group_leave(&grupo, rc);
}

static void corre_acaparadora(void)
{
    as_run(lanza_acaparadora, NULL);
}

PRUEBA(debug, nombra_a_quien_acapara_el_hilo)
{
    cr_assert_eq(con_depuracion(corre_acaparadora), 0);
    CONTIENE("la tarea «egoísta» (creada en test_debug.c:");
    CONTIENE(" acaparó el hilo 1");
    cr_assert_eq(en_otro_proceso(corre_acaparadora, salida, sizeof salida), 0);
    cr_assert_str_eq(salida, "", "sin AS_DEBUG no dice nada");
}

static int gasta_70(void *arg)
{
    (void)arg;
    gasta_ms(70);
    return 0;
}

/* Le quitan el procesador también mientras se mide cuánto corrió. */
static int cede_sin_parar(void *arg)
{
    int rc = 0;

    (void)arg;
    for (clock_t hasta = clock() + CLOCKS_PER_SEC / 5; rc == 0 && clock() < hasta;)
        rc = as_yield();
    return rc;
}

/*
 * Tres que no paran, en el mismo procesador que la tarea: lo que la hacen esperar no es suyo. Se
 * crean y se recogen fuera, que también eso dura.
 */
static void apretada(as_fn *fn)
{
    enum { OTROS = 3 };
    pid_t otros[OTROS];
    cpu_set_t uno;

    CPU_ZERO(&uno);
    CPU_SET(sched_getcpu(), &uno);
    sched_setaffinity(0, sizeof uno, &uno);
    for (int i = 0; i < OTROS; i++)
        if ((otros[i] = fork()) == 0)
            for (;;)
                ;
    as_run(fn, NULL);
    for (int i = 0; i < OTROS; i++) {
        kill(otros[i], SIGKILL);
        waitpid(otros[i], NULL, 0);
    }
}

static void corre_apretada(void)
{
    apretada(gasta_70);
}

static void cede_apretada(void)
{
    apretada(cede_sin_parar);
}

PRUEBA(debug, no_culpa_a_quien_espera_un_procesador)
{
    if (access("/proc/thread-self/schedstat", R_OK) != 0)
        cr_skip_test("este núcleo no dice cuánto se espera un procesador");
    cr_assert_eq(con_depuracion(corre_apretada), 0);
    cr_assert_str_eq(salida, "");
}

/* Si el procesador se lo quitan entre las dos medidas, la resta no da la vuelta. */
PRUEBA(debug, nadie_acapara_el_hilo_quinientos_siglos)
{
    cr_assert_eq(con_depuracion(cede_apretada), 0);
    cr_assert(!strstr(salida, " acaparó el hilo 18446744"), "%s", salida);
}

/* ---- Errores que nadie mira --------------------------------------------------------- */

static int falla(void *arg)
{
    return as_error_set(UV_EIO, "%s", (const char *)arg);
}

static int ignora_errores(void *arg)
{
    as_group grupo;
    as_outcome final;

    (void)arg;
    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    as_task *mirada = as_spawn(&grupo, "mirada", falla, "a");
    int rc = as_start_soon(&grupo, "primera", falla, "b");
    as_task *perdida = as_spawn(&grupo, "perdida", falla, "se quemó");
    cr_assert(rc == 0 && perdida);
    cr_assert_eq(as_await(mirada), UV_EIO);
    cr_assert_eq(as_gather((as_call[]){{falla, "c", "casilla"}}, 1, &final), 1);
    rc = as_group_leave(&grupo, 0);
    cr_assert_eq(rc, UV_EIO);
    return 0;
}

static void corre_ignora_errores(void)
{
    as_run(ignora_errores, NULL);
}

PRUEBA(debug, dice_los_errores_que_nadie_miro)
{
    cr_assert_eq(con_depuracion(corre_ignora_errores), 0);
    CONTIENE("nadie miró el error de la tarea «primera»");
    CONTIENE("error de entrada o salida: se quemó.\n");
    cr_assert_null(strstr(salida, "mirada"));
    cr_assert_null(strstr(salida, "casilla"));
}

/* ---- Quién espera a quién ----------------------------------------------------------- */

struct dos_cerrojos {
    as_lock *primero, *segundo;
};

static int toma_los_dos(void *arg)
{
    struct dos_cerrojos *c = arg;
    int rc = as_lock_acquire(c->primero);

    if (rc < 0)
        return rc;
    BIEN(as_yield());
    rc = as_lock_acquire(c->segundo);
    if (rc == 0)
        as_lock_release(c->segundo);
    as_lock_release(c->primero);
    return rc;
}

static int abrazo_mortal(void *arg)
{
    as_lock a, b;
    struct dos_cerrojos ab = {&a, &b}, ba = {&b, &a};

    (void)arg;
    as_lock_init(&a);
    as_lock_init(&b);
    return as_gather(
        (as_call[]){{toma_los_dos, &ab, "izquierda"}, {toma_los_dos, &ba, "derecha"}}, 2,
        NULL);
}

static void corre_abrazo_mortal(void)
{
    fprintf(stderr, "rc=%s\n", as_errname(as_run(abrazo_mortal, NULL)));
}

PRUEBA(debug, un_interbloqueo_muestra_su_ciclo)
{
    cr_assert_eq(en_otro_proceso(corre_abrazo_mortal, salida, sizeof salida), 0);
    cr_assert_str_eq(salida,
                     "asinc: interbloqueo: nada puede despertar a estas tareas.\n"
                     "  - «principal» espera: a las tareas de su grupo\n"
                     "    - «izquierda» espera: un cerrojo (depende de «derecha»)\n"
                     "    - «derecha» espera: un cerrojo (depende de «izquierda»)\n"
                     "  El ciclo: «izquierda» → «derecha» → «izquierda»\n"
                     "rc=EDEADLK\n");
}

static int espera_evento(void *arg)
{
    return as_event_wait(arg);
}

static int se_vuelca(void *arg)
{
    as_group grupo;
    as_event evento;

    as_event_init(&evento);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "paciente", espera_evento, &evento);
    BIEN(as_sleep(250));
    cr_assert_eq(as_task_count(), 2u);
    if (arg)
        raise(SIGUSR1); /* la atiende el bucle en cuanto le toca */
    else
        as_dump(stderr);
    BIEN(as_sleep(20));
    as_event_set(&evento);
    return as_group_leave(&grupo, rc);
}

static void corre_vuelco(void)
{
    as_run_options(se_vuelca, NULL, &(as_options){.clock = AS_CLOCK_VIRTUAL});
}

PRUEBA(debug, as_dump_dibuja_el_arbol)
{
    cr_assert_eq(con_depuracion(corre_vuelco), 0);
    CONTIENE("asinc: 2 tareas vivas:\n  - «principal» está corriendo (creada en "
             "test_debug.c:");
    CONTIENE("\n    - «paciente» espera: un evento, desde hace 250 ms (creada en "
             "test_debug.c:");
}

static void corre_vuelco_por_senal(void)
{
    as_run(se_vuelca, "señal");
}

PRUEBA(debug, sigusr1_tambien_lo_dibuja)
{
    cr_assert_eq(con_depuracion(corre_vuelco_por_senal), 0);
    /* Que pase un plazo o, si la máquina va tan despacio que ya pasó, su turno. */
    CONTIENE("\n  - «principal» espera: ");
    CONTIENE("«paciente» espera: un evento");
}

static volatile sig_atomic_t avisos;

static void al_avisar(int senal)
{
    (void)senal;
    avisos++;
}

static int se_avisa(void *arg)
{
    (void)arg;
    raise(SIGUSR1);
    return as_sleep(1);
}

PRUEBA(debug, un_manejador_propio_de_sigusr1_se_queda)
{
    signal(SIGUSR1, al_avisar);
    cr_assert_eq(as_run_options(se_avisa, NULL, &(as_options){.debug = true}), 0);
    cr_assert_eq(avisos, 1);
    cr_assert_eq(as_run(se_avisa, NULL), 0);
    cr_assert_eq(avisos, 2);
}

/* ---- Lo que quedó sin cerrar -------------------------------------------------------- */

static int olvida_el_cliente(void *arg)
{
    as_http *http;

    (void)arg;
    return as_http_new(NULL, &http);
}

static void corre_olvido(void)
{
    as_run(olvida_el_cliente, NULL);
}

PRUEBA(debug, dice_que_quedo_sin_cerrar_y_no_se_cuelga)
{
#ifdef PRUEBA_VALGRIND
    cr_skip_test("lo que se deja a propósito es una fuga, y valgrind lo dice");
#endif
    cr_assert_eq(con_depuracion(corre_olvido), 0);
    CONTIENE("asinc: quedó sin cerrar un cliente HTTP (creado en test_debug.c:");
}

static int nada(void *arg)
{
    (void)arg;
    return 0;
}

PRUEBA(debug, no_deja_descriptores_abiertos)
{
    as_options opciones = {.debug = true};

    cr_assert_eq(as_run_options(nada, NULL, &opciones),
                 0); /* lo que libuv abre una vez */
    int antes = descriptores();
    cr_assert_eq(as_run_options(nada, NULL, &opciones), 0);
    cr_assert_eq(descriptores(), antes);
}

/* ---- La traza ----------------------------------------------------------------------- */

static int dos_siestas(void *arg)
{
    as_call siestas[] = {{(as_fn *)NULL, NULL, "comilla \" y \\"}, {NULL, NULL, "dos"}};

    (void)arg;
    for (int i = 0; i < 2; i++)
        siestas[i].fn = espera_evento;
    as_event ya;
    as_event_init(&ya);
    as_event_set(&ya);
    siestas[0].arg = siestas[1].arg = &ya;
    int rc = as_gather(siestas, 2, NULL);
    return rc < 0 ? rc : as_sleep(1000);
}

static size_t cuenta(json_t *sucesos, const char *campo, const char *valor)
{
    json_t *suceso;
    size_t i, n = 0;

    json_array_foreach(sucesos, i, suceso)
    {
        const char *texto = json_string_value(json_object_get(suceso, campo));
        n += texto && strcmp(texto, valor) == 0;
    }
    return n;
}

/* Ejecuta `fn` con AS_TRACE y devuelve los sucesos de su traza. */
static json_t *traza_de(as_fn *fn)
{
    const char *temporal = getenv("TMPDIR");
    char ruta[512];
    json_error_t error;

    snprintf(ruta, sizeof ruta, "%s/traza-XXXXXX", temporal ? temporal : "/tmp");
    close(mkstemp(ruta));
    setenv("AS_TRACE", ruta, 1);
    CORRE(fn, NULL, 0);
    unsetenv("AS_TRACE");
    json_t *sucesos = json_load_file(ruta, 0, &error);
    unlink(ruta);
    cr_assert_not_null(sucesos, "%s", error.text);
    return sucesos;
}

PRUEBA(debug, la_traza_es_json_y_cuenta_los_tramos)
{
    json_t *sucesos = traza_de(dos_siestas);

    cr_assert_eq(cuenta(sucesos, "name", "thread_name"), 3u);
    cr_assert_eq(cuenta(sucesos, "name", "que pase un plazo"), 1u);
    cr_assert_eq(cuenta(sucesos, "name", "comilla \" y \\"), 1u);
    cr_assert_geq(cuenta(sucesos, "cat", "corre"), 5u);
    cr_assert_eq(cuenta(sucesos, "cat", "fin"), 0u, "nadie acabó mal");
    json_t *suceso;
    size_t i;
    json_array_foreach(sucesos, i, suceso)
    {
        const char *nombre = json_string_value(json_object_get(suceso, "name"));
        if (strcmp(nombre, "que pase un plazo") == 0)
            cr_assert_eq(json_number_value(json_object_get(suceso, "dur")), 1e6);
    }
    json_decref(sucesos);
}

static int duerme(void *arg)
{
    (void)arg;
    return as_sleep(1000);
}

static int acaban_mal(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    int rc = as_start_soon(&grupo, "fallida", falla, "a");
    as_task *cancelada = as_spawn(&grupo, "cancelada", duerme, NULL);
    cr_assert(rc == 0 && cancelada);
    as_cancel(cancelada);
    return as_group_leave(&grupo, 0) == UV_EIO ? 0 : 1;
}

PRUEBA(debug, la_traza_dice_quien_acabo_mal)
{
    json_t *sucesos = traza_de(acaban_mal);

    cr_assert_eq(cuenta(sucesos, "name", "thread_name"), 3u);
    cr_assert_eq(cuenta(sucesos, "cat", "fin"), 2u);
    cr_assert_eq(cuenta(sucesos, "name", as_strerror(UV_EIO)), 1u);
    cr_assert_eq(cuenta(sucesos, "name", as_strerror(UV_ECANCELED)), 1u);
    json_decref(sucesos);
}

/* Lo bien escrito queda igual, y cada byte suelto es un «�». */
static const struct {
    const char *dado, *traza;
} nombres[] = {
    {"ñ€😀 \x01", "ñ€😀 \x01"},
    {"MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMñ", "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMM\uFFFD"},
    {"\xff", "\uFFFD"},
    {"a\x80z", "a\uFFFDz"},
    {"\xc1\x81", "\uFFFD\uFFFD"},           /* una A en dos bytes */
    {"\xe0\x80\x81", "\uFFFD\uFFFD\uFFFD"}, /* y en tres */
    {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"}, /* medio carácter de UTF-16 */
    {"\xf0\x80\x80\x81", "\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"\xf4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"}, /* tras el último */
    {"\xf5\x80\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
};

static int con_nombres_raros(void *arg)
{
    as_call llamadas[sizeof nombres / sizeof *nombres];
    as_event ya;

    (void)arg;
    as_event_init(&ya);
    as_event_set(&ya);
    for (size_t i = 0; i < sizeof nombres / sizeof *nombres; i++)
        llamadas[i] = (as_call){espera_evento, &ya, nombres[i].dado};
    return as_gather(llamadas, sizeof nombres / sizeof *nombres, NULL);
}

PRUEBA(debug, un_nombre_mal_escrito_no_estropea_la_traza)
{
    json_t *sucesos = traza_de(con_nombres_raros);

    for (size_t i = 0; i < sizeof nombres / sizeof *nombres; i++) {
        const char *esperado = nombres[i].traza;
        cr_assert_geq(cuenta(sucesos, "name", esperado), 1u, "falta «%s»", esperado);
    }
    json_decref(sucesos);
}

PRUEBA(debug, una_traza_que_no_se_puede_escribir_es_un_error)
{
    setenv("AS_TRACE", "/no/existe/traza.json", 1);
    cr_assert_eq(as_run(dos_siestas, NULL), UV_ENOENT);
    unsetenv("AS_TRACE");
}
