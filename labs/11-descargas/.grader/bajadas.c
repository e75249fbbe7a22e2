/* bajadas.c: el vocabulario de la suite del laboratorio 11. */
#include "bajadas.h"

/* ---- El vocabulario del enunciado ----------------------------------------------- */

struct cuerpo cuerpo_de(size_t n)
{
    char *bytes = (char *)hs_format("%*s", (int)n, "");
    hs_random_bytes(bytes, n);
    return (struct cuerpo){bytes, n};
}

struct archivo archivo_de(struct hs_http *web, size_t n)
{
    struct archivo a = {.nombre = hs_format("%s.bin", hs_random_name())};
    a.ruta = hs_format("/%s", a.nombre);
    a.url = hs_http_url(web, a.ruta);
    a.cuerpo = cuerpo_de(n);
    return a;
}

const char *part(struct archivo a)
{
    return hs_format("%s.part", a.nombre);
}

struct hs_match listo(struct archivo a)
{
    return (struct hs_match){
        .regex = hs_format("^LISTO %s %zu bytes$", a.nombre, a.cuerpo.n),
        .what = hs_format("la línea «LISTO %s %zu bytes»", a.nombre, a.cuerpo.n),
    };
}

struct hs_match fallida(const char *url)
{
    return (struct hs_match){
        .has = {hs_format("ERROR %s ", url)},
        .regex = "^ERROR [^ ]+ .+",
        .what = hs_format("la línea «ERROR %s (motivo)»", url),
    };
}

struct hs_match fallida_con(const char *url, int estado)
{
    struct hs_match linea = fallida(url);
    linea.regex = hs_format("^ERROR [^ ]+ .*%d", estado);
    linea.what = hs_format("la línea «ERROR %s (motivo, con el %d)»", url, estado);
    return linea;
}

struct hs_match progreso(struct archivo a, const char *cuanto, int tras)
{
    return (struct hs_match){
        .regex = hs_format("^PROGRESO %s %s " VELOCIDAD "$", a.nombre,
                           cuanto ? cuanto : "[0-9]+(%| KB)"),
        .what = hs_format("la línea «PROGRESO %s %s (n) KB/s»", a.nombre,
                          cuanto ? cuanto : "(n)%"),
        .after = tras,
    };
}

double velocidad(const struct hs_line *linea)
{
    const char *fin = linea->text + linea->length - strlen(" KB/s");
    while (fin > linea->text && fin[-1] != ' ')
        fin--;
    return strtod(fin, NULL);
}

/* ¿Dicen lo mismo, salvo la velocidad? */
static bool no_avanza(const struct hs_line *antes, const struct hs_line *ahora)
{
    const char *fin = strrchr(ahora->text, ' ');
    while (fin && fin > ahora->text && fin[-1] != ' ')
        fin--;
    return antes && fin &&
           strncmp(antes->text, ahora->text, (size_t)(fin - ahora->text)) == 0;
}

/* Los que se miran, con el servidor parado, antes de decir que algo no llega. */
enum { REFRESCOS = 15 };

const struct hs_line *exigir_progreso(struct hs_program *p, struct archivo a,
                                      const char *cuanto)
{
    struct hs_match alguna = {.has = {"PROGRESO ", a.nombre}, .after = hs_mark(p)};
    struct hs_match buena = progreso(a, cuanto, alguna.after);
    alguna.what = hs_format("una línea que empiece por «PROGRESO %s »", a.nombre);
    const struct hs_line *linea = hs_wait_line(p, alguna, PRONTO), *hallada;
    for (int quietas = 0; quietas < REFRESCOS;) {
        hallada = hs_find_line(p, buena, 1);
        if (hallada) {
            hs_step("Y después: «%s»", hallada->text);
            return hallada;
        }
        alguna.after = linea->number;
        const struct hs_line *otra = hs_try_line(p, alguna, PRONTO);
        if (!otra)
            hs_fail("debía salir %s y la última que ha salido es «%s»", buena.what,
                    linea->text);
        quietas = no_avanza(linea, otra) ? quietas + 1 : 0;
        linea = otra;
    }
    hs_fail("tras %d refrescos con el servidor parado debía salir %s y la última es «%s»",
            REFRESCOS, buena.what, linea->text);
}

void acabar(struct hs_program *p, int ms)
{
    struct hs_exit fin = hs_wait_exit(p, ms);
    if (!fin.exited || fin.asan)
        hs_fail("el programa debía acabar por sí solo y %s", hs_exit_words(fin));
}

void exigir_resumen(struct hs_program *p, int listos, int errores, int interrumpidos,
                    size_t bytes)
{
    const struct hs_line *linea = hs_wait_line(
        p, hs_regex("^RESUMEN", "la línea RESUMEN"), PRONTO);
    hs_expect_eq_str(
        "la línea RESUMEN, que solo cuenta los bytes de archivo recibidos en "
        "esta ejecución,",
        hs_format("RESUMEN listos=%d errores=%d interrumpidos=%d bytes=%zu", listos,
                  errores, interrumpidos, bytes),
        linea->text);
    hs_expect_eq_int("el número de líneas detrás del resumen", 0,
                     hs_count_lines(p, (struct hs_match){.after = linea->number}));
}

void exigir_peticiones(struct hs_http *web, struct archivo a, int n, const char *porque)
{
    hs_expect_eq_int(hs_format("el número de peticiones de %s: %s", a.nombre, porque), n,
                     hs_http_stats(web, a.ruta).requests);
    for (int k = 1; k <= n; k++)
        hs_expect_eq_str(hs_format("el método con que se pide %s", a.nombre), "GET",
                         hs_http_request(web, a.ruta, k).method);
}

struct hs_request peticion(struct hs_http *web, struct archivo a, int k)
{
    hs_http_wait_requests(web, a.ruta, k, PRONTO);
    return hs_http_request(web, a.ruta, k);
}

void exigir_pregunta(struct hs_http *web, struct archivo a, int k, size_t desde,
                     const char *etiqueta)
{
    struct hs_request r = peticion(web, a, k);
    hs_expect_eq_str(hs_format("la cabecera Range de la petición %d de %s", k, a.nombre),
                     hs_format("bytes=%zu-", desde), hs_request_header(&r, "Range"));
    hs_expect_eq_str(
        hs_format("la cabecera If-Range de la petición %d de %s", k, a.nombre), etiqueta,
        hs_request_header(&r, "If-Range"));
}

/* ---- Lo que hay en el directorio -------------------------------------------------- */

void exigir_bytes(struct hs_dir *dir, const char *nombre, struct archivo a, size_t n)
{
    size_t hay, i = 0;
    const char *bytes = hs_file_read(dir, nombre, &hay);
    if (!bytes)
        hs_fail("debía estar el archivo %s y no está", hs_dir_path(dir, nombre));
    while (i < hay && i < n && bytes[i] == a.cuerpo.bytes[i])
        i++;
    const char *pero = i < hay && i < n ? hs_format("el byte %zu ya es distinto", i)
                       : hay > n        ? hs_format("sobran los %zu últimos", hay - n)
                                        : hs_format("faltan los %zu últimos", n - hay);
    if (hay != n || i != n)
        hs_fail(
            "%s debía tener los %zu primeros bytes que mandó el servidor y tiene %zu: "
            "%s",
            hs_dir_path(dir, nombre), n, hay, pero);
}

void exigir_entero(struct hs_dir *dir, struct archivo a)
{
    exigir_bytes(dir, a.nombre, a, a.cuerpo.n);
}

void exigir_guardado(struct hs_program *p, struct hs_dir *dir, struct archivo a, size_t n)
{
    int64_t hay = hs_file_size(dir, part(a));
    for (int i = 0; i < REFRESCOS && hay != (int64_t)n; i++) {
        hs_wait_line(p, progreso(a, NULL, hs_mark(p)), PRONTO);
        hay = hs_file_size(dir, part(a));
    }
    hs_expect_eq_int(hs_format("el número de bytes de %s, con el servidor parado y todo "
                               "lo que mandó ya recibido: "
                               "se guarda según llega, no al final",
                               part(a)),
                     (int64_t)n, hay);
    exigir_bytes(dir, part(a), a, n);
}

void exigir_que_no_esta(struct hs_dir *dir, const char *nombre)
{
    if (hs_file_size(dir, nombre) >= 0)
        hs_fail("%s no debía existir, porque su descarga no ha terminado bien, y existe",
                hs_dir_path(dir, nombre));
}

const char *lista(struct hs_dir *dir)
{
    const char *texto = "";
    for (const char *const *n = hs_file_list(dir, NULL); *n; n++)
        texto = hs_format("%s%s%s", texto, *texto ? " " : "", *n);
    return texto;
}

void empezada(struct hs_dir *dir, struct archivo a, size_t n)
{
    hs_file_write(dir, part(a), a.cuerpo.bytes, n);
    hs_step("En el directorio hay un %s con %zu de los %zu bytes", part(a), n,
            a.cuerpo.n);
}
