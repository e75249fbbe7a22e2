/* La carpeta labs/: qué laboratorios hay, cuáles son del curso y cuáles se piden. */
#include "base/memory.h"
#include "course/course.h"
#include "course/lab.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char labs_every[] = "";

/* "07-monitor": dos cifras, guion y nombre. */
static int is_lab_dir(const struct dirent *e)
{
    const char *s = e->d_name;
    return isdigit((unsigned char)s[0]) && isdigit((unsigned char)s[1]) && s[2] == '-' &&
           lab_plain_name(s + 3, "-");
}

bool course_named(const char *which, const char *dir)
{
    if (strcmp(which, dir) == 0)
        return true;
    char *end;
    if (!isdigit((unsigned char)*which))
        return false;
    long n = strtol(which, &end, 10);
    return *end == '\0' && n == strtol(dir, NULL, 10);
}

static char *list_dirs(struct dirent **dirs, int n)
{
    char *list = ag_format("%s", "");
    for (int i = 0; i < n; i++) {
        char *longer = ag_format("%s%s %s", list, i ? "," : "", dirs[i]->d_name);
        free(list);
        list = longer;
    }
    return list;
}

/* Lo que da el laboratorio tiene que estar en su carpeta. */
static int check_given(const struct lab *lab, char **why)
{
    for (size_t i = 0; i < lab->n_given; i++) {
        char *path = ag_format("labs/%s/%s", lab->dir, lab->given[i]);
        int rc = access(path, R_OK) == 0
                     ? 0
                     : course_error(why,
                                    "no se puede leer %s, que es parte del enunciado: "
                                    "%s. Recupéralo con git restore %s",
                                    path, strerror(errno), path);
        free(path);
        if (rc < 0)
            return -1;
    }
    return 0;
}

/* ---- lo que dice curso.json ---------------------------------------------------------------- */

/* Los que se piden: uno, por su nombre; los de `course`; o, si no, todos. */
struct wanted {
    const char *one;
    struct course course;
};

static bool is_wanted(const struct wanted *w, const char *dir)
{
    if (w->one)
        return course_named(w->one, dir);
    bool found = w->course.n_labs == 0;
    for (size_t i = 0; i < w->course.n_labs && !found; i++)
        found = course_named(w->course.labs[i].id, dir);
    return found;
}

/* Un laboratorio del curso que no está en labs/ es una errata. */
static int check_course(const struct course *course, struct dirent **dirs, int n,
                        char **why)
{
    for (size_t i = 0; i < course->n_labs; i++) {
        const char *id = course->labs[i].id;
        int k = 0;
        while (k < n && !course_named(id, dirs[k]->d_name))
            k++;
        if (k == n)
            return course_error(why,
                                COURSE_FILE ": está el laboratorio %s, y no hay ninguno "
                                            "en labs/%s-*: quítalo de ahí, o ponlo en "
                                            "labs/",
                                id, id);
    }
    return 0;
}

/* Qué laboratorios se piden con `which`. 0, o cómo se acaba. */
static int choose(struct wanted *w, const char *which, struct dirent **dirs, int n,
                  char **why)
{
    *w = (struct wanted){.one = which == labs_every ? NULL : which};
    if (which || access(COURSE_FILE, F_OK) < 0)
        return 0;
    if (course_load(COURSE_FILE, &w->course, why) < 0)
        return LABS_BROKEN;
    return check_course(&w->course, dirs, n, why) < 0 ? LABS_USAGE : 0;
}

/* ---- cargarlos ----------------------------------------------------------------------------- */

/* Añade a `labs` el de la carpeta `dir`; si no se nombró, que le falte lab.json no es un error. */
static int add(struct labs *labs, const char *dir, bool named, char **why)
{
    char *path = ag_format("labs/%s/.grader/lab.json", dir);
    int rc = 0;
    if (access(path, F_OK) == 0) {
        struct lab *lab = &labs->v[labs->n];
        rc = lab_load(lab, path, dir, why);
        labs->n += rc == 0;
        if (rc == 0)
            rc = check_given(lab, why);
    } else if (named) {
        rc = course_error(why, "el laboratorio %s no tiene corrector: falta %s", dir,
                          path);
    }
    free(path);
    return rc;
}

static int load(struct labs *labs, const struct wanted *w, struct dirent **dirs, int n,
                char **why)
{
    bool found = false;
    labs->v = ag_alloc((size_t)n, sizeof *labs->v);
    for (int i = 0; i < n; i++) {
        if (!is_wanted(w, dirs[i]->d_name))
            continue;
        found = true;
        if (add(labs, dirs[i]->d_name, w->one || w->course.n_labs > 0, why) < 0)
            return LABS_BROKEN;
    }
    if (w->one && !found) {
        char *list = list_dirs(dirs, n);
        course_error(why, "no existe el laboratorio %s. Los que hay:%s", w->one, list);
        free(list);
        return LABS_USAGE;
    }
    if (labs->n > 0)
        return 0;
    course_error(why, "no hay ningún laboratorio con corrector en labs/");
    return LABS_BROKEN;
}

int labs_load(struct labs *labs, const char *which, char **why)
{
    *labs = (struct labs){0};
    struct dirent **dirs;
    struct wanted w;
    int n = scandir("labs", &dirs, is_lab_dir, alphasort);
    if (n < 0) {
        course_error(why,
                     "aquí no está la carpeta labs/ (%s): ejecuta make grade desde la "
                     "raíz del curso",
                     strerror(errno));
        return LABS_USAGE;
    }
    int status = choose(&w, which, dirs, n, why);
    if (status == 0)
        status = load(labs, &w, dirs, n, why);
    course_free(&w.course);
    for (int i = 0; i < n; i++)
        free(dirs[i]);
    free(dirs);
    if (status != 0)
        labs_free(labs);
    return status;
}

void labs_free(struct labs *labs)
{
    for (size_t i = 0; i < labs->n; i++)
        lab_free(&labs->v[i]);
    free(labs->v);
    *labs = (struct labs){0};
}
