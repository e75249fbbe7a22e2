/* Las primeras fases de la traducción de C (5.1.1.2 del estándar), hasta donde hacen falta: unir las líneas
 * que acaban en «\», quitar los comentarios, separar los elementos y saltarse lo que hay entre
 * `#if 0` y `#endif`. Los trígrafos no se cambian, como hace gcc con -std=gnu11. */
#include "similarity/tokens.h"
#include "base/memory.h"

#include <ctype.h>
#include <string.h>

enum kind { NAME = 256, NUMBER, STRING, RESERVED };

enum { END = -1, MAX_WORD = 16 };

struct source {
    const char *at, *end;
    struct sm_tokens *to;
    unsigned line, dead; /* dead: cuántos #if hay abiertos desde el `#if 0` */
    uint32_t file;
    bool fresh; /* todavía no hay nada en la línea */
    bool muted; /* el resto de la línea es de una directiva que no cuenta */
};

/* El byte que sigue, sin las uniones de líneas que haya delante. */
static int peek(struct source *s)
{
    while (s->at < s->end && *s->at == '\\') {
        const char *p = s->at + 1;
        while (p < s->end && (*p == ' ' || *p == '\t' || *p == '\r'))
            p++;
        if (p == s->end || *p != '\n')
            break;
        s->at = p + 1;
        s->line++;
    }
    return s->at < s->end ? (unsigned char)*s->at : END;
}

static int take(struct source *s)
{
    int c = peek(s);
    if (c == END)
        return END;
    s->at++;
    s->line += c == '\n';
    return c;
}

static bool take_if(struct source *s, int wanted)
{
    bool found = peek(s) == wanted;
    if (found)
        take(s);
    return found;
}

static void add(struct source *s, int kind, unsigned line)
{
    struct sm_tokens *to = s->to;
    if (s->muted || s->dead)
        return;
    if (to->n >= SM_MAX_TOKENS) {
        to->cut = true;
        return;
    }
    if (to->n == to->room) {
        to->room = 2 * to->room + 1024;
        to->list = ag_grow(to->list, to->room, sizeof *to->list);
    }
    to->list[to->n++] = (struct sm_token){(uint16_t)kind, s->file, line};
}

/* ---- Palabras, números y textos ------------------------------------------------------ */

static bool in_word(int c)
{
    return isalnum(c) || c == '_' || c == '$' || c >= 0x80;
}

/* De una palabra más larga de lo que cabe queda el principio, que no es el de ninguna reservada. */
static void take_word(struct source *s, char word[static MAX_WORD])
{
    size_t n = 0;
    for (int c; in_word(c = peek(s)); take(s))
        if (n < MAX_WORD - 1)
            word[n++] = (char)c;
    word[n] = '\0';
}

static bool is_one_of(const char *word, const char *const *list, int *which)
{
    for (*which = 0; list[*which]; ++*which)
        if (strcmp(word, list[*which]) == 0)
            return true;
    return false;
}

/* Como en C: los exponentes llevan signo. */
static void take_number(struct source *s)
{
    for (int c, last = 0; in_word(c = peek(s)) || c == '.' ||
                          ((c == '+' || c == '-') && last && strchr("eEpP", last));
         last = c)
        take(s);
}

/* Lo que no se cierra acaba con su línea. */
static void take_quoted(struct source *s, int quote)
{
    for (int c; (c = peek(s)) != END && c != '\n';) {
        take(s);
        if (c == quote)
            return;
        if (c == '\\' && peek(s) != '\n')
            take(s);
    }
}

static void skip_comment(struct source *s)
{
    for (int c; (c = take(s)) != END;)
        if (c == '*' && take_if(s, '/'))
            return;
}

static void skip_line(struct source *s)
{
    while (peek(s) != END && peek(s) != '\n')
        take(s);
}

/* ---- Directivas ---------------------------------------------------------------------- */

static void skip_blanks(struct source *s)
{
    while (peek(s) == ' ' || peek(s) == '\t')
        take(s);
}

/* Tras un «#»: de las directivas solo cuentan las macros. */
static void directive(struct source *s)
{
    char word[MAX_WORD] = "";
    skip_blanks(s);
    take_word(s, word);
    if (strncmp(word, "if", 2) == 0) {
        bool plain = word[2] == '\0';
        skip_blanks(s);
        take_word(s, word);
        skip_blanks(s);
        bool zero = plain && strcmp(word, "0") == 0 &&
                    (peek(s) == '\n' || peek(s) == END);
        if (s->dead || zero)
            s->dead++;
    } else if (strcmp(word, "endif") == 0) {
        s->dead -= s->dead > 0;
    } else if (strcmp(word, "else") == 0 || strncmp(word, "elif", 4) == 0) {
        s->dead = s->dead == 1 ? 0 : s->dead;
    } else if (strcmp(word, "define") == 0) {
        add(s, '#', s->line);
        return;
    }
    s->muted = true;
}

/* ---- Un elemento --------------------------------------------------------------------- */

/* `"ho" "la"` es un solo texto. */
static void string(struct source *s, unsigned line)
{
    const struct sm_token *last = s->to->n > 0 ? &s->to->list[s->to->n - 1] : NULL;
    take_quoted(s, '"');
    if (!last || last->kind != STRING || last->file != s->file)
        add(s, STRING, line);
}

/* Los tipos de número cuentan como cualquier nombre. No cuenta lo que se puede poner o quitar sin pensar,
 * ni lo que va pegado delante de un texto. */
static void word(struct source *s, unsigned line)
{
    static const char *const reserved[] = {
        "break",   "case",  "continue", "default", "do",     "else",   "enum",
        "for",     "goto",  "if",       "return",  "sizeof", "struct", "switch",
        "typedef", "union", "void",     "while",   NULL};
    static const char *const empty[] = {"const",    "extern", "inline",   "register",
                                        "restrict", "static", "volatile", NULL};
    static const char *const prefixes[] = {"L", "U", "u", "u8", NULL};
    char text[MAX_WORD];
    int which;
    take_word(s, text);
    bool quoted = peek(s) == '"' || peek(s) == '\'';
    if (is_one_of(text, empty, &which) || (quoted && is_one_of(text, prefixes, &which)))
        return;
    add(s, is_one_of(text, reserved, &which) ? RESERVED + which : NAME, line);
}

/* Los que tienen dos formas de escribirse: «<%» es «{». */
static int plain_sign(struct source *s, int c)
{
    static const char forms[][3] = {{'<', '%', '{'},
                                    {'%', '>', '}'},
                                    {'<', ':', '['},
                                    {':', '>', ']'},
                                    {'%', ':', '#'}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (c == forms[i][0] && take_if(s, forms[i][1]))
            return forms[i][2];
    return c;
}

static void sign(struct source *s, int c, unsigned line)
{
    take(s);
    c = plain_sign(s, c);
    if (c == '/' && take_if(s, '*'))
        skip_comment(s);
    else if (c == '/' && take_if(s, '/'))
        skip_line(s);
    else if (c == '"')
        string(s, line);
    else if (c == '\'') {
        take_quoted(s, '\'');
        add(s, NUMBER, line);
    } else if (c == '.' && isdigit(peek(s))) {
        take_number(s);
        add(s, NUMBER, line);
    } else if (c == '#' && s->fresh)
        directive(s);
    else if (isgraph(c) && c != '{' && c != '}') /* las de una sola sentencia sobran */
        add(s, c, line);
}

void sm_read(struct sm_tokens *to, const char *text, size_t size, uint32_t file)
{
    struct source s = {
        .at = text, .end = text + size, .to = to, .line = 1, .file = file, .fresh = true};
    for (int c; (c = peek(&s)) != END;) {
        unsigned line = s.line;
        if (c == '\n') {
            take(&s);
            s.fresh = true;
            s.muted = false;
            continue;
        }
        if (isspace(c)) {
            take(&s);
            continue;
        }
        if (isdigit(c)) {
            take_number(&s);
            add(&s, NUMBER, line);
        } else if (in_word(c)) {
            word(&s, line);
        } else {
            sign(&s, c, line);
        }
        s.fresh = false;
    }
    s.muted = false;
    s.dead = 0;
    add(&s, SM_BREAK, s.line);
}
