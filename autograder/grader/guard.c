/* Las maneras de apagar la vigilancia sin salir de C, y qué se opone a cada una:
 *
 *   - un atributo (no_sanitize), una llamada (__lsan_disable) o la variable ASAN_OPTIONS: sus
 *     nombres no pueden aparecer. Se miran tras el preprocesador, donde no queda macro que los
 *     esconda, y en todo el texto, también dentro de las cadenas: ahí estarían los de dlsym y
 *     los de un asm. Y ese texto, y no otro, es lo que se compila (build.c);
 *   - definir una función que ellos consultan (__asan_default_options), aunque su nombre se
 *     arme a trozos en un asm: ya está definida aquí;
 *   - un malloc propio, que los deja a ciegas: se ve al arrancar;
 *   - ejecutarse otra vez con otras opciones en el entorno: se mira antes que nada. Lo que podría
 *     ir delante (ifunc, preinit_array) está entre lo que no puede aparecer;
 *   - acabar con _exit, que no da ocasión de buscar fugas: se busca entonces. Es lo que hace sin
 *     querer quien acaba así, y se le dice.
 *
 * Y no se puede ser de otro modo solo delante de ellos: las dos versiones salen del mismo texto. Lo
 * que queda es averiguarlo en marcha, con un nombre armado a trozos. */
#include "grader/guard.h"
#include "base/memory.h"
#include "base/sanitize.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
const char gr_guard_source[] =
    "#include <pthread.h>\n"
    "#include <stdlib.h>\n"
    "#include <string.h>\n"
    "#include <unistd.h>\n"
    "#include <sanitizer/lsan_interface.h>\n"
    "#define ASAN \"" AG_ASAN_OPTIONS "\"\n"
    "#define UBSAN \"" AG_UBSAN_OPTIONS "\"\n"
    "#define BLIND __attribute__((no_sanitize(\"address\", \"undefined\")))\n"
    "const char *__asan_default_options(void) { return ASAN; }\n"
    "const char *__lsan_default_options(void) { return \"\"; }\n"
    "const char *__ubsan_default_options(void) { return UBSAN; }\n"
    "const char *__asan_default_suppressions(void) { return \"\"; }\n"
    "const char *__lsan_default_suppressions(void) { return \"\"; }\n"
    "int __lsan_is_turned_off(void) { return 0; }\n"
    "void __asan_on_error(void) {}\n"
    "int __sanitizer_get_ownership(const volatile void *p);\n"
    "void __real__exit(int code) __attribute__((noreturn));\n"
    "static pid_t born;\n"
    "static void put(const char *text)\n"
    "{\n"
    "    if (write(2, text, strlen(text)) < 0)\n"
    "        return;\n"
    "}\n"
    "static void say(const char *text)\n"
    "{\n"
    "    put(\"==ERROR: AddressSanitizer: \");\n"
    "    put(text);\n"
    "}\n"
    "BLIND static int ours(const char *s, const char *name, const char *value)\n"
    "{\n"
    "    while (*name && *s == *name) s++, name++;\n"
    "    if (*name || *s++ != '=') return 0;\n"
    "    while (*value && *s == *value) s++, value++;\n"
    "    return *s == *value;\n"
    "}\n"
    "BLIND static int meant(const char *s)\n"
    "{\n"
    "    static const char mark[] = \"SAN_OPTIONS=\";\n"
    "    if (s[0] == 'L' && s[1] == 'D' && s[2] == '_') return 1;\n"
    "    for (; *s && *s != '='; s++) {\n"
    "        int i = 0;\n"
    "        while (mark[i] && s[i] == mark[i]) i++;\n"
    "        if (!mark[i]) return 1;\n"
    "    }\n"
    "    return 0;\n"
    "}\n"
    "BLIND static void check_environment(int argc, char **argv, char **env)\n"
    "{\n"
    "    (void)argc;\n"
    "    (void)argv;\n"
    "    for (; *env; env++)\n"
    "        if (meant(*env) && !ours(*env, \"ASAN_OPTIONS\", ASAN) &&\n"
    "            !ours(*env, \"UBSAN_OPTIONS\", UBSAN)) {\n"
    "            say(\"el programa se ejecuta otra vez con otras opciones, y así no se \"\n"
    "                \"puede vigilar su memoria\\n\");\n"
    "            __real__exit(99);\n"
    "        }\n"
    "}\n"
    "__attribute__((section(\".preinit_array\"), used))\n"
    "static void (*const first)(int, char **, char **) = check_environment;\n"
    "__attribute__((constructor(101))) static void check_malloc(void)\n"
    "{\n"
    "    born = getpid();\n"
    "    void *volatile p = malloc(1);\n"
    "    if (!__sanitizer_get_ownership(p)) {\n"
    "        say(\"el programa trae su propio malloc, y así no se puede vigilar su memoria\\n\");\n"
    "        __real__exit(99);\n"
    "    }\n"
    "    free(p);\n"
    "}\n"
    /* En una corrutina la pila principal no es la del hilo, y lo que solo se ve desde ella no es fuga. */
    "static void see_main_stack(void)\n"
    "{\n"
    "    pthread_attr_t about;\n"
    "    void *base;\n"
    "    size_t size;\n"
    "    if (gettid() != born || pthread_getattr_np(pthread_self(), &about) != 0)\n"
    "        return;\n"
    "    char *here = __builtin_frame_address(0);\n"
    "    if (pthread_attr_getstack(&about, &base, &size) == 0 &&\n"
    "        (here < (char *)base || here >= (char *)base + size))\n"
    "        __lsan_register_root_region(base, size);\n"
    "    pthread_attr_destroy(&about);\n"
    "}\n"
    "__attribute__((noreturn)) void __wrap__exit(int code)\n"
    "{\n"
    "    if (getpid() == born) {\n"
    "        see_main_stack();\n"
    "        if (__lsan_do_recoverable_leak_check()) {\n"
    "            put(\"AVISO: " AG_EXIT_ADVICE "\\n\");\n"
    "            __real__exit(99);\n"
    "        }\n"
    "    }\n"
    "    __real__exit(code);\n"
    "}\n"
    "__attribute__((noreturn)) void __wrap__Exit(int code) { __wrap__exit(code); }\n"
    "__attribute__((noreturn)) void __wrap_quick_exit(int code) { __wrap__exit(code); }\n";
/* clang-format on */

const char *const gr_guard_flags[] = {"-Wl,--wrap=_exit", "-Wl,--wrap=_Exit",
                                      "-Wl,--wrap=quick_exit", NULL};

static const char *const forbidden[] = {
    "no_sanitize",    "no_address_safety_analysis",
    "__asan_",        "__lsan_",
    "__ubsan_",       "__sanitizer_",
    "__interceptor_", "ASAN_OPTIONS",
    "LSAN_OPTIONS",   "preinit_array",
    "__wrap_",        "gnu_indirect_function",
};

/* Lo que no puede ser una palabra entera: dentro de otra no es nada. */
static const char *const words[] = {"ifunc", "__ifunc__"};

static bool part_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool has_word(const char *line, size_t len, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = line; (at = memmem(at, len - (size_t)(at - line), word, n));
         at++)
        if ((at == line || !part_of_word(at[-1])) &&
            (at + n == line + len || !part_of_word(at[n])))
            return true;
    return false;
}

/* La primera palabra prohibida de una línea, o NULL. Puede haber ceros en medio. */
static const char *find(const char *line, size_t len)
{
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        if (memmem(line, len, forbidden[i], strlen(forbidden[i])))
            return forbidden[i];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (has_word(line, len, words[i]))
            return words[i];
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
        /* También las que parecen suyas: quizá están dentro de una cadena. */
        const char *word = find(line, (size_t)len);
        if (!word && sscanf(line, "# %d \"%255[^\"]\"", &at, seen) == 2) {
            number = at;
            strcpy(file, seen);
            continue;
        }
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
