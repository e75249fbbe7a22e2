/* Lo útil de lo que dice gcc.
 *
 * La salida se parte en bloques: uno empieza en cada `: error: ` o `: warning: ` (o en
 * un error del enlazador) y llega hasta el siguiente. Si hay errores se enseñan solo
 * ellos, que un aviso por delante despista; si no los hay, los avisos. Debajo de los más
 * corrientes va qué hacer (base/explain.h). */
#include "grader/diag.h"
#include "base/explain.h"
#include "base/memory.h"
#include "base/text.h"
#include "grader/judge.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LINES 40
#define MAX_WIDTH 400 /* bytes por línea: una macro desplegada puede medir kilómetros */

enum kind { SKIP, CONTEXT, WARNING, ERROR };

static bool contains(const char *line, size_t len, const char *what)
{
    return memmem(line, len, what, strlen(what)) != NULL;
}

/* Qué bloque abre esta línea; CONTEXT si sigue el anterior; SKIP si no dice nada. */
static enum kind classify(const char *line, size_t len)
{
    static const char *const noise[] = {"collect2: error:",
                                        "compilation terminated",
                                        ": all warnings being treated as errors",
                                        ": in function `",
                                        "cc1: ",
                                        ": In function "};
    for (size_t i = 0; i < sizeof noise / sizeof *noise; i++)
        if (contains(line, len, noise[i]))
            return SKIP;
    /* El enlazador se presenta con su nombre, que en unos sistemas es el de su variante. */
    static const char *const errors[] = {": error: ",
                                         ": fatal error: ",
                                         "undefined reference to",
                                         "multiple definition of",
                                         "/ld: ",
                                         "-ld: ",
                                         "ld.bfd: ",
                                         "ld.gold: ",
                                         "ld.lld: "};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (contains(line, len, errors[i]))
            return ERROR;
    return contains(line, len, ": warning: ") ? WARNING : CONTEXT;
}

/* Cambia la ruta de dentro de la caja por la que conoce el estudiante. */
static char *rename_paths(const char *text, const char *shown)
{
    static const char inside[] = GR_BOX_SOURCE;
    const size_t n = sizeof inside - 1;
    char *out = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&out, &size);
    if (!f)
        return ag_format("%s", text);
    for (const char *at; (at = strstr(text, inside)); text = at + n)
        fprintf(f, "%.*s%s", (int)(at - text), text, shown);
    fputs(text, f);
    fclose(f);
    return out;
}

/* Una línea, o su principio si es muy larga, sin partir un carácter. */
static void copy_line(FILE *out, const char *line, size_t len)
{
    size_t shown = len;
    if (len > MAX_WIDTH)
        for (shown = MAX_WIDTH; shown > 0 && ag_utf8_inside(line[shown]); shown--)
            ;
    fprintf(out, "%.*s%s\n", (int)shown, line, shown < len ? " [...]" : "");
}

/* Los bloques de esa clase; con CONTEXT, todo lo que hay. */
static void copy_blocks(FILE *out, const char *text, enum kind wanted)
{
    bool all = wanted == CONTEXT;
    enum kind block = SKIP;
    bool nested = false;
    int lines = 0, left = 0;
    for (const char *line = text; *line;) {
        size_t len = strcspn(line, "\n");
        enum kind here = classify(line, len);
        if (here == ERROR || here == WARNING)
            block = here;
        /* Tras una llave sin cerrar, cada función que sigue da el mismo error. */
        if (here == ERROR && contains(line, len, "error: invalid storage class for")) {
            block = nested ? SKIP : ERROR;
            here = block;
            nested = true;
        }
        if ((all || (here != SKIP && block == wanted)) && len > 0) {
            if (lines++ < MAX_LINES)
                copy_line(out, line, len);
            else
                left++;
        }
        line += len + (line[len] == '\n');
    }
    if (left)
        fprintf(out, "(y %d líneas más)\n", left);
}

char *gr_diag_trim(const char *gcc, const char *shown)
{
    char *named = rename_paths(gcc, shown);
    char *clean = ag_clean(named, strlen(named), SIZE_MAX, AG_LINES);
    free(named);
    char *out = NULL;
    size_t size = 0;
    /* Sin nada reconocible, mejor lo que haya que silencio. */
    for (enum kind wanted = ERROR; size == 0 && wanted >= CONTEXT; wanted--) {
        free(out);
        out = NULL;
        FILE *f = open_memstream(&out, &size);
        if (!f)
            break;
        copy_blocks(f, clean, wanted);
        fclose(f);
    }
    if (size == 0) {
        free(out);
        out = NULL;
    }
    free(clean);
    char *explained = out ? ag_explain(out) : NULL;
    free(out);
    return explained;
}
