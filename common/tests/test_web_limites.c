#include "web_banco.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Lo que cabe y lo que no: cabezas, cuerpos y conexiones; y clientes que no hablan HTTP. */
TestSuite(web_limites, .timeout = 60);

#define GET(camino) "GET " camino " HTTP/1.1\r\nHost: x\r\n\r\n"
#define SUBE        "POST /hola HTTP/1.1\r\nHost: x\r\n"

static int saluda(as_web_request *p, void *arg)
{
    struct banco *b = arg;
    const char *n = as_web_param(p, "n"), *q = as_web_query(p, "q489");
    const char *galletas = as_web_header(p, "Cookie");

    b->vivos++;
    if (q)
        n = q;
    if (galletas)
        n = strrchr(galletas, 'c');
    return as_web_reply_text(p, 200, "hola %s", n ? n : as_web_body(p, NULL));
}

static int espera(as_web_request *p, void *arg)
{
    struct banco *b = arg;

    b->vivos++;
    int rc = as_event_wait(&b->suceso);
    b->vivos--;
    return rc < 0 ? rc : as_web_reply_text(p, 200, "esperé");
}

static void rutas(struct banco *b)
{
    ruta(b, "GET", "/hola/{n}", saluda);
    ruta(b, "POST", "/hola", saluda);
    ruta(b, "GET", "/espera", espera);
}

static const as_web_options real = {.client_timeout_ms = 60000};

/* Manda algo, dice que no habrá más y lee lo que respondan hasta que cierren. */
static void responde_a(struct banco *b, const char *texto, const char *esperado)
{
    static char leido[65536];
    as_stream *s = conecta(b);
    as_scope plazo;

    as_scope_enter(&plazo, 10000);
    cr_assert_eq(as_write(s, texto, strlen(texto)), 0);
    cr_assert_eq(as_shutdown(s), 0);
    lee_hasta_cierre(s, leido, sizeof leido);
    cr_assert_eq(as_scope_leave(&plazo, 0), 0);
    if (esperado)
        CONTIENE(leido, esperado);
    else
        cr_assert_str_eq(leido, "");
    as_stream_close(s);
}

/* ---- La cabeza ---------------------------------------------------------------------- */

/* Una petición cuya cabeza ocupa justo `tamano` bytes. */
static char *cabeza_de(size_t tamano)
{
    char *texto = malloc(tamano + 1);
    size_t n = (size_t)sprintf(texto, "GET /hola/1 HTTP/1.1\r\nHost: x\r\nX-Largo: ");

    memset(texto + n, 'a', tamano - n);
    strcpy(texto + tamano - 4, "\r\n\r\n");
    return texto;
}

static int cabezas(struct banco *b)
{
    char *texto = cabeza_de(32 << 10);
    responde_a(b, texto, "hola 1");
    free(texto);
    texto = cabeza_de((32 << 10) + 1);
    responde_a(b, texto, "431 Request Header Fields Too Large");
    responde_a(b, texto, "{\"detail\":\"");
    free(texto);
    texto = cabeza_de(200000);
    responde_a(b, texto, "431 Request Header Fields Too Large");
    memset(texto + 5, 'a', 100000);
    responde_a(b, texto, "414 URI Too Long");
    free(texto);
    get_es(b, "/hola/7", 200, "hola 7");
    return 0;
}

PRUEBA(web_limites, la_cabeza_cabe_hasta_max_head_y_ni_un_byte_mas)
{
    con_banco(rutas, cabezas, real);
}

/* Lo que no cabe empieza por «HEAD »: basta para saber que la respuesta no lleva cuerpo. */
static int cabezas_de_head(struct banco *b)
{
    static const char *const comienzos[] = {
        "HEAD /hola/1 HTTP/1.1\r\nHost: x\r\nX-Largo: ", "HEAD /hola/"};
    static char texto[40000], leido[4096];

    for (size_t i = 0; i < 2; i++) {
        as_stream *s = conecta(b);
        memset(texto, 'a', sizeof texto);
        memcpy(texto, comienzos[i], strlen(comienzos[i]));
        BIEN(as_write(s, texto, sizeof texto));
        BIEN(as_shutdown(s));
        lee_hasta_cierre(s, leido, sizeof leido);
        CONTIENE(leido, i == 0 ? "HTTP/1.1 431" : "HTTP/1.1 414");
        cr_assert_null(strstr(leido, "detail"), "lleva cuerpo: %s", leido);
        as_stream_close(s);
    }
    return 0;
}

PRUEBA(web_limites, a_un_head_que_no_cabe_tampoco_se_le_responde_con_cuerpo)
{
    con_banco(rutas, cabezas_de_head, real);
}

enum { ARGUMENTOS = 490, GALLETAS = 450 };

static int muchas_piezas(struct banco *b)
{
    char *texto = malloc(65536);

    int n = sprintf(texto, "GET /hola/1?");
    for (int i = 0; i < ARGUMENTOS; i++)
        n += sprintf(texto + n, "q%d=valor-largo-de-%d&", i, i);
    strcpy(texto + n, "q489=otro HTTP/1.1\r\nHost: x\r\n\r\n");
    responde_a(b, texto, "hola valor-largo-de-489");
    n = sprintf(texto, "GET /hola/1 HTTP/1.1\r\nHost: x\r\nCookie: ");
    for (int i = 0; i < GALLETAS; i++)
        n += sprintf(texto + n, "c%d=un-valor-nada-corto; ", i);
    strcpy(texto + n, "c=la-ultima\r\n\r\n");
    responde_a(b, texto, "hola c=la-ultima");
    n = sprintf(texto, "GET /hola/1 HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 4000; i++)
        n += sprintf(texto + n, "X: %d\r\n", i % 10);
    strcpy(texto + n, "\r\n");
    responde_a(b, texto, "hola 1");
    free(texto);
    return 0;
}

PRUEBA(web_limites, una_cabeza_que_cabe_vale_tenga_las_piezas_que_tenga)
{
    con_banco(rutas, muchas_piezas, real);
}

static int basura(struct banco *b)
{
    responde_a(b, "\x16\x03\x01\x02\n\x01\r\n\r\n\xff\xfe", "400 Bad Request");
    responde_a(b, "hola\r\n\r\n", "400 Bad Request");
    responde_a(b, "\r\n\r\n\r\n\r\n", NULL);
    responde_a(b, "", NULL);
    responde_a(b, "GET /hola/1 HTTP/1.1\r\nHost: x\r\n", NULL); /* se fue a medias */
    responde_a(b, SUBE "Content-Length: 5\r\n\r\nabc", NULL);
    responde_a(b, SUBE "Transfer-Encoding: chunked\r\n\r\n5\r\nabc", NULL);
    responde_a(b, "GET /hola/1 HTTP/1.1\r\n\r\n", "falta Host");
    responde_a(b, GET("http://x/hola/%41?q"), "hola A");
    responde_a(b, "GET /hola/1 HTTP/1.0\r\n\r\n", "hola 1");
    get_es(b, "/hola/7", 200, "hola 7");
    return 0;
}

PRUEBA(web_limites, la_basura_se_rechaza_y_el_servidor_sigue)
{
    con_banco(rutas, basura, real);
}

/* ---- Lo que no acaba nunca ---------------------------------------------------------- */

static double cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void sin_nada_que_hacer_no_gasta(void)
{
    double antes = cpu_ms();

    cr_assert_eq(as_sleep(300), 0);
    double gasto = cpu_ms() - antes;
    cr_assert_lt(gasto, 60.0, "gastó %.0f ms de CPU sin nada que hacer", gasto);
}

/* Empieza un trozo cuya línea no acaba, y se va. */
static void trozo_sin_fin(struct banco *b, const char *principio, char relleno,
                          bool golpe)
{
    enum { MUCHO = 40000 };
    char texto[MUCHO + 1];
    as_stream *s = conecta(b);

    manda(s, SUBE "Transfer-Encoding: chunked\r\n\r\n");
    manda(s, principio);
    memset(texto, relleno, MUCHO);
    texto[MUCHO] = '\0';
    (void)!as_write(s, texto, MUCHO); /* puede que ya haya cerrado */
    as_scope plazo;
    as_scope_enter(&plazo, 10000);
    if (!golpe)
        lee_hasta_cierre(s, texto, sizeof texto);
    cr_assert_eq(as_scope_leave(&plazo, 0), 0, "no ha cerrado");
    if (golpe)
        cierra_de_golpe(s);
    else
        as_stream_close(s);
}

static int trozos_sin_fin(struct banco *b)
{
    for (int golpe = 0; golpe < 2; golpe++) {
        trozo_sin_fin(b, "5;a=", 'b', golpe);
        trozo_sin_fin(b, "", '0', golpe);
        trozo_sin_fin(b, "0\r\nX: ", 'a', golpe);
        sin_nada_que_hacer_no_gasta();
    }
    get_es(b, "/hola/7", 200, "hola 7");
    return 0;
}

PRUEBA(web_limites, un_trozo_sin_fin_se_corta_y_no_deja_el_servidor_dando_vueltas)
{
    con_banco(rutas, trozos_sin_fin, real);
}

/* Muchas extensiones que caben, una a una, en un cuerpo que no crece. */
static int extensiones_sin_fin(struct banco *b)
{
    char texto[8192];
    as_stream *s = conecta(b);
    int rc = 0;

    manda(s, SUBE "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 10000 && rc == 0; i++) {
        rc = as_write(s, "1;aaaaaaaaaaaaaaaaaaaaaaaaaa=b\r\nx\r\n", 35);
        if (rc == 0 && i % 100 == 0)
            rc = as_yield();
    }
    lee_hasta_cierre(s, texto, sizeof texto);
    CONTIENE(texto, "HTTP/1.1 4");
    as_stream_close(s);
    return 0;
}

PRUEBA(web_limites, lo_que_rodea_al_cuerpo_tambien_tiene_limite)
{
    con_banco(rutas, extensiones_sin_fin, real);
}

/* ---- El cuerpo ---------------------------------------------------------------------- */

static const as_web_options cuerpo_corto = {.client_timeout_ms = 60000, .max_body = 16};

static int cuerpos_grandes(struct banco *b)
{
    static const char *const peticiones[] = {
        SUBE "Transfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n9\r\n123456789\r\n",
        SUBE "Content-Length: 100000000\r\n\r\n123", /* no espera a los demás */
        SUBE "Content-Length: 17\r\nExpect: 100-continue\r\n\r\n"};
    char texto[1024];

    for (int i = 0; i < 3; i++) {
        as_stream *s = conecta(b);
        manda(s, peticiones[i]);
        lee_hasta_cierre(s, texto, sizeof texto);
        cr_assert(strncmp(texto, "HTTP/1.1 413 Content Too Large\r\n", 32) == 0, "%s",
                  texto);
        CONTIENE(texto, "\r\nConnection: close\r\n");
        CONTIENE(texto, "{\"detail\":\"el cuerpo pasa de 16 bytes\"}");
        as_stream_close(s);
    }
    as_stream *s = conecta(b);
    manda(s, SUBE "Content-Length: 16\r\nExpect: 100-Continue\r\n\r\n");
    cr_assert_gt(as_readuntil(s, "\r\n\r\n", 4, texto, sizeof texto), 0);
    CONTIENE(texto, "100 Continue");
    manda(s,
          "1234567890123456" SUBE "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n12");
    lee_respuesta(s, texto, sizeof texto);
    CONTIENE(texto, "hola 1234567890123456");
    lee_respuesta(s, texto, sizeof texto); /* ya lo envió: no hace falta el permiso */
    CONTIENE(texto, "200 OK");
    CONTIENE(texto, "hola 12");
    as_stream_close(s);
    return 0;
}

PRUEBA(web_limites, un_cuerpo_que_no_cabe_se_rechaza_sin_leerlo)
{
    con_banco(rutas, cuerpos_grandes, cuerpo_corto);
}

enum { SUBIDA = 8 << 20 };

static int sube_todo(void *arg)
{
    char *bytes = calloc(1, SUBIDA);
    int rc = as_write(arg, bytes, SUBIDA);

    free(bytes);
    return rc == UV_EPIPE || rc == UV_ECONNRESET ? 0 : rc;
}

/* Quien no deja de enviar también puede leer por qué se le corta. */
static int sube_sin_mirar(struct banco *b)
{
    char texto[1024];
    as_stream *s = conecta(b);
    as_group grupo;

    manda(s, SUBE "Content-Length: 8388608\r\n\r\n");
    as_group_enter(&grupo);
    cr_assert_eq(as_start_soon(&grupo, "sube", sube_todo, s), 0);
    lee_respuesta(s, texto, sizeof texto);
    CONTIENE(texto, "HTTP/1.1 413");
    as_stream_close(s);
    return as_group_leave(&grupo, 0);
}

PRUEBA(web_limites, quien_sube_demasiado_sin_mirar_recibe_su_413)
{
    con_banco(rutas, sube_sin_mirar, cuerpo_corto);
}

/* ---- Las conexiones ----------------------------------------------------------------- */

static void espera_a_que(const int *numero, int valor)
{
    while (*numero != valor)
        cr_assert_eq(as_sleep(1), 0);
}

static int tercera_espera(struct banco *b)
{
    char texto[1024];
    as_stream *s[3];

    for (int i = 0; i < 3; i++) {
        s[i] = conecta(b);
        manda(s[i], i < 2 ? GET("/espera") : GET("/hola/3"));
    }
    espera_a_que(&b->vivos, 2);
    cr_assert_eq(as_sleep(50), 0);
    cr_assert_eq(b->vivos, 2, "la tercera conexión no cabe todavía");
    as_stream_close(s[0]);
    lee_respuesta(s[2], texto, sizeof texto);
    CONTIENE(texto, "hola 3");
    as_stream_close(s[1]);
    as_stream_close(s[2]);
    return 0;
}

static const as_web_options dos = {.client_timeout_ms = 60000, .max_connections = 2};

PRUEBA(web_limites, pasado_el_limite_las_conexiones_esperan_su_turno)
{
    con_banco(rutas, tercera_espera, dos);
}

static int las_ociosas_ceden(struct banco *b)
{
    char texto[1024];
    as_stream *a = conecta(b), *c, *d;

    pide_y_recibe(a, GET("/hola/a"), "hola a");
    c = conecta(b);
    pide_y_recibe(c, GET("/hola/c"), "hola c");
    d = conecta(b); /* no cabe: se va la que lleva más tiempo ociosa */
    pide_y_recibe(d, GET("/hola/d"), "hola d");
    lee_hasta_cierre(a, texto, sizeof texto);
    cr_assert_str_eq(texto, "");
    as_stream_close(a);

    manda(c, "GET /ho"); /* una petición a medias ya no es ociosa */
    a = conecta(b);
    pide_y_recibe(a, GET("/hola/a"), "hola a");
    lee_hasta_cierre(d, texto, sizeof texto);
    pide_y_recibe(c, "la/c HTTP/1.1\r\nHost: x\r\n\r\n", "hola c");
    as_stream_close(a);
    as_stream_close(c);
    as_stream_close(d);
    return 0;
}

PRUEBA(web_limites, las_conexiones_ociosas_dejan_sitio_a_las_nuevas)
{
    con_banco(rutas, las_ociosas_ceden, dos);
}

/* Ocupa todos los descriptores que quedan, salvo uno. Devuelve cuántos. */
static int ocupa_descriptores(int *ocupados, int cuantos)
{
    int n = 0, fd;

    while (n < cuantos && (fd = dup(STDERR_FILENO)) >= 0)
        ocupados[n++] = fd;
    cr_assert_lt(n, cuantos, "el límite no ha bajado");
    close(ocupados[--n]);
    return n;
}

static int sin_descriptores(struct banco *b)
{
    enum { LIMITE = 100 };
    struct rlimit antes, bajo;
    int ocupados[LIMITE];
    char texto[1024];
    as_stream *ociosa = conecta(b), *s;

    pide_y_recibe(ociosa, GET("/hola/a"), "hola a");
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &antes), 0);
    bajo = (struct rlimit){.rlim_cur = LIMITE, .rlim_max = antes.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &bajo), 0);
    int n = ocupa_descriptores(ocupados, LIMITE);
    s = conecta(b); /* el suyo es el último que había: el servidor no tiene para él */
    pide_y_recibe(s, GET("/hola/b"), "hola b");
    lee_hasta_cierre(ociosa, texto, sizeof texto);
    as_stream_close(ociosa);

    manda(s, "GET /ho"); /* ya no hay ninguna ociosa que ceda el suyo */
    ociosa = conecta(b);
    manda(ociosa, GET("/hola/c"));
    cr_assert_eq(as_sleep(250), 0);
    sin_nada_que_hacer_no_gasta();
    cr_assert_eq(b->vivos, 2);
    for (int i = 0; i < n; i++)
        close(ocupados[i]);
    lee_respuesta(ociosa, texto, sizeof texto);
    CONTIENE(texto, "hola c");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &antes), 0);
    as_stream_close(ociosa);
    as_stream_close(s);
    return 0;
}

PRUEBA(web_limites, sin_descriptores_las_nuevas_esperan_y_las_ociosas_ceden)
{
#ifdef PRUEBA_VALGRIND
    cr_skip_test("valgrind cierra la conexión para la que no hay descriptor");
#endif
    con_banco(rutas, sin_descriptores, real);
}
