/* De quién es una entrega, por el nombre con que llegó. */
#include "class/names.h"
#include "base/memory.h"
#include "base/text.h"
#include "class/compose.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_FILE_NAME 120 /* bytes; con lo que se le añade sigue cabiendo en 255 */
#define CANVAS_DIGITS 3   /* menos no tiene ningún número suyo */
#define HASH_DIGITS   16  /* de SHA-256: nadie elige su nombre para que sea el de otro */

static const char moodle_mark[] = "_assignsubmission_";
static const char gradescope_mark[] = "submission_";

static const char *const archives[] = {
    ".zip",    ".7z",      ".rar",    ".tar",     ".tgz",     ".tbz2",     ".txz",
    ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar.lz4", ".tar.lzma", ".tar.Z",
};
static const char *const junk[] = {
    "__MACOSX", "build",     "node_modules", "CMakeFiles",  "Debug",
    "Release",  "Thumbs.db", "desktop.ini",  "__pycache__", "solutions",
};

/* ---- texto ---------------------------------------------------------------------------- */

/* Los 32 en que Windows-1252 no es Latin-1; 0, sin asignar. */
static const uint16_t windows[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
    0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

static bool is_utf8(const char *s)
{
    uint32_t code;
    size_t left = strlen(s), n;
    for (; left > 0; s += n, left -= n)
        if ((n = ag_utf8(s, left, &code)) == 0)
            return false;
    return true;
}

static char *from_windows(const char *bytes)
{
    char *text = ag_alloc(3 * strlen(bytes) + 1, 1), *to = text;
    for (; *bytes; bytes++) {
        unsigned c = (unsigned char)*bytes;
        if (c >= 0x80 && c < 0xa0)
            c = windows[c - 0x80] ? windows[c - 0x80] : 0xfffd;
        to = ag_utf8_put(to, c);
    }
    return text;
}

char *cl_text(const char *bytes)
{
    char *utf8 = is_utf8(bytes) ? ag_format("%s", bytes) : from_windows(bytes);
    cl_compose(utf8);
    char *clean = ag_clean(utf8, strlen(utf8), SIZE_MAX, AG_LINE);
    free(utf8);
    return clean;
}

/* ¿Acaba como los nombres que se inventan aquí, en «-» y esas cifras? */
static bool looks_made(const char *name)
{
    size_t n = strlen(name);
    return n > HASH_DIGITS && name[n - HASH_DIGITS - 1] == '-' &&
           strspn(name + n - HASH_DIGITS, "0123456789abcdef") == HASH_DIGITS;
}

char *cl_file_name(const char *text)
{
    size_t n = strlen(text), most = n < MAX_FILE_NAME ? n : MAX_FILE_NAME;
    while (most > 0 && most < n && ag_utf8_inside(text[most]))
        most--;
    char *name = ag_alloc(most + 1, 1);
    memcpy(name, text, most);
    for (char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && !(*p & 0x80) && !strchr(" -_.,()", *p))
            *p = '_';
    if (*name == '.' || *name == '-' || *name == ' ')
        *name = '_';
    if (*name && strcmp(name, text) == 0 && !looks_made(name))
        return name;
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    EVP_Digest(text, n, digest, NULL, EVP_sha256(), NULL);
    char *whole = ag_format("%s-", name);
    for (size_t i = 0; i < HASH_DIGITS / 2; i++) {
        char *longer = ag_format("%s%02x", whole, digest[i]);
        free(whole);
        whole = longer;
    }
    free(name);
    return whole;
}

/* ---- qué es cada cosa ------------------------------------------------------------------ */

/* Los bytes de la extensión de archivo empaquetado con que acaba; 0 si no lo es. */
static size_t archive_suffix(const char *name)
{
    size_t longest = 0, n = strlen(name);
    for (size_t i = 0; i < sizeof archives / sizeof *archives; i++) {
        size_t len = strlen(archives[i]);
        if (n > len && len > longest && strcasecmp(name + n - len, archives[i]) == 0)
            longest = len;
    }
    return longest;
}

bool cl_is_archive(const char *name)
{
    return archive_suffix(name) > 0;
}

bool cl_is_junk(const char *name)
{
    if (*name == '.')
        return true;
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++)
        if (strcmp(name, junk[i]) == 0)
            return true;
    return false;
}

/* ---- de quién es ----------------------------------------------------------------------- */

static char *slice(const char *from, size_t n)
{
    char *bytes = ag_format("%.*s", (int)n, from), *text = cl_text(bytes);
    free(bytes);
    return text;
}

/* «NOMBRE_NÚMERO_assignsubmission_file_ARCHIVO»: el nombre puede llevar guiones bajos. */
static bool parse_moodle(const char *entry, struct cl_name *name)
{
    const char *mark = strstr(entry, moodle_mark);
    if (!mark)
        return false;
    const char *digits = mark;
    while (digits > entry && isdigit((unsigned char)digits[-1]))
        digits--;
    if (digits == mark || digits - entry < 2 || digits[-1] != '_')
        return false;
    name->platform = CL_MOODLE;
    name->student = slice(entry, (size_t)(digits - 1 - entry));
    name->number = slice(digits, (size_t)(mark - digits));
    const char *kind = mark + strlen(moodle_mark), *file = strchr(kind, '_');
    if (file && file[1])
        name->file = slice(file + 1, strlen(file + 1));
    /* Con la identidad oculta, todos se llaman igual. */
    if (strcmp(name->student, "Participante") == 0 ||
        strcmp(name->student, "Participant") == 0) {
        free(name->student);
        name->student = ag_format("Participante %s", name->number);
    }
    return true;
}

static bool parse_gradescope(const char *entry, struct cl_name *name)
{
    size_t n = strlen(gradescope_mark);
    if (strncmp(entry, gradescope_mark, n) != 0 || !entry[n] ||
        entry[n + strspn(entry + n, "0123456789")] != '\0')
        return false;
    name->platform = CL_GRADESCOPE;
    name->student = slice(entry, strlen(entry));
    name->number = slice(entry + n, strlen(entry + n));
    return true;
}

/* Las cifras con que empieza `text`, si van seguidas de «_» y son las de un número de Canvas. */
static size_t canvas_number(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return n >= CANVAS_DIGITS && text[n] == '_' ? n : 0;
}

/* «apellidonombre_NÚMERO_NÚMERO_archivo»: el primero es de la persona; el segundo, de la entrega. */
static bool parse_canvas(const char *entry, struct cl_name *name)
{
    static const char late[] = "LATE_";
    size_t who = strcspn(entry, "_");
    const char *at = entry + who + 1;
    if (who == 0 || !entry[who])
        return false;
    bool is_late = strncmp(at, late, sizeof late - 1) == 0;
    at += is_late ? sizeof late - 1 : 0;
    size_t person = canvas_number(at);
    size_t delivery = person ? canvas_number(at + person + 1) : 0;
    if (!delivery || !at[person + delivery + 2])
        return false;
    const char *file = at + person + delivery + 2;
    name->platform = CL_CANVAS;
    name->late = is_late;
    name->student = slice(entry, who);
    name->number = slice(at, person);
    name->file = slice(file, strlen(file));
    return true;
}

const char *cl_platform_name(enum cl_platform platform)
{
    static const char *const names[] = {[CL_PLAIN] = "carpeta",
                                        [CL_MOODLE] = "moodle",
                                        [CL_GRADESCOPE] = "gradescope",
                                        [CL_CANVAS] = "canvas"};
    return names[platform];
}

struct cl_name cl_name_parse(const char *entry, bool is_dir)
{
    struct cl_name name = {.platform = CL_PLAIN};
    if (parse_moodle(entry, &name) || (is_dir && parse_gradescope(entry, &name)) ||
        (!is_dir && parse_canvas(entry, &name)))
        return name;
    size_t n = strlen(entry), suffix = is_dir ? 0 : archive_suffix(entry);
    const char *dot = strrchr(entry, '.');
    if (!is_dir && suffix == 0 && dot && dot > entry)
        suffix = strlen(dot);
    name.student = slice(entry, n - suffix);
    return name;
}

void cl_name_free(struct cl_name *name)
{
    free(name->student);
    free(name->number);
    free(name->file);
    *name = (struct cl_name){0};
}
