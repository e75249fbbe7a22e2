/* story.c: lo que la prueba cuenta mientras avanza, y su veredicto al terminar. */
#include "box/outer.h"
#include "harness/chronicle.h"
#include "harness/internal.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEPT_STEPS  60 /* pasos que se conservan del principio, y otros tantos del final */
#define STEP_BYTES  1000 /* de cada paso */
#define LINE_BYTES  8192 /* de cada línea de la historia escrita */
#define LONG_STORY  (256 << 10)
#define SHORT_LINE  200
#define SHORT_BYTES 100 /* de un texto que cabe en medio de una frase */

static struct {
    struct hs_test test;
    struct hs__lines steps;
    int told;    /* pasos contados, también los que ya no se conservan */
    int checks;  /* comprobaciones hechas */
    bool ending; /* ya hay veredicto */
} story;

/*
 * Criterion pone en marcha libgit2 en cada proceso, para las diferencias entre textos que él
 * enseña, y libgit2 empieza por descifrar los certificados de autoridad de la máquina: la tercera
 * parte de lo que cuesta arrancar una prueba. Las diferencias de aquí son de shown.c, así que no se
 * pone en marcha: sus llamadas encuentran antes estas dos.
 */
int git_libgit2_init(void);
int git_libgit2_shutdown(void);

int git_libgit2_init(void)
{
    return 1;
}

int git_libgit2_shutdown(void)
{
    return 0;
}

static void ignore_signal(int signal)
{
    (void)signal;
}

void hs__begin(const struct hs_test *test)
{
    /* Un programa que cierra su entrada no debe matar a la prueba. Con un manejador, y no
     * con SIG_IGN, los programas arrancados la reciben como siempre. */
    struct sigaction action = {.sa_handler = ignore_signal, .sa_flags = SA_RESTART};
    sigaction(SIGPIPE, &action, NULL);
    story.test = *test;
    hs__random_start(test);
    hs__clock_start(test);
    hs__needs_start(test->name);
    const char *need = hs__need_failed();
    if (need)
        hs_fail("antes tiene que pasar «%s», y no pasa", need);
    /* Las pruebas corren a la vez: que el programa de una no alcance a las demás. */
    int rc = box_inside_outer() ? box_new_network() : 0;
    if (rc < 0)
        hs_broken("no puedo dar una red a la prueba: %s", strerror(-rc));
}

void hs__checked(void)
{
    story.checks++;
}

void hs_step(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = ag_vformat(format, args);
    va_end(args);
    char *clean = ag_clean(text, strlen(text), STEP_BYTES, AG_LINE);
    struct hs__lines *steps = &story.steps;
    hs__add(steps, "%2d. +%s s  %s", ++story.told, hs__seconds(hs_now(), 3), clean);
    free(clean);
    free(text);
    if (steps->count > 2 * KEPT_STEPS) {
        free(steps->items[KEPT_STEPS]);
        memmove(steps->items + KEPT_STEPS, steps->items + KEPT_STEPS + 1,
                (--steps->count - KEPT_STEPS) * sizeof(char *));
    }
}

/* ------------------------------------------------------------------ El resultado */

static const char *results_directory(void)
{
    const char *directory = getenv("ASINC_RESULTS");
    return directory && *directory ? directory : NULL;
}

/* Tras una historia ya larga, de cada línea va solo el principio: entera debe caber en lo que
 * el corrector lee. */
static void append(json_t *lines, const char *text)
{
    static size_t told;
    size_t most = told < LONG_STORY ? LINE_BYTES : SHORT_LINE;
    char *clean = ag_clean(text, strlen(text), most, AG_LINE);
    told += strlen(clean);
    json_array_append_new(lines, json_string(clean));
    free(clean);
}

static json_t *tell(const struct hs__lines *ending)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < story.steps.count; i++) {
        if (i == KEPT_STEPS && story.told > 2 * KEPT_STEPS) {
            const char *gap = "    … (%d pasos más) …";
            append(lines, hs_format(gap, story.told - 2 * KEPT_STEPS));
        }
        append(lines, story.steps.items[i]);
    }
    for (size_t i = 0; i < ending->count; i++)
        append(lines, ending->items[i]);
    return lines;
}

/* Escribe en otro nombre y lo cambia al final: nadie ve nunca un resultado a medias. */
static const char *write_result(const char *directory, const json_t *result)
{
    const char *path = hs_format("%s/%s.json", directory, story.test.name);
    const char *draft = hs_format("%s/.%s.%d", directory, story.test.name, getpid());
    if (json_dump_file(result, draft, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) < 0 ||
        rename(draft, path) < 0) {
        const char *why = strerror(errno);
        unlink(draft);
        return hs_format("no pude escribir el resultado en %s: %s", path, why);
    }
    return NULL;
}

/* Deja constancia del veredicto y se queda con `lines`. Devuelve NULL, o por qué no pudo. */
static const char *record(const char *verdict, json_t *lines, json_t *chronicle)
{
    const char *directory = results_directory(), *why = NULL;
    json_t *result = json_pack("{s:s, s:s, s:o, s:o, s:I, s:b}", "nombre",
                               story.test.name, "veredicto", verdict, "historia", lines,
                               "cronologia", chronicle, "ms", (json_int_t)hs_now(),
                               "memoria", hs__wants_sanitizer());
    if (!result)
        why = "no queda memoria para el resultado";
    else if (directory)
        why = write_result(directory, result);
    json_decref(result);
    return why;
}

/* Sin nadie que recoja el resultado, la historia entera va en el mensaje de Criterion. */
static const char *message(const char *headline, const json_t *lines)
{
    size_t i;
    json_t *line;
    if (results_directory())
        return headline;
    const char *text = "";
    json_array_foreach(lines, i, line)
        text = hs_format("%s\n  %s", text, json_string_value(line));
    return text;
}

static void add_way_out(struct hs__lines *ending)
{
    const char *repro = getenv("ASINC_REPRO");
    hs__add(ending, "Para repetirlo: %s PRUEBA=%s SEMILLA=%s",
            repro && *repro ? repro : "make grade", story.test.name, hs_seed());
}

/* ¿Lo dice ya la prueba? Del programa habla como «el programa murió» o como «... y murió». */
static bool says(const char *headline, const char *cause)
{
    static const char subject[] = "el programa ";
    size_t n = strlen(subject);
    return strstr(headline, strncmp(cause, subject, n) == 0 ? cause + n : cause);
}

/* Con lo que hizo cada tarea hasta ahora. Para saberlo quizá haya que despedir al programa, y eso no
 * es de la prueba: del resto vale lo que ya estaba apuntado. */
static void add_tasks(json_t *chronicle, double until)
{
    size_t i;
    json_t *lane;
    if (!getenv("ASINC_TRACE"))
        return;
    hs__tasks_parts(until);
    json_t *after = hs__chronicle_json();
    json_array_foreach(json_object_get(after, "carriles"), i, lane)
    {
        const char *kind = json_string_value(json_object_get(lane, "clase"));
        if (kind && strcmp(kind, "tarea") == 0)
            json_array_append(json_object_get(chronicle, "carriles"), lane);
    }
    json_decref(after);
}

/* Lo que se sospechaba, entre interrogaciones, sobra cuando se ha visto lo que era. */
static const char *without_guess(const char *headline)
{
    const char *guess = strstr(headline, " ¿");
    size_t n = guess ? (size_t)(guess - headline) : strlen(headline);
    while (guess && n > 0 && strchr(": .", headline[n - 1]))
        n--;
    return hs_format("%.*s", (int)n, headline);
}

static void add_all(struct hs__lines *ending, const struct hs__lines *more)
{
    for (size_t i = 0; more && i < more->count; i++)
        hs__add(ending, "%s", more->items[i]);
}

/* Termina la prueba con un veredicto que no es «bien». `details` puede ser NULL. */
static _Noreturn void finish(const char *verdict, const char *headline,
                             struct hs__lines *details)
{
    if (story.ending) { /* falló algo mientras se terminaba: no hay veredicto posible */
        fprintf(stderr, "banco de pruebas: %s\n", headline);
        abort();
    }
    story.ending = true;
    struct hs__lines ending = {0};
    /* Lo que se ve en el programa va delante de lo que la prueba esperaba de él. */
    const char *alarm = hs__alarm();
    bool late = strcmp(verdict, "tiempo") == 0;
    const char *cause = alarm ? alarm : hs__cause(late);
    struct hs__lines seen = {0};
    hs__report_parts(&seen);
    hs__trace_parts();
    json_t *chronicle = hs__chronicle_json(); /* parar también se vería */
    add_tasks(chronicle, hs_now());
    if (!cause && late)
        cause = hs__tasks_waits();
    bool said = !cause || says(headline, cause);
    hs__add(&ending, "FALLO: %s", said ? headline : cause);
    if (!said)
        hs__add(&ending, "Así se notó: %s", without_guess(headline));
    add_all(&ending, details);
    add_all(&ending, &seen);
    const char *broken = hs__stop_parts();
    if (broken) {
        verdict = "fallo_corrector";
        hs__add(&ending, "Falló el propio corrector: %s.", broken);
    }
    add_way_out(&ending);
    json_t *lines = tell(&ending);
    const char *text = message(headline, lines);
    const char *why = record(verdict, lines, chronicle);
    if (why)
        cr_assert_fail("[%s] %s", "fallo_corrector", why);
    cr_assert_fail("[%s] %s", verdict, text);
    abort(); /* cr_assert_fail no vuelve, pero el compilador no lo sabe */
}

void hs__end(void)
{
    if (story.checks == 0)
        hs_broken("la prueba llegó al final sin comprobar nada");
    hs__lock();
    hs__check_bounds();
    hs__unlock();
    story.ending = true;
    struct hs__lines ending = {0};
    hs__trace_parts();
    json_t *chronicle = hs__chronicle_json();
    const char *broken = hs__stop_parts();
    if (broken)
        hs__add(&ending, "Falló el propio corrector: %s.", broken);
    const char *why = record(broken ? "fallo_corrector" : "bien", tell(&ending),
                             chronicle);
    hs__chronicle_free();
    hs__lines_free(&ending);
    hs__lines_free(&story.steps);
    if (why || broken)
        cr_assert_fail("%s", why ? why : broken);
    hs__free_kept();
}

/* ---------------------------------------------------------------------- Juzgar */

#define DEFINE_FAILURE(name, verdict)                                                    \
    void name(const char *format, ...)                                                   \
    {                                                                                    \
        va_list args;                                                                    \
        va_start(args, format);                                                          \
        char *headline = ag_vformat(format, args);                                       \
        va_end(args);                                                                    \
        finish(verdict, headline, NULL);                                                 \
    }
DEFINE_FAILURE(hs_fail, "mal")
DEFINE_FAILURE(hs_fail_late, "tiempo")
DEFINE_FAILURE(hs_broken, "fallo_corrector")

void hs_expect(bool condition, const char *format, ...)
{
    hs__checked();
    if (condition)
        return;
    va_list args;
    va_start(args, format);
    char *text = ag_vformat(format, args);
    va_end(args);
    finish("mal", text, NULL);
}

/* ¿Se entiende de un vistazo, en medio de una frase? */
static bool short_text(const char *text)
{
    const char *end = strchr(text, '\n');
    return strlen(text) <= SHORT_BYTES && (!end || !end[1]);
}

static const char *quoted(const char *text)
{
    char *clean = ag_clean(text, strlen(text), SIZE_MAX, AG_LINE);
    const char *words = hs_format("«%s»", clean);
    free(clean);
    return words;
}

/* «El sujeto debía ser esto y es aquello: por qué». En `what`, el porqué va tras «: ». */
static _Noreturn void finish_compared(const char *what, const char *wanted,
                                      const char *got, struct hs__lines *details)
{
    const char *cause = strstr(what, ": ");
    size_t subject = cause ? (size_t)(cause - what) : strlen(what);
    finish(
        "mal",
        hs_format("%.*s %s y %s%s", (int)subject, what, wanted, got, cause ? cause : ""),
        details);
}

static _Noreturn void finish_int(const char *what, const char *relation, int64_t wanted,
                                 int64_t got)
{
    finish_compared(what, hs_format("debía ser %s%lld", relation, (long long)wanted),
                    hs_format("es %lld", (long long)got), NULL);
}

void hs_expect_eq_int(const char *what, int64_t expected, int64_t got)
{
    hs__checked();
    if (got != expected)
        finish_int(what, "", expected, got);
}

void hs_expect_at_least(const char *what, int64_t minimum, int64_t got)
{
    hs__checked();
    if (got < minimum)
        finish_int(what, "al menos ", minimum, got);
}

void hs_expect_at_most(const char *what, int64_t maximum, int64_t got)
{
    hs__checked();
    if (got > maximum)
        finish_int(what, "como mucho ", maximum, got);
}

void hs_expect_memory(const char *what, int64_t maximum_kib, int64_t got_kib)
{
    if (!getenv("ASINC_SANITIZE")) {
        hs_expect_at_most(what, maximum_kib, got_kib);
        return;
    }
    hs__checked();
    hs_step("Con SANITIZE=1 no juzgo cuánta memoria ocupa: casi toda es de ASan");
}

void hs_expect_eq_str(const char *what, const char *expected, const char *got)
{
    hs__checked();
    if (got && strcmp(expected, got) == 0)
        return;
    struct hs__lines details = {0};
    if (got && *got && *expected)
        hs__add_difference(&details, expected, got);
    else
        hs__add_both(&details, expected, got ? got : "");
    bool brief = short_text(expected) && short_text(got ? got : "");
    const char *wanted = !*expected ? "no debía tener nada"
                         : brief    ? hs_format("debía ser %s", quoted(expected))
                                    : "debía ser lo que se ve abajo";
    const char *have = !got || !*got ? "no tiene nada"
                       : !*expected
                           ? brief ? hs_format("tiene %s", quoted(got)) : "tiene algo"
                       : brief ? hs_format("es %s", quoted(got))
                               : "es otra cosa";
    finish_compared(what, wanted, have, &details);
}

void hs_expect_contains(const char *what, const char *needle, const char *got)
{
    hs__checked();
    if (got && strstr(got, needle))
        return;
    got = got ? got : "";
    struct hs__lines details = {0};
    if (!short_text(got)) {
        hs__add(&details, "Obtenido:");
        hs__add_text(&details, "  | ", got, strlen(got));
    }
    finish_compared(what, hs_format("debía contener %s", quoted(needle)),
                    !*got             ? "no tiene nada"
                    : short_text(got) ? hs_format("es %s", quoted(got))
                                      : "no lo contiene",
                    &details);
}
