/* Lo que dice Moodle en la hoja de calificaciones que se baja de una tarea.
 *
 * Los números cambian de una tarea a otra; el correo, no. La prórroga va en la columna del estado, escrita para
 * que la lea una persona, en el idioma de quien la baja. De una fecha se entiende todo o no se entiende: si
 * además lleva el día de la semana, tiene que ser el suyo. */
#include "class/moodle.h"
#include "base/memory.h"
#include "base/text.h"
#include "class/csv.h"
#include "class/identify.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- una fecha para personas --------------------------------------------------------------- */

enum { MOST_WORDS = 16, LONGEST_WORD = 16 };

struct words {
    char v[MOST_WORDS][LONGEST_WORD];
    size_t n, at;
};

static const char *const months[][3] = {{"enero", "january"},
                                        {"febrero", "february"},
                                        {"marzo", "march"},
                                        {"abril", "april"},
                                        {"mayo", "may"},
                                        {"junio", "june"},
                                        {"julio", "july"},
                                        {"agosto", "august"},
                                        {"septiembre", "september", "setiembre"},
                                        {"octubre", "october"},
                                        {"noviembre", "november"},
                                        {"diciembre", "december"}};
static const char *const days[][3] = {
    {"domingo", "sunday"},           {"lunes", "monday"},
    {"martes", "tuesday"},           {"miércoles", "wednesday", "miercoles"},
    {"jueves", "thursday"},          {"viernes", "friday"},
    {"sábado", "saturday", "sabado"}};

/* Lo que ocupan los espacios y los signos: también los espacios que no dejan cortar la línea. */
static size_t gap(const char *text)
{
    if (strncmp(text, "\xc2\xa0", 2) == 0)
        return 2;
    if (strncmp(text, "\xe2\x80\xaf", 3) == 0)
        return 3;
    return *text && !isalnum((unsigned char)*text) && !(*text & 0x80);
}

/* Parte `n` bytes en palabras y números, en minúsculas. false si hay demasiados. */
static bool split(const char *text, size_t n, struct words *words)
{
    const char *end = text + n;
    *words = (struct words){0};
    while (text < end) {
        size_t skip = gap(text), used = 0;
        if (skip > 0) {
            text += skip;
            continue;
        }
        if (words->n == MOST_WORDS)
            return false;
        char *word = words->v[words->n++];
        for (; text < end && gap(text) == 0; text++) {
            if (used + 1 >= LONGEST_WORD)
                return false;
            word[used++] = (char)tolower((unsigned char)*text);
        }
    }
    return true;
}

static bool take(struct words *words, const char *word)
{
    bool yes = words->at < words->n && strcmp(words->v[words->at], word) == 0;
    words->at += yes;
    return yes;
}

/* Cuál de esos nombres viene ahora, desde 0; o -1. */
static int take_name(struct words *words, const char *const (*names)[3], int n)
{
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 3; k++)
            if (names[i][k] && take(words, names[i][k]))
                return i;
    return -1;
}

/* El número que viene ahora, de `least` a `most`; o -1. */
static int take_number(struct words *words, int least, int most)
{
    if (words->at >= words->n)
        return -1;
    const char *word = words->v[words->at];
    size_t digits = strspn(word, "0123456789");
    int n = atoi(word);
    if (digits == 0 || digits > 4 || word[digits] || n < least || n > most)
        return -1;
    words->at++;
    return n;
}

/* «25 de enero de», «25 January» o «January 25». */
static bool take_day_and_month(struct words *words, struct tm *tm)
{
    tm->tm_mon = take_name(words, months, 12);
    bool first = tm->tm_mon >= 0;
    tm->tm_mday = take_number(words, 1, 31);
    if (tm->tm_mday < 0 || first)
        return tm->tm_mday >= 0;
    take(words, "de");
    tm->tm_mon = take_name(words, months, 12);
    if (!take(words, "de"))
        take(words, "del");
    return tm->tm_mon >= 0;
}

/* «23:59», «11:59 PM» o «11:59 p. m.». */
static bool take_time(struct words *words, struct tm *tm)
{
    tm->tm_hour = take_number(words, 0, 23);
    tm->tm_min = take_number(words, 0, 59);
    if (tm->tm_hour < 0 || tm->tm_min < 0)
        return false;
    bool after = take(words, "pm") || (take(words, "p") && take(words, "m"));
    bool before = !after && (take(words, "am") || (take(words, "a") && take(words, "m")));
    if (!after && !before)
        return true;
    if (tm->tm_hour < 1 || tm->tm_hour > 12)
        return false;
    tm->tm_hour = tm->tm_hour % 12 + (after ? 12 : 0);
    return true;
}

static bool parse_date(const char *text, size_t n, time_t *when)
{
    struct words words;
    struct tm tm = {.tm_isdst = -1};
    if (!split(text, n, &words))
        return false;
    int day = take_name(&words, days, 7), year;
    if (!take_day_and_month(&words, &tm) ||
        (year = take_number(&words, 2000, 9999)) < 0 || !take_time(&words, &tm) ||
        words.at != words.n)
        return false;
    tm.tm_year = year - 1900;
    struct tm asked = tm;
    *when = mktime(&tm);
    return *when != -1 && tm.tm_mday == asked.tm_mday && (day < 0 || day == tm.tm_wday);
}

int cl_moodle_extension(const char *status, time_t *until)
{
    /* «Plazo ampliado», «Se otorgó extensión», «Extension granted», y lo que diga quien cambió el texto. */
    static const char *const signs[] = {"plazo ampliado", "extensi", "ampliaci", "rroga"};
    const char *at = NULL;
    for (size_t i = 0; i < sizeof signs / sizeof *signs && !at; i++)
        at = strcasestr(status, signs[i]);
    if (!at)
        return 0;
    at = strchr(at, ':');
    const char *end = at ? strstr(at, " - ") : NULL;
    size_t n = !at ? 0 : end ? (size_t)(end - at) : strlen(at);
    return parse_date(at ?: "", n, until) ? 1 : -1;
}

/* ---- la hoja --------------------------------------------------------------------------------- */

static const char *const ids[] = {"Identificador", "Identifier", NULL};
static const char *const emails[] = {"Dirección de correo", "Correo electrónico",
                                     "Dirección Email", "Email address", NULL};
static const char *const states[] = {"Estado", "Estatus", "Status", NULL};

static long column(const struct cl_csv *csv, const char *const *names)
{
    long at = -1;
    for (; *names && at < 0; names++)
        at = cl_csv_column(csv, *names);
    return at;
}

static const char *cell(const struct cl_csv *csv, size_t row, const char *const *names)
{
    long at = column(csv, names);
    return at < 0 ? NULL : csv->rows[row][at];
}

static void use_status(struct cl_submission *s, const char *status, const char *where)
{
    char *text = cl_text(status);
    time_t until = 0;
    int told = cl_moodle_extension(text, &until);
    if (told < 0) {
        ag_complain(
            "asinc-class",
            "%s: no se entiende hasta cuándo es la prórroga de «Participante %s»: "
            "«%s». No se usa: ponla en " CL_ROSTER " o con make nota PRORROGA=",
            where, s->delivery, text);
    } else {
        s->due = until;
        s->due_from = "moodle";
    }
    free(text);
}

/* De la que no se ha sacado nada: una lista no es una hoja, y con ninguna entrega no puede decir nada de ellas. */
static int check_useless(const struct cl_class *class, const struct cl_csv *csv,
                         const char *name, struct gr_error *err)
{
    if (csv->n == 0)
        return gr_error(err, "%s: está vacío: bájalo otra vez, o quítalo de %s", name,
                        class->given);
    if (cl_csv_column(csv, "alumno") >= 0)
        return 0;
    if (column(csv, ids) < 0) {
        ag_complain("asinc-class",
                    "%s no se usa: no tiene la columna «Identificador» de las hojas de "
                    "Moodle, ni «alumno» de las listas",
                    name);
        return 0;
    }
    if (csv->n == 1)
        return gr_error(err,
                        "%s: la hoja de Moodle no tiene a nadie: bájala otra vez de la "
                        "tarea, o quítala de %s",
                        name, class->given);
    return class->n == 0
               ? 0
               : gr_error(err,
                          "%s: ninguno de sus participantes es el de una entrega: ¿es "
                          "la hoja de otra tarea? Baja la de esta, o quítala de %s",
                          name, class->given);
}

/* Lo que la fila dice de las entregas de ese participante, y cuántas son. */
static size_t use_row(struct cl_class *class, const struct cl_csv *csv, size_t row,
                      const char *name)
{
    const char *id = cell(csv, row, ids), *email = cell(csv, row, emails);
    const char *status = cell(csv, row, states);
    const char *space = id ? strrchr(id, ' ') : NULL;
    char *where = ag_format("%s:%zu", name, csv->lines[row]);
    size_t used = 0;
    for (size_t i = 0; space && i < class->n; i++) {
        struct cl_submission *s = &class->v[i];
        if (s->platform != CL_MOODLE || !s->delivery ||
            strcmp(s->delivery, space + 1) != 0)
            continue;
        used++;
        if (email && *email) {
            free(s->email);
            s->email = cl_text(email);
        }
        if (status)
            use_status(s, status, where);
    }
    free(where);
    return used;
}

int cl_moodle_sheet(struct cl_class *class, const char *name, const char *text,
                    struct gr_error *err)
{
    struct cl_csv csv = cl_csv_parse(text);
    size_t used = 0;
    for (size_t row = 1; row < csv.n; row++)
        used += use_row(class, &csv, row, name);
    int rc = used > 0 ? 0 : check_useless(class, &csv, name, err);
    cl_csv_free(&csv);
    return rc;
}
