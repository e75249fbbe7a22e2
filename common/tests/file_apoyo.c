#include "file_apoyo.h"

#include <unistd.h>

void entra_en_directorio(char dir[512])
{
    const char *base = getenv("TMPDIR");

    snprintf(dir, 512, "%s/asinc-XXXXXX", base && *base ? base : "/tmp");
    cr_assert(mkdtemp(dir));
    cr_assert_eq(chdir(dir), 0);
}

void borra_directorio(const char *dir)
{
    char orden[600];

    cr_assert_eq(chdir("/"), 0);
    snprintf(orden, sizeof orden, "chmod -R u+rwx '%s'; rm -rf '%s'", dir, dir);
    cr_assert_eq(system(orden), 0);
}

void en_directorio(as_fn *fn)
{
    char dir[512];

    entra_en_directorio(dir);
    CORRE(fn, NULL, 0);
    borra_directorio(dir);
}

as_file *abre(const char *ruta, const char *modo)
{
    as_file *f;
    int rc = as_file_open(ruta, modo, &f);

    cr_assert_eq(rc, 0, "%s", as_error_text(rc));
    return f;
}

void contiene(const char *ruta, const char *esperado)
{
    char *datos;
    size_t n;

    BIEN(as_file_read_all(ruta, &datos, &n));
    cr_assert_str_eq(datos, esperado);
    cr_assert_eq(n, strlen(esperado));
    free(datos);
}

void pon(const char *ruta, const char *texto)
{
    BIEN(as_file_write_all(ruta, texto, strlen(texto)));
}

char octeto(size_t i)
{
    return (char)(i * 31 + i / 4096);
}

int cuantos_hay(const char *dir)
{
    char **nombres;
    size_t n;

    cr_assert_eq(as_file_list(dir, &nombres, &n), 0);
    free(nombres);
    return (int)n;
}
