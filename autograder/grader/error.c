#include "grader/error.h"

#include <stdarg.h>
#include <stdio.h>

int gr_error(struct gr_error *err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    return -1;
}
