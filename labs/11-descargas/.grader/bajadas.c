/* bajadas.c: el vocabulario de la suite del laboratorio 11. */
#include "bajadas.h"

/* ---- El vocabulario del enunciado ----------------------------------------------- */

struct cuerpo cuerpo_de(size_t n)
{
    char *bytes = (char *)hs_format("%*s", (int)n, "");
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)hs_random(256);
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

const struct hs_line *exigir_progreso(struct hs_program *p, struct archivo a,
                                      const char *cuanto)
{
    enum { REFRESCOS = 12 };
    int desde = hs_mark(p);
    const struct hs_line *linea = NULL;
    for (int i = 1; i <= REFRESCOS; i++) {
        struct hs_match alguna = {.has = {"PROGRESO ", a.nombre}, .after = desde};
        alguna.what = hs_format("una línea «PROGRESO %s ...»", a.nombre);
        linea = hs_wait_lines(p, i, alguna, PRONTO);
        if (hs_find_line(p, progreso(a, cuanto, desde), 1))
            return hs_find_line(p, progreso(a, cuanto, desde), 1);
    }
    hs_fail(
        "tras %d refrescos con el servidor parado debía haber %s, y la última es «%s»",
        REFRESCOS, progreso(a, cuanto, 0).what, linea->text);
}

/* ---- Lo que hay en el directorio -------------------------------------------------- */

void exigir_bytes(struct hs_dir *dir, const char *nombre, struct archivo a, size_t n)
{
    size_t hay;
    const char *bytes = hs_file_read(dir, nombre, &hay);
    hs_expect(bytes, "existe %s", hs_dir_path(dir, nombre));
    size_t i = 0;
    while (i < hay && i < n && bytes[i] == a.cuerpo.bytes[i])
        i++;
    if (hay != n || i != n)
        hs_fail(
            "%s debía tener los %zu primeros bytes que mandó el servidor. Tiene %zu y %s",
            hs_dir_path(dir, nombre), n, hay,
            i < hay && i < n ? hs_format("el byte %zu ya es distinto", i)
                             : "los que hay son iguales");
}

void exigir_entero(struct hs_dir *dir, struct archivo a)
{
    exigir_bytes(dir, a.nombre, a, a.cuerpo.n);
}

void exigir_que_no_esta(struct hs_dir *dir, const char *nombre)
{
    hs_expect(hs_file_size(dir, nombre) < 0,
              "%s no debe existir: su descarga no ha terminado bien",
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
