/* El juez: compila las fuentes y corre la suite. Es este programa vuelto a ejecutar
 * dentro de la caja exterior, sin privilegios. Cuenta su avance por la salida estándar. */
#include "grader/judge.h"
#include "base/memory.h"
#include "box/outer.h"
#include "box/rung.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

static int load_order(struct gr_order *order, const char *dir, struct gr_error *err)
{
    char *path = ag_format("%s/orden.json", dir);
    json_error_t why;
    const char *rung;
    int asan, sanitize, draw;
    *order = (struct gr_order){.dir = dir};
    order->json = json_load_file(path, 0, &why);
    if (!order->json ||
        json_unpack_ex(order->json, &why, 0,
                       "{s:s s:s s:s s:s s:s s:o s:i s:i s:b s:b s:b s:s s?s}", "raiz",
                       &order->root, "mostrada", &order->shown, "repite", &order->repro,
                       "semilla", &order->seed, "programa", &order->program, "fuentes",
                       &order->sources, "pruebas", &order->n_tests, "descriptores",
                       &order->files, "asan", &asan, "sanitize", &sanitize, "dibuja",
                       &draw, "caja", &rung, "solo", &order->only) < 0)
        gr_error(err, "%s: %s", path, why.text);
    else {
        order->rung = box_rung_named(rung);
        order->asan = asan;
        order->sanitize = sanitize;
        order->draw = draw;
    }
    free(path);
    return order->root && order->sources ? 0 : -1;
}

static void say(const char *text)
{
    puts(text);
    fflush(stdout);
}

int gr_judge_main(const char *dir)
{
    struct gr_order order;
    struct gr_error err;
    int status = GR_EXIT_FAILURE;

    /* Sin espacio de procesos, lo que se escape de un proceso muerto tiene que volver a alguien. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (load_order(&order, dir, &err) < 0)
        goto out;
    if (order.rung >= BOX_PARTIAL && !box_inside_outer()) {
        gr_error(&err, "el juez no está dentro de la caja exterior");
        goto out;
    }
    if (order.rung >= BOX_PARTIAL)
        box_ration();
    say("compila");
    int built = gr_build(&order, &err);
    if (built < 0)
        goto out;
    if (built == 0) {
        say("no_compila");
        status = GR_EXIT_OK;
        goto out;
    }
    say("prueba");
    int ended = gr_suite_run(&order, &err);
    if (ended < 0)
        goto out;
    gr_explain(&order);
    printf("fin %d\n", ended);
    status = GR_EXIT_OK;
out:
    if (status != GR_EXIT_OK)
        fprintf(stderr, "%s\n", err.text);
    json_decref(order.json);
    return status;
}
