/* asinc-day: lo que hay detrás de `make watch`, `make hint` y `make progreso`. */
#include "day/child.h"
#include "day/day.h"
#include "day/watch.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "Uso: asinc-day ORDEN     (normalmente, con make)\n"
    "\n"
    "  watch QUÉ CALIFICADOR...  prueba lo que se guarda        make watch LAB=07\n"
    "  watch --sondeo QUÉ CALIFICADOR...   sin los avisos del sistema\n"
    "  hint LAB CALIFICADOR...   la pista siguiente             make hint LAB=07\n"
    "  progreso [CAPÍTULO]       cómo va todo                   make progreso\n"
    "  anota                     apunta la última calificación\n"
    "  anota ARCHIVO             apunta lo que dejó la práctica\n"
    "  comprueba                 dice qué pruebas no tienen sus pistas\n";

static int complain(void)
{
    fputs(usage, stderr);
    return GR_EXIT_USAGE;
}

int main(int argc, char **argv)
{
    const char *order = argc > 1 ? argv[1] : "";
    if (strcmp(order, "lanza") == 0 && argc > 2)
        day_child_become(argv + 2);
    if (strcmp(order, "watch") == 0 && argc > 4 && strcmp(argv[2], "--sondeo") == 0)
        return day_watch(argv[3], true, argv + 4);
    if (strcmp(order, "watch") == 0 && argc > 3)
        return day_watch(argv[2], false, argv + 3);
    if (strcmp(order, "hint") == 0 && argc > 3)
        return day_hint(argv[2], argv + 3);
    if (strcmp(order, "progreso") == 0 && argc <= 3)
        return day_show(argv[2]);
    if (strcmp(order, "anota") == 0 && argc <= 3)
        return argc == 3 ? day_note_practice(argv[2]) : day_note_grade();
    if (strcmp(order, "comprueba") == 0 && argc == 2)
        return day_hint_check();
    return complain();
}
