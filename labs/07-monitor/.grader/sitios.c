/* sitios.c: los sitios de mentira y las líneas que se exigen al programa. */
#include "sitios.h"

#include <arpa/inet.h>
#include <sys/socket.h>

const char *en_palabras(const char *como)
{
    return strcmp(como, CUALQUIER) == 0 ? "(estado o ERROR motivo)"
           : strcmp(como, ERROR) == 0   ? "ERROR (motivo)"
                                        : como;
}

/* Una URL como se lee en la historia: de las muy largas, el principio y cuánto miden. */
static const char *legible(const char *url)
{
    enum { CABE = 200, PRINCIPIO = 40 };
    size_t n = strlen(url);
    return n <= CABE ? url : hs_format("%.*s... (%zu letras)", PRINCIPIO, url, n);
}

struct hs_match comprobacion(const char *url, const char *como)
{
    return (struct hs_match){
        .regex = hs_format("^" FECHA " %s %s [0-9]+ ms$", url, como),
        .what = hs_format("la línea «(hora) %s %s (n) ms»", legible(url),
                          en_palabras(como)),
    };
}

struct hs_match aviso(const char *palabra, const char *url)
{
    return (struct hs_match){
        .regex = hs_format("^%s %s( .*)?$", palabra, url),
        .what = hs_format("una línea que empiece por «%s %s»", palabra, legible(url)),
    };
}

struct hs_match alerta(const char *url)
{
    return aviso("ALERTA", url);
}

struct hs_match recuperado(const char *url)
{
    return aviso("RECUPERADO", url);
}

long milisegundos(const struct hs_line *linea)
{
    const char *fin = linea->text + linea->length - strlen(" ms");
    while (fin > linea->text && fin[-1] != ' ')
        fin--;
    return strtol(fin, NULL, 10);
}

int comprobaciones_antes(struct hs_program *p, const char *url,
                         const struct hs_line *linea)
{
    int antes = 0;
    for (const struct hs_line *l;
         (l = hs_find_line(p, comprobacion(url, CUALQUIER), antes + 1)) &&
         l->number < linea->number;)
        antes++;
    return antes;
}

void esperar_comprobaciones(struct hs_program *p, int n, const char *url)
{
    hs_wait_lines(p, n, comprobacion(url, CUALQUIER), PRONTO);
}

const struct hs_line *exigir_primera(struct hs_program *p, const char *url,
                                     const char *como)
{
    const struct hs_line *linea = hs_wait_line(p, comprobacion(url, CUALQUIER), PRONTO);
    const struct hs_line *buena = hs_find_line(p, comprobacion(url, como), 1);
    if (!buena || buena->number != linea->number)
        hs_fail("la comprobación de %s debía dar %s y su línea es «%s»", url,
                en_palabras(como), linea->text);
    return linea;
}

void despedir(struct hs_program *p)
{
    hs_signal(p, SIGINT);
    hs_expect_exit(p, 0, DESPEDIDA);
}

const struct hs_line *exigir_resumen(struct hs_program *p, const char *url)
{
    int total = hs_count_lines(p, comprobacion(url, CUALQUIER));
    int mal = hs_count_lines(p, comprobacion(url, "([4-9][0-9]{2}|ERROR .+)"));
    long suma = 0;
    for (int i = 1; i <= total; i++)
        suma += milisegundos(hs_find_line(p, comprobacion(url, CUALQUIER), i));
    const char *inicio = hs_format("RESUMEN %s comprobaciones=%d fallos=%d media=", url,
                                   total, mal);
    hs_expect_lines(p, 1, aviso("RESUMEN", url));
    const struct hs_line *linea = hs_find_line(p, aviso("RESUMEN", url), 1);
    const char *texto = linea->text;
    hs_expect_eq_str("el principio del resumen: es lo que dicen las líneas escritas",
                     inicio, hs_format("%.*s", (int)strlen(inicio), texto));
    char *fin;
    long media = strtol(texto + strlen(inicio), &fin, 10);
    hs_expect(strcmp(fin, " ms") == 0,
              "el resumen debía acabar con la media y « ms» y es «%s»", texto);
    hs_expect(
        labs(media * total - suma) <= total,
        "la media debía ser la de %d comprobaciones que suman %ld ms y el resumen es "
        "«%s»",
        total, suma, texto);
    return linea;
}

/* Quien escucha solo guarda una conexión sin aceptar: con ella, la siguiente ni entra ni se
 * rechaza. */
const char *url_que_no_acepta(void)
{
    struct sockaddr_in dir = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof dir;
    int escucha = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int ocupa = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (escucha < 0 || ocupa < 0 || bind(escucha, (struct sockaddr *)&dir, n) < 0 ||
        listen(escucha, 0) < 0 || getsockname(escucha, (struct sockaddr *)&dir, &n) < 0 ||
        connect(ocupa, (struct sockaddr *)&dir, n) < 0)
        hs_broken("no pude preparar un puerto que no acepta conexiones");
    return hs_format("http://127.0.0.1:%d%s", ntohs(dir.sin_port), hs_random_path());
}
