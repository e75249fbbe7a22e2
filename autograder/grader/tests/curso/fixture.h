/* Lo que comparten las suites del curso de mentira con el que se prueba el corrector.
 *
 * No usan el banco: así pueden escribir resultados que el banco nunca escribiría. */
#include "box/capture.h"
#include "box/rung.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Escribe `text` tal cual como resultado de `test`. */
static inline void write_raw(const char *test, const char *text)
{
    char path[4096], draft[4200];
    snprintf(path, sizeof path, "%s/%s.json", getenv("ASINC_RESULTS"), test);
    snprintf(draft, sizeof draft, "%s.parte", path);
    FILE *f = fopen(draft, "w");
    cr_assert(f && fputs(text, f) >= 0 && fclose(f) == 0 && rename(draft, path) == 0);
}

/* `story` no lleva comillas ni barras: son textos de estas suites. */
static inline void write_result(const char *test, const char *verdict, const char *story)
{
    char text[2048];
    snprintf(
        text, sizeof text,
        "{\"nombre\": \"%s\", \"veredicto\": \"%s\", \"historia\": [\"%s\"], \"ms\": 7}",
        test, verdict, story);
    write_raw(test, text);
}

/* Corre el programa del estudiante y exige que escriba `expected` y salga con 0. Se le mide lo que
 * trabaja: cuánto tarda depende de lo ocupada que esté la máquina, y solo lo acota la caja. */
static inline void judge(const char *test, const char *variable, char *const *args,
                         const char *expected, long cpu_ms)
{
    struct box_options options = box_options_default();
    struct box_output output;
    struct box_result result;
    options.runner = getenv("ASINC_RUNNER");
    options.program = getenv(variable);
    options.args = args;
    options.rung = box_rung_named(getenv("ASINC_BOX"));
    options.limits.cpu_ms = cpu_ms;
    int rc = box_capture(&options, NULL, 65536, &output, &result);
    cr_assert(rc == 0, "box_capture: %s", strerror(-rc));
    if (result.kind == BOX_FAULT)
        write_result(test, "fallo_corrector", result.detail);
    else if (result.kind == BOX_LIMIT)
        write_result(test, "tiempo", "FALLO: no termina");
    else if (result.kind == BOX_SIGNALED || result.code != 0)
        write_result(test, "mal", "FALLO: termina mal");
    else if (strcmp(output.out, expected) != 0)
        write_result(test, "mal", "FALLO: no escribe lo esperado");
    else
        write_result(test, "bien", "Escribe lo esperado");
    box_output_free(&output);
}
