#include "check.h"

#include <stdlib.h>
#include <string.h>

bool index_has(const char *root, const char *target, const char *words)
{
    char *path = format("%s/lessons/README.md", root);
    char *link = format("](%s)", target);
    struct text text;
    bool found = false;
    if (text_read(&text, path)) {
        for (size_t i = 0; i < text.count && !found; i++)
            found = strstr(text.lines[i], link) && strstr(text.lines[i], words);
        text_free(&text);
    }
    free(link);
    free(path);
    return found;
}
