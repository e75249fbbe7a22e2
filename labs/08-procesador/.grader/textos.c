/* textos.c: los archivos que se dan al programa y las líneas que se le exigen. */
#include "textos.h"

/* ---- Archivos ------------------------------------------------------------------- */

/* `n` palabras al azar, de una a diez letras, separadas por `espacio`. */
const char *texto(int n, const char *espacio)
{
    char *letras = malloc((size_t)n * (10 + strlen(espacio)) + 1), *fin = letras;
    for (int i = 0; i < n; i++) {
        for (int j = hs_random_between(1, 10); j > 0; j--)
            *fin++ = (char)('a' + hs_random(26));
        fin = stpcpy(fin, espacio);
    }
    const char *copia = hs_format("%.*s", (int)(fin - letras), letras);
    free(letras);
    return copia;
}

/* Los bytes como se escribirían en C, para la historia. */
const char *visible(const char *bytes, size_t n)
{
    const char *v = "";
    for (size_t i = 0; i < n; i++)
        v = hs_format(bytes[i] >= ' ' && bytes[i] < 0x7f ? "%s%c" : "%s\\x%02x", v,
                      (unsigned char)bytes[i]);
    return v;
}

/* Un rodeo de unas `letras` letras que no lleva a otro sitio. */
const char *rodeo(int letras)
{
    const char *r = ".";
    while ((int)strlen(r) < letras)
        r = hs_format("%s/./././././././././././././././.", r);
    return r;
}

const char *otro_nombre(void)
{
    return hs_format("%s.txt", hs_random_name());
}

/* Un archivo nuevo con `n` palabras. */
const char *con_palabras(struct hs_dir *d, int n)
{
    return hs_file_write_text(d, otro_nombre(), texto(n, " "));
}

/* Un archivo nuevo con estos bytes, que se cuentan en la historia. */
const char *con_bytes(struct hs_dir *d, const char *nombre, const char *bytes, size_t n)
{
    hs_step(n ? "%s contiene «%s»" : "%s está vacío%s", hs_dir_path(d, nombre),
            visible(bytes, n));
    return hs_file_write(d, nombre, bytes, n);
}

/* Arranca el programa con las opciones, hasta NULL, y los archivos. */
struct hs_program *arrancar_con(struct hs_options caja, const char *const *opciones,
                                const char *const *rutas, int n)
{
    const char *argv[n + 12];
    int i = 0;
    while (*opciones)
        argv[i++] = *opciones++;
    memcpy(argv + i, rutas, (size_t)n * sizeof *rutas);
    argv[i + n] = NULL;
    return hs_start_argv(caja, argv);
}

/* ---- Líneas ---------------------------------------------------------------------- */

static bool es_de(const struct hs_line *linea, void *ruta)
{
    size_t n = strlen(ruta);
    return strncmp(linea->text, ruta, n) == 0 && linea->text[n] == ' ';
}

/* La línea de un archivo, diga lo que diga. */
struct hs_match linea_de(const char *ruta)
{
    return (struct hs_match){
        .test = es_de,
        .arg = (void *)ruta,
        .what = hs_format("una línea que empiece por «%s »", ruta),
    };
}

const struct hs_line *exigir_palabras(struct hs_program *p, const char *ruta, int64_t n)
{
    const struct hs_line *linea = hs_wait_line(p, linea_de(ruta), PRONTO);
    hs_expect_eq_str(hs_format("la línea de %s", ruta),
                     hs_format("%s palabras=%lld", ruta, (long long)n), linea->text);
    return linea;
}

void exigir_error(struct hs_program *p, const char *ruta)
{
    const struct hs_line *linea = hs_wait_line(p, linea_de(ruta), PRONTO);
    const char *esperado = hs_format("%s ERROR ", ruta);
    hs_expect(strncmp(linea->text, esperado, strlen(esperado)) == 0 &&
                  linea->length > strlen(esperado),
              "%s no se puede leer: su línea debía ser «%s(motivo)» y es «%s»", ruta,
              esperado, linea->text);
}

struct hs_match de_dos_palabras(void)
{
    return (struct hs_match){.regex = " palabras=2$",
                             .what = "la línea de un archivo de dos palabras"};
}

void exigir_que_acabe(struct hs_program *p, int ms)
{
    struct hs_exit end = hs_wait_exit(p, ms);
    if (!end.exited || end.asan)
        hs_fail("el programa debía acabar por sí solo y %s", hs_exit_words(end));
}

/* La línea de estadísticas que empieza por `palabra`. */
const struct hs_line *exigir_dato(struct hs_program *p, const char *palabra,
                                  const char *resto)
{
    const struct hs_line *linea = hs_wait_line(
        p,
        (struct hs_match){.regex = hs_format("^%s ", palabra),
                          .what = hs_format("una línea que empiece por «%s »", palabra)},
        PRONTO);
    hs_expect_eq_str(hs_format("la línea %s", palabra),
                     hs_format("%s %s", palabra, resto), linea->text);
    return linea;
}
