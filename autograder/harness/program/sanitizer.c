/* sanitizer.c: lo que vieron ASan, LSan o UBSan, en una frase y con la línea del programa. */
#include "base/sanitize.h"
#include "harness/program/program.h"
#include <ctype.h>
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
    {"ABRT", "llamó a abort, o no se cumplió un assert"},
    {"FPE", "dividió entre cero"},
    {"BUS", "usó una dirección de memoria imposible"},
    {"SEGV", "usó una dirección de memoria que no es suya"},
    {"memcpy-param-overlap", "copió con memcpy entre zonas que se solapan"},
};

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* ¿Es de quien escribió el programa? Está en la carpeta de un laboratorio, «07-monitor/», donde quiera
 * que esté ella; y la de los programas con que se prueba el banco, en la suya. */
static bool own_file(const char *path)
{
    if (starts(path, "autograder/"))
        return true;
    for (const char *at = path; (at = strchr(at, '-')); at++)
        if (at >= path + 2 && isdigit((unsigned char)at[-1]) &&
            isdigit((unsigned char)at[-2]) && (at == path + 2 || at[-3] == '/') &&
            strchr(at, '/'))
            return true;
    return false;
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

const char *hs__own_frame(const struct hs__record *record)
{
    return own_frame(record, 0);
}

/* Lo que dice la guardia que lleva dentro el programa (grader/guard.c) ya es una frase. */
static const char *asan_words(const char *kind)
{
    static const char ours[] = "el programa ";
    if (starts(kind, ours))
        return kind + strlen(ours);
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (starts(kind, errors[i].kind))
            return hs_format("%s (%s)", errors[i].words, errors[i].kind);
    /* Los demás, sin direcciones ni paréntesis. */
    static const char *const tails[] = {" on ", " (", ":", NULL};
    size_t n = strlen(kind);
    for (size_t i = 0; tails[i]; i++) {
        const char *at = strstr(kind, tails[i]);
        if (at && at > kind && (size_t)(at - kind) < n)
            n = (size_t)(at - kind);
    }
    return hs_format("cometió un error de memoria (%.*s)", (int)n, kind);
}

/* El consejo de la guardia a quien acaba con _exit, o "". */
static const char *exit_advice(const struct hs__record *record, size_t from)
{
    for (size_t i = from; i < record->count; i++)
        if (strstr(record->lines[i]->text, AG_EXIT_ADVICE))
            return ". " AG_EXIT_ADVICE;
    return "";
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
                "ASan vio que el programa acabó sin liberar memoria que pidió%s%s",
                own_frame(record, i), exit_advice(record, i));
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
