#include "dibujo.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BORRA_LA_FILA "\r\x1b[K"

/* «archivo.zip 42% 120.5 KB/s», o los KB recibidos si no se sabe cuántos serán. */
static int describir(const struct fila *f, char *texto, size_t tamano)
{
    if (f->total < 0)
        return snprintf(texto, tamano, "%s %" PRId64 " KB %.1f KB/s", f->nombre,
                        f->bytes / 1024, f->kb_por_segundo);
    int64_t porcentaje = f->total > 0 ? f->bytes * 100 / f->total : 100;
    return snprintf(texto, tamano, "%s %" PRId64 "%% %.1f KB/s", f->nombre, porcentaje,
                    f->kb_por_segundo);
}

static int columnas(void)
{
    struct winsize ventana;
    bool sabe = ioctl(STDOUT_FILENO, TIOCGWINSZ, &ventana) == 0 && ventana.ws_col > 0;
    return sabe ? ventana.ws_col : 80;
}

/* Escribe como mucho `ancho` caracteres, sin partir ninguno que ocupe varios bytes. */
static void escribir_recortado(const char *texto, int ancho)
{
    const char *fin = texto;
    while (*fin && (ancho > 0 || (*fin & 0xc0) == 0x80)) {
        fin++;
        ancho -= (*fin & 0xc0) != 0x80;
    }
    fwrite(texto, 1, (size_t)(fin - texto), stdout);
}

/*
 * Todas en una fila. No llega a la última columna: si la pasara, la terminal abriría otra y
 * \r ya no volvería a esta.
 */
static void dibujar_estado(const struct fila *filas, size_t n)
{
    char texto[4096];
    size_t usado = 0;
    texto[0] = '\0';
    for (size_t i = 0; i < n && usado + 4 <= sizeof texto; i++) {
        if (usado > 0)
            usado += (size_t)sprintf(texto + usado, " | ");
        usado += (size_t)describir(&filas[i], texto + usado, sizeof texto - usado);
    }
    printf(BORRA_LA_FILA);
    escribir_recortado(texto, columnas() - 1);
    fflush(stdout);
}

void dibujar_progreso(const struct fila *filas, size_t n)
{
    char texto[512];
    if (isatty(STDOUT_FILENO)) {
        dibujar_estado(filas, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        describir(&filas[i], texto, sizeof texto);
        printf("PROGRESO %s\n", texto);
    }
}

void dibujar_linea(const char *formato, ...)
{
    va_list args;
    if (isatty(STDOUT_FILENO))
        printf(BORRA_LA_FILA);
    va_start(args, formato);
    vprintf(formato, args);
    va_end(args);
    putchar('\n');
}
