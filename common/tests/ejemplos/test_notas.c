#include "notas_banco.h"

/* Lo que hace, y lo que no se deja hacer. */
TestSuite(notas, .timeout = 60);

static int de_la_creacion_al_borrado(struct notas *n)
{
    const char *inyeccion =
        "{\"titulo\": \"'); DROP TABLE notas; --\", \"texto\": \"$1 \\\"ñ\\\" %s \\n\"}";
    char todo[1024];
    as_stream *sucesos = sigue_los_sucesos(n);

    contesta(n, "GET", "/salud", NULL, 200, "bien");
    contesta(n, "GET", "/notas", NULL, 200, "[]");
    contesta(n, "POST", "/notas", inyeccion, 201, "'); DROP TABLE notas; --");
    hasta(sucesos, "data: {\"creada\" : 1}\n\n", todo, sizeof todo);
    contesta(n, "GET", "/notas/1", NULL, 200, "$1 \\\"ñ\\\" %s \\n");
    contesta(n, "POST", "/notas", "{\"titulo\": \"b\", \"texto\": \"\"}", 201,
             "\"id\":2");
    contesta(n, "GET", "/notas?desde=2&limite=1", NULL, 200, "[{\"id\":2,");
    /* Otro programa cambia la tabla y avisa: también se sabe. Con un salto de línea, no. */
    ejecuta(n->base, "select pg_notify('notas', e'{}\\n\\ndata: falso')");
    ejecuta(n->base, "select pg_notify('notas', '{\"otro\": true}')");
    contesta(n, "DELETE", "/notas/1", NULL, 204, NULL);
    hasta(sucesos, "data: {\"borrada\" : 1}\n\n", todo, sizeof todo);
    cr_assert_not_null(strstr(todo, "data: {\"otro\": true}\n\n"), "%s", todo);
    cr_assert_null(strstr(todo, "falso"), "%s", todo);
    contesta(n, "DELETE", "/notas/1", NULL, 404, "no existe la nota 1");
    contesta(n, "GET", "/notas/1", NULL, 404, "no existe la nota 1");
    as_stream_close(sucesos);
    ejemplo_dice(&n->e, ERRORES, "DELETE /notas/1 404"); /* el registro de accesos */
    return 0;
}

PRUEBA(notas, se_crean_se_leen_se_borran_y_los_sucesos_lo_cuentan)
{
    con_notas(de_la_creacion_al_borrado, NULL);
}

static void repite(char *texto, const char *trozo, int veces)
{
    while (veces-- > 0)
        texto = stpcpy(texto, trozo);
}

static int rechaza(struct notas *n)
{
    static char grande[80000];

    contesta(n, "POST", "/notas", "{\"titulo\": ", 400, "línea 1");
    contesta(n, "POST", "/notas", "", 400, NULL);
    contesta(n, "POST", "/notas", "[]", 422, "titulo");
    contesta(n, "POST", "/notas", "{\"titulo\": 7, \"texto\": \"\"}", 422, "titulo");
    contesta(n, "POST", "/notas", "{\"titulo\": \"a\"}", 422, "texto");
    contesta(n, "POST", "/notas", "{\"titulo\": \"a\\u0000b\", \"texto\": \"\"}", 400,
             NULL);
    contesta(n, "POST", "/notas", "{\"titulo\": \"\xff\", \"texto\": \"\"}", 400, NULL);
    repite(stpcpy(grande, "{\"texto\": \"\", \"titulo\": \""), "ñ", 101);
    strcat(grande, "\"}");
    contesta(n, "POST", "/notas", grande, 422, "pasa de 200 bytes");
    repite(grande, "[", 10000);
    contesta(n, "POST", "/notas", grande, 400, NULL);
    repite(grande, "{\"a\":", 10000);
    contesta(n, "POST", "/notas", grande, 400, NULL);
    repite(grande, " ", 70000);
    contesta(n, "POST", "/notas", grande, 413, NULL);
    en_crudo(n, "POST /notas HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n{",
             " 413 ");
    contesta(n, "GET", "/notas/siete", NULL, 422, "«id»");
    contesta(n, "GET", "/notas/99999999999999999999", NULL, 422, "«id»");
    contesta(n, "GET", "/notas/-9223372036854775808", NULL, 404, NULL);
    contesta(n, "GET", "/notas/1%20or%201=1", NULL, 422, "«id»");
    contesta(n, "GET", "/notas?limite=101", NULL, 422, "limite");
    contesta(n, "GET", "/notas?desde=;drop", NULL, 422, "desde");
    contesta(n, "GET", "/nada%0a2026-01-01%20INFO%20falso", NULL, 404, NULL);
    contesta(n, "PUT", "/notas/1", NULL, 405, NULL);
    en_crudo(n, "\x16\x03\x01 basura\r\n\r\n", " 400 ");
    contesta(n, "GET", "/notas", NULL, 200, "[]");
    ejemplo_dice(&n->e, ERRORES, "%0a2026-01-01%20INFO%20falso 404");
    return 0;
}

PRUEBA(notas, lo_que_no_es_una_nota_se_rechaza_y_no_llega_a_la_base)
{
    con_notas(rechaza, NULL);
}

static int seguidas(struct notas *n)
{
    char todo[8192];
    const char *p = todo;
    as_stream *s = conecta(n->puerto);

    manda(s, "POST /notas HTTP/1.1\r\nHost: a\r\nContent-Length: 28\r\n\r\n"
             "{\"titulo\": \"a\", \"texto\": \"\"}"
             "GET /notas/1 HTTP/1.1\r\nHost: a\r\n\r\n"
             "HEAD /sucesos HTTP/1.1\r\nHost: a\r\n\r\n"
             "DELETE /notas/1 HTTP/1.1\r\nHost: a\r\n\r\n"
             "GET /notas/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    hasta_el_final(s, todo, sizeof todo);
    const char *estados[] = {" 201 ", " 200 ", " 200 ", " 204 ", " 404 "};
    for (int i = 0; i < 5; i++) {
        p = strstr(p, "HTTP/1.1");
        cr_assert_not_null(p, "%s", todo);
        cr_assert_eq(strncmp(p + 8, estados[i], 5), 0, "la %d: %s", i, p);
        p++;
    }
    as_stream_close(s);
    return 0;
}

PRUEBA(notas, las_peticiones_seguidas_se_responden_por_orden)
{
    con_notas(seguidas, NULL);
}

/* ---- Quien va despacio -------------------------------------------------------------- */

enum { LENTOS = 40 };

static int gotea(void *arg)
{
    char todo[512];
    as_stream *s = conecta(*(int *)arg);
    int rc = as_writef(s, "POST /notas HTTP/1.1\r\nHost: a\r\n");

    for (int i = 0; rc == 0; i++) {
        rc = as_writef(s, "X-%d: a\r\n", i);
        if (rc == 0)
            rc = as_sleep(50);
    }
    hasta_el_final(s, todo, sizeof todo); /* lo cortaron */
    as_stream_close(s);
    return 0;
}

static int con_lentos(struct notas *n)
{
    as_group lentos;

    as_group_enter(&lentos);
    for (int i = 0; i < LENTOS; i++)
        BIEN(as_start_soon(&lentos, "lento", gotea, &n->puerto));
    for (int i = 0; i < 20; i++)
        contesta(n, "POST", "/notas", "{\"titulo\": \"a\", \"texto\": \"\"}", 201, NULL);
    BIEN(as_group_leave(&lentos, 0));
    contesta(n, "GET", "/salud", NULL, 200, NULL);
    return 0;
}

PRUEBA(notas, a_quien_escribe_gota_a_gota_se_le_corta_y_los_demas_no_lo_notan)
{
    con_notas(con_lentos, OPCIONES("--plazo-cliente", "0.7"));
}

/* Muchos avisos, y grandes: más de lo que cabe en los sockets de quien no lee. */
#define AVISOS                                                                           \
    "select pg_notify('notas', json_build_object('n', i, 'x', repeat('x', 7000))::text)" \
    " from generate_series(%d, %d) i"

static int sin_leer(struct notas *n)
{
    static char todo[1 << 20];
    as_stream *mudo = sigue_los_sucesos(n), *atento = sigue_los_sucesos(n);
    char texto[256];

    for (int i = 0; i < 40; i++) {
        snprintf(texto, sizeof texto, AVISOS, i * 50, i * 50 + 49);
        ejecuta(n->base, texto);
        snprintf(texto, sizeof texto, "data: {\"n\" : %d,", i * 50 + 49);
        hasta(atento, texto, todo, sizeof todo); /* no se pierde ninguno ni se le echa */
        cr_assert_null(strstr(todo, "despacio"));
    }
    contesta(n, "GET", "/salud", NULL, 200, NULL);
    size_t leido = hasta_el_final(mudo, todo, sizeof todo); /* a él, sí */
    cr_assert_lt(leido, (size_t)2000 * 7000);
    as_stream_close(mudo);
    as_stream_close(atento);
    return 0;
}

PRUEBA(notas, quien_no_lee_los_sucesos_no_frena_a_nadie_y_acaba_fuera)
{
    con_notas(sin_leer, OPCIONES("--plazo-cliente", "0.7"));
}

static int rafaga(struct notas *n)
{
    static char todo[1 << 18];
    as_stream *atento = sigue_los_sucesos(n);

    ejecuta(n->base,
            "select pg_notify('notas', i::text) from generate_series(1, 5000) i");
    hasta(atento, "data: 5000\n\n", todo, sizeof todo);
    as_stream_close(atento);
    return 0;
}

PRUEBA(notas, una_rafaga_de_sucesos_llega_entera_a_quien_los_lee)
{
    con_notas(rafaga, NULL);
}
