/* Las tres maneras de apagar la vigilancia sin salir de C, y qué se opone a cada una:
 *
 *   - un atributo (no_sanitize), una llamada (__lsan_disable) o la variable ASAN_OPTIONS: sus
 *     nombres no pueden aparecer. Se miran tras el preprocesador, donde no queda macro que los
 *     esconda, y en todo el texto, también dentro de las cadenas: ahí estarían los de dlsym y
 *     los de un asm;
 *   - definir una función que ellos consultan (__asan_default_options), aunque su nombre se
 *     arme a trozos en un asm: ya está definida aquí;
 *   - un malloc propio, que los deja a ciegas: se ve al arrancar.
 *
 * Y no se puede ser de otro modo solo delante de ellos: build.c compila las dos versiones con
 * las mismas macros. Lo que queda es averiguarlo en marcha, con un nombre armado a trozos. */
#include "grader/guard.h"
#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char gr_guard_source[] =
    "#include <stdlib.h>\n"
    "#include <unistd.h>\n"
    "const char *__asan_default_options(void) { return \"\"; }\n"
    "const char *__lsan_default_options(void) { return \"\"; }\n"
    "const char *__ubsan_default_options(void) { return \"\"; }\n"
    "const char *__asan_default_suppressions(void) { return \"\"; }\n"
    "const char *__lsan_default_suppressions(void) { return \"\"; }\n"
    "int __lsan_is_turned_off(void) { return 0; }\n"
    "void __asan_on_error(void) {}\n"
    "int __sanitizer_get_ownership(const volatile void *p);\n"
    "__attribute__((constructor(101))) static void check_malloc(void)\n"
    "{\n"
    "    static const char said[] = \"==ERROR: AddressSanitizer: el programa trae su \"\n"
    "        \"propio malloc, y así no se puede vigilar su memoria\\n\";\n"
    "    void *volatile p = malloc(1);\n"
    "    if (!__sanitizer_get_ownership(p) && write(2, said, sizeof said - 1) != 0)\n"
    "        _exit(99);\n"
    "    free(p);\n"
    "}\n";

static const char *const forbidden[] = {
    "no_sanitize",    "no_address_safety_analysis",
    "__asan_",        "__lsan_",
    "__ubsan_",       "__sanitizer_",
    "__interceptor_", "ASAN_OPTIONS",
    "LSAN_OPTIONS",
};

/* La primera palabra prohibida de una línea, o NULL. Puede haber ceros en medio. */
static const char *find(const char *line, size_t len)
{
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        if (memmem(line, len, forbidden[i], strlen(forbidden[i])))
            return forbidden[i];
    return NULL;
}

int gr_guard_scan(const char *path, char **said)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return -errno;
    char *line = NULL, file[256] = "", seen[256];
    size_t capacity = 0;
    ssize_t len;
    int number = 0, at, rc = 0;
    while (rc == 0 && (len = getline(&line, &capacity, f)) >= 0) {
        if (sscanf(line, "# %d \"%255[^\"]\"", &at, seen) == 2) {
            number = at;
            strcpy(file, seen);
            continue;
        }
        const char *word = find(line, (size_t)len);
        if (word) {
            *said = ag_format(
                "%s:%d: error: aquí dice «%s», que apaga la vigilancia de "
                "memoria con la que se califica. Quítalo: si avisa de algo, "
                "el error está en lo que señala",
                file, number, word);
            rc = 1;
        }
        number++;
    }
    if (rc == 0 && ferror(f))
        rc = -EIO;
    free(line);
    fclose(f);
    return rc;
}
