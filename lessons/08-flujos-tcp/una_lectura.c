/* Un servidor que toma cada lectura por una orden entera. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

/* [atender] */
static int atender(as_stream *cliente, void *arg)
{
    (void)arg;
    char orden[64];
    ssize_t n;

    while ((n = as_read(cliente, orden, sizeof orden - 1)) > 0) {
        orden[n] = '\0';
        if (strcmp(orden, "/quit\n") == 0)
            puts("se despide");
        else
            puts("no lo entiendo");
    }
    return (int)n;
}
/* [/atender] */

static int decir(as_stream *flujo, const char *principio,
                 const char *final)
{
    int rc = as_writef(flujo, "%s", principio);
    if (rc == 0)
        rc = as_sleep(100);
    if (rc == 0)
        rc = as_writef(flujo, "%s", final);
    return rc == 0 ? as_sleep(100) : rc;
}

static int llamar(int puerto)
{
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", puerto, &flujo);
    if (rc < 0)
        return rc;
    puts("de una vez:");
    rc = decir(flujo, "/quit\n", "");
    puts("en dos:");
    if (rc == 0)
        rc = decir(flujo, "/qu", "it\n");
    as_stream_close(flujo);
    return rc;
}

static int servir(void *arg)
{
    return as_serve(arg, atender, NULL);
}

static int principal(void *arg)
{
    (void)arg;
    as_listener *telefono;
    as_group grupo;

    int rc = as_listen("127.0.0.1", 0, 0, &telefono);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "servidor", servir, telefono);
    if (rc == 0)
        rc = llamar(as_listener_port(telefono));
    as_listener_close(telefono);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
