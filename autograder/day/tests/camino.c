/* El camino de quien estudia, con el curso de verdad: su corrector, su caja y una terminal. */
#include "base/dir.h"
#include "base/memory.h"
#include "day/tests/mesa.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(camino, .timeout = 600);

enum { PATIENCE_MS = 240000, MAX_SOURCE = 1 << 20 };

/* La respuesta, que en la mesa está en solutions/. */
static void solve(struct mesa *m, const char *answer, const char *where)
{
    char *text;
    size_t size;
    cr_assert(ag_read_file(m->dir, answer, MAX_SOURCE, &text, &size) == 0);
    mesa_save_by_rename(m, where, text);
    free(text);
}

Test(camino, un_ejercicio)
{
    struct mesa m;
    mesa_open(&m, NULL,
              (struct mesa_options){.which = "CAP=05", .patience = PATIENCE_MS});
    mesa_wait(&m, "Práctica 05");
    mesa_wait(&m, "Veredicto");
    solve(&m, "solutions/practica/05-tiempo-errores-y-cancelacion/despedida.c",
          "lessons/05-tiempo-errores-y-cancelacion/practica/despedida.c");
    mesa_wait(&m, "De guardar despedida.c al veredicto");
    cr_assert(mesa_sees(&m, "✓ Está hecho."));
    cr_assert_eq(mesa_count(&m, ".progreso.json", "\"despedida\": true"), 1);
    mesa_leave(&m, "\3");
}

Test(camino, un_laboratorio)
{
    struct mesa m;
    mesa_open(&m, NULL,
              (struct mesa_options){.which = "LAB=09", .patience = PATIENCE_MS});
    mesa_wait(&m, "sin empezar");
    mesa_type(&m, "h");
    mesa_wait(&m, "pista 1 de 3");
    mesa_save(&m, "labs/09-chat/chat.c", "int main(void) { return nada; }\n");
    mesa_wait(&m, "De guardar chat.c al veredicto");
    cr_assert(mesa_sees(&m, "chat.c:1:25: error:"));
    solve(&m, "solutions/09-chat/chat.c", "labs/09-chat/chat.c");
    mesa_wait(&m, "+100 puntos: antes 0, ahora 100.");
    cr_assert(strstr(m.raw, "ya pasa."));
    mesa_leave(&m, "\3");
}

Test(camino, ctrl_c_mientras_califica)
{
    struct mesa m;
    mesa_open(&m, NULL,
              (struct mesa_options){.which = "LAB=09", .patience = PATIENCE_MS});
    mesa_wait(&m, "Calificando…");
    mesa_leave(&m, "\3");
}
