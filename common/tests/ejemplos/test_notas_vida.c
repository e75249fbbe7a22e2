#include "notas_banco.h"

#include <unistd.h>

/* Que no dé abasto, que se quede sin base de datos y que se detenga. */
TestSuite(notas_vida, .timeout = 60);

#define NOTA "{\"titulo\": \"a\", \"texto\": \"b\"}"

struct peticion {
    struct notas *n;
    const char *metodo, *camino, *cuerpo;
    int estado;
};

static int pide(void *arg)
{
    struct peticion *p = arg;

    contesta(p->n, p->metodo, p->camino, p->cuerpo, p->estado, NULL);
    return 0;
}

/* ---- Demasiados --------------------------------------------------------------------- */

static int lleno(struct notas *n)
{
    as_group grupo;
    as_pg_connection *cerrojo = bloquea(n);
    struct peticion dentro = {n, "POST", "/notas", NOTA, 201};

    as_group_enter(&grupo);
    BIEN(as_start_soon(&grupo, NULL, pide, &dentro)); /* con la única conexión */
    espera_bloqueadas(n, 1);
    contesta(n, "GET", "/nada", NULL, 404, NULL);
    contesta(n, "GET", "/salud", NULL, 503, "demasiadas");
    contesta(n, "POST", "/notas", NOTA, 503, "demasiadas");
    BIEN(as_pg_end(cerrojo, 0));
    as_pg_release(cerrojo);
    BIEN(as_group_leave(&grupo, 0));
    contesta(n, "GET", "/notas", NULL, 200, "\"id\":1");
    return 0;
}

PRUEBA(notas_vida, cuando_no_caben_mas_peticiones_se_dice_enseguida)
{
    con_notas(lleno, OPCIONES("--conexiones", "1", "--cola", "0", "--plazo", "600"));
}

static int lenta(struct notas *n)
{
    as_pg_connection *cerrojo = bloquea(n);

    contesta(n, "POST", "/notas", NOTA, 503, "no está disponible");
    espera_bloqueadas(n, 0); /* y la consulta no siguió por su cuenta */
    BIEN(as_pg_end(cerrojo, 0));
    as_pg_release(cerrojo);
    contesta(n, "GET", "/notas", NULL, 200, "[]");
    return 0;
}

PRUEBA(notas_vida, una_consulta_que_no_acaba_vence_y_no_tiene_efecto)
{
    con_notas(lenta, OPCIONES("--plazo", "0.3"));
}

static int tropel(struct notas *n)
{
    struct peticion todas[200];

    for (int i = 0; i < 200; i++)
        todas[i] = (struct peticion){n, "POST", "/notas", NOTA, 201};
    BIEN(as_gather_each(pide, todas, 200, sizeof *todas, NULL));
    cr_assert_eq(ejecuta(n->base, "select count(*) from notas"), 200);
    return 0;
}

PRUEBA(notas_vida, doscientas_a_la_vez_caben_en_la_cola)
{
    con_notas(tropel, OPCIONES("--conexiones", "4", "--cola", "196"));
}

static int oyentes(struct notas *n)
{
    char todo[1024];
    as_stream *uno = sigue_los_sucesos(n);

    contesta(n, "GET", "/sucesos", NULL, 503, "todos los que caben");
    as_stream_close(uno);
    as_stream
        *otro; /* el sitio de quien se va es de otro, en cuanto se sabe que se fue */
    for (;;) {
        otro = conecta(n->puerto);
        manda(otro, "GET /sucesos HTTP/1.1\r\nHost: a\r\n\r\n");
        hasta(otro, "\r\n\r\n", todo, sizeof todo);
        if (strstr(todo, " 200 ") != NULL)
            break;
        as_stream_close(otro);
    }
    hasta(otro, "hola", todo, sizeof todo);
    as_stream_close(otro);
    return 0;
}

PRUEBA(notas_vida, los_oyentes_tienen_un_limite)
{
    con_notas(oyentes, OPCIONES("--oyentes", "1"));
}

/* ---- Detenerse ---------------------------------------------------------------------- */

static int a_medias(struct notas *n)
{
    char todo[1024];
    as_group grupo;
    as_stream *sucesos = sigue_los_sucesos(n);
    as_pg_connection *cerrojo = bloquea(n);
    struct peticion dentro[2] = {{n, "POST", "/notas", NOTA, 201},
                                 {n, "GET", "/notas", NULL, 200}};

    as_group_enter(&grupo);
    for (int i = 0; i < 2; i++)
        BIEN(as_start_soon(&grupo, NULL, pide, &dentro[i]));
    espera_bloqueadas(n, 2);
    ejemplo_recibe(&n->e, SIGTERM);
    n->detenido = true;
    ejemplo_dice(&n->e, ERRORES, "me detengo");
    hasta(sucesos, "data: {\"adios\": \"el servicio se detiene\"}\n\n\r\n0\r\n\r\n", todo,
          sizeof todo);
    BIEN(as_pg_end(cerrojo, 0)); /* lo que estaba atendiendo acaba bien */
    as_pg_release(cerrojo);
    BIEN(as_group_leave(&grupo, 0));
    cr_assert_eq(hasta_el_final(sucesos, todo, sizeof todo), 0);
    as_stream_close(sucesos);
    cr_assert_eq(ejecuta(n->base, "select count(*) from notas"), 1);
    return 0;
}

static int sin_acabar(struct notas *n)
{
    as_pg_connection *cerrojo = bloquea(n);
    as_stream *medio = conecta(n->puerto), *ocioso = conecta(n->puerto);
    char todo[1024];

    manda(medio, "POST /notas HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{");
    as_stream *preso = conecta(n->puerto);
    manda(preso, "POST /notas HTTP/1.1\r\nHost: a\r\nContent-Length: 29\r\n\r\n" NOTA);
    espera_bloqueadas(n, 1);
    ejemplo_recibe(&n->e, SIGTERM);
    n->detenido = true;
    hasta_el_final(preso, todo,
                   sizeof todo); /* a los `grace_ms`, aunque nadie lo suelte */
    cr_assert_not_null(strstr(todo, " 503 "), "%s", todo);
    hasta_el_final(medio, todo, sizeof todo);
    hasta_el_final(ocioso, todo, sizeof todo);
    as_stream_close(preso);
    as_stream_close(medio);
    as_stream_close(ocioso);
    ejemplo_dice(&n->e, ERRORES, "adiós");
    BIEN(as_pg_end(cerrojo, 0));
    as_pg_release(cerrojo);
    cr_assert_eq(ejecuta(n->base, "select count(*) from notas"), 0);
    return 0;
}

PRUEBA(notas_vida, un_sigterm_acaba_lo_que_atiende_y_se_despide_de_los_sucesos)
{
    con_notas(a_medias, NULL);
}

PRUEBA(notas_vida, un_sigterm_no_espera_para_siempre_a_lo_que_no_acaba)
{
    con_notas(sin_acabar, OPCIONES("--plazo", "60"));
}

/* ---- La base de datos se va y vuelve -------------------------------------------------- */

struct servidor_propio {
    as_process *proceso;
    char carpeta[256];
};

/* Otro PostgreSQL, solo para esta prueba. Si se muere, vuelve a arrancar. */
static void levanta(struct servidor_propio *s)
{
    BIEN(as_process_spawn((const char *[]){getenv("ASINC_PG_CLUSTER"), "sh", "-c",
                                           "echo $PGHOST; exec cat >/dev/null", NULL},
                          &(as_process_options){.in = AS_PIPE, .out = AS_PIPE},
                          &s->proceso));
    ssize_t n = as_readline(as_process_stdout(s->proceso), s->carpeta, sizeof s->carpeta);
    cr_assert_gt(n, 0, "pg_cluster.sh no arrancó");
}

static void derriba(struct servidor_propio *s)
{
    as_process_close_stdin(s->proceso);
    cr_assert_eq(as_process_wait(s->proceso, NULL), 0);
    as_process_close(s->proceso);
}

static void mata(const struct servidor_propio *s)
{
    char ruta[300];
    int pid;

    snprintf(ruta, sizeof ruta, "%s/data/postmaster.pid", s->carpeta);
    FILE *f = fopen(ruta, "r");
    cr_assert_not_null(f);
    cr_assert_eq(fscanf(f, "%d", &pid), 1);
    fclose(f);
    cr_assert_eq(kill(pid, SIGQUIT), 0);
}

static int reinicia(void *arg)
{
    struct servidor_propio s;
    struct notas n = {0};
    char todo[1024];

    (void)arg;
    levanta(&s);
    snprintf(n.conexion, sizeof n.conexion, "host='%s' dbname=postgres", s.carpeta);
    BIEN(as_http_new(NULL, &n.http));
    notas_lanza(&n, NULL);
    ejemplo_dice(&n.e, ERRORES, "conectada");
    as_stream *sucesos = sigue_los_sucesos(&n);
    struct peticion varias[8];
    for (int i = 0; i < 8; i++) /* que abra unas cuantas conexiones */
        varias[i] = (struct peticion){&n, "POST", "/notas", NOTA, 201};
    BIEN(as_gather_each(pide, varias, 8, sizeof *varias, NULL));

    mata(&s);
    hasta(sucesos, "data: {\"hueco\": true}\n\n", todo, sizeof todo);
    /* Ha vuelto: lo dice quien escucha. Las conexiones muertas que quedaran no estorban. */
    for (int i = 0; i < 8; i++)
        contesta(&n, "POST", "/notas", NOTA, 201, NULL);
    hasta(sucesos, "data: {\"creada\" : ", todo, sizeof todo);
    as_stream_close(sucesos);

    derriba(&s); /* y ahora, para no volver */
    contesta(&n, "GET", "/salud", NULL, 503, "no está disponible");
    contesta(&n, "POST", "/notas", NOTA, 503, "no está disponible");
    contesta(&n, "GET", "/nada", NULL, 404, NULL);
    as_http_close(n.http);
    ejemplo_recibe(&n.e, SIGTERM);
    ejemplo_acaba(&n.e, 0);
    ejemplo_olvida(&n.e);
    return 0;
}

PRUEBA(notas_vida, la_base_de_datos_muere_y_vuelve_y_el_servicio_sigue)
{
    if (getenv("ASINC_PG_CLUSTER") == NULL)
        cr_skip_test("PostgreSQL no está instalado");
    en_el_bucle(reinicia, NULL);
}

static int sin_base(void *arg)
{
    struct notas n = {.conexion = "host=/no/existe"};

    (void)arg;
    BIEN(as_http_new(NULL, &n.http));
    notas_lanza(&n, NULL);
    contesta(&n, "GET", "/salud", NULL, 503, "no está disponible");
    as_stream *sucesos = sigue_los_sucesos(&n); /* avisarán cuando haya */
    as_stream_close(sucesos);
    as_http_close(n.http);
    ejemplo_recibe(&n.e, SIGINT);
    ejemplo_acaba(&n.e, 130);
    ejemplo_olvida(&n.e);

    strcpy(n.conexion, "esto no es nada");
    ejemplo_lanza(&n.e, (const char *[]){"notas", n.conexion, NULL});
    ejemplo_acaba(&n.e, 1);
    DIJO(&n.e, ERRORES, "notas: ");
    ejemplo_olvida(&n.e);
    return 0;
}

PRUEBA(notas_vida, sin_base_de_datos_arranca_lo_dice_y_se_detiene)
{
    en_el_bucle(sin_base, NULL);
}
