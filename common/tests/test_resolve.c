#include "servidor.h"

#include "io/resolve.h"
#include "nombres_falsos.h"

#include <arpa/inet.h>
#include <locale.h>

TestSuite(resolve, .timeout = 60);

static struct as__resolver resolvedor;

static int con_resolvedor(void *arg)
{
    as_fn *cuerpo = *(as_fn **)arg;

    as__resolver_init(&resolvedor);
    int rc = cuerpo(NULL);
    as__resolver_close(&resolvedor);
    return rc;
}

#define RESOLVIENDO(fn) CORRE(con_resolvedor, &(as_fn *){fn}, 0)

static int resuelve(void *arg)
{
    struct as__addresses direcciones;

    int rc = as__resolve(&resolvedor, arg, &direcciones);
    if (rc == 0) {
        cr_assert_geq(direcciones.count, 1u);
        cr_assert_eq(direcciones.list[direcciones.count - 1].v4.sin_addr.s_addr,
                     htonl(INADDR_LOOPBACK));
    }
    as__addresses_free(&direcciones);
    return rc;
}

static int cincuenta_a_la_vez(void *arg)
{
    as_call llamadas[50];

    (void)arg;
    for (int i = 0; i < 50; i++)
        llamadas[i] = (as_call){resuelve, i % 2 ? "bien.prueba" : "BIEN.prueba", NULL};
    cr_assert_eq(as_gather(llamadas, 50, NULL), 0);
    cr_assert_eq(atomic_load(&nombres_preguntados), 1);
    return 0;
}

PRUEBA(resolve, las_preguntas_iguales_comparten_una_consulta)
{
    RESOLVIENDO(cincuenta_a_la_vez);
}

static int caduca(void *arg)
{
    (void)arg;
    cr_assert_eq(resuelve("bien.prueba"), 0);
    cr_assert_eq(as_sleep(9000), 0);
    cr_assert_eq(resuelve("bien.prueba"), 0);
    cr_assert_eq(atomic_load(&nombres_preguntados), 1, "aún vale");
    cr_assert_eq(as_sleep(2000), 0);
    cr_assert_eq(resuelve("bien.prueba"), 0);
    cr_assert_eq(atomic_load(&nombres_preguntados), 2, "caducó");

    cr_assert_eq(resuelve("no-existe.prueba"), UV_EAI_NONAME);
    cr_assert_not_null(strstr(as_error_text(UV_EAI_NONAME), "«no-existe.prueba»"));
    cr_assert_eq(resuelve("no-existe.prueba"), UV_EAI_NONAME);
    cr_assert_eq(atomic_load(&nombres_preguntados), 4, "un fallo no se recuerda");
    return 0;
}

PRUEBA(resolve, se_recuerda_diez_segundos_y_los_fallos_nada)
{
    RESOLVIENDO(caduca);
}

static int dos_direcciones(void *arg)
{
    struct as__addresses d;

    (void)arg;
    cr_assert_eq(as__resolve(&resolvedor, "dos.prueba", &d), 0);
    cr_assert_eq(d.count, 2u);
    cr_assert_eq(d.list[0].any.sa_family, AF_INET6);
    cr_assert(IN6_IS_ADDR_LOOPBACK(&d.list[0].v6.sin6_addr));
    cr_assert_eq(d.list[1].any.sa_family, AF_INET);
    as__addresses_free(&d);
    return 0;
}

PRUEBA(resolve, da_todas_las_direcciones)
{
    RESOLVIENDO(dos_direcciones);
}

static int muchos_nombres(void *arg)
{
    char nombre[32];

    (void)arg;
    for (int vuelta = 0; vuelta < 2; vuelta++) {
        for (int i = 0; i < 100; i++) {
            snprintf(nombre, sizeof nombre, "n%d.bien.prueba", i);
            cr_assert_eq(resuelve(nombre), 0);
        }
    }
    cr_assert_eq(atomic_load(&nombres_preguntados), 200, "los viejos se olvidan");
    cr_assert_leq(resolvedor.count, 64u);
    cr_assert_eq(resuelve(nombre), 0);
    cr_assert_eq(atomic_load(&nombres_preguntados), 200, "los nuevos, no");
    return 0;
}

PRUEBA(resolve, la_memoria_de_nombres_no_crece_sin_fin)
{
    RESOLVIENDO(muchos_nombres);
}

static int uno_se_va(void *arg)
{
    as_group grupo;

    (void)arg;
    as_group_enter(&grupo);
    as_task *a = as_spawn(&grupo, "a", resuelve, "lento.prueba");
    as_task *b = as_spawn(&grupo, "b", resuelve, "lento.prueba");
    espera_a(&nombres_lentos_en_curso, 1);
    as_cancel(a);
    cr_assert_eq(as_await(a), UV_ECANCELED);
    cr_assert_not(as_task_done(b));
    nombres_suelta();
    cr_assert_eq(as_await(b), 0);
    return as_group_leave(&grupo, 0);
}

PRUEBA(resolve, cancelar_a_quien_espera_no_afecta_a_los_demas)
{
    RESOLVIENDO(uno_se_va);
}

/* ---- Un DNS que no contesta --------------------------------------------------------- */

enum { MUDOS = 30 }; /* más de los hilos que libuv dedicaría a los nombres */

static int pregunta_muda(void *arg)
{
    char nombre[32];

    snprintf(nombre, sizeof nombre, "%d.mudo.prueba", *(int *)arg);
    return resuelve(nombre);
}

static uint64_t sin_querer_mas; /* cuándo dejó de querer respuestas */

static int con_muchos_mudos(void *arg)
{
    as_group grupo;
    as_scope plazo;
    int numeros[MUDOS];

    (void)arg;
    as_group_enter(&grupo);
    for (int i = 0; i < MUDOS; i++) {
        numeros[i] = i;
        cr_assert_eq(as_start_soon(&grupo, NULL, pregunta_muda, &numeros[i]), 0);
    }
    espera_a(&nombres_mudos_en_curso, 1);
    as_scope_enter(&plazo, 20000);
    cr_assert_eq(as_scope_leave(&plazo, resuelve("bien.prueba")), 0,
                 "un DNS mudo tapa a los demás");
    as_group_cancel(&grupo);
    sin_querer_mas = uv_hrtime();
    return as_group_leave(&grupo, 0);
}

PRUEBA(resolve, los_nombres_mudos_no_tapan_a_los_demas_ni_a_la_salida)
{
    RESOLVIENDO(con_muchos_mudos);
    cr_assert_lt((uv_hrtime() - sin_querer_mas) / 1000000, (unsigned)nombres_plazo_ms,
                 "as_run esperó a consultas que ya no quería nadie");
}

/* ---- Con el cliente HTTP ------------------------------------------------------------ */

static int por_nombre(struct entorno *e)
{
    /* En la primera dirección no escucha nadie: vale la segunda. */
    get_correcto(e, url_en(e->servidor, "dos.prueba", "/"));
    get_correcto(e, url_en(e->servidor, "localhost", "/"));
    get_correcto(e, url_en(e->servidor, "MAYUS.Bien.Prueba", "/"));
    as_http_response r;
    const char *con_tilde = url_en(e->servidor, "ñandú.bien.prueba", "/");
    cr_assert_eq(as_http_get(e->http, con_tilde, &r), UV_EINVAL);
    cr_assert_not_null(strstr(as_error_text(UV_EINVAL), "setlocale"));
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
    get_correcto(e, con_tilde);
    get_correcto(e, url_en(e->servidor, "usuario:clave@bien.prueba", "/"));
    get_correcto(e, url_en(e->servidor, "127.1", "/"));
    int preguntas = atomic_load(&nombres_preguntados);
    get_correcto(e, url_en(e->servidor, "bien.prueba", "/otra"));
    cr_assert_eq(atomic_load(&nombres_preguntados), preguntas);
    cr_assert_eq(atomic_load(&nombres_preguntados_por_libcurl), 0,
                 "libcurl no debe resolver nunca: bloquea al cancelar");
    return 0;
}

PRUEBA(resolve, el_cliente_http_resuelve_siempre_por_su_cuenta)
{
    con_servidor(atiende_eco, por_nombre);
}

/* ---- Ctrl+C y un DNS mudo ------------------------------------------------------------ */

struct mudo {
    struct entorno *e;
    char direccion[128];
};

static int pide_mudo(void *arg)
{
    struct mudo *m = arg;
    as_http_response r;

    return as_http_get(m->e->http, m->direccion, &r);
}

/* Como un monitor: muchos sitios caídos, uno sano, y al rato Ctrl+C. */
static int monitor(struct entorno *e)
{
    static struct mudo mudos[MUDOS];
    as_group grupo;
    as_scope plazo;
    char maquina[32];

    as_group_enter(&grupo);
    for (int i = 0; i < MUDOS; i++) {
        snprintf(maquina, sizeof maquina, "%d.mudo.prueba", i);
        mudos[i].e = e;
        strcpy(mudos[i].direccion, url_en(e->servidor, maquina, "/"));
        BIEN(as_start_soon(&grupo, NULL, pide_mudo, &mudos[i]));
    }
    espera_a(&nombres_mudos_en_curso, MUDOS);
    as_scope_enter(&plazo, 20000);
    get_correcto(e, url_en(e->servidor, "bien.prueba", "/"));
    BIEN(as_scope_leave(&plazo, 0));
    uint64_t antes = uv_hrtime();
    raise(SIGINT);
    cr_assert_eq(as_group_leave(&grupo, 0), UV_ECANCELED);
    cr_assert_lt((uv_hrtime() - antes) / 1000000, (unsigned)nombres_plazo_ms);
    return 0;
}

PRUEBA(resolve, un_monitor_con_sitios_mudos_atiende_al_sano_y_a_ctrl_c)
{
    con_servidor(atiende_eco, monitor);
}
