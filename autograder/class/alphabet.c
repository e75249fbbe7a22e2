/* El orden alfabético de los nombres. */
#include "class/alphabet.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

/* De qué letra sale cada una de las latinas con adornos, según la descomposición de Unicode; un punto si
 * no es una letra. */
struct block {
    uint32_t first;
    const char *letters;
};

static const struct block latin[] = {
    {0xc0, "aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty"
           "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
           "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"},
    {0x1cd, "aaiioouuuuuuuuuueaaaaaaggggkkoooozzjdddgg..nnaaaaooaaaaeeeeiiiio"
            "ooorrrruuuusstt..hhndoozzaaeeooooooooyy"},
    {0x1e00, "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
             "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
             "wwwwwwwwwwxxxxyyzzzzzzhtwyassss.aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
             "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyllvvyy"},
};

enum {
    ACCENTS = 0x300,
    ACCENTS_END = 0x370,
    TILDE = 0x303,
    LONGEST = 4,
    BEYOND = 0x110000
};

static uint32_t bare(uint32_t code)
{
    if (code >= 'A' && code <= 'Z')
        return code - 'A' + 'a';
    for (size_t i = 0; i < sizeof latin / sizeof *latin; i++) {
        uint32_t at = code - latin[i].first;
        if (code >= latin[i].first && at < strlen(latin[i].letters) &&
            latin[i].letters[at] != '.')
            return (unsigned char)latin[i].letters[at];
    }
    return code;
}

/* El carácter siguiente. Un byte que no es UTF-8 va detrás de todos. */
static uint32_t step(const char **at)
{
    uint32_t code;
    size_t n = ag_utf8(*at, strnlen(*at, LONGEST), &code);
    if (n == 0)
        code = BEYOND + (unsigned char)**at;
    *at += n ? n : 1;
    return code;
}

/* El sitio de la letra siguiente, el doble del de la letra sin adornos y uno más si es una ñ; 0 al final.
 * Un adorno puede ser otro carácter, detrás de su letra. */
static uint32_t next(const char **at)
{
    uint32_t code, mark;
    do {
        if (!**at)
            return 0;
        code = step(at);
    } while (code >= ACCENTS && code < ACCENTS_END);
    const char *after = *at;
    uint32_t letter = bare(code);
    bool tilde = code == 0xf1 || code == 0xd1; /* ñ, Ñ */
    while (*after && (mark = step(&after)) >= ACCENTS && mark < ACCENTS_END) {
        tilde = tilde || (letter == 'n' && mark == TILDE);
        *at = after;
    }
    return 2 * letter + tilde;
}

int cl_name_order(const char *a, const char *b)
{
    const char *x = a, *y = b;
    uint32_t left, right;
    do {
        left = next(&x);
        right = next(&y);
    } while (left == right && left);
    return left < right ? -1 : left > right ? 1 : strcmp(a, b);
}

bool cl_name_same(const char *a, const char *b)
{
    uint32_t left, right;
    do {
        left = next(&a) / 2;
        right = next(&b) / 2;
    } while (left == right && left);
    return left == right;
}

/* ¿Empieza `text` por la palabra que hay en `word`? */
static bool starts(const char *text, const char *word)
{
    uint32_t left, right;
    do {
        left = next(&text) / 2;
        right = next(&word) / 2;
    } while (left == right && right && right != ' ');
    return !right || right == ' ';
}

static bool has_word(const char *name, const char *word)
{
    for (; name; name = strchr(name, ' ')) {
        name += strspn(name, " ");
        if (starts(name, word))
            return true;
    }
    return false;
}

bool cl_name_has(const char *name, const char *asked)
{
    size_t words = 0;
    for (const char *word = asked; word; word = strchr(word, ' ')) {
        word += strspn(word, " ");
        words += *word != '\0';
        if (*word && !has_word(name, word))
            return false;
    }
    return words > 0;
}
