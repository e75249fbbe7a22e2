#include "box/counters.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* El número que sigue a la línea `key` o, sin ella, el primero; -1 si no está. */
static long long number(int fd, const char *key)
{
    char text[1024];
    ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof text - 1, 0);
    if (n <= 0)
        return -1;
    text[n] = '\0';
    size_t len = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, len) == 0)
            return strtoll(line + len, NULL, 10);
    }
    return -1;
}

long counter_cpu_ms(int fd)
{
    long long usec = number(fd, "usage_usec ");
    long long nsec = usec >= 0 ? usec * 1000 : number(fd, "");
    return nsec < 0 ? -1 : (long)(nsec / 1000000);
}

long counter_oom_kills(int fd)
{
    long long kills = number(fd, "oom_kill ");
    return kills < 0 ? 0 : (long)kills;
}
