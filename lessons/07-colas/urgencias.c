/* Una sala de espera: sale antes el más grave. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [paciente] */
struct paciente {
    const char *nombre;
    int gravedad; /* 1 es lo más grave */
};

static int mas_grave(const void *a, const void *b)
{
    const struct paciente *uno = a, *otro = b;

    return uno->gravedad - otro->gravedad;
}
/* [/paciente] */

static int principal(void *arg)
{
    (void)arg;
    /* [pacientes] */
    struct paciente pacientes[] = {{"esguince", 4},
                                   {"infarto", 1},
                                   {"quemadura", 2},
                                   {"resfriado", 5}};
    /* [/pacientes] */
    as_queue sala;
    void *paciente;
    int rc = 0;

    as_queue_init_priority(&sala, 0, mas_grave);
    for (int i = 0; i < 4 && rc == 0; i++)
        rc = as_queue_put(&sala, &pacientes[i]);
    as_queue_close(&sala);
    while (rc == 0 && (rc = as_queue_get(&sala, &paciente)) == 0)
        printf("pasa: %s\n", ((struct paciente *)paciente)->nombre);
    as_queue_destroy(&sala);
    return rc == UV_EOF ? 0 : rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
