/* Qué entregas hay en ENTREGAS y de quién es cada una. */
#include "class/gather.h"
#include "base/dir.h"
#include "base/memory.h"
#include "class/csv.h"
#include "course/course.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ROSTER     "alumnos.csv"
#define METADATA   "submission_metadata.yml"
#define MAX_ROSTER (16u << 20)

struct cl_submission *cl_class_add(struct cl_class *class, const char *student)
{
    class->v = ag_grow(class->v, class->n + 1, sizeof *class->v);
    struct cl_submission *s = &class->v[class->n++];
    *s = (struct cl_submission){.student = ag_format("%s", student)};
    return s;
}

static void free_submission(struct cl_submission *s)
{
    for (size_t k = 0; k < s->n; k++) {
        free(s->parts[k].path);
        free(s->parts[k].name);
    }
    free(s->parts);
    free(s->student);
    free(s->email);
    free(s->number);
    free(s->delivery);
    free(s->origin);
}

void cl_class_free(struct cl_class *class)
{
    for (size_t i = 0; i < class->n; i++)
        free_submission(&class->v[i]);
    free(class->v);
    free(class->folder);
    *class = (struct cl_class){0};
}

/* ---- lo que hay en la carpeta ---------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void add_part(struct cl_class *class, struct cl_name *name, const char *entry,
                     bool is_dir)
{
    struct cl_submission *s = NULL;
    for (size_t i = 0; i < class->n && !s; i++)
        if (same(class->v[i].student, name->student) &&
            same(class->v[i].delivery, name->number))
            s = &class->v[i];
    if (!s) {
        char *origin = cl_text(entry);
        s = cl_class_add(class, name->student);
        s->origin = origin;
        s->platform = name->platform;
        s->delivery = name->number ? ag_format("%s", name->number) : NULL;
    }
    s->parts = ag_grow(s->parts, s->n + 1, sizeof *s->parts);
    s->parts[s->n++] = (struct cl_part){ag_format("%s/%s", class->folder, entry),
                                        ag_format("%s", name->file ?: entry), is_dir};
}

static int is_entry(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return !cl_is_junk(e->d_name) && strcmp(e->d_name, METADATA) != 0 &&
           !(n > 4 && strcmp(e->d_name + n - 4, ".csv") == 0);
}

static bool is_dir(const char *folder, const char *entry)
{
    struct stat st;
    char *path = ag_format("%s/%s", folder, entry);
    bool yes = lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
    free(path);
    return yes;
}

/* ¿Tiene lo que deja la descarga de una plataforma? */
static bool is_export(const char *folder)
{
    struct dirent **list;
    int n = scandir(folder, &list, is_entry, alphasort);
    bool found = false;
    for (int i = 0; i < n; i++) {
        struct cl_name name = cl_name_parse(list[i]->d_name,
                                            is_dir(folder, list[i]->d_name));
        found = found || name.platform != CL_PLAIN;
        cl_name_free(&name);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
    return found;
}

static int list_entries(struct cl_class *class, struct gr_error *err)
{
    struct dirent **list;
    int n = scandir(class->folder, &list, is_entry, alphasort);
    if (n < 0 && errno == ENOTDIR)
        return gr_error(err,
                        "ENTREGAS=%s no es una carpeta: si es lo que bajaste de la "
                        "plataforma, descomprímelo en una",
                        class->folder);
    if (n < 0)
        return gr_error(err, "no se puede leer ENTREGAS=%s: %s", class->folder,
                        strerror(errno));
    char *only = n == 1 && is_dir(class->folder, list[0]->d_name)
                     ? ag_format("%s/%s", class->folder, list[0]->d_name)
                     : NULL;
    bool deeper = only && is_export(only);
    for (int i = 0; i < n; i++) {
        bool folder = is_dir(class->folder, list[i]->d_name);
        struct cl_name name = cl_name_parse(list[i]->d_name, folder);
        if (!deeper)
            add_part(class, &name, list[i]->d_name, folder);
        cl_name_free(&name);
        free(list[i]);
    }
    free(list);
    if (!deeper) {
        free(only);
        return 0;
    }
    free(class->folder);
    class->folder = only;
    return list_entries(class, err);
}

/* ---- alumnos.csv ----------------------------------------------------------------------- */

static void put(char **field, const struct cl_csv *csv, size_t row, const char *column)
{
    long at = cl_csv_column(csv, column);
    if (at < 0 || !*csv->rows[row][at])
        return;
    free(*field);
    *field = cl_text(csv->rows[row][at]);
}

static int put_date(struct cl_submission *s, const struct cl_csv *csv, size_t row,
                    struct gr_error *err)
{
    long at = cl_csv_column(csv, "fecha");
    if (at < 0 || !*csv->rows[row][at])
        return 0;
    if (course_date(csv->rows[row][at], &s->date) < 0)
        return gr_error(err,
                        ROSTER ":%zu: la fecha «%s» no está escrita como "
                               "«2027-01-24T23:59:59+01:00», que es como la dice "
                               "git log -1 --format=%%cI",
                        csv->lines[row], csv->rows[row][at]);
    s->date_from = ROSTER;
    return 0;
}

/* Se le puede llamar por su nombre o por el del archivo que entregó. */
static bool is_called(const struct cl_submission *s, const char *name)
{
    if (strcmp(s->student, name) == 0 || same(s->origin, name))
        return true;
    return s->delivery && strcmp(s->delivery, name) == 0;
}

static int apply_roster(struct cl_class *class, const struct cl_csv *csv,
                        struct gr_error *err)
{
    long who = cl_csv_column(csv, "alumno");
    if (who < 0)
        return gr_error(err, ROSTER ":1: falta la columna «alumno»: la primera línea son "
                                    "los nombres de las columnas");
    for (size_t row = 1; row < csv->n; row++) {
        char *name = cl_text(csv->rows[row][who]);
        struct cl_submission *s = NULL;
        for (size_t i = 0; i < class->n && !s; i++)
            if (is_called(&class->v[i], name))
                s = &class->v[i];
        if (!s)
            s = cl_class_add(class, name);
        free(name);
        put(&s->email, csv, row, "correo");
        put(&s->number, csv, row, "numero");
        if (put_date(s, csv, row, err) < 0)
            return -1;
    }
    return 0;
}

/* Lo llama con el texto de un archivo de ENTREGAS; que no esté no es un error. */
static int with_file(struct cl_class *class, const char *name,
                     int (*use)(struct cl_class *, const char *, struct gr_error *),
                     struct gr_error *err)
{
    char *data;
    size_t size;
    int rc = ag_read_file(class->folder, name, MAX_ROSTER, &data, &size);
    if (rc == -ENOENT)
        return 0;
    if (rc < 0)
        return gr_error(err, "no se puede leer %s/%s: %s", class->folder, name,
                        strerror(-rc));
    rc = use(class, data, err);
    free(data);
    return rc;
}

static int use_roster(struct cl_class *class, const char *text, struct gr_error *err)
{
    struct cl_csv csv = cl_csv_parse(text);
    int rc = apply_roster(class, &csv, err);
    cl_csv_free(&csv);
    return rc;
}

/* ---- todo junto ------------------------------------------------------------------------ */

static int by_name(const void *a, const void *b)
{
    const struct cl_submission *x = a, *y = b;
    int order = strcmp(x->student, y->student);
    return order ? order : strcmp(x->delivery ?: "", y->delivery ?: "");
}

/* Dos personas con el mismo nombre se distinguen por su número. */
static void tell_apart(struct cl_class *class)
{
    bool *twice = ag_alloc(class->n + 1, sizeof *twice);
    for (size_t i = 1; i < class->n; i++)
        if (strcmp(class->v[i].student, class->v[i - 1].student) == 0)
            twice[i] = twice[i - 1] = true;
    for (size_t i = 0; i < class->n; i++) {
        struct cl_submission *s = &class->v[i];
        if (!twice[i])
            continue;
        char *name = ag_format("%s (%s)", s->student, s->number ?: s->delivery ?: s->origin);
        free(s->student);
        s->student = name;
    }
    free(twice);
}

int cl_gather(struct cl_class *class, const char *dir, struct gr_error *err)
{
    *class = (struct cl_class){0};
    class->folder = realpath(dir, NULL);
    if (!class->folder)
        return gr_error(err, "no se puede leer ENTREGAS=%s: %s", dir, strerror(errno));
    if (list_entries(class, err) < 0 ||
        with_file(class, METADATA, cl_gradescope, err) < 0 ||
        with_file(class, ROSTER, use_roster, err) < 0)
        return -1;
    if (class->n == 0)
        return gr_error(err, "en ENTREGAS=%s no hay ninguna entrega", dir);
    qsort(class->v, class->n, sizeof *class->v, by_name);
    tell_apart(class);
    return 0;
}
