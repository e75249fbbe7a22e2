/* La carpeta labs/: qué laboratorios hay y cuáles se piden. */
#include "base/memory.h"
#include "grader/manifest.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "07-monitor": dos cifras, guion y nombre. */
static int is_lab_dir(const struct dirent *e)
{
    const char *s = e->d_name;
    return isdigit((unsigned char)s[0]) && isdigit((unsigned char)s[1]) && s[2] == '-' &&
           gr_plain_name(s + 3, "-");
}

/* ¿Se refiere `which` ("07", "7", "07-monitor") a la carpeta `dir`? */
static bool names_lab(const char *which, const char *dir)
{
    if (strcmp(which, dir) == 0)
        return true;
    char *end;
    if (!isdigit((unsigned char)*which))
        return false;
    long n = strtol(which, &end, 10);
    return *end == '\0' && n == strtol(dir, NULL, 10);
}

static void list_dirs(struct gr_error *err, struct dirent **dirs, int n)
{
    size_t at = strlen(err->text);
    for (int i = 0; i < n && at < sizeof err->text; i++)
        at += (size_t)snprintf(err->text + at, sizeof err->text - at, "%s %s",
                               i ? "," : "", dirs[i]->d_name);
}

/* Lo que da el laboratorio tiene que estar en su carpeta. */
static int check_given(const struct gr_lab *lab, struct gr_error *err)
{
    for (size_t i = 0; i < lab->n_given; i++) {
        char *path = ag_format("labs/%s/%s", lab->dir, lab->given[i]);
        int rc = access(path, R_OK) == 0
                     ? 0
                     : gr_error(err,
                                "no se puede leer %s, que es parte del enunciado: %s. "
                                "Recupéralo con git restore %s",
                                path, strerror(errno), path);
        free(path);
        if (rc < 0)
            return -1;
    }
    return 0;
}

int gr_labs_load(struct gr_labs *labs, const char *which, struct gr_error *err)
{
    *labs = (struct gr_labs){0};
    struct dirent **dirs;
    int n = scandir("labs", &dirs, is_lab_dir, alphasort);
    if (n < 0) {
        gr_error(err,
                 "aquí no está la carpeta labs/ (%s): ejecuta make grade desde la raíz "
                 "del curso",
                 strerror(errno));
        return GR_EXIT_USAGE;
    }

    int status = 0;
    bool found = false;
    labs->v = ag_alloc((size_t)n, sizeof *labs->v);
    for (int i = 0; i < n && status == 0; i++) {
        if (which && !names_lab(which, dirs[i]->d_name))
            continue;
        found = true;
        char *path = ag_format("labs/%s/.grader/lab.json", dirs[i]->d_name);
        if (access(path, F_OK) == 0) {
            struct gr_lab *lab = &labs->v[labs->n];
            int rc = gr_lab_load(lab, path, dirs[i]->d_name, err);
            labs->n += rc == 0;
            if (rc < 0 || check_given(lab, err) < 0)
                status = GR_EXIT_FAILURE;
        } else if (which) {
            gr_error(err, "el laboratorio %s no tiene corrector: falta %s",
                     dirs[i]->d_name, path);
            status = GR_EXIT_FAILURE;
        }
        free(path);
    }
    if (status == 0 && which && !found) {
        gr_error(err, "no existe el laboratorio %s. Los que hay:", which);
        list_dirs(err, dirs, n);
        status = GR_EXIT_USAGE;
    } else if (status == 0 && labs->n == 0) {
        gr_error(err, "no hay ningún laboratorio con corrector en labs/");
        status = GR_EXIT_FAILURE;
    }
    for (int i = 0; i < n; i++)
        free(dirs[i]);
    free(dirs);
    if (status != 0)
        gr_labs_free(labs);
    return status;
}

void gr_labs_free(struct gr_labs *labs)
{
    for (size_t i = 0; i < labs->n; i++)
        gr_lab_free(&labs->v[i]);
    free(labs->v);
    *labs = (struct gr_labs){0};
}
