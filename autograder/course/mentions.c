#include "course/mentions.h"
#include "base/dir.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_PAGE     (1 << 20)
#define MAX_CELLS    8
#define MAX_CHAPTERS 99
#define IN_ORDER     5 /* hasta este, los capítulos se leen en orden, y todos */

/* ---- una página ---------------------------------------------------------------------------- */

struct page {
    const char *labs; /* la carpeta de los laboratorios, vista desde ahí */
    char **lines;
    size_t n;
    FILE *out;  /* lo que debe decir */
    int tables; /* las que lleva */
    /* Lo que hay que haber leído antes de cada capítulo, según su fila. */
    bool needs[MAX_CHAPTERS + 1][MAX_CHAPTERS + 1];
};

/* Parte «| a | b |» en celdas, que son de `copy`, en memoria nueva. Cuántas. */
static size_t split(const char *line, char **copy, char *cells[MAX_CELLS])
{
    size_t n = 0;
    *copy = ag_format("%s", line + strspn(line, "|"));
    for (char *at = *copy, *end; n < MAX_CELLS && (end = strchr(at, '|')); at = end + 1) {
        *end = '\0';
        at += strspn(at, " ");
        cells[n++] = at;
        for (char *last = end; last > at && last[-1] == ' ';)
            *--last = '\0';
    }
    return n;
}

static void put_row(FILE *out, char *const cells[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        fprintf(out, *cells[i] ? "| %s " : "| ", cells[i]);
    fputs("|\n", out);
}

/* ---- los capítulos que se necesitan -------------------------------------------------------- */

/* Los de `list`, «06, 10». */
static void learn_needs(struct page *p, int chapter, const char *list)
{
    for (const char *at = list; *at && chapter <= MAX_CHAPTERS;
         at += strcspn(at, ",") + (strchr(at, ',') != NULL)) {
        int other = atoi(at);
        if (other > 0 && other < chapter)
            p->needs[chapter][other] = true;
    }
}

static void mark(const struct page *p, int chapter, bool *needed)
{
    if (chapter < 1 || chapter > MAX_CHAPTERS || needed[chapter])
        return;
    needed[chapter] = true;
    for (int other = 1; other < chapter; other++)
        if (p->needs[chapter][other] || chapter <= IN_ORDER)
            mark(p, other, needed);
}

/* El último de los capítulos que pide. */
static int last_chapter(const struct lab *lab)
{
    size_t i;
    const json_t *one;
    int last = 0;
    json_array_foreach(lab->chapters, i, one)
    {
        int chapter = atoi(json_string_value(one));
        last = chapter > last ? chapter : last;
    }
    return last;
}

/* «01 a 05, 10», en memoria nueva. */
static char *needed_chapters(const struct page *p, const struct lab *lab)
{
    bool needed[MAX_CHAPTERS + 2] = {false};
    size_t i;
    const json_t *one;
    char *list = ag_format("%s", "");
    json_array_foreach(lab->chapters, i, one)
    {
        mark(p, atoi(json_string_value(one)), needed);
    }
    for (int from = 1, to; from <= MAX_CHAPTERS; from = to + 1) {
        for (to = from; needed[from] && needed[to + 1];)
            to++;
        if (!needed[from])
            continue;
        char *range = to > from + 1 ? ag_format("%02d a %02d", from, to)
                      : to > from   ? ag_format("%02d, %02d", from, to)
                                    : ag_format("%02d", from);
        char *longer = ag_format("%s%s%s", list, *list ? ", " : "", range);
        free(range);
        free(list);
        list = longer;
    }
    return list;
}

/* «[07](../labs/07-monitor/README.md), [10](...)»: los que abre ese capítulo, en memoria nueva. */
static char *opened_labs(const struct page *p, const struct labs *labs, int chapter)
{
    char *list = ag_format("%s", "");
    for (size_t i = 0; i < labs->n; i++) {
        const struct lab *lab = &labs->v[i];
        if (last_chapter(lab) != chapter)
            continue;
        char *longer = ag_format("%s%s[%s](%s%s/README.md)", list, *list ? ", " : "",
                                 lab->id, p->labs, lab->dir);
        free(list);
        list = longer;
    }
    return list;
}

/* ---- las tablas ---------------------------------------------------------------------------- */

/* La tabla de una página de entrada. */
static void put_entry(struct page *p, const struct labs *labs, char **rows, size_t n)
{
    (void)rows;
    (void)n;
    for (size_t i = 0; i < labs->n; i++) {
        const struct lab *lab = &labs->v[i];
        fprintf(p->out, "| [%s `%s`](%s%s/README.md) | %s | %s |\n", lab->id,
                lab->program, p->labs, lab->dir, lab->writes, lab->hard);
    }
}

enum { NEEDS = 5, OPENS = 6, PATH_CELLS = 7 };

/* El camino: de cada capítulo, los laboratorios que abre. */
static void put_path(struct page *p, const struct labs *labs, char **rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *copy, *cells[MAX_CELLS];
        size_t count = split(rows[i], &copy, cells);
        int chapter = count == PATH_CELLS ? atoi(cells[0]) : 0;
        if (chapter > 0) {
            learn_needs(p, chapter, cells[NEEDS]);
            cells[OPENS] = opened_labs(p, labs, chapter);
            put_row(p->out, cells, count);
            free(cells[OPENS]);
        } else {
            fprintf(p->out, "%s\n", rows[i]);
        }
        free(copy);
    }
}

/* Los capítulos que necesita cada uno. Lo que se escribe se cuenta allí a su manera: si ya está, se
 * deja. */
static void put_needs(struct page *p, const struct labs *labs, char **rows, size_t n)
{
    for (size_t i = 0; i < labs->n; i++) {
        const struct lab *lab = &labs->v[i];
        char *copy = NULL, *cells[MAX_CELLS] = {NULL, (char *)lab->writes};
        char *link = ag_format("[%s](%s%s/README.md)", lab->id, p->labs, lab->dir);
        for (size_t k = 0; k < n && !copy; k++)
            if (strstr(rows[k], link))
                split(rows[k], &copy, cells);
        cells[0] = link;
        cells[2] = needed_chapters(p, lab);
        put_row(p->out, cells, 3);
        free(cells[2]);
        free(link);
        free(copy);
    }
}

/* Cada tabla se conoce por su cabecera. */
static const struct {
    const char *head;
    void (*put)(struct page *p, const struct labs *labs, char **rows, size_t n);
} tables[] = {
    {"| Laboratorio | Qué escribes | Lo difícil |", put_entry},
    {"| N.º | Capítulo | Qué responde | Leer | Hacer | Necesita | Abre |", put_path},
    {"| Laboratorio | Qué escribes | Capítulos que necesita |", put_needs},
};

static void put_page(struct page *p, const struct labs *labs)
{
    for (size_t i = 0; i < p->n; i++) {
        fprintf(p->out, "%s\n", p->lines[i]);
        size_t t = 0, n_tables = sizeof tables / sizeof *tables;
        while (t < n_tables && strcmp(p->lines[i], tables[t].head) != 0)
            t++;
        if (t == n_tables || i + 1 == p->n)
            continue;
        p->tables++;
        fprintf(p->out, "%s\n", p->lines[++i]); /* la de guiones */
        size_t from = i + 1;
        while (i + 1 < p->n && p->lines[i + 1][0] == '|')
            i++;
        tables[t].put(p, labs, p->lines + from, i + 1 - from);
    }
}

/* ---- comparar y escribir ------------------------------------------------------------------- */

/* El archivo entero, en memoria nueva; NULL si no lo hay, que no es un error. */
static char *read_page(const char *path)
{
    char *text = NULL;
    size_t size;
    int rc = ag_read_file(".", path, MAX_PAGE, &text, &size);
    if (rc < 0 && rc != -ENOENT)
        printf("%s: no se puede leer: %s\n", path, strerror(-rc));
    return rc < 0 ? NULL : text;
}

static int replace(const char *path, const char *text)
{
    FILE *f = fopen(path, "we");
    bool bad = !f || fputs(text, f) == EOF;
    if (f)
        bad |= fclose(f) == EOF;
    if (bad)
        printf("%s: no se puede escribir: %s\n", path, strerror(errno));
    else
        printf("  %s\n", path);
    return bad;
}

/* Dice la primera línea en que `is` no es `truth`. */
static void tell_difference(const char *path, const char *is, const char *truth)
{
    int line = 1;
    for (size_t n; (n = strcspn(is, "\n")) == strcspn(truth, "\n") &&
                   strncmp(is, truth, n + 1) == 0 && is[n];
         is += n + 1, truth += n + 1)
        line++;
    printf("%s:%d: según los lab.json, aquí debe decir «%.*s»; ponlo con make "
           "update-labs\n",
           path, line, (int)strcspn(truth, "\n"), truth);
}

static char **lines_of(char *text, size_t *n)
{
    char **lines = NULL;
    *n = 0;
    for (char *line; *text && (line = strsep(&text, "\n"));) {
        lines = ag_grow(lines, *n + 1, sizeof *lines);
        lines[(*n)++] = line;
        if (!text)
            break;
    }
    return lines;
}

/* La página `path`, desde donde los laboratorios están en `folder` y que lleva tantas tablas. */
static int check_page(const char *path, const char *folder, int tables_in,
                      const struct labs *labs, bool write)
{
    char *text = read_page(path), *truth = NULL;
    if (!text)
        return 0;
    size_t size;
    char *copy = ag_format("%s", text);
    struct page p = {.labs = folder};
    p.lines = lines_of(copy, &p.n);
    p.out = open_memstream(&truth, &size);
    put_page(&p, labs);
    fclose(p.out);
    int wrong = p.tables != tables_in || strcmp(text, truth) != 0;
    if (p.tables != tables_in)
        printf("%s: no están las tablas de los laboratorios, o tienen otra cabecera\n",
               path);
    else if (wrong && write)
        wrong = replace(path, truth);
    else if (wrong)
        tell_difference(path, text, truth);
    free(p.lines);
    free(truth);
    free(copy);
    free(text);
    return wrong;
}

/* ---- lo que da a elegir un editor ---------------------------------------------------------- */

static json_t *choices(const struct labs *labs, const char *input)
{
    json_t *list = json_array();
    for (size_t i = 0; i < labs->n; i++)
        json_array_append_new(
            list,
            json_string(strcmp(input, "lab") == 0 ? labs->v[i].id : labs->v[i].program));
    return list;
}

/* Las opciones de la pregunta `input` del archivo `path`. */
static int check_choices(const char *path, const char *input, const struct labs *labs,
                         bool write)
{
    json_t *root = json_load_file(path, 0, NULL), *one, *found = NULL;
    size_t i;
    if (!root && access(path, F_OK) < 0)
        return 0;
    json_array_foreach(json_object_get(root, "inputs"), i, one)
    {
        const char *id = json_string_value(json_object_get(one, "id"));
        if (id && strcmp(id, input) == 0)
            found = one;
    }
    json_t *truth = choices(labs, input);
    int wrong = !json_equal(json_object_get(found, "options"), truth);
    if (wrong && found && write) {
        json_object_set(found, "options", truth);
        char *text = json_dumps(root, JSON_INDENT(2)), *whole = ag_format("%s\n", text);
        wrong = replace(path, whole);
        free(whole);
        free(text);
    } else if (wrong) {
        char *list = json_dumps(truth, 0);
        printf("%s: según los lab.json, las opciones de «%s» son %s; ponlas con make "
               "update-labs\n",
               path, input, list);
        free(list);
    }
    json_decref(truth);
    json_decref(root);
    return wrong;
}

/* ---- todo ---------------------------------------------------------------------------------- */

/* Lo que hace falta decir de cada uno. */
static int check_labs(const struct labs *labs)
{
    int wrong = 0;
    for (size_t i = 0; i < labs->n; i++) {
        const struct lab *lab = &labs->v[i];
        const char *missing = !lab->writes                      ? "escribes"
                              : !lab->hard                      ? "dificil"
                              : !json_array_size(lab->chapters) ? "capitulos"
                                                                : NULL;
        if (missing)
            printf("labs/%s/.grader/lab.json: falta \"%s\", que sale en las tablas del "
                   "curso\n",
                   lab->dir, missing);
        wrong |= missing != NULL;
    }
    return wrong;
}

int mentions_check(const struct labs *labs, bool write)
{
    if (check_labs(labs))
        return 1;
    return check_page("README.md", "labs/", 1, labs, write) |
           check_page("autograder/dist/LEEME.md", "../../labs/", 1, labs, write) |
           check_page("lessons/README.md", "../labs/", 2, labs, write) |
           check_choices(".vscode/tasks.json", "lab", labs, write) |
           check_choices(".vscode/launch.json", "programa", labs, write);
}
