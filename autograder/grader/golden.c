/* La historia de cada prueba, guardada en labs/NN-x/.grader/historias/PRUEBA.txt.
 *
 * Es lo que lee en la terminal quien cae en esa prueba con el error de un mutante, el que
 * nombra su primera línea; en una nueva, el primero por orden alfabético. Guardada, un
 * cambio que toca lo que cuentan las pruebas se revisa leyéndolo, y ninguna empeora sin
 * que se vea.
 *
 * Cuántas líneas llegaron a verse, en qué orden y cuánto tardó cada una depende de la
 * carga de la máquina. Por eso no se guardan las listas de lo observado (las líneas con
 * margen, salvo las de «Esperado» y «Obtenido»), y al comparar no cuentan las
 * cifras. Lo que viene detrás de las historias, el siguiente paso, es del
 * informe y se prueba con él. */
#include "base/dir.h"
#include "base/memory.h"
#include "grader/job.h"
#include "grader/report.h"
#include "grader/selftest.h"
#include "grader/stage.h"

#include <dirent.h>
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_STORY (1 << 20)
#define MARGIN    "      " /* el de las listas: dos espacios más que la historia */
#define TELLER    "mutante: "

/* ---- el texto -------------------------------------------------------------------- */

/* Lo que cambia de una vez a otra aunque se cuente lo mismo. */
static const struct {
    const char *what, *with;
} varying[] = {
    {"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}", "(hora)"},
    {"\\+[0-9]+,[0-9]+ s", "+… s"},
    {"[0-9]+ ms", "… ms"},
    {"127\\.0\\.0\\.1:[0-9]+", "127.0.0.1:(puerto)"},
    {"0x[0-9a-f]+", "0x…"},
    {"==[0-9]+==", "==(pid)=="},
    {"; las últimas:", ":"}, /* según cuántas llegaran */
};

/* `text` (que se libera) con cada aparición de `what` cambiada por `with`. */
static char *replace(char *text, const char *what, const char *with)
{
    regex_t regex;
    regmatch_t at;
    char *out = NULL;
    size_t size;
    FILE *f = open_memstream(&out, &size);
    if (!f || regcomp(&regex, what, REG_EXTENDED) != 0)
        abort(); /* las expresiones están arriba: solo falla sin memoria */
    const char *p = text;
    for (; regexec(&regex, p, 1, &at, 0) == 0; p += at.rm_eo)
        fprintf(f, "%.*s%s", (int)at.rm_so, p, with);
    fputs(p, f);
    fclose(f);
    regfree(&regex);
    free(text);
    return out;
}

static bool starts(const char *line, const char *with)
{
    return strncmp(line, with, strlen(with)) == 0;
}

/* Sin las listas de lo observado. */
static char *without_lists(char *text)
{
    char *out = NULL, *rest = text;
    size_t size;
    FILE *f = open_memstream(&out, &size);
    if (!f)
        abort();
    bool compared = false; /* la lista en la que estamos es lo que se comparó */
    for (char *line; (line = strsep(&rest, "\n")) && (rest || *line);) {
        bool listed = starts(line, MARGIN);
        if (!listed)
            compared = starts(line, "    Esperado") || starts(line, "    Obtenido");
        if (!listed || compared)
            fprintf(f, "%s\n", line);
    }
    fclose(f);
    free(text);
    return out;
}

char *gr_golden_tidy(char *story)
{
    for (size_t i = 0; i < sizeof varying / sizeof *varying; i++)
        story = replace(story, varying[i].what, varying[i].with);
    return without_lists(story);
}

char *gr_golden_text(const struct gr_job *job, const char *mutant)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    if (!f)
        abort();
    fprintf(f, TELLER "%s\n", mutant);
    gr_report_story(f, job, &job->results[0]);
    fclose(f);
    return gr_golden_tidy(text);
}

/* ---- comparar -------------------------------------------------------------------- */

/* Las líneas de una historia que tienen que ser las mismas cada vez. */
struct lines {
    char *text;
    char **at;
    size_t n;
};

static struct lines stable_lines(const char *story)
{
    char *text = ag_format("%s", story);
    text = replace(text, "[0-9]+", "N");
    /* De un servidor que muere llega lo uno o lo otro según lo que le quedara por leer. */
    text = replace(text, "cortó la conexión \\(RST\\)", "cerró la conexión");
    struct lines l = {.text = text, .at = ag_alloc(strlen(text) + 1, sizeof *l.at)};
    for (char *line; (line = strsep(&text, "\n"));) {
        line += strspn(line, " ");
        if (*line)
            l.at[l.n++] = line;
    }
    return l;
}

static void free_lines(struct lines *l)
{
    free(l->text);
    free(l->at);
}

/* La diferencia más corta, con «-» lo que falta y «+» lo que sobra. NULL si no la hay. */
static char *difference(const struct lines *a, const struct lines *b)
{
    size_t row = b->n + 1, i = 0, j = 0;
    unsigned *same = ag_alloc((a->n + 1) * row, sizeof *same); /* desde i y j al final */
    for (i = a->n; i-- > 0;)
        for (j = b->n; j-- > 0;) {
            unsigned skip_a = same[(i + 1) * row + j], skip_b = same[i * row + j + 1];
            same[i * row + j] = strcmp(a->at[i], b->at[j]) == 0
                                    ? same[(i + 1) * row + j + 1] + 1
                                : skip_a > skip_b ? skip_a
                                                  : skip_b;
        }
    char *out = NULL;
    size_t size;
    FILE *f = open_memstream(&out, &size);
    for (i = j = 0; f && (i < a->n || j < b->n);) {
        if (i < a->n && j < b->n && strcmp(a->at[i], b->at[j]) == 0)
            i++, j++;
        else if (j == b->n ||
                 (i < a->n && same[(i + 1) * row + j] >= same[i * row + j + 1]))
            fprintf(f, "\n-%s", a->at[i++]);
        else
            fprintf(f, "\n+%s", b->at[j++]);
    }
    if (f)
        fclose(f);
    free(same);
    if (size == 0) {
        free(out);
        out = NULL;
    }
    return out;
}

char *gr_golden_check(const char *path, const char *told)
{
    char *data;
    size_t size;
    int rc = ag_read_file(".", path, MAX_STORY, &data, &size);
    if (rc == -ENOENT)
        return ag_format("no está guardada su historia, %s", path);
    if (rc < 0)
        return ag_format("no se puede leer %s: %s", path, strerror(-rc));
    struct lines before = stable_lines(data), now = stable_lines(told);
    char *changed = difference(&before, &now), *why = NULL;
    if (changed)
        why = ag_format("su historia ya no es la de %s:%s", path, changed);
    free(changed);
    free_lines(&before);
    free_lines(&now);
    free(data);
    return why;
}

/* ---- guardar --------------------------------------------------------------------- */

char *gr_golden_path(const struct lab *lab, const char *test)
{
    return ag_format("labs/%s/.grader/historias/%s.txt", lab->dir, test);
}

char *gr_golden_teller(const struct lab *lab, const char *test)
{
    char *path = gr_golden_path(lab, test), *data, *name = NULL;
    size_t size;
    if (ag_read_file(".", path, MAX_STORY, &data, &size) >= 0) {
        if (starts(data, TELLER)) {
            const char *at = data + strlen(TELLER);
            name = ag_format("%.*s", (int)strcspn(at, "\n"), at);
        }
        free(data);
    }
    free(path);
    return name;
}

int gr_golden_write(const struct lab *lab, const char *path, const char *told,
                    struct gr_error *err)
{
    char *dir = ag_format("labs/%s/.grader/historias", lab->dir);
    if (mkdir(dir, 0755) < 0 && errno != EEXIST)
        gr_error(err, "no se puede crear %s: %s", dir, strerror(errno));
    free(dir);
    unlink(path);
    return gr_write_file(path, told, strlen(told), err);
}

static int is_story(const struct dirent *e)
{
    const char *dot = strrchr(e->d_name, '.');
    return dot && strcmp(dot, ".txt") == 0;
}

/* ¿Es el archivo `name` la historia de una prueba en la que cae algún mutante? */
static bool told_by(const struct gr_mutants *mutants, const char *name)
{
    size_t length = (size_t)(strrchr(name, '.') - name);
    for (size_t i = 0; i < mutants->n; i++) {
        const char *test = mutants->v[i].test;
        if (test && strlen(test) == length && strncmp(test, name, length) == 0)
            return true;
    }
    return false;
}

char *gr_golden_orphans(const struct gr_mutants *mutants, bool drop)
{
    char *dir = ag_format("labs/%s/.grader/historias", mutants->lab->dir), *list = NULL;
    struct dirent **names;
    int n = scandir(dir, &names, is_story, alphasort);
    for (int i = 0; i < n; i++) {
        if (!told_by(mutants, names[i]->d_name)) {
            char *story = ag_format("%s/%s", dir, names[i]->d_name);
            char *more = ag_format("%s%s%s", list ? list : "", list ? ", " : "", story);
            free(list);
            list = more;
            if (drop)
                unlink(story);
            free(story);
        }
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    free(dir);
    return list;
}
