/* El archivo del progreso: leerlo, escribirlo de una vez y apartarlo si está roto. */
#include "day/progress.h"
#include "base/dir.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { VERSION = 1, MAX_BYTES = 1 << 20 };

static void warn(const char *what)
{
    fprintf(stderr, "AVISO: %s\n", what);
}

/* ---- leerlo -------------------------------------------------------------------------- */

/* Aparta lo que no se entiende, sin pisar lo que ya se apartó. */
static void set_aside(const char *why)
{
    char stamp[32];
    time_t now = time(NULL);
    struct tm parts;
    strftime(stamp, sizeof stamp, "%Y-%m-%d_%H%M%S", localtime_r(&now, &parts));
    char *path = ag_format("%s.roto-%s", DAY_PROGRESS, stamp);
    for (int i = 2; access(path, F_OK) == 0; i++) {
        free(path);
        path = ag_format("%s.roto-%s-%d", DAY_PROGRESS, stamp, i);
    }
    char *text = rename(DAY_PROGRESS, path) == 0
                     ? ag_format("no entiendo %s (%s): lo aparto en %s y empiezo otro",
                                 DAY_PROGRESS, why, path)
                     : ag_format("no entiendo %s (%s) ni puedo apartarlo: %s",
                                 DAY_PROGRESS, why, strerror(errno));
    warn(text);
    free(text);
    free(path);
}

static void load(struct day_progress *p)
{
    char *data;
    size_t size;
    json_error_t error;
    p->root = NULL;
    int rc = ag_read_file(".", DAY_PROGRESS, MAX_BYTES, &data, &size);
    if (rc == 0) {
        p->root = json_loadb(data, size, 0, &error);
        free(data);
        json_t *version = json_object_get(p->root, "version");
        if (!p->root) {
            char *why = ag_format("línea %d", error.line);
            set_aside(why);
            free(why);
        } else if (!json_is_integer(version) || json_integer_value(version) < 1) {
            json_decref(p->root);
            p->root = NULL;
            set_aside("no es un progreso");
        } else if (json_integer_value(version) > VERSION) {
            p->foreign = true;
            warn(DAY_PROGRESS " es de un curso más nuevo: hoy no se apunta nada en él");
        }
    } else if (rc != -ENOENT) {
        set_aside(strerror(-rc));
    }
    if (!p->root)
        p->root = json_pack("{s:i}", "version", VERSION);
}

void day_progress_read(struct day_progress *p)
{
    *p = (struct day_progress){.lock = -1};
    load(p);
}

/* El cerrojo es la propia carpeta: no hace falta otro archivo. */
void day_progress_open(struct day_progress *p)
{
    *p = (struct day_progress){.lock = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    while (p->lock >= 0 && flock(p->lock, LOCK_EX) < 0 && errno == EINTR)
        ;
    load(p);
}

/* ---- escribirlo ---------------------------------------------------------------------- */

static int save(const json_t *root)
{
    char temp[] = DAY_PROGRESS ".XXXXXX";
    int fd = mkostemp(temp, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int rc = 0;
    if (json_dumpfd(root, fd, JSON_INDENT(2) | JSON_SORT_KEYS) < 0 ||
        write(fd, "\n", 1) != 1 || fchmod(fd, 0644) < 0 ||
        rename(temp, DAY_PROGRESS) < 0) {
        rc = -errno;
        unlink(temp);
    }
    close(fd);
    return rc;
}

void day_progress_close(struct day_progress *p)
{
    if (p->lock >= 0) {
        int rc = p->foreign ? 0 : save(p->root);
        if (rc < 0) {
            char *text = ag_format("no puedo guardar %s: %s", DAY_PROGRESS,
                                   strerror(-rc));
            warn(text);
            free(text);
        }
        close(p->lock);
    }
    json_decref(p->root);
    *p = (struct day_progress){.lock = -1};
}

/* ---- lo que guarda -------------------------------------------------------------------- */

/* El objeto `key` de `parent`; si no lo hay, o es otra cosa, uno nuevo. */
static json_t *child(json_t *parent, const char *key)
{
    json_t *found = json_object_get(parent, key);
    if (!json_is_object(found)) {
        found = json_object();
        json_object_set_new(parent, key, found);
    }
    return found;
}

static int number(const json_t *object, const char *key)
{
    return (int)json_integer_value(json_object_get(object, key));
}

struct day_points day_lab_points(const struct day_progress *p, const char *dir)
{
    json_t *lab = json_object_get(json_object_get(p->root, "laboratorios"), dir);
    return (struct day_points){number(lab, "puntos"), number(lab, "mejor"),
                               number(lab, "maximo")};
}

void day_note_lab(struct day_progress *p, const char *dir, int points, int max)
{
    json_t *lab = child(child(p->root, "laboratorios"), dir);
    int best = number(lab, "mejor");
    json_object_set_new(lab, "puntos", json_integer(points));
    json_object_set_new(lab, "maximo", json_integer(max));
    json_object_set_new(lab, "mejor", json_integer(points > best ? points : best));
}

int day_hints_shown(const struct day_progress *p, const char *dir, const char *test)
{
    return number(json_object_get(json_object_get(p->root, "pistas"), dir), test);
}

void day_note_hints(struct day_progress *p, const char *dir, const char *test, int shown)
{
    json_object_set_new(child(child(p->root, "pistas"), dir), test, json_integer(shown));
}

bool day_exercise_done(const struct day_progress *p, const char *chapter,
                       const char *name)
{
    json_t *done = json_object_get(json_object_get(p->root, "practica"), chapter);
    return json_is_true(json_object_get(done, name));
}

void day_note_exercise(struct day_progress *p, const char *chapter, const char *name,
                       bool done)
{
    json_object_set_new(child(child(p->root, "practica"), chapter), name,
                        json_boolean(done));
}

bool day_chapter_read(const struct day_progress *p, const char *chapter)
{
    return json_is_true(json_object_get(json_object_get(p->root, "leidos"), chapter));
}

void day_note_read(struct day_progress *p, const char *chapter)
{
    json_object_set_new(child(p->root, "leidos"), chapter, json_true());
}

const char *day_last(const struct day_progress *p)
{
    return json_string_value(json_object_get(p->root, "ultimo"));
}

void day_note_last(struct day_progress *p, const char *last)
{
    json_object_set_new(p->root, "ultimo", json_string(last));
}
