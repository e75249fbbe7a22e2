/* command.c: cómo se escribe la orden con que se arrancó un programa. */
#include "harness/program/program.h"
#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 30 /* argumentos que se enseñan de una orden */

static int count_words(const char *const *arguments)
{
    int n = 0;
    while (arguments[n])
        n++;
    return n;
}

const char *hs__command_words(const char *program, const char *const *arguments)
{
    const char *slash = strrchr(program, '/');
    const char *words = slash ? slash + 1 : program;
    for (int shown = 0; *arguments; arguments++, shown++) {
        if (shown == MAX_WORDS && arguments[1])
            return hs_format("%s … (y %d más)", words, count_words(arguments));
        char *word = ag_shell_word(*arguments);
        words = hs_format("%s %s", words, word);
        free(word);
    }
    return words;
}
