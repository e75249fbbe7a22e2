/* final.c: despedirse con Ctrl+C, los argumentos, y durar sin gastar. */
#include "sitios.h"

/* ---- Despedirse ----------------------------------------------------------------- */

HS_TEST(monitor, ctrl_c_sale_con_0)
{
    struct hs_http *web = hs_http_start();
    const char *url = hs_http_url(web, SITIO(web, {.status = 200}));
    struct hs_program *p = hs_start(url);
    esperar_comprobaciones(p, 1, url);
    hs_step("El programa duerme hasta dentro de 30 s");
    despedir(p);
}

HS_TEST(monitor, ctrl_c_con_comprobaciones_en_vuelo)
{
    struct hs_http *web = hs_http_start();
    const char *a = SITIO(web, {.hold = true}), *b = SITIO(web, {.fault = HS_SILENT});
    const char *c = SITIO(web, {.pause_at = 10, .body = "un cuerpo que no acaba"});
    const char *d = SITIO(web, {.status = 302, .location = a});
    const char *const urls[] = {hs_http_url(web, a), hs_http_url(web, b),
                                hs_http_url(web, c), hs_http_url(web, d),
                                url_que_no_acepta()};
    enum { N = sizeof urls / sizeof *urls };
    hs_step(
        "El servidor no contesta a los dos primeros sitios, el tercero se queda a mitad "
        "del cuerpo, el cuarto lleva al primero y el último ni acepta la conexión");
    struct hs_program *p = hs_start("--umbral", "1", urls[0], urls[1], urls[2], urls[3],
                                    urls[4]);
    hs_http_wait_in_flight(web, a, 2, PRONTO);
    hs_http_wait_in_flight(web, b, 1, PRONTO);
    hs_http_wait_paused(web, c, 1, PRONTO);
    despedir(p);
    hs_step("Una comprobación abandonada ni se escribe ni se cuenta");
    for (int i = 0; i < N; i++) {
        hs_expect_no_line(p, comprobacion(urls[i], CUALQUIER));
        hs_expect_no_line(p, alerta(urls[i]));
        /* Quien aún no escribe ningún resumen lo paga en su prueba. */
        if (hs_find_line(p, hs_has("RESUMEN"), 1))
            exigir_resumen(p, urls[i]);
    }
}

/* Cuentas que no caben en un byte: las de un sitio muy visto, y las de muchos sitios. */
static void resumen_de_mucho(struct hs_http *web)
{
    enum { MUCHAS = 270, SITIOS = 105 };
    const char *rechaza = hs_http_refused_url(hs_random_path());
    hs_step("Otro rechaza la conexión %d veces", MUCHAS);
    struct hs_program *p = hs_start("--intervalo", "0.002", rechaza);
    esperar_comprobaciones(p, MUCHAS, rechaza);
    despedir(p);
    exigir_resumen(p, rechaza);

    const char *argv[SITIOS + 1] = {NULL};
    for (int i = 0; i < SITIOS; i++)
        argv[i] = hs_http_url(web, SITIO(web, {.status = 200}));
    hs_step("Y %d sitios que contestan", SITIOS);
    p = hs_start_argv((struct hs_options){.files = 512}, argv);
    for (int i = 0; i < SITIOS; i++)
        exigir_primera(p, argv[i], "200");
    despedir(p);
    hs_expect_lines(p, SITIOS,
                    hs_regex("^RESUMEN .* comprobaciones=1 fallos=0 ",
                             "el RESUMEN de un sitio comprobado una vez"));
}

HS_TEST(monitor, resumen_por_sitio)
{
    struct hs_http *web = hs_http_start();
    const char *a = hs_http_url(web, SITIO(web, {.delay_ms = hs_random_between(20, 60)}));
    /* Lo que tardaron las primeras cuenta tanto como lo último, y lo que falló, también. */
    const char *b = hs_http_url(web, SITIO(web, {.status = 404, .delay_ms = 90},
                                           {.fault = HS_CUT_BODY, .delay_ms = 90},
                                           {.status = 200}));
    const char *c = hs_http_refused_url(hs_random_path());
    const char *una = SITIO_LARGO(web, MUY_LARGO, {.status = 200}, {.hold = true});
    const char *ninguna = SITIO(web, {.hold = true});
    const char *orden[] = {hs_http_url(web, ninguna), a, b, hs_http_url(web, una), c};
    enum { N = sizeof orden / sizeof *orden };
    hs_step(
        "Un sitio no contesta nunca, otro solo la primera vez, y los demás siempre o a "
        "veces");
    struct hs_program *p = hs_start("--intervalo", "0.1", "--timeout", "60", orden[0],
                                    orden[1], orden[2], orden[3], orden[4]);
    esperar_comprobaciones(p, 3 + (int)hs_random(3), a);
    esperar_comprobaciones(p, 6, b);
    esperar_comprobaciones(p, 3, c);
    esperar_comprobaciones(p, 1, orden[3]);
    hs_http_wait_requests(web, una, 2, PRONTO);
    hs_http_wait_in_flight(web, ninguna, 1, PRONTO);
    despedir(p);
    int anterior = 0;
    for (int i = 0; i < N; i++) {
        int numero = exigir_resumen(p, orden[i])->number;
        hs_expect(numero > anterior,
                  "los sitios debían salir en el resumen en el orden de "
                  "los argumentos y salen en otro");
        anterior = numero;
    }
    struct hs_match tarde = hs_regex("^" FECHA, "la línea de una comprobación");
    tarde.after = hs_find_line(p, aviso("RESUMEN", orden[0]), 1)->number;
    hs_expect(hs_count_lines(p, tarde) == 0,
              "el resumen debía ser lo último y detrás hay líneas de comprobaciones");
    resumen_de_mucho(web);
}

HS_TEST(monitor, nadie_lee)
{
    struct hs_http *web = hs_http_start();
    const char *url = hs_http_url(web, SITIO(web, {.status = 200}));
    const char *mudo = SITIO(web, {.hold = true});
    struct hs_program *p = hs_start("--intervalo", "0.1", "--timeout", "60", url,
                                    hs_http_url(web, mudo));
    esperar_comprobaciones(p, 1, url);
    hs_http_wait_in_flight(web, mudo, 1, PRONTO);
    hs_close_stdout(p);
    hs_step(
        "Sus próximas líneas ya no se pueden escribir; la comprobación del otro sitio "
        "sigue en marcha");
    hs_wait_exit(p, PRONTO);

    hs_step("Ahora lo primero que no se puede escribir es el resumen");
    p = hs_start("--timeout", "60", hs_http_url(web, mudo));
    hs_http_wait_requests(web, mudo, 2, PRONTO);
    hs_close_stdout(p);
    hs_signal(p, SIGINT);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(monitor, argumentos_invalidos)
{
    const char *url = hs_http_refused_url(hs_random_path());
    const char *const casos[][5] = {
        {NULL},
        {"--intervalo", "0.5", NULL},
        {url, "--intervalo", NULL},
        {"--intervalo", "pronto", url, NULL},
        {"--intervalo", "2x", url, NULL},
        {"--intervalo", "0", url, NULL},
        {"--intervalo", "-1", url, NULL},
        {"--timeout", "0", url, NULL},
        {"--timeout", "nan", url, NULL},
        {"--umbral", "0", url, NULL},
        {"--umbral", "2.5", url, NULL},
        {"--no-existe", url, NULL},
        {"ftp://127.0.0.1/x", NULL},
        {"127.0.0.1", NULL},
        {"http://", NULL},
        {url, url, NULL},
    };
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        struct hs_program *p = hs_start_argv((struct hs_options){0}, casos[i]);
        hs_expect_complaint(p, 2, PRONTO);
    }
}

/* ---- Durar ---------------------------------------------------------------------- */

/*
 * Sitios que agotan su plazo, unos antes de contestar y otros con el cuerpo a medias. Van en
 * otro programa porque el plazo es de todos, y aquí es corto. Se cuenta siempre con todas las
 * peticiones en marcha, para comparar lo mismo.
 */
static void agotando_el_plazo(void)
{
    enum { N = 8, RONDAS = 5, CORTESIA = 8 };
    struct hs_http *web = hs_http_start();
    const char *argv[N + 5] = {"--intervalo", "0.02", "--timeout", "0.2"};
    const char *cuerpo = hs_format("%10000s", "fin");
    for (int i = 0; i < N; i += 2) {
        argv[4 + i] = hs_http_url(web, SITIO(web, {.fault = HS_TRICKLE,
                                                   .trickle_ms = 20,
                                                   .trickle_bytes = 200,
                                                   .body = cuerpo}));
        argv[5 + i] = hs_http_url(web, SITIO(web, {.fault = HS_SILENT}));
    }
    hs_step("%d sitios agotan el plazo una y otra vez: la mitad no contesta, y la mitad "
            "empieza y no acaba",
            N);
    struct hs_program *p = hs_start_argv((struct hs_options){0}, argv);
    int antes = 0, ahora = 0;
    for (int ronda = 1; ronda <= RONDAS; ronda++) {
        hs_http_wait_requests(web, NULL, N * ronda, PRONTO);
        hs_http_wait_in_flight(web, NULL, N, PRONTO);
        int abiertos = hs_usage(p).fds;
        antes = ronda == 1 ? abiertos : antes;
        ahora = ronda < RONDAS || abiertos < ahora ? abiertos : ahora;
    }
    hs_expect_at_most(
        hs_format("el número de descriptores abiertos en la ronda %d: en la "
                  "primera eran %d",
                  RONDAS, antes),
        antes + CORTESIA, ahora);
}

/* Cada uno de estos sitios acaba de una forma, y cada cuerpo ocupa lo suyo. */
enum { DE_TODO = 11, AL_PRINCIPIO = 10, AL_FINAL = 50 };
static void de_todo(struct hs_http *web, const char **urls)
{
    const char *pagina = hs_format("%*s", 256 << 10, "fin");
    const char *bien = SITIO(web, {.status = 200, .body = pagina});
    const char *rechaza = hs_http_refused_url(hs_random_path());
    int n = 0;
#define OTRO(...) urls[n++] = hs_http_url(web, SITIO(web, __VA_ARGS__))
    urls[n++] = hs_http_url(web, bien);
    urls[n++] = rechaza;
    OTRO({.status = 500, .close = true, .body = pagina});
    OTRO({.status = 503, .body = pagina});
    OTRO({.status = 204});
    OTRO({.fault = HS_RESET});
    OTRO({.fault = HS_CLOSE});
    OTRO({.fault = HS_GARBAGE});
    OTRO({.fault = HS_CUT_BODY, .body = pagina});
    OTRO({.status = 302, .location = bien, .body = pagina});
    OTRO({.status = 301, .location = rechaza});
#undef OTRO
}

HS_TEST(monitor, no_pierde_descriptores)
{
    /* En cada momento puede tener en marcha desde ninguna comprobación hasta todas, y otras
     * tantas conexiones sin acabar de cerrar. Quien pierde una por ronda pierde cuarenta.
     * De la ronda 10 a la 50, la solución creció 180 KiB; con libuv a secas, 28; con hilos, 0. El
     * doble de lo mayor son 360: 8 MiB es mucho más, y menos que guardar una sola página de 256 KiB
     * por ronda, que son 10 MiB en cuarenta. */
    enum { CORTESIA = 2 * DE_TODO, CORTESIA_KIB = 8 << 10 };
    struct hs_http *web = hs_http_start();
    const char *argv[DE_TODO + 3] = {"--intervalo", "0.02"}, **urls = argv + 2;
    de_todo(web, urls);
    const char *bien = urls[0];
    hs_step("Dos sitios buenos, otro que redirige y otros que fallan de distinta forma, "
            "muchas rondas");
    /* Sitio de sobra: que se agoten o no antes del final dependería de lo ocupada que esté la
     * máquina. */
    struct hs_program *p = hs_start_argv((struct hs_options){.files = 512}, argv);
    hs_wait_lines(p, AL_PRINCIPIO, comprobacion(bien, CUALQUIER), PRONTO);
    struct hs_usage antes = hs_usage(p);
    hs_step("Tras %d rondas tiene %d descriptores abiertos y ocupa %lld KiB",
            AL_PRINCIPIO, antes.fds, (long long)antes.memory_kib);
    hs_wait_lines(p, AL_FINAL, comprobacion(bien, CUALQUIER), PRONTO);
    struct hs_usage despues = hs_usage(p);
    hs_step("Tras %d rondas tiene %d y ocupa %lld KiB", AL_FINAL, despues.fds,
            (long long)despues.memory_kib);
    if (hs_find_line(p, comprobacion(bien, ERROR), 1))
        hs_fail(
            "el sitio que siempre contesta debía dar 200 y ha dado «%s». ¿Se cierra lo "
            "que se abre cuando un sitio falla?",
            hs_find_line(p, comprobacion(bien, ERROR), 1)->text);
    hs_expect_at_most(
        hs_format("el número de descriptores abiertos tras %d rondas: tras %d eran %d",
                  AL_FINAL, AL_PRINCIPIO, antes.fds),
        antes.fds + CORTESIA, despues.fds);
    hs_expect_memory(
        hs_format("la memoria ocupada tras %d rondas, en KiB,: tras %d era de %lld. ¿Se "
                  "guarda algo de cada respuesta?",
                  AL_FINAL, AL_PRINCIPIO, (long long)antes.memory_kib),
        antes.memory_kib + CORTESIA_KIB, despues.memory_kib);
    agotando_el_plazo();
}

HS_TEST(monitor, no_quema_cpu)
{
    struct hs_http *web = hs_http_start();
    const char *lento = hs_http_url(web, SITIO(web, {.hold = true}));
    const char *agil = hs_http_url(web, SITIO(web, {.status = 200}));
    const char *a_medias = hs_http_url(
        web, SITIO(web, {.pause_at = 10, .body = "un cuerpo que no acaba"}));
    const char *cierra = hs_http_url(web, SITIO(web, {.framing = HS_UNTIL_CLOSE}));
    const char *rechaza = hs_http_refused_url(hs_random_path());
    hs_step("Un sitio no contesta, otro se queda a mitad del cuerpo, otro rechaza la "
            "conexión y otros sí contestan: el programa no tiene más que esperar");
    struct hs_program *p = hs_start("--intervalo", "0.3", "--timeout", "60", lento, agil,
                                    a_medias, cierra, rechaza);
    esperar_comprobaciones(p, 1, agil);
    hs_expect_rest(p, 900);
}

HS_TEST(monitor, memoria_limpia, .segundos = 60)
{
    struct hs_http *web = hs_http_start();
    const char *bien = SITIO(web, {.status = 200});
    const char *vuelve = hs_http_url(
        web, SITIO(web, {.status = 500, .times = 3}, {.status = 200}));
    const char *corta = hs_http_url(web, SITIO(web, {.fault = HS_CUT_BODY}));
    const char *mudo = hs_http_url(web, SITIO(web, {.fault = HS_SILENT}));
    const char *salta = hs_http_url(web, SITIO(web, {.status = 302, .location = bien}));
    const char *retiene = SITIO(web, {.hold = true});
    const char *rechaza = hs_http_refused_url(hs_random_path());
    const char *cierra = hs_http_url(web, SITIO(web, {.fault = HS_CLOSE}));
    const char *basura = hs_http_url(web, SITIO(web, {.fault = HS_GARBAGE}));
    const char *a_nadie = hs_http_url(web,
                                      SITIO(web, {.status = 301, .location = rechaza}));
    hs_step("Una sesión entera con el programa compilado con ASan y UBSan");
    struct hs_program *p = hs_start_with(
        (struct hs_options){.asan = true}, "--intervalo", "0.1", "--timeout", "0.5",
        hs_http_url(web, bien), vuelve, corta, mudo, salta, rechaza, cierra, basura,
        a_nadie, hs_http_url(web, retiene));
    hs_wait_line(p, recuperado(vuelve), 2 * PRONTO);
    hs_wait_lines(p, 2, comprobacion(mudo, ERROR), 2 * PRONTO);
    hs_http_wait_in_flight(web, retiene, 1, PRONTO);
    hs_signal(p, SIGINT);
    hs_expect_exit(p, 0, 2 * PRONTO);
}
