#include "web_banco.h"

/*
 * Lo que el RFC 9112 dice de las peticiones raras y de las rotas, y los engaños conocidos para
 * colar una petición dentro de otra. De cada una: qué estado recibe y si la conexión se cierra.
 *
 * Detrás de cada petición va siempre otra buena, GET /despues. Si la primera merece que se
 * cierre la conexión, la segunda no debe atenderse; si no, debe recibir su respuesta. Y todo se
 * prueba de tres maneras: de una vez, detrás de otra petición y byte a byte.
 */
TestSuite(web_protocolo, .timeout = 60);

enum { CIERRA = true, SIGUE = false };

struct fila {
    const char *titulo, *bytes;
    size_t largo;
    int estado;
    bool cierra;
    const char *cuerpo; /* lo que dice la respuesta, si importa */
};

/* Los bytes pueden llevar un '\0' dentro: por eso se cuentan. */
#define FILA(que, texto, que_estado, que_cierra)                                         \
    {                                                                                    \
        .titulo = que, .bytes = texto, .largo = sizeof(texto) - 1, .estado = que_estado, \
        .cierra = que_cierra                                                             \
    }
#define DICE(que, texto, que_cuerpo)                                                     \
    {                                                                                    \
        .titulo = que, .bytes = texto, .largo = sizeof(texto) - 1, .estado = 200,        \
        .cuerpo = que_cuerpo                                                             \
    }

#define FIN       "\r\n\r\n"
#define HOST      "Host: x\r\n"
#define LINEA(l)  l "\r\n" HOST "\r\n"
#define CON(c)    "GET /eco HTTP/1.1\r\n" HOST c FIN
#define POST(c)   "POST /eco HTTP/1.1\r\n" HOST c FIN
#define CHUNKED   POST("Transfer-Encoding: chunked")
#define LARGO(n)  POST("Content-Length: " n) "abcde"
#define CODIGO(c) POST("Transfer-Encoding: " c) "5\r\nabcde\r\n0\r\n\r\n"

/* ---- La línea de petición ----------------------------------------------------------- */

static const struct fila lineas[] = {
    DICE("una petición normal", LINEA("GET /eco HTTP/1.1"), "GET /eco <>"),
    FILA("líneas vacías delante", "\r\n\r\n" LINEA("GET /eco HTTP/1.1"), 200, SIGUE),
    FILA("dos espacios", LINEA("GET  /eco HTTP/1.1"), 400, CIERRA),
    FILA("dos espacios antes de la versión", LINEA("GET /eco  HTTP/1.1"), 400, CIERRA),
    FILA("un tabulador por espacio", LINEA("GET\t/eco HTTP/1.1"), 400, CIERRA),
    FILA("un espacio delante", LINEA(" GET /eco HTTP/1.1"), 400, CIERRA),
    FILA("un espacio detrás", LINEA("GET /eco HTTP/1.1 "), 400, CIERRA),
    FILA("sin versión: HTTP/0.9", LINEA("GET /eco"), 400, CIERRA),
    FILA("solo el método", LINEA("GET"), 400, CIERRA),
    FILA("la versión en minúsculas", LINEA("GET /eco http/1.1"), 400, CIERRA),
    FILA("otro protocolo", LINEA("GET /eco HTTPS/1.1"), 400, CIERRA),
    FILA("la versión a medias", LINEA("GET /eco HTTP/1"), 400, CIERRA),
    FILA("la versión con dos cifras", LINEA("GET /eco HTTP/1.10"), 400, CIERRA),
    FILA("la versión con un cero delante", LINEA("GET /eco HTTP/01.1"), 400, CIERRA),
    FILA("una versión menor futura", LINEA("GET /eco HTTP/1.2"), 200, SIGUE),
    FILA("HTTP/0.9 dicho", LINEA("GET /eco HTTP/0.9"), 505, CIERRA),
    FILA("HTTP/2.0 dicho", LINEA("GET /eco HTTP/2.0"), 505, CIERRA),
    FILA("el saludo de HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, CIERRA),
    FILA("el saludo de TLS", "\x16\x03\x01\x02\r\n\r\n", 400, CIERRA),
    FILA("una respuesta por petición", "HTTP/1.1 200 OK\r\n\r\n", 400, CIERRA),
    FILA("solo LF", "GET /eco HTTP/1.1\nHost: x\n\n", 400, CIERRA),
    FILA("LF en la primera línea", "GET /eco HTTP/1.1\n" HOST "\r\n", 400, CIERRA),
    FILA("CR sin LF", "GET /eco HTTP/1.1\rHost: x\r\n\r\n", 400, CIERRA),
    FILA("CR de más", "GET /eco HTTP/1.1\r\r\n" HOST "\r\n", 400, CIERRA),
    FILA("un método que no es una palabra", LINEA("G@T /eco HTTP/1.1"), 400, CIERRA),
    FILA("un método en minúsculas es otro", LINEA("get /eco HTTP/1.1"), 405, SIGUE),
    FILA("un método inventado", LINEA("BREW /eco HTTP/1.1"), 405, SIGUE),
    FILA("un espacio en la ruta", LINEA("GET /e co HTTP/1.1"), 400, CIERRA),
    FILA("un NUL en la ruta", LINEA("GET /eco\0x HTTP/1.1"), 400, CIERRA),
    FILA("un control en la ruta", LINEA("GET /eco\x01 HTTP/1.1"), 400, CIERRA),
    FILA("un DEL en la ruta", LINEA("GET /eco\x7f HTTP/1.1"), 400, CIERRA),
    FILA("UTF-8 sin codificar en la ruta", LINEA("GET /ñ HTTP/1.1"), 404, SIGUE),
    FILA("un fragmento en la ruta", LINEA("GET /eco#a HTTP/1.1"), 400, CIERRA),
    FILA("una ruta sin barra", LINEA("GET eco HTTP/1.1"), 400, CIERRA),
    FILA("un asterisco con GET", LINEA("GET * HTTP/1.1"), 400, CIERRA),
    FILA("un asterisco con OPTIONS", LINEA("OPTIONS * HTTP/1.1"), 204, SIGUE),
    FILA("CONNECT", LINEA("CONNECT x:443 HTTP/1.1"), 501, CIERRA),
    FILA("la dirección completa", LINEA("GET http://x/eco?a=/ HTTP/1.1"), 200, SIGUE),
    FILA("la dirección completa, sin ruta", LINEA("GET HTTPS://x?a HTTP/1.1"), 404,
         SIGUE),
    FILA("la dirección de otra cosa", LINEA("GET ftp://x/eco HTTP/1.1"), 400, CIERRA),
    FILA("la dirección sin máquina", LINEA("GET http:///eco HTTP/1.1"), 400, CIERRA),
    FILA("la dirección con usuario", LINEA("GET http://u@x/eco HTTP/1.1"), 400, CIERRA),
};

/* ---- Las cabeceras ------------------------------------------------------------------ */

static const struct fila cabeceras[] = {
    FILA("sin Host", "GET /eco HTTP/1.1\r\n\r\n", 400, CIERRA),
    FILA("sin Host, con HTTP/1.0", "GET /eco HTTP/1.0\r\n\r\n", 200, CIERRA),
    FILA("dos Host", CON("Host: y"), 400, CIERRA),
    FILA("dos Host iguales", CON("host: x"), 400, CIERRA),
    FILA("Host vacío", "GET /eco HTTP/1.1\r\nHost:\r\n\r\n", 200, SIGUE),
    FILA("Host con puerto", "GET /eco HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200, SIGUE),
    FILA("Host con una ruta", "GET /eco HTTP/1.1\r\nHost: x/y\r\n\r\n", 400, CIERRA),
    FILA("Host con un usuario", "GET /eco HTTP/1.1\r\nHost: a@x\r\n\r\n", 400, CIERRA),
    FILA("Host con un espacio", "GET /eco HTTP/1.1\r\nHost: x y\r\n\r\n", 400, CIERRA),
    FILA("un espacio antes de los dos puntos", CON("X : a"), 400, CIERRA),
    FILA("un tabulador antes de los dos puntos", CON("X\t: a"), 400, CIERRA),
    FILA("una línea doblada", CON("X: a\r\n b"), 400, CIERRA),
    FILA("una línea doblada con tabulador", CON("X: a\r\n\tb"), 400, CIERRA),
    FILA("doblada desde el principio", "GET /eco HTTP/1.1\r\n " HOST FIN, 400, CIERRA),
    FILA("una línea con solo un espacio", CON("X: a\r\n "), 400, CIERRA),
    FILA("sin dos puntos", CON("X"), 400, CIERRA),
    FILA("sin nombre", CON(": a"), 400, CIERRA),
    FILA("un nombre con paréntesis", CON("X(1): a"), 400, CIERRA),
    FILA("un nombre con UTF-8", CON("Ñ: a"), 400, CIERRA),
    FILA("un NUL en el nombre", CON("X\0Y: a"), 400, CIERRA),
    FILA("un NUL en el valor", CON("X: a\0b"), 400, CIERRA),
    FILA("un control en el valor", CON("X: a\x01"), 400, CIERRA),
    FILA("un DEL en el valor", CON("X: a\x7f"), 400, CIERRA),
    FILA("CR en el valor", CON("X: a\rY: b"), 400, CIERRA),
    FILA("LF por fin de línea", CON("X: a\nY: b"), 400, CIERRA),
    FILA("la última línea acaba en LF", "GET /eco HTTP/1.1\r\n" HOST "\n", 400, CIERRA),
    FILA("la penúltima acaba en LF", "GET /eco HTTP/1.1\r\nHost: x\n\r\n", 400, CIERRA),
    DICE("un valor vacío", CON("X-Di:"), "<><>"),
    DICE("blancos alrededor del valor", CON("X-Di: \t a b\t "), "<a b>"),
    DICE("un valor en UTF-8", CON("X-Di: ñ"), "<ñ>"),
    FILA("una ampliación que no se entiende", CON("Connection: Upgrade\r\nUpgrade: h2c"),
         200, SIGUE),
    FILA("Connection: close", CON("Connection: close"), 200, CIERRA),
    FILA("close entre otras", CON("Connection: a , CLOSE,b"), 200, CIERRA),
    FILA("close a trozos no lo es", CON("Connection: closed, clos"), 200, SIGUE),
    FILA("HTTP/1.0 con keep-alive", "GET /eco HTTP/1.0\r\nConnection: Keep-Alive" FIN,
         200, SIGUE),
    FILA("HTTP/1.0 con las dos cosas",
         "GET /eco HTTP/1.0\r\nConnection: close,keep-alive" FIN, 200, CIERRA),
};

/* ---- El largo ----------------------------------------------------------------------- */

static const struct fila largos[] = {
    DICE("cinco bytes", LARGO("5"), "<abcde>"),
    DICE("cero bytes", POST("Content-Length: 0"), "<>"),
    DICE("con ceros delante", LARGO("0005"), "<abcde>"),
    DICE("con blancos alrededor", LARGO("\t 5 \t"), "<abcde>"),
    DICE("en un GET", CON("Content-Length: 5") "abcde", "<abcde>"),
    DICE("sin largo no hay cuerpo", POST("X: a"), "<>"),
    FILA("con signo", LARGO("+5"), 400, CIERRA),
    FILA("negativo", LARGO("-5"), 400, CIERRA),
    FILA("en hexadecimal", LARGO("0x5"), 400, CIERRA),
    FILA("con decimales", LARGO("5.0"), 400, CIERRA),
    FILA("dos números", LARGO("5 5"), 400, CIERRA),
    FILA("una lista", LARGO("5, 5"), 400, CIERRA),
    FILA("una lista vacía", LARGO("5,"), 400, CIERRA),
    FILA("vacío", LARGO(""), 400, CIERRA),
    FILA("con letras", LARGO("5a"), 400, CIERRA),
    FILA("con un tabulador vertical", LARGO("\v5"), 400, CIERRA),
    FILA("con un guion bajo", LARGO("0_5"), 400, CIERRA),
    FILA("dos veces, distinto", LARGO("5\r\nContent-Length: 0"), 400, CIERRA),
    FILA("dos veces, igual", LARGO("5\r\nContent-length: 5"), 400, CIERRA),
    FILA("con espacio antes de los dos puntos", POST("Content-Length : 5") "abcde", 400,
         CIERRA),
    FILA("el que daría la vuelta a 64 bits", LARGO("18446744073709551621"), 413, CIERRA),
    FILA("el que no cabe en ninguna parte", LARGO("99999999999999999999999999"), 413,
         CIERRA),
    FILA("más de lo que se admite", LARGO("1048577"), 413, CIERRA),
};

/* ---- La codificación ---------------------------------------------------------------- */

static const struct fila codificaciones[] = {
    DICE("chunked", CODIGO("chunked"), "<abcde>"),
    DICE("chunked en mayúsculas", CODIGO(" CHUNKED\t"), "<abcde>"),
    FILA("con largo detrás", CODIGO("chunked\r\nContent-Length: 5"), 400, CIERRA),
    FILA("con largo cero", CODIGO("chunked\r\nContent-Length: 0"), 400, CIERRA),
    FILA("con largo delante",
         POST("Content-Length: 5\r\nTransfer-Encoding: chunked") "0\r\n\r\n", 400,
         CIERRA),
    FILA("otra", CODIGO("gzip"), 400, CIERRA),
    FILA("una que no existe", CODIGO("xchunked"), 400, CIERRA),
    FILA("otra antes", CODIGO("gzip, chunked"), 501, CIERRA),
    FILA("otra después", CODIGO("chunked, gzip"), 400, CIERRA),
    FILA("identity", CODIGO("identity"), 400, CIERRA),
    FILA("identity después", CODIGO("chunked, identity"), 400, CIERRA),
    FILA("dos veces en una línea", CODIGO("chunked, chunked"), 400, CIERRA),
    FILA("en dos líneas", CODIGO("chunked\r\nTransfer-Encoding: chunked"), 400, CIERRA),
    FILA("en dos líneas, la otra rara", CODIGO("chunked\r\nTransfer-encoding: cow"), 400,
         CIERRA),
    FILA("con parámetros", CODIGO("chunked;q=1"), 400, CIERRA),
    FILA("entre comillas", CODIGO("\"chunked\""), 400, CIERRA),
    FILA("con una coma delante", CODIGO(", chunked"), 400, CIERRA),
    FILA("con una coma detrás", CODIGO("chunked,"), 400, CIERRA),
    FILA("con un espacio dentro", CODIGO("chunk ed"), 400, CIERRA),
    FILA("con un tabulador vertical", CODIGO("\vchunked"), 400, CIERRA),
    FILA("con un NUL", CODIGO("chunked\0"), 400, CIERRA),
    FILA("vacía", CODIGO(""), 400, CIERRA),
    FILA("con espacio antes de los dos puntos",
         POST("Transfer-Encoding : chunked") "0\r\n\r\n", 400, CIERRA),
    FILA("doblada", CODIGO("\r\n chunked"), 400, CIERRA),
    FILA("con HTTP/1.0",
         "POST /eco HTTP/1.0\r\nTransfer-Encoding: chunked" FIN "0\r\n\r\n", 400, CIERRA),
};

/* ---- Los trozos --------------------------------------------------------------------- */

static const struct fila trozos[] = {
    DICE("dos trozos", CHUNKED "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "<abcde>"),
    DICE("ninguno", CHUNKED "0\r\n\r\n", "<>"),
    DICE("en hexadecimal", CHUNKED "0a\r\n0123456789\r\nA\r\n0123456789\r\n000\r\n\r\n",
         "<01234567890123456789>"),
    DICE("con extensiones", CHUNKED "5;a=b;c=\"d;e\" ; f\r\nabcde\r\n0;z\r\n\r\n",
         "<abcde>"),
    DICE("con remolque", CHUNKED "0\r\nX: a\r\nContent-Length: 9\r\n\r\n", "<>"),
    FILA("sin tamaño", CHUNKED "\r\nabcde\r\n0\r\n\r\n", 400, CIERRA),
    FILA("con un espacio delante", CHUNKED " 5\r\nabcde\r\n0\r\n\r\n", 400, CIERRA),
    FILA("con un espacio detrás", CHUNKED "5 \r\nabcde\r\n0\r\n\r\n", 400, CIERRA),
    FILA("con prefijo", CHUNKED "0x5\r\nabcde\r\n0\r\n\r\n", 400, CIERRA),
    FILA("con signo", CHUNKED "+5\r\nabcde\r\n0\r\n\r\n", 400, CIERRA),
    FILA("negativo", CHUNKED "-5\r\nabcde\r\n0\r\n\r\n", 400, CIERRA),
    FILA("con letras", CHUNKED "5g\r\nabcde\r\n0\r\n\r\n", 400, CIERRA),
    FILA("que daría la vuelta", CHUNKED "10000000000000005\r\nabcde\r\n0\r\n\r\n", 400,
         CIERRA),
    FILA("que no cabe", CHUNKED "FFFFFFFFFFFFFFFF\r\nabcde", 413, CIERRA),
    FILA("que no se admite", CHUNKED "100001\r\nabcde", 413, CIERRA),
    FILA("con LF", CHUNKED "5\nabcde\r\n0\r\n\r\n", 400, CIERRA),
    FILA("con dos CR", CHUNKED "5\r\r\nabcde\r\n0\r\n\r\n", 400, CIERRA),
    FILA("un LF en la extensión", CHUNKED "5;a\nb\r\nabcde\r\n0\r\n\r\n", 400, CIERRA),
    FILA("un CR en la extensión", CHUNKED "5;a\rb\r\nabcde\r\n0\r\n\r\n", 400, CIERRA),
    FILA("un NUL en la extensión", CHUNKED "5;a\0b\r\nabcde\r\n0\r\n\r\n", 400, CIERRA),
    FILA("una extensión sin nombre", CHUNKED "5;\r\nabcde\r\n0\r\n\r\n", 400, CIERRA),
    FILA("más datos que tamaño", CHUNKED "5\r\nabcdef\r\n0\r\n\r\n", 400, CIERRA),
    FILA("menos datos que tamaño", CHUNKED "5\r\nabc\r\n0\r\n\r\n", 400, CIERRA),
    FILA("los datos acaban en LF", CHUNKED "5\r\nabcde\n0\r\n\r\n", 400, CIERRA),
    FILA("los datos acaban en CR", CHUNKED "5\r\nabcde\r0\r\n\r\n", 400, CIERRA),
    FILA("el remolque, sin dos puntos", CHUNKED "0\r\nX\r\n\r\n", 400, CIERRA),
    FILA("el remolque, con espacio", CHUNKED "0\r\nX : a\r\n\r\n", 400, CIERRA),
    FILA("el remolque, doblado", CHUNKED "0\r\nX: a\r\n b\r\n\r\n", 400, CIERRA),
    FILA("el remolque acaba en LF", CHUNKED "0\r\nX: a\n\r\n", 400, CIERRA),
    FILA("el final acaba en LF", CHUNKED "0\r\n\n", 400, CIERRA),
};

/* ---- Cómo se prueban ---------------------------------------------------------------- */

enum manera { DE_UNA_VEZ, DETRAS_DE_OTRA, BYTE_A_BYTE };

#define ANTES   "GET /eco HTTP/1.1\r\nHost: antes\r\n\r\n"
#define DESPUES "GET /despues HTTP/1.1\r\nHost: despues\r\n\r\n"

static int eco(as_web_request *p, void *arg)
{
    const char *di = as_web_header(p, "X-Di");

    (void)arg;
    return as_web_reply_text(p, 200, "%s %s <%s><%s>", as_web_method(p), as_web_path(p),
                             as_web_body(p, NULL), di ? di : "");
}

static int despues(as_web_request *p, void *arg)
{
    struct banco *b = arg;

    b->vivos++;
    return as_web_reply_text(p, 200, "después");
}

static void rutas(struct banco *b)
{
    ruta(b, "GET", "/eco", eco);
    ruta(b, "POST", "/eco", eco);
    ruta(b, "GET", "/despues", despues);
}

static void envia(as_stream *s, enum manera manera, const struct fila *f)
{
    char todo[4096];
    int rc = 0;

    if (manera == BYTE_A_BYTE) {
        for (size_t i = 0; i < f->largo && rc == 0; i++) {
            rc = as_write(s, f->bytes + i, 1);
            for (int vueltas = 0; vueltas < 2 && rc == 0; vueltas++)
                rc = as_yield(); /* que el servidor lo lea antes del siguiente */
        }
        if (rc == 0)
            rc = as_write(s, DESPUES, strlen(DESPUES));
    } else {
        size_t n = 0;
        if (manera == DETRAS_DE_OTRA)
            n = (size_t)sprintf(todo, ANTES);
        memcpy(todo + n, f->bytes, f->largo);
        strcpy(todo + n + f->largo, DESPUES);
        rc = as_write(s, todo, n + f->largo + strlen(DESPUES));
    }
    /* Si el servidor ya cerró, escribir puede fallar: lo que cuenta es lo que respondió. */
    cr_assert(rc == 0 || rc == UV_EPIPE || rc == UV_ECONNRESET, "%s", as_strerror(rc));
}

/* Lee una respuesta: su estado, 0 si el servidor cerró, o un error. */
static int lee(as_stream *s, char *texto, size_t tamano)
{
    ssize_t n = as_readuntil(s, FIN, 4, texto, tamano);
    if (n < 0)
        return n == UV_EOF || n == UV_ECONNRESET ? 0 : (int)n;
    texto[n] = '\0';
    const char *largo = strstr(texto, "Content-Length: ");
    size_t cuerpo = largo ? strtoul(largo + 16, NULL, 10) : 0;
    int rc = as_readexactly(s, texto + n, cuerpo);
    texto[(size_t)n + cuerpo] = '\0';
    return rc < 0 ? rc : atoi(texto + strlen("HTTP/1.1 "));
}

/* Qué está mal, o NULL. */
static const char *juzga(struct banco *b, as_stream *s, enum manera manera,
                         const struct fila *f)
{
    static char motivo[8192];
    char texto[4096] = "";
    int vivos = b->vivos;

    envia(s, manera, f);
    if (manera == DETRAS_DE_OTRA && lee(s, texto, sizeof texto) != 200)
        return "la de delante no tuvo respuesta";
    int estado = lee(s, texto, sizeof texto);
    snprintf(motivo, sizeof motivo, "recibió %d: «%s»", estado, texto);
    if (estado != f->estado || (f->cuerpo && !strstr(texto, f->cuerpo)))
        return motivo;
    if (estado >= 400 && (!strstr(texto, "Content-Type: application/json") ||
                          !strstr(texto, "{\"detail\":\"")))
        return motivo;
    int siguiente = lee(s, texto, sizeof texto);
    snprintf(motivo, sizeof motivo, "y después %d: «%s»", siguiente, texto);
    if (siguiente != (f->cierra ? 0 : 200) || b->vivos != vivos + !f->cierra)
        return motivo;
    return NULL;
}

static int prueba_fila(struct banco *b, const struct fila *f)
{
    static const char *const maneras[] = {"de una vez", "detrás de otra", "byte a byte"};
    int mal = 0;

    for (enum manera m = DE_UNA_VEZ; m <= BYTE_A_BYTE; m++) {
        as_scope plazo;
        as_stream *s = conecta(b);
        as_scope_enter(&plazo, 10000);
        const char *motivo = juzga(b, s, m, f);
        if (motivo)
            fprintf(stderr, "%s, %s: debía recibir %d y %s; %s\n", f->titulo, maneras[m],
                    f->estado, f->cierra ? "cerrar" : "seguir", motivo);
        mal += motivo != NULL;
        (void)as_scope_leave(&plazo, 0);
        as_stream_close(s);
    }
    return mal;
}

#define TABLA(tabla)                                                                     \
    static int prueba_##tabla(struct banco *b)                                           \
    {                                                                                    \
        int mal = 0;                                                                     \
        for (size_t i = 0; i < sizeof tabla / sizeof *tabla; i++)                        \
            mal += prueba_fila(b, &tabla[i]);                                            \
        cr_assert_eq(mal, 0, "%d mal", mal);                                             \
        return 0;                                                                        \
    }                                                                                    \
    PRUEBA(web_protocolo, tabla)                                                         \
    {                                                                                    \
        con_banco(rutas, prueba_##tabla, (as_web_options){.client_timeout_ms = 60000});  \
    }
TABLA(lineas)
TABLA(cabeceras)
TABLA(largos)
TABLA(codificaciones)
TABLA(trozos)
