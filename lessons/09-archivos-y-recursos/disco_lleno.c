/* Un disco en el que no cabe nada, y quien no mira lo que devuelven. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [anotar] */
static int anotar_y_ya(as_file *libro)
{
    int rc = as_file_writef(libro, "taza: 120 céntimos\n");
    (void)rc;
    puts("anotado");
    return 0;
}

static int anotar(as_file *libro)
{
    int rc = as_file_writef(libro, "taza: 120 céntimos\n");
    if (rc == 0)
        puts("anotado");
    return rc;
}
/* [/anotar] */

static int con_el_libro(int hacer(as_file *))
{
    as_file *libro;

    int rc = as_file_open("/dev/full", "w", &libro);
    if (rc < 0)
        return rc;
    rc = hacer(libro);
    int cierre = as_file_close(libro);
    return rc < 0 ? rc : cierre;
}

static int principal(void *arg)
{
    (void)arg;
    puts("sin mirar:");
    int rc = con_el_libro(anotar_y_ya);
    if (rc < 0)
        return rc;
    puts("mirando:");
    rc = con_el_libro(anotar);
    if (rc < 0)
        printf("%s\n", as_error_text(rc));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
