#include "ejemplo.h"
#include "servidor.h"

#include <time.h>

TestSuite(rastreador, .timeout = 60);

#define HTML "Content-Type: text/html; charset=utf-8\r\n"

/* Un rastreo: el sitio, los argumentos y lo que la prueba hace mientras tanto. */
struct rastreo {
    atiende_fn *sitio;
    const char *const *opciones;
    const char *portada;
    void (*entretanto)(struct rastreo *r);
    int codigo;
    struct servidor *s;
    struct ejemplo e;
};

static int principal(void *arg)
{
    struct rastreo *r = arg;
    const char *argv[24] = {"rastreador", "--por-segundo", "1000"};
    int n = 3;

    while (r->opciones != NULL && r->opciones[n - 3] != NULL) {
        argv[n] = r->opciones[n - 3];
        n++;
    }
    argv[n] = url(r->s, r->portada);
    ejemplo_lanza(&r->e, argv);
    if (r->entretanto != NULL)
        r->entretanto(r);
    ejemplo_acaba(&r->e, r->codigo);
    return 0;
}

#define OPCIONES(...) ((const char *[]){__VA_ARGS__, NULL})

static void rastrea(struct rastreo *r)
{
    r->s = servidor_abre(r->sitio, r);
    if (r->portada == NULL)
        r->portada = "/";
    en_el_bucle(principal, r);
}

static void acaba(struct rastreo *r)
{
    ejemplo_olvida(&r->e);
    servidor_cierra(r->s);
}

static bool ruta(struct conexion *c, const char *camino)
{
    char linea[256];

    snprintf(linea, sizeof linea, "GET %s HTTP/1.1\r\n", camino);
    return strncmp(c->peticion, linea, strlen(linea)) == 0;
}

/* ---- Qué páginas ---------------------------------------------------------------------- */

static void de_todo(struct conexion *c)
{
    while (lee_peticion(c)) {
        char portada[1024];
        snprintf(
            portada, sizeof portada,
            "<a href=\"uno\"> <A HREF='/dos?x=1&amp;y=&amp;amp;2'> <a href=\"#aquí\">"
            "<a href=\"\"> <a href=\"uno#final\"> <a href='mailto:a@b'>"
            "<a href='javascript:alert(1)'> <a href='//otro.invalid/'>"
            "<a href='https://127.0.0.1:%d/cifrada'> <a href='http://127.0.0.1:1/'>"
            "<a href='http://localhost:%d/fuera'> <a href='http://[mal'>"
            "<a href=\"con espacio\"> <a href='sin cerrar> <a href=\"\"> <a href=",
            c->servidor->puerto, c->servidor->puerto);
        if (ruta(c, "/"))
            responde(c, 200, HTML, portada);
        else if (ruta(c, "/uno"))
            responde(c, 200, HTML, "<a href='../../tres/'> <a href='/'>");
        else if (ruta(c, "/tres/"))
            responde(c, 200, "Content-Type: text/plain\r\n", "<a href='/texto'>");
        else if (ruta(c, "/dos?x=1&y=&amp;2") || ruta(c, "/con%20espacio"))
            responde(c, 200, HTML, "");
        else
            responde(c, 404, HTML, "<a href='/de-un-404'>");
    }
}

PRUEBA(rastreador, sigue_los_enlaces_del_sitio_una_vez_y_no_sale_de_el)
{
    struct rastreo r = {.sitio = de_todo};

    rastrea(&r);
    cr_assert_eq(atomic_load(&r.s->peticiones), 5, "%s", r.e.corrientes[SALIDA].texto);
    DIJO(&r.e, SALIDA, "hecho: 5 leídas, 0 fallidas, 0 sin visitar\n");
    acaba(&r);
}

static void sin_fin(struct conexion *c)
{
    while (lee_peticion(c)) {
        char html[256];
        long n = strtol(c->peticion + 5, NULL, 10);
        snprintf(html, sizeof html, "<a href='/%ld'> <a href='/%ld'>", 2 * n + 1,
                 2 * n + 2);
        responde(c, 200, HTML, html);
    }
}

PRUEBA(rastreador, un_sitio_sin_fin_se_acaba_en_la_profundidad_o_en_las_paginas)
{
    struct rastreo r = {
        .sitio = sin_fin, .portada = "/0", .opciones = OPCIONES("--profundidad", "3")};

    rastrea(&r);
    DIJO(&r.e, SALIDA, "hecho: 15 leídas, 0 fallidas, 0 sin visitar\n");
    acaba(&r);
    r.opciones = OPCIONES("--profundidad", "1000", "--paginas", "7");
    rastrea(&r);
    DIJO(&r.e, SALIDA, "hecho: 7 leídas, 0 fallidas, 0 sin visitar\n");
    acaba(&r);
}

static void vueltas(struct conexion *c)
{
    while (lee_peticion(c)) {
        char destino[128];
        snprintf(destino, sizeof destino, "Location: http://localhost:%d/fuera\r\n",
                 c->servidor->puerto);
        if (ruta(c, "/"))
            responde(c, 200, HTML, "<a href='/a'> <a href='/mia'> <a href='/fuera'>");
        else
            responde(c, 302,
                     ruta(c, "/a")     ? "Location: /b\r\n"
                     : ruta(c, "/b")   ? "Location: a\r\n"
                     : ruta(c, "/mia") ? "Location: mia\r\n"
                                       : destino,
                     "");
    }
}

PRUEBA(rastreador,
       unas_redirecciones_que_dan_vueltas_se_piden_una_vez_y_no_sacan_del_sitio)
{
    struct rastreo r = {.sitio = vueltas};

    rastrea(&r);
    cr_assert_eq(atomic_load(&r.s->peticiones), 5);
    DIJO(&r.e, SALIDA, "hecho: 5 leídas, 0 fallidas, 0 sin visitar\n");
    acaba(&r);
}

/* ---- A qué ritmo ---------------------------------------------------------------------- */

static void abanico(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (ruta(c, "/")) {
            responde(c, 200, HTML,
                     "<a href='1'><a href='2'><a href='3'><a href='4'><a href='5'>"
                     "<a href='6'><a href='7'><a href='8'><a href='9'>");
            continue;
        }
        struct servidor *s = c->servidor;
        int dentro = atomic_fetch_add(&s->dentro, 1) + 1, antes = atomic_load(&s->maximo);
        while (dentro > antes &&
               !atomic_compare_exchange_weak(&s->maximo, &antes, dentro))
            ;
        if (dentro == 3) /* no sale nadie hasta que haya tres */
            atomic_store(&s->suelta, 1);
        espera_permiso(c, 1);
        atomic_fetch_sub(&s->dentro, 1);
        responde(c, 200, HTML, "");
    }
}

PRUEBA(rastreador, pide_a_la_vez_tantas_como_conexiones_y_ni_una_mas)
{
    struct rastreo r = {.sitio = abanico, .opciones = OPCIONES("--conexiones", "3")};

    rastrea(&r);
    cr_assert_eq(atomic_load(&r.s->maximo), 3);
    DIJO(&r.e, SALIDA, "hecho: 10 leídas, 0 fallidas, 0 sin visitar\n");
    acaba(&r);
}

static struct timespec primera, ultima;

static void apunta_la_hora(struct conexion *c)
{
    while (lee_peticion(c)) {
        clock_gettime(CLOCK_MONOTONIC, &ultima);
        if (atomic_load(&c->servidor->peticiones) == 1)
            primera = ultima;
        responde(c, 200, HTML, "<a href='1'><a href='2'>");
    }
}

PRUEBA(rastreador, no_pide_mas_deprisa_de_lo_que_se_le_dice)
{
    struct rastreo r = {.sitio = apunta_la_hora,
                        .opciones = OPCIONES("--por-segundo", "1")};

    rastrea(&r);
    cr_assert_eq(atomic_load(&r.s->peticiones), 3);
    cr_assert_geq(ultima.tv_sec - primera.tv_sec, 1, "tres, a una por segundo");
    acaba(&r);
}

/* ---- Lo que va mal -------------------------------------------------------------------- */

static void ocupado(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (ruta(c, "/"))
            responde(c, 200, HTML, "<a href='luego'><a href='nunca'><a href='manana'>");
        else if (ruta(c, "/luego") && atomic_fetch_add(&c->servidor->suelta, 1) == 0)
            responde(c, 429, "Retry-After: 1\r\n", "");
        else if (ruta(c, "/luego"))
            responde(c, 200, HTML, "");
        else if (ruta(c, "/nunca"))
            responde(c, 503, "", "");
        else
            responde(c, 503, "Retry-After: 86400\r\n", "");
    }
}

PRUEBA(rastreador, vuelve_a_quien_esta_ocupado_pero_no_sin_fin_ni_manana)
{
    struct rastreo r = {.sitio = ocupado, .codigo = 1};

    rastrea(&r);
    /* La portada; dos veces; tres; y una a quien pide volver mañana. */
    cr_assert_eq(atomic_load(&r.s->peticiones), 1 + 2 + 3 + 1);
    DIJO(&r.e, SALIDA, "/nunca: 503\n");
    DIJO(&r.e, SALIDA, "hecho: 2 leídas, 2 fallidas, 0 sin visitar\n");
    acaba(&r);
}

static void de_pesadilla(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (ruta(c, "/")) {
            responde(c, 200, HTML,
                     "<a href='muda'><a href='lenta'><a href='infinita'><a href='rota'>"
                     "<a href='cortada'><a href='golpe'><a href='buena'>");
        } else if (ruta(c, "/muda")) {
            espera_permiso(c, 1000); /* jamás */
        } else if (ruta(c, "/lenta")) {
            envia_texto(c, "HTTP/1.1 200 OK\r\n" HTML "Content-Length: 1000000\r\n\r\n");
            while (envia_texto(c, "x"))
                usleep(10000);
        } else if (ruta(c, "/infinita")) {
            envia_texto(c, "HTTP/1.1 200 OK\r\n" HTML "\r\n");
            while (envia_texto(c, "<a href='/mas'> y más y más y más y más y más\n"))
                ;
        } else if (ruta(c, "/rota")) {
            envia_texto(c, "\x16\x03\x01 esto no es HTTP\r\n\r\n");
            return;
        } else if (ruta(c, "/buena")) {
            responde(c, 200, HTML, "");
        } else {
            envia_texto(c,
                        "HTTP/1.1 200 OK\r\n" HTML "Content-Length: 1000\r\n\r\n<a hr");
            cuelga(c, ruta(c, "/golpe"));
            return;
        }
    }
}

PRUEBA(rastreador, una_pagina_muda_lenta_sin_fin_o_rota_se_cuenta_y_las_demas_se_leen)
{
    struct rastreo r = {.sitio = de_pesadilla,
                        .codigo = 1,
                        .opciones = OPCIONES("--plazo", "0.5", "--conexiones", "8")};

    rastrea(&r);
    DIJO(&r.e, SALIDA, "/buena: 0 bytes\n");
    for (int i = 0; i < 6; i++) {
        char fallo[64];
        const char *paginas[] = {"muda", "lenta", "infinita", "rota", "cortada", "golpe"};
        snprintf(fallo, sizeof fallo, "fallo %s: ", url(r.s, "/"));
        snprintf(fallo + strlen(fallo) - 2, 32, "%s: ", paginas[i]);
        DIJO(&r.e, SALIDA, fallo);
    }
    DIJO(&r.e, SALIDA, "hecho: 2 leídas, 6 fallidas, 0 sin visitar\n");
    acaba(&r);
}

static void cuarenta_mil(struct conexion *c)
{
    while (lee_peticion(c)) {
        static const size_t justo = 1 << 20; /* lo más que lee */
        char *html = malloc(justo + 1);
        size_t n = 0;
        for (int i = 0; i < 20000; i++)
            n += (size_t)sprintf(html + n, "<a href='?'><a href=\"sin cerrar ");
        memset(html + n, 'x', justo - n);
        html[justo] = '\0';
        responde(c, 200, HTML, html);
        free(html);
    }
}

PRUEBA(rastreador, una_pagina_de_cuarenta_mil_enlaces_mal_cerrados_se_lee)
{
    struct rastreo r = {.sitio = cuarenta_mil};

    setenv("ASAN_OPTIONS", "intercept_strstr=0",
           1); /* mide el texto entero en cada una */
    rastrea(&r);
    DIJO(&r.e, SALIDA, "hecho: 1 leídas, 0 fallidas, 0 sin visitar\n");
    acaba(&r);
}

/* ---- Cómo acaba ----------------------------------------------------------------------- */

static void atasco(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (ruta(c, "/")) {
            responde(c, 200, HTML, "<a href='1'><a href='2'><a href='3'><a href='4'>");
        } else {
            atomic_fetch_add(&c->servidor->dentro, 1);
            espera_permiso(c, 1);
        }
    }
}

static void interrumpe(struct rastreo *r)
{
    espera_a(&r->s->dentro, 4);
    ejemplo_recibe(&r->e, r->codigo - 128);
}

PRUEBA(rastreador, ctrl_c_y_sigterm_lo_paran_en_orden_y_dice_lo_que_tenia)
{
    const int senales[] = {SIGINT, SIGTERM};

    for (int i = 0; i < 2; i++) {
        struct rastreo r = {
            .sitio = atasco, .entretanto = interrumpe, .codigo = 128 + senales[i]};
        rastrea(&r);
        DIJO(&r.e, SALIDA, "interrumpido: 1 leídas, 0 fallidas, 4 sin visitar\n");
        acaba(&r);
    }
}

static int sin_publico(void *arg)
{
    struct servidor *s = arg;
    as_process_output dicho;
    as_process *p;
    char orden[1024];

    snprintf(
        orden, sizeof orden,
        "{ '%s/rastreador' --paginas 1000000 --profundidad 1000 --por-segundo 1000 %s;"
        " echo \"acaba con $?\" >&2; } | head -n 1",
        getenv("EJEMPLOS"), url(s, "/0"));
    BIEN(as_process_spawn(
        (const char *[]){"sh", "-c", orden, NULL},
        &(as_process_options){.in = AS_NULL, .out = AS_PIPE, .err = AS_PIPE}, &p));
    BIEN(as_process_communicate(p, NULL, 0, 1 << 16, &dicho));
    cr_assert_not_null(strstr(dicho.err, "acaba con 1\n"), "%s", dicho.err);
    cr_assert_null(strstr(dicho.err, "Sanitizer"), "%s", dicho.err);
    as_process_output_clear(&dicho);
    as_process_close(p);
    return 0;
}

PRUEBA(rastreador, sin_quien_lea_lo_que_escribe_no_sigue)
{
    struct servidor *s = servidor_abre(sin_fin, NULL);

    en_el_bucle(sin_publico, s);
    servidor_cierra(s);
}

static int lo_que_no_es(void *arg)
{
    const char *const malas[][4] = {{"rastreador", "ftp://sitio/", NULL},
                                    {"rastreador", "no es una URL", NULL}};
    struct ejemplo e;

    (void)arg;
    for (int i = 0; i < 2; i++) {
        ejemplo_lanza(&e, malas[i]);
        ejemplo_acaba(&e, 1);
        DIJO(&e, ERRORES, "no es una dirección http://");
        ejemplo_olvida(&e);
    }
    ejemplo_lanza(&e,
                  (const char *[]){"rastreador", "--paginas", "0", "http://a/", NULL});
    ejemplo_acaba(&e, 2);
    DIJO(&e, ERRORES, "--paginas");
    ejemplo_olvida(&e);
    ejemplo_lanza(&e, (const char *[]){"rastreador", "http://127.0.0.1:1/", NULL});
    ejemplo_acaba(&e, 1);
    DIJO(&e, SALIDA, "hecho: 0 leídas, 1 fallidas, 0 sin visitar\n");
    ejemplo_olvida(&e);
    return 0;
}

PRUEBA(rastreador, lo_que_no_es_una_direccion_o_no_contesta_se_dice)
{
    en_el_bucle(lo_que_no_es, NULL);
}
