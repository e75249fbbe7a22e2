#include "course/tests/bueno.h"
#include "base/dir.h"
#include "base/memory.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char good_lab[] =
    "{\"lab\": \"07\", \"titulo\": \"Monitor\", \"programa\": \"monitor\","
    " \"fuentes\": [\"monitor.c\", \"sitio.h\"],"
    " \"dados\": [\"opciones.c\", \"opciones.h\"], \"capitulo\": \"lessons/03\","
    " \"etapas\": [\"Primera\", \"Segunda\", \"Tercera\"],"
    " \"pruebas\": ["
    "  {\"nombre\": \"una\", \"titulo\": \"Una\", \"puntos\": 60, \"etapa\": 1,"
    "   \"leer\": \"lessons/03#a\"},"
    "  {\"nombre\": \"dos\", \"titulo\": \"Dos\", \"puntos\": 30, \"etapa\": 2,"
    "   \"requiere\": [\"una\"]},"
    "  {\"nombre\": \"tres\", \"titulo\": \"Tres\", \"puntos\": 10, \"etapa\": 3,"
    "   \"requiere\": [\"dos\"], \"asan\": true}]}";

char *load_text(struct lab *lab, const char *text)
{
    char *why = NULL;
    char *path = ag_format("%s/asinc-unit-XXXXXX", ag_tmp());
    int fd = mkstemp(path);
    cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    lab_load(lab, path, "07-monitor", &why);
    unlink(path);
    free(path);
    return why;
}
