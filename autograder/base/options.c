#include "base/options.h"
#include "base/memory.h"

#include <getopt.h>
#include <stdlib.h>

enum { FIRST = 256 }; /* detrás de cualquier letra */

char *ag_options(int argc, char **argv, const struct ag_option *options)
{
    size_t n = 0;
    while (options[n].name)
        n++;
    struct option *longs = ag_alloc(n + 1, sizeof *longs);
    for (size_t i = 0; i < n; i++)
        longs[i] = (struct option){options[i].name,
                                   options[i].text ? required_argument : no_argument,
                                   NULL, FIRST + (int)i};
    char *why = NULL;
    int c;
    opterr = 0;
    while (!why && (c = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
        if (c < FIRST)
            why = ag_format("%s %s", c == ':' ? "falta el valor de" : "no entiendo",
                            argv[optind - 1]);
        else if (options[c - FIRST].text)
            *options[c - FIRST].text = optarg;
        else
            *options[c - FIRST].flag = true;
    }
    if (!why && optind < argc)
        why = ag_format("sobra «%s»", argv[optind]);
    free(longs);
    return why;
}
