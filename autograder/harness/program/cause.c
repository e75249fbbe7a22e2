/*
 * cause.c: lo que se ve en un programa y explica por sí solo que la prueba falle.
 *
 * La prueba sabe qué esperaba; aquí se mira qué ha sido del programa: si murió, si no para, si sus
 * tareas se esperan unas a otras, si a lo que escribe le falta el salto. Eso se dice primero.
 */
#include "harness/program/program.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MS    1000 /* lo más que se mira a quien quizá no para */
#define TELL_MS    3000 /* para que diga dónde está */
#define BLOCKED_MS 250
#define BUSY_MS    60 /* y lo que gasta entonces quien no para, con la máquina ocupada */
#define SPENT_MS   400 /* lo que ha gastado ya en total */
#define SHOWN      80  /* bytes que se enseñan de una línea */

static bool wanted;

bool hs__wants_sanitizer(void)
{
    return wanted;
}

/* ¿Es una señal de las que mata el propio programa, por un error suyo? */
static bool is_crash(int signal)
{
    static const int crashes[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        if (crashes[i] == signal)
            return true;
    return false;
}

/* Lo último que dijo por stderr quien se paró adrede, o NULL. */
static const char *last_words(const struct hs_program *p)
{
    for (size_t i = p->record.count; i-- > 0;) {
        const struct hs_line *line = p->record.lines[i];
        if (line->stream == HS_ERR &&
            (strncmp(line->text, "asinc: ", 7) == 0 || strstr(line->text, "Assertion")))
            return hs_format("%.*s", 2 * SHOWN, line->text);
    }
    return NULL;
}

static const char *crash_words(const struct hs_program *p)
{
    if (!p->ended || p->end.crowded || !is_crash(p->end.signal))
        return NULL;
    const char *last = p->end.signal == SIGABRT ? last_words(p) : NULL;
    if (last) /* asinc ya dice qué se hizo mal, y glibc, qué assert fue */
        return hs_format("el programa se paró al ver un error suyo: «%s»", last);
    wanted = true;
    return hs_format("el programa murió por %s", hs__signal_words(p->end.signal));
}

/* ------------------------------------------------------------------------- Las tareas */

/* La línea de asinc que empieza así, sin lo que va delante, o NULL. Con el cerrojo. */
static const char *said(const struct hs_program *p, const char *what)
{
    for (size_t i = 0; i < p->record.count; i++) {
        const struct hs_line *line = p->record.lines[i];
        const char *at = line->stream == HS_ERR ? strstr(line->text, what) : NULL;
        if (at)
            return at + strlen(what);
    }
    return NULL;
}

static const char *deadlock_words(const struct hs_program *p)
{
    if (!said(p, "asinc: interbloqueo: "))
        return NULL;
    const char *cycle = said(p, "El ciclo: ");
    return cycle ? hs_format("las tareas se esperan unas a otras y ninguna puede seguir "
                             "(interbloqueo): %s",
                             cycle)
                 : "todas las tareas esperan algo que ya no puede llegar (interbloqueo); "
                   "abajo, en lo que escribió, está qué espera cada una";
}

/* Lo dice asinc con AS_DEBUG=1, cuando se repite la prueba para explicarla. Una vez sola, y corta,
 * pudo ser cosa de la máquina. */
static const char *blocked_words(const struct hs_program *p)
{
    const char *text = NULL;
    int times = 0;
    long longest = 0;
    for (size_t i = 0; i < p->record.count; i++) {
        const struct hs_line *line = p->record.lines[i];
        const char *task = strstr(line->text, "la tarea «");
        const char *held = strstr(line->text, " acaparó el hilo ");
        if (line->stream != HS_ERR || !task || !held)
            continue;
        long ms = strtol(held + strlen(" acaparó el hilo "), NULL, 10);
        times++;
        if (ms > longest) {
            longest = ms;
            text = task;
        }
    }
    if (times == 0 || (times == 1 && longest < BLOCKED_MS * hs__factor()))
        return NULL;
    return hs_format(
        "algo bloquea el bucle, y mientras tanto no avanza ninguna otra tarea: "
        "%s",
        text);
}

/* -------------------------------------------------------------------------- Dar vueltas */

/* En qué línea suya está. Con ASan se le para con una señal, y él lo dice. */
static const char *where(struct hs_program *p)
{
    if (!p->options.asan)
        return "";
    box_signal(p->run, SIGABRT);
    double until = hs_now() + TELL_MS;
    while (hs_now() < until &&
           !(p->ended && p->output[HS_OUT].fd < 0 && p->output[HS_ERR].fd < 0)) {
        hs__poll();
        hs__sleep_until(hs_now() + 20);
    }
    return hs__own_frame(&p->record);
}

/* Con el cerrojo, que suelta un momento. */
static const char *spin_words(struct hs_program *p)
{
    unsigned events = hs__events();
    hs__unlock();
    int64_t before = p->part.spent(&p->part);
    hs__lock();
    double until = hs_now() + LOOK_MS;
    int64_t after = before;
    while (hs_now() < until && !p->ended && hs__events() == events &&
           after - before < BUSY_MS) {
        hs__sleep_until(hs_now() + LOOK_MS / 10.0);
        hs__unlock();
        after = p->part.spent(&p->part);
        hs__lock();
    }
    if (p->ended || hs__events() != events || after - before < BUSY_MS ||
        after < SPENT_MS)
        return NULL;
    wanted = true;
    return hs_format(
        "el programa no espera: da vueltas%s. Ha gastado %s s de procesador en "
        "%s s, y sigue",
        where(p), hs__seconds((double)after, 1), hs__seconds(hs_now() - p->started, 1));
}

/* ---------------------------------------------------------------------- Líneas pegadas */

/* Lo que hay sin acabar en su salida cuando aún no ha escrito ningún salto. */
static const char *glued_words(const struct hs_program *p)
{
    const struct hs__intake *in = &p->output[HS_OUT].in;
    const char *text = in->bytes;
    size_t n = in->length;
    if (p->screen || n == 0 || memchr(text, '\n', n))
        return NULL;
    char *clean = ag_clean(text, n < SHOWN ? n : SHOWN, SIZE_MAX, AG_LINE);
    const char *words = hs_format(
        "a lo que escribe el programa le falta el salto de línea: «%s%s» no acaba en "
        "«\\n»",
        clean, n > SHOWN ? "…" : "");
    free(clean);
    return words;
}

/* Con las cifras cambiadas por ceros: dos horas distintas son la misma. */
static char *shape(const char *text, size_t n)
{
    char *copy = ag_format("%.*s", (int)n, text);
    for (char *c = copy; *c; c++)
        if (*c >= '0' && *c <= '9')
            *c = '0';
    return copy;
}

/* Dónde empieza otra vez, en mitad de `text`, una línea como esta; o NULL. */
static const char *again(const char *text, const char *first)
{
    size_t n = strlen(first);
    for (const char *at = text; (at = strstr(at + 1, first));)
        if (at[n] == ' ' && !strchr(" «\"'(", at[-1]))
            return at;
    return NULL;
}

/* Dónde empieza, pegada a lo anterior, una palabra como las que abren una línea: «msRESUMEN »; o
 * NULL. */
static const char *capitals(const char *text)
{
    enum { SHORTEST = 4 };
    for (const char *at = text; *at; at++) {
        size_t n = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (n >= SHORTEST && at[n] == ' ' && at > text &&
            strchr("abcdefghijklmnopqrstuvwxyz0123456789%", at[-1]))
            return at;
        at += n > 0 ? n - 1 : 0;
    }
    return NULL;
}

static const char *join_words(const struct hs_line *line, size_t at)
{
    enum { JOINED = 30 };
    size_t before = at < JOINED ? at : JOINED;
    return hs_format("falta un salto de línea: «%.*s…» va pegado a lo anterior, «%.*s»",
                     JOINED, line->text + at, (int)before, line->text + at - before);
}

/* Dos líneas en una: en mitad de ella está, sin espacio delante, la palabra con que empieza otra. */
static const char *joined_words(const struct hs_program *p)
{
    enum { SHORTEST = 4, LOOKED = 200 };
    const struct hs__record *r = &p->record;
    size_t most = r->count < LOOKED ? r->count : LOOKED;
    const char *words = NULL;
    for (size_t i = 0; i < most && !words && !p->screen; i++) {
        const struct hs_line *line = r->lines[i];
        const char *at = line->stream == HS_OUT ? capitals(line->text) : NULL;
        size_t n = strcspn(line->text, " ");
        if (at)
            words = join_words(line, (size_t)(at - line->text));
        if (at || line->stream != HS_OUT || n < SHORTEST || !line->text[n])
            continue;
        char *first = shape(line->text, n);
        for (size_t k = 0; k < most && !words; k++) {
            char *other = shape(r->lines[k]->text, r->lines[k]->length);
            at = r->lines[k]->stream == HS_OUT ? again(other, first) : NULL;
            if (at)
                words = join_words(r->lines[k], (size_t)(at - other));
            free(other);
        }
        free(first);
    }
    return words;
}

const char *hs__program_cause(struct hs__part *part, bool late)
{
    struct hs_program *p = (struct hs_program *)part;
    hs__lock();
    hs__poll();
    const char *cause = p->end.asan ? NULL : crash_words(p);
    if (!cause)
        cause = deadlock_words(p);
    if (!cause)
        cause = blocked_words(p);
    if (!cause && late && !p->ended)
        cause = spin_words(p);
    if (!cause)
        cause = glued_words(p);
    if (!cause)
        cause = joined_words(p);
    hs__unlock();
    return cause;
}
