/* sanitizer.c: lo que vieron ASan, LSan o UBSan, en una frase y con la línea del programa. */
#include "harness/program/program.h"
#include <stdlib.h>
#include <string.h>

/* Cada error de ASan, con las palabras con que empieza en su informe. */
static const struct {
    const char *kind, *words;
} errors[] = {
    {"heap-use-after-free", "usó memoria que ya había liberado"},
    {"heap-buffer-overflow", "se salió de un bloque de memoria"},
    {"stack-buffer-overflow", "se salió de una variable local"},
    {"stack-buffer-underflow", "se salió de una variable local"},
    {"dynamic-stack-buffer-overflow", "se salió de una variable local"},
    {"global-buffer-overflow", "se salió de una variable global"},
    {"stack-use-after-return", "usó una variable local de una función que ya acabó"},
    {"stack-use-after-scope", "usó una variable local fuera de su bloque"},
    {"attempting double-free", "liberó dos veces la misma memoria"},
    {"attempting free", "liberó una dirección que no le dio malloc"},
    {"bad-free", "liberó una dirección que no le dio malloc"},
    {"stack-overflow", "agotó la pila"},
    {"SEGV", "usó una dirección de memoria que no es suya"},
    {"memcpy-param-overlap", "copió con memcpy entre zonas que se solapan"},
};

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* ¿Es de quien escribió el programa? De la biblioteca del curso y de las del sistema llegan
 * otros caminos, y de los programas con que se prueba el banco, este. */
static bool own_file(const char *path)
{
    return starts(path, "labs/") || starts(path, "autograder/");
}

/* La primera línea suya de una pila: «, en vigilar (labs/07-monitor/monitor.c:64)», o "". */
static const char *own_frame(const struct hs__record *record, size_t from)
{
    for (size_t i = from; i < record->count; i++) {
        char function[200], path[400];
        const char *in = strstr(record->lines[i]->text, " in ");
        if (in && strstr(record->lines[i]->text, "    #") &&
            sscanf(in, " in %199s %399[^ ]", function, path) == 2 && own_file(path))
            return hs_format(", en %s (%s)", function, path);
    }
    return "";
}

static const char *asan_words(const char *kind)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (starts(kind, errors[i].kind))
            return hs_format("%s (%s)", errors[i].words, errors[i].kind);
    return hs_format("cometió un error de memoria (%.*s)", (int)strcspn(kind, " :"),
                     kind);
}

const char *hs__sanitizer_words(const struct hs__record *record)
{
    static const char asan[] = "ERROR: AddressSanitizer: ", ubsan[] = "runtime error: ";
    for (size_t i = 0; i < record->count; i++) {
        const char *text = record->lines[i]->text, *at = strstr(text, asan);
        if (at)
            return hs_format("ASan vio que el programa %s%s",
                             asan_words(at + strlen(asan)), own_frame(record, i));
        if (strstr(text, "ERROR: LeakSanitizer: "))
            return hs_format(
                "ASan vio que el programa acabó sin liberar memoria que pidió%s",
                own_frame(record, i));
        at = strstr(text, ubsan);
        if (at && at > text + 2) {
            const char *frame = own_frame(record, i);
            return hs_format("UBSan vio un error%s: %s",
                             *frame ? frame
                                    : hs_format(" en %.*s", (int)(at - text - 2), text),
                             at + strlen(ubsan));
        }
    }
    return NULL;
}
