/* Apuntar en la base qué ha entregado cada cual. */
#include "class/scan.h"
#include "base/dir.h"
#include "base/memory.h"
#include "base/text.h"
#include "class/history.h"
#include "class/identify.h"
#include "class/key.h"
#include "class/pick.h"
#include "class/roster.h"
#include "class/store_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DATE_SIZE 32
#define FEW       3 /* con menos rechazadas, no se puede decir que sea la carpeta */
#define MOST_TOLD 12

struct scanner {
    struct cl_store *store;
    const struct cl_class *class;
    const struct labs *labs;
    const struct cl_limits *limits;
    struct cl_wanted wanted;
    char (*digests)[CL_KEY_SIZE]; /* uno por laboratorio */
    struct cl_scan *scan;
    bool every;     /* no se pidió ninguno: los que haya */
    char **unknown; /* de cuáles no se reconoce ninguno, y por qué */
    size_t n_unknown;
};

/* Una entrega abierta. */
struct opened {
    const struct cl_submission *from;
    struct cl_bag bag;
    char date[DATE_SIZE];
    const char *date_from;
};

/* ---- cuándo ---------------------------------------------------------------------------- */

static void write_date(struct opened *o, time_t when, const char *from)
{
    struct tm tm;
    gmtime_r(&when, &tm);
    strftime(o->date, sizeof o->date, "%Y-%m-%dT%H:%M:%SZ", &tm);
    o->date_from = from;
}

/* De una carpeta cualquiera no se sabe: git y las copias ponen a sus archivos la fecha de hoy. */
static void find_date(struct opened *o)
{
    const struct cl_submission *s = o->from;
    time_t newest = 0;
    struct stat st;
    if (s->date_from) {
        write_date(o, s->date, s->date_from);
        return;
    }
    /* Lo que da Canvas lleva la fecha en que se bajó. */
    for (size_t i = 0; i < s->n && s->platform != CL_CANVAS; i++)
        if (!s->parts[i].is_dir && stat(s->parts[i].path, &st) == 0 &&
            st.st_mtime > newest)
            newest = st.st_mtime;
    if (s->platform == CL_MOODLE && o->bag.newest > newest)
        newest = o->bag.newest;
    if (newest > 0)
        write_date(o, newest, s->platform == CL_MOODLE ? "moodle" : "archivo");
}

/* ---- qué ------------------------------------------------------------------------------- */

/* ¿Es otro que el que da el laboratorio? */
static bool is_changed(const struct lab *lab, size_t given, const struct cl_file *file)
{
    char *dir = ag_format("labs/%s", lab->dir), *data = NULL;
    size_t size;
    bool same = file &&
                ag_read_file(dir, lab->given[given], CL_MAX_SOURCE, &data, &size) == 0 &&
                size == file->size && memcmp(data, file->data, size) == 0;
    free(data);
    free(dir);
    return file && !same;
}

static int store_sources(const struct scanner *s, const struct lab *lab,
                         const struct cl_pick *pick, const char *digest, char *key,
                         struct gr_error *err)
{
    bool *changed = ag_alloc(lab->n_given + 1, sizeof *changed);
    int rc = 0;
    for (size_t i = 0; i < lab->n_given; i++)
        changed[i] = is_changed(lab, i, pick->given[i]);
    cl_key(digest, lab, pick, changed, key);
    for (size_t i = 0; i < lab->n_sources && rc == 0; i++)
        rc = cl_store_source(s->store, key, lab->sources[i], pick->sources[i]->data,
                             pick->sources[i]->size, false, err);
    for (size_t i = 0; i < lab->n_given && rc == 0; i++)
        if (changed[i])
            rc = cl_store_source(s->store, key, lab->given[i], pick->given[i]->data,
                                 pick->given[i]->size, true, err);
    free(changed);
    return rc;
}

/* Lo de un laboratorio que no se pidió viene de paso, en la carpeta de otro: si es más antiguo que lo que ya
 * había de otra carpeta, vale lo que había, y se le añade el aviso. 1 si es así, 0 si no, -1 con el motivo. */
static int keep_newer(const struct scanner *s, const struct opened *o, const char *lab,
                      const char *key, struct gr_error *err)
{
    if (!s->every || !o->date_from)
        return 0;
    char *note = ag_format("En «%s», del %s, hay otra versión, más antigua: vale esta.",
                           o->from->origin, o->date);
    int kept = cl_sql_asks(
        s->store, err,
        "UPDATE entrega SET avisos = iif(clave = ?6 OR EXISTS (SELECT 1 FROM "
        "json_each(avisos) WHERE value = ?5), avisos, json_insert(avisos, '$[#]', ?5)) "
        "WHERE alumno = ?1 AND lab = ?2 AND carpeta <> ?3 AND fecha > ?4 "
        "AND clave IS NOT NULL RETURNING 1",
        "tttttt", o->from->student, lab, s->class->folder, o->date, note, key);
    free(note);
    return kept;
}

/* Apunta un laboratorio de una entrega. */
static int record(struct scanner *s, const struct opened *o, size_t which,
                  struct cl_pick *pick, struct gr_error *err)
{
    const struct lab *lab = &s->labs->v[which];
    char key[CL_KEY_SIZE];
    if (!pick->why && pick->untouched) {
        char *path = cl_text(pick->sources[0]->path);
        pick->why = ag_format("«%s» es el del enunciado, sin cambiar: no hay nada que "
                              "calificar.",
                              path);
        free(path);
    }
    if (o->bag.refused) {
        free(pick->why);
        pick->why = ag_format("%s", o->bag.refused);
    }
    if (!pick->why && store_sources(s, lab, pick, s->digests[which], key, err) < 0)
        return -1;
    int kept = keep_newer(s, o, lab->id, pick->why ? "" : key, err);
    s->scan->delivered += kept > 0;
    if (kept != 0)
        return kept < 0 ? -1 : 0;
    s->scan->delivered += !pick->why;
    s->scan->rejected += pick->why != NULL;
    if (o->from->late && !o->date_from)
        json_array_append_new(pick->notes,
                              json_string("Canvas dice que llegó tarde, y no cuándo: "
                                          "quien enseña tiene que poner la fecha."));
    char *notes = json_dumps(pick->notes, JSON_COMPACT);
    int rc = cl_store_handed(
        s->store,
        &(struct cl_handed){.student = o->from->student,
                            .lab = lab->id,
                            .key = pick->why ? NULL : key,
                            .why = pick->why,
                            .notes = notes,
                            .folder = s->class->folder,
                            .origin = o->from->origin,
                            .date = o->date_from ? o->date : NULL,
                            .date_from = o->date_from,
                            .number = o->from->delivery,
                            .platform = cl_platform_name(o->from->platform)},
        err);
    free(notes);
    return rc;
}

/* Cuenta lo que hay de cada laboratorio. Un esqueleto intacto es no haberlo hecho, y se calla si
 * hay otro que sí; si no hay nada de ninguno, se dice en todos: algo entregó, y no sirve. */
static int record_all(struct scanner *s, const struct opened *o, struct gr_error *err)
{
    struct cl_pick *picks = ag_alloc(s->labs->n, sizeof *picks);
    bool any = false, changed = false;
    size_t good = s->scan->delivered;
    int rc = 0;
    for (size_t i = 0; i < s->labs->n; i++) {
        picks[i] = cl_pick(&o->bag, s->labs, i);
        any = any || picks[i].found;
        changed = changed || (picks[i].found && !picks[i].untouched);
    }
    if (!any && s->labs->n > 1) {
        s->unknown = ag_grow(s->unknown, s->n_unknown + 1, sizeof *s->unknown);
        s->unknown[s->n_unknown++] = ag_format(
            "%s: %s", o->from->origin,
            o->bag.refused ?: "no trae ningún archivo de los que se piden.");
    }
    for (size_t i = 0; i < s->labs->n; i++) {
        bool absent = (any && !picks[i].found) || (changed && picks[i].untouched);
        s->scan->missing += absent;
        if (rc == 0 && !absent)
            rc = record(s, o, i, &picks[i], err);
        cl_pick_free(&picks[i]);
    }
    free(picks);
    s->scan->people++;
    s->scan->useless += s->scan->delivered == good;
    return rc;
}

/* «2027-01-25T23:59:00+01:00», con la zona de aquí. */
static void write_due(char text[static DATE_SIZE], time_t due)
{
    struct tm tm;
    localtime_r(&due, &tm);
    long minutes = tm.tm_gmtoff / 60, size = labs(minutes);
    size_t n = strftime(text, DATE_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + n, DATE_SIZE - n, "%c%02d:%02d", minutes < 0 ? '-' : '+',
             (int)(size / 60 % 24), (int)(size % 60));
}

/* La fecha de la plataforma manda sobre la de curso.json, y la que pone quien enseña, sobre las dos. Moodle la dice
 * de una tarea: sin LAB no se sabe de cuál. */
static int store_due(struct scanner *s, const struct cl_submission *from,
                     struct gr_error *err)
{
    char text[DATE_SIZE];
    int rc = 0;
    if (!from->due_from)
        return 0;
    if (from->platform == CL_MOODLE && s->labs->n > 1) {
        if (from->due)
            ag_complain("asinc-class",
                        "la prórroga de «Participante %s» que dice Moodle no se usa sin "
                        "saber de qué "
                        "laboratorio es: di LAB=",
                        from->delivery);
        return 0;
    }
    write_due(text, from->due);
    for (size_t i = 0; i < s->labs->n && rc == 0; i++)
        rc = from->due
                 ? cl_sql_run(
                       s->store, err,
                       "INSERT INTO prorroga VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO "
                       "UPDATE SET hasta = ?3, de = ?4 "
                       "WHERE de NOT IN ('" CL_ROSTER "', 'nota')",
                       "tttt", from->student, s->labs->v[i].id, text, from->due_from)
                 : cl_sql_run(
                       s->store, err,
                       "DELETE FROM prorroga WHERE alumno = ? AND lab = ? AND de = ?",
                       "ttt", from->student, s->labs->v[i].id, from->due_from);
    return rc;
}

static int scan_one(struct scanner *s, const struct cl_submission *from,
                    struct gr_error *err)
{
    struct opened o = {.from = from};
    const char *number = from->number ?: from->delivery;
    int rc = cl_store_student(
        s->store, &(struct cl_student){from->student, from->email, number}, err);
    if (rc == 0)
        rc = store_due(s, from, err);
    if (rc < 0 || from->n == 0) {
        s->scan->missing += s->labs->n;
        return rc;
    }
    for (size_t i = 0; i < from->n; i++)
        cl_unpack(from->parts[i].path, from->parts[i].name, &s->wanted, s->limits,
                  &o.bag);
    find_date(&o);
    rc = o.bag.fault ? gr_error(err, "%s: %s", from->origin, o.bag.fault)
                     : record_all(s, &o, err);
    cl_bag_free(&o.bag);
    return rc;
}

/* ---- todas ----------------------------------------------------------------------------- */

static void want(struct cl_wanted *wanted, const char **names, size_t n)
{
    wanted->names = ag_grow(wanted->names, wanted->n + n, sizeof *wanted->names);
    for (size_t i = 0; i < n; i++)
        wanted->names[wanted->n++] = names[i];
}

static int scan_all(struct scanner *s, struct gr_error *err)
{
    for (size_t i = 0; i < s->labs->n; i++)
        if (cl_store_forget(s->store, s->labs->v[i].id, s->class->folder, err) < 0)
            return -1;
    for (size_t i = 0; i < s->class->n; i++)
        if (scan_one(s, &s->class->v[i], err) < 0)
            return -1;
    return 0;
}

/* ---- antes de darlo por bueno ------------------------------------------------------------- */

static size_t told;

static void tell_lost(const char *student, const char *lab, const char *points,
                      const char *why)
{
    if (told++ < MOST_TOLD)
        fprintf(stderr, "    %s, laboratorio %s, que tiene %s: %s\n", student, lab,
                points, why);
}

/* Una carpeta equivocada no se lleva ninguna nota: casi todo se rechazaría, o lo que ya tenía puntos. */
static int check_loss(struct scanner *s, bool force, struct gr_error *err)
{
    const struct cl_scan *scan = s->scan;
    told = force ? MOST_TOLD : 0;
    ssize_t lost = cl_history_lost(s->store, tell_lost, err);
    bool most = scan->useless >= FEW && 2 * scan->useless > scan->people;
    if (lost < 0 || force || (lost == 0 && !most))
        return lost < 0 ? -1 : 0;
    if (lost > MOST_TOLD)
        fprintf(stderr, "    y %zd más\n", lost - MOST_TOLD);
    char *why = lost > 0 ? ag_format("se %s %zd %s que ya %s puntos",
                                     lost == 1 ? "perdería" : "perderían", lost,
                                     lost == 1 ? "nota" : "notas",
                                     lost == 1 ? "tenía" : "tenían")
                         : ag_format("de %zu entregas se rechazarían %zu", scan->people,
                                     scan->useless);
    int rc = gr_error(
        err,
        "%s, y por eso no se ha cambiado nada. ¿Es esa la carpeta, y ese el LAB? "
        "Si lo son, repite la orden con FORZAR=1",
        why);
    free(why);
    return rc;
}

/* Lo que no es de ningún laboratorio vale 0 en todos: eso no se calla. */
static void tell_unrecognised(struct scanner *s, bool aloud, bool anonymous)
{
    if (aloud && s->n_unknown > 0)
        fprintf(
            stderr,
            "En %zu %s no se reconoce ningún laboratorio, y %s 0, «rechazado», en los "
            "%zu:\n",
            s->n_unknown, s->n_unknown == 1 ? "entrega" : "entregas",
            s->n_unknown == 1 ? "vale" : "valen", s->labs->n);
    for (size_t i = 0; i < s->n_unknown; i++) {
        if (aloud && !anonymous && i < MOST_TOLD)
            fprintf(stderr, "    %s\n", s->unknown[i]);
        free(s->unknown[i]);
    }
    if (aloud && !anonymous && s->n_unknown > MOST_TOLD)
        fprintf(stderr, "    y %zu más\n", s->n_unknown - MOST_TOLD);
    if (aloud && s->n_unknown > 0)
        fputs("Si a sus archivos les cambiaron el nombre, ponles el que se pide y repite "
              "la "
              "orden.\n",
              stderr);
    free(s->unknown);
}

int cl_scan(struct cl_store *store, struct cl_class *class, const struct labs *labs,
            const struct cl_limits *limits, const struct cl_asked *asked,
            struct cl_scan *scan, struct gr_error *err)
{
    struct scanner s = {.store = store,
                        .class = class,
                        .labs = labs,
                        .limits = limits,
                        .scan = scan,
                        .every = !asked->lab && !asked->one,
                        .digests = ag_alloc(labs->n, sizeof *s.digests)};
    int rc = 0;
    *scan = (struct cl_scan){0};
    for (size_t i = 0; i < labs->n && rc == 0; i++) {
        want(&s.wanted, labs->v[i].sources, labs->v[i].n_sources);
        want(&s.wanted, labs->v[i].given, labs->v[i].n_given);
        rc = cl_key_lab(&labs->v[i], s.digests[i], err);
    }
    s.wanted.lone = labs->n == 1 && labs->v[0].n_sources == 1;
    if (rc == 0)
        rc = cl_store_begin(store, err);
    if (rc == 0) {
        rc = cl_history_log(store, err); /* lo que quedó sin apuntar si se cortó la luz */
        if (rc == 0 && !asked->one)
            rc = cl_identify(store, class, asked->roster, asked->lab, err);
        if (rc == 0)
            rc = scan_all(&s, err);
        if (rc == 0)
            rc = cl_identify_forget(store, err);
        if (rc == 0)
            rc = cl_roster_clean(store, err);
        if (rc == 0)
            rc = check_loss(&s, asked->force || asked->one, err);
        if (rc == 0)
            rc = cl_history_log(store, err);
        if (rc == 0)
            rc = cl_store_commit(store, err);
        if (rc < 0)
            cl_store_rollback(store);
    }
    tell_unrecognised(&s, rc == 0, asked->anonymous);
    free(s.wanted.names);
    free(s.digests);
    return rc;
}
