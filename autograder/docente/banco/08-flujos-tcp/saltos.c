/* El servidor escribe cada línea que oye, y cuánto mide. */
#include "conversacion.h"

static int atender(as_stream *cliente, void *arg)
{
    (void)arg;
    char linea[80];
    ssize_t n;

    while ((n = as_readline(cliente, linea, sizeof linea)) >= 0)
        printf("%zd «%s»\n", n, linea);
    puts("fin");
    return 0;
}

static int hablar(as_stream *flujo, const char *quien)
{
    const char *const dicho[] = {"uno\r\ndo", "s\n\ntr", "es"};
    int rc = 0;
    (void)quien;

    for (int i = 0; i < 3 && rc == 0; i++) {
        rc = as_write(flujo, dicho[i], strlen(dicho[i]));
        if (rc == 0)
            rc = as_sleep(100);
    }
    return rc;
}

static int principal(void *arg)
{
    return conversar(atender, hablar, (const char *[]){arg}, 1);
}

int main(void)
{
    return as_run(principal, "Ana") < 0;
}
