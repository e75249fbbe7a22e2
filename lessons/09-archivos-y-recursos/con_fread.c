/* Un archivo lento, leído sin detener el hilo y deteniéndolo. */
#include <asinc/asinc.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Tuberías con nombre: se abren como archivos, y dan lo que otro escribe
 * en ellas, cuando lo escribe. */
static const char *const rutas[] = {"centro.txt", "puerto.txt"};

static int latidos;

static int latir(void *arg)
{
    (void)arg;
    int rc;

    while ((rc = as_sleep(1)) == 0)
        latidos++;
    return rc;
}

/* [leer] */
static int leer_con_asinc(const char *ruta)
{
    char datos[80];
    as_file *archivo;

    int rc = as_file_open(ruta, "r", &archivo);
    if (rc < 0)
        return rc;
    ssize_t n = as_file_read(archivo, datos, sizeof datos);
    as_file_close(archivo);
    return n > 0 ? 0 : UV_EIO;
}

static int leer_con_fread(const char *ruta)
{
    char datos[80];
    FILE *archivo = fopen(ruta, "r");

    if (!archivo)
        return -errno;
    size_t n = fread(datos, 1, sizeof datos, archivo);
    fclose(archivo);
    return n > 0 ? 0 : UV_EIO;
}
/* [/leer] */

static int probar(const char *titulo, int leer(const char *),
                  const char *ruta)
{
    as_group grupo;

    latidos = 0;
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "corazón", latir, NULL);
    if (rc == 0)
        rc = leer(ruta);
    if (rc == 0)
        printf("%s: el corazón %s\n", titulo,
               latidos > 0 ? "late" : "se para");
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, rc);
}

static int principal(void *arg)
{
    (void)arg;
    int rc = probar("as_file_read", leer_con_asinc, rutas[0]);

    return rc < 0 ? rc : probar("fread", leer_con_fread, rutas[1]);
}

/* El otro programa: contesta a la décima de segundo de que le abran. */
static void llenar(void)
{
    alarm(60); /* si nadie las abre, no se queda esperando */
    for (int i = 0; i < 2; i++) {
        int fd = open(rutas[i], O_WRONLY);
        usleep(100 * 1000);
        if (fd < 0 || write(fd, "120\n", 4) != 4)
            _exit(1);
        close(fd);
    }
    _exit(0);
}

int main(void)
{
    for (int i = 0; i < 2; i++)
        if (mkfifo(rutas[i], 0600) != 0 && errno != EEXIST)
            return 1;
    pid_t hijo = fork();
    if (hijo < 0)
        return 1;
    if (hijo == 0)
        llenar();
    int rc = as_run(principal, NULL);
    waitpid(hijo, NULL, 0);
    if (rc < 0)
        fprintf(stderr, "con_fread: %s\n", as_error_text(rc));
    return rc < 0;
}
