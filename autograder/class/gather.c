/* Qué entregas hay en ENTREGAS y de quién es cada una. */
#include "class/gather.h"
#include "base/dir.h"
#include "base/memory.h"
#include "base/text.h"
#include "class/alphabet.h"
#include "class/identify.h"
#include "class/moodle.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define METADATA "submission_metadata.yml"
#define MAX_TEXT (16u << 20)

struct cl_submission *cl_class_add(struct cl_class *class, const char *student)
{
    class->v = ag_grow(class->v, class->n + 1, sizeof *class->v);
    struct cl_submission *s = &class->v[class->n++];
    *s = (struct cl_submission){.student = ag_format("%s", student)};
    return s;
}

void cl_submission_free(struct cl_submission *s)
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
        cl_submission_free(&class->v[i]);
    free(class->v);
    free(class->folder);
    free(class->given);
    *class = (struct cl_class){0};
}

static char *copy(const char *text)
{
    return text ? ag_format("%s", text) : NULL;
}

void cl_submission_copy(struct cl_submission *to, const struct cl_submission *from)
{
    char *student = to->student;
    *to = *from;
    to->student = student;
    to->email = copy(from->email);
    to->number = copy(from->number);
    to->delivery = copy(from->delivery);
    to->origin = copy(from->origin);
    to->parts = ag_alloc(from->n, sizeof *to->parts);
    for (size_t i = 0; i < from->n; i++)
        to->parts[i] = (struct cl_part){copy(from->parts[i].path),
                                        copy(from->parts[i].name), from->parts[i].is_dir};
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
    s->late = s->late || name->late;
    s->parts = ag_grow(s->parts, s->n + 1, sizeof *s->parts);
    s->parts[s->n++] = (struct cl_part){ag_format("%s/%s", class->folder, entry),
                                        ag_format("%s", name->file ?: entry), is_dir};
}

/* Un .csv de la clase: su lista o la hoja de una tarea. Los que se llaman como en una descarga son de quien
 * entrega. */
static bool is_class_sheet(const char *name)
{
    size_t n = strlen(name);
    if (n <= 4 || strcmp(name + n - 4, ".csv") != 0)
        return false;
    struct cl_name parsed = cl_name_parse(name, false);
    bool plain = parsed.platform == CL_PLAIN;
    cl_name_free(&parsed);
    return plain;
}

static int is_about_class(const struct dirent *e)
{
    return strcmp(e->d_name, METADATA) == 0 || is_class_sheet(e->d_name);
}

static int is_entry(const struct dirent *e)
{
    return !cl_is_junk(e->d_name) && !is_about_class(e);
}

static bool is_dir(const char *folder, const char *entry)
{
    struct stat st;
    char *path = ag_format("%s/%s", folder, entry);
    bool yes = lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
    free(path);
    return yes;
}

/* ¿Es todo lo que tiene la descarga de una plataforma? Con que algo no lo sea, es de alguien. */
static bool is_export(const char *folder)
{
    struct dirent **list;
    int n = scandir(folder, &list, is_entry, alphasort);
    bool all = n > 0;
    for (int i = 0; i < n; i++) {
        struct cl_name name = cl_name_parse(list[i]->d_name,
                                            is_dir(folder, list[i]->d_name));
        all = all && name.platform != CL_PLAIN;
        cl_name_free(&name);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
    return all;
}

/* ¿Es ya de alguien, por su nombre o porque es su repositorio? */
static bool is_someones(const char *folder, const char *entry)
{
    struct cl_name name = cl_name_parse(entry, true);
    char *repository = ag_format("%s/.git", folder);
    bool yes = name.platform != CL_PLAIN || access(repository, F_OK) == 0;
    free(repository);
    cl_name_free(&name);
    return yes;
}

/* Lo único que hay en `folder`, si es una carpeta y parece la descarga de una plataforma; o NULL. */
static char *only_export(const char *folder)
{
    struct dirent **list;
    int n = scandir(folder, &list, is_entry, alphasort);
    char *only = NULL;
    if (n == 1 && is_dir(folder, list[0]->d_name)) {
        char *path = ag_format("%s/%s", folder, list[0]->d_name);
        if (!is_someones(path, list[0]->d_name) && is_export(path))
            only = ag_format("%s", list[0]->d_name);
        free(path);
    }
    for (int i = 0; i < n; i++)
        free(list[i]);
    if (n >= 0)
        free(list);
    return only;
}

/* Así llama Gradescope a lo que se baja de él: «assignment_123_export». */
static bool is_gradescope_export(const char *name)
{
    int read = 0;
    return sscanf(name, "assignment_%*[0-9]_export%n", &read) == 0 && read > 0 &&
           !name[read];
}

/* Una carpeta que solo parece la descarga puede ser la de alguien, que ha llamado así a sus archivos: de lo que
 * dice de la clase no se cree nada. Con `listed` ya se sabe cuál es la lista. */
static int check_export(const char *dir, const char *path, const char *name, bool listed,
                        struct gr_error *err)
{
    struct dirent **list;
    int n = scandir(path, &list, is_about_class, alphasort), rc = 0;
    for (int i = 0; i < n; i++) {
        const char *file = list[i]->d_name;
        bool harmless = (listed && strcmp(file, CL_ROSTER) == 0) ||
                        (is_gradescope_export(name) && strcmp(file, METADATA) == 0);
        if (rc == 0 && !harmless)
            rc = gr_error(
                err,
                "ENTREGAS=%s solo tiene la carpeta «%s», y dentro está «%s», que "
                "no se usa sin saber de quién es. Si «%s» es la descarga de "
                "toda la clase, di ENTREGAS=%s/%s; si es lo que entregó una "
                "persona, comprímelo en «%s.zip»",
                dir, name, file, name, dir, name, name);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
    return rc;
}

/* Si en ENTREGAS solo hay una carpeta, y parece la descarga de una plataforma, las entregas están en ella. */
static int go_down(struct cl_class *class, const char *dir, bool listed,
                   struct gr_error *err)
{
    char *only = only_export(class->folder);
    if (!only)
        return 0;
    char *path = ag_format("%s/%s", class->folder, only);
    char *roster = ag_format("%s/" CL_ROSTER, class->given);
    listed = listed || access(roster, F_OK) == 0;
    free(roster);
    int rc = check_export(dir, path, only, listed, err);
    if (rc == 0) {
        ag_complain(
            "asinc-class",
            "ENTREGAS=%s solo tiene la carpeta «%s», y todo lo que hay en ella se "
            "llama como en una descarga: se mira esa.",
            dir, only);
        free(class->folder);
        class->folder = path;
        path = NULL;
    }
    free(path);
    free(only);
    return rc;
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
    for (int i = 0; i < n; i++) {
        bool folder = is_dir(class->folder, list[i]->d_name);
        struct cl_name name = cl_name_parse(list[i]->d_name, folder);
        add_part(class, &name, list[i]->d_name, folder);
        cl_name_free(&name);
        free(list[i]);
    }
    free(list);
    return 0;
}

/* ---- lo que dicen los archivos que las acompañan ---------------------------------------- */

int cl_gather_text(const char *folder, const char *name, char **text,
                   struct gr_error *err)
{
    size_t size;
    int rc = ag_read_file(folder, name, MAX_TEXT, text, &size);
    if (rc == 0)
        return 0;
    *text = NULL;
    return rc == -ENOENT
               ? 0
               : gr_error(err, "no se puede leer %s/%s: %s", folder, name, strerror(-rc));
}

static int is_sheet(const struct dirent *e)
{
    return is_class_sheet(e->d_name);
}

static int use_worksheets(struct cl_class *class, struct gr_error *err)
{
    struct dirent **list;
    int n = scandir(class->given, &list, is_sheet, alphasort), rc = 0;
    for (int i = 0; i < n; i++) {
        char *text = NULL;
        if (rc == 0)
            rc = cl_gather_text(class->given, list[i]->d_name, &text, err);
        if (text)
            rc = cl_moodle_sheet(class, list[i]->d_name, text, err);
        free(text);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
    return rc;
}

static int use_metadata(struct cl_class *class, const struct cl_limits *limits,
                        struct gr_error *err)
{
    char *text;
    int rc = cl_gather_text(class->folder, METADATA, &text, err);
    if (rc == 0 && text)
        rc = cl_gradescope(class, text, limits, err);
    free(text);
    return rc;
}

/* ---- todo junto ------------------------------------------------------------------------ */

static int by_name(const void *a, const void *b)
{
    const struct cl_submission *x = a, *y = b;
    int order = cl_name_order(x->student, y->student);
    return order ? order : strcmp(x->delivery ?: "", y->delivery ?: "");
}

void cl_class_sort(struct cl_class *class)
{
    if (class->n > 0)
        qsort(class->v, class->n, sizeof *class->v, by_name);
}

int cl_gather(struct cl_class *class, const char *dir, bool listed,
              const struct cl_limits *limits, struct gr_error *err)
{
    *class = (struct cl_class){0};
    class->given = realpath(dir, NULL);
    if (!class->given)
        return gr_error(err, "no se puede leer ENTREGAS=%s: %s", dir, strerror(errno));
    class->folder = ag_format("%s", class->given);
    if (go_down(class, dir, listed, err) < 0 || list_entries(class, err) < 0 ||
        use_metadata(class, limits, err) < 0 || use_worksheets(class, err) < 0)
        return -1;
    cl_class_sort(class);
    return 0;
}
