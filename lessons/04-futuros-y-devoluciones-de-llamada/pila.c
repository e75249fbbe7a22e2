/* Un megabyte en la pila de una tarea: acaba mal. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

/* [resumir] */
static int resumir(void *arg)
{
    char texto[1024 * 1024];

    memset(texto, '.', sizeof texto - 1);
    texto[sizeof texto - 1] = '\0';
    printf("%s: %s\n", (const char *)arg, texto);
    return 0;
}
/* [/resumir] */

static int principal(void *arg)
{
    (void)arg;
    const as_call llamadas[] = {
        {.fn = resumir, .arg = "informe", .name = "resumen"}};

    return as_gather(llamadas, 1, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
