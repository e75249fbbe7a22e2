#include "similarity/compare.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Un programa escrito para estorbar repite lo mismo mil veces, y mil veces mil parejas de huellas no
 * se miran: de una huella cuentan las primeras, y de dos programas se comparan tantos elementos como
 * MAX_WORK veces los que tienen. */
enum { MAX_REPEATED = 16, MAX_WORK = 4 };

#define BASE 0x9e3779b97f4a7c15u

/* ---- Huellas ------------------------------------------------------------------------- */

static int by_sum(const void *a, const void *b)
{
    const struct sm_print *x = a, *y = b;
    if (x->sum != y->sum)
        return x->sum < y->sum ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* Las sumas de cada `gram` elementos seguidos. Que dos trozos distintos sumen lo mismo no importa: en
 * sm_compare deciden los elementos, y en sm_subtract haría falta quererlo para borrar lo propio. */
static size_t sum_all(const struct sm_tokens *tokens, size_t gram, struct sm_print **sums)
{
    size_t n = tokens->n < gram ? 0 : tokens->n - gram + 1;
    uint64_t sum = 0, last = 1;
    *sums = ag_alloc(n, sizeof **sums);
    for (size_t i = 1; i < gram; i++)
        last *= BASE;
    for (size_t i = 0; i < tokens->n; i++) {
        if (i >= gram)
            sum -= last * (tokens->list[i - gram].kind + 1u);
        sum = sum * BASE + tokens->list[i].kind + 1u;
        if (i + 1 >= gram)
            (*sums)[i + 1 - gram] = (struct sm_print){sum, (uint32_t)(i + 1 - gram)};
    }
    return n;
}

/* De cada ventana, la menor; entre iguales, la que ya se guardó, o la última. Deja las guardadas
 * delante y dice cuántas son. */
static size_t winnow(struct sm_print *sums, size_t n, size_t window)
{
    size_t kept = 0, least = SIZE_MAX;
    struct sm_print chosen = {0, 0};
    for (size_t end = window; end <= n; end++) {
        size_t first = end - window;
        if (least != SIZE_MAX && least >= first && chosen.sum <= sums[end - 1].sum)
            continue;
        least = first;
        for (size_t i = first; i < end; i++)
            if (sums[i].sum <= sums[least].sum)
                least = i;
        chosen = sums[least];
        sums[kept++] = chosen;
    }
    return kept;
}

static int same_sum(const void *a, const void *b)
{
    const struct sm_print *x = a, *y = b;
    return (x->sum > y->sum) - (x->sum < y->sum);
}

void sm_subtract(struct sm_tokens *tokens, const struct sm_tokens *given)
{
    struct sm_print *known, *own;
    size_t n_known = sum_all(given, SM_GIVEN, &known),
           n = sum_all(tokens, SM_GIVEN, &own);
    size_t kept = 0, until = 0; /* hasta aquí, lo último que se reconoció */
    qsort(known, n_known, sizeof *known, by_sum);
    for (size_t i = 0; i < tokens->n; i++) {
        if (i < n && bsearch(&own[i], known, n_known, sizeof *known, same_sum))
            until = i + SM_GIVEN;
        if (i >= until || tokens->list[i].kind == SM_BREAK)
            tokens->list[kept++] = tokens->list[i];
    }
    tokens->n = kept;
    free(known);
    free(own);
}

void sm_prepare(struct sm_program *program)
{
    const struct sm_tokens *tokens = &program->tokens;
    size_t n = sum_all(tokens, SM_GRAM, &program->prints);
    program->n_prints = winnow(program->prints, n, SM_RUN - SM_GRAM + 1);
    program->prints = ag_grow(program->prints, program->n_prints,
                              sizeof *program->prints);
    qsort(program->prints, program->n_prints, sizeof *program->prints, by_sum);
    program->size = 0;
    for (size_t i = 0; i < tokens->n; i++)
        program->size += tokens->list[i].kind != SM_BREAK;
}

/* ---- Trozos -------------------------------------------------------------------------- */

struct runs {
    struct sm_run *list;
    size_t n, room;
};

static void push(struct runs *runs, struct sm_run run)
{
    if (runs->n == runs->room) {
        runs->room = 2 * runs->room + 16;
        runs->list = ag_grow(runs->list, runs->room, sizeof *runs->list);
    }
    runs->list[runs->n++] = run;
}

/* Por diagonales: dos huellas de un mismo trozo distan lo mismo en los dos programas. */
static int by_diagonal(const void *a, const void *b)
{
    const struct sm_run *x = a, *y = b;
    int64_t dx = (int64_t)x->a - x->b, dy = (int64_t)y->a - y->b;
    if (dx != dy)
        return dx < dy ? -1 : 1;
    return (x->a > y->a) - (x->a < y->a);
}

static int by_length(const void *a, const void *b)
{
    const struct sm_run *x = a, *y = b;
    if (x->length != y->length)
        return x->length > y->length ? -1 : 1;
    return x->a != y->a ? (x->a > y->a) - (x->a < y->a) : (x->b > y->b) - (x->b < y->b);
}

static int by_place(const void *a, const void *b)
{
    const struct sm_run *x = a, *y = b;
    return (x->a > y->a) - (x->a < y->a);
}

/* Cuántas huellas seguidas, de las `n` que empiezan en `prints`, son como la primera. */
static size_t repeated(const struct sm_print *prints, size_t n)
{
    size_t i = 1;
    while (i < n && prints[i].sum == prints->sum)
        i++;
    return i;
}

/* Los sitios que comparten huella. */
static struct runs shared_prints(const struct sm_program *a, const struct sm_program *b)
{
    struct runs seeds = {0};
    for (size_t i = 0, j = 0; i < a->n_prints && j < b->n_prints;) {
        if (a->prints[i].sum != b->prints[j].sum) {
            if (a->prints[i].sum < b->prints[j].sum)
                i++;
            else
                j++;
            continue;
        }
        size_t in_a = repeated(a->prints + i, a->n_prints - i);
        size_t in_b = repeated(b->prints + j, b->n_prints - j);
        for (size_t x = 0; x < in_a && x < MAX_REPEATED; x++)
            for (size_t y = 0; y < in_b && y < MAX_REPEATED; y++)
                push(&seeds,
                     (struct sm_run){a->prints[i + x].at, b->prints[j + y].at, 0});
        i += in_a;
        j += in_b;
    }
    return seeds;
}

static bool equal(const struct sm_program *a, size_t x, const struct sm_program *b,
                  size_t y)
{
    const struct sm_tokens *in_a = &a->tokens, *in_b = &b->tokens;
    return x < in_a->n && y < in_b->n && in_a->list[x].kind == in_b->list[y].kind &&
           in_a->list[x].kind != SM_BREAK;
}

/* Lo más largo que hay alrededor de cada sitio. */
static struct runs extend(const struct sm_program *a, const struct sm_program *b,
                          struct runs seeds)
{
    struct runs found = {0};
    size_t work = MAX_WORK * (a->tokens.n + b->tokens.n);
    struct sm_run last = {0};
    qsort(seeds.list, seeds.n, sizeof *seeds.list, by_diagonal);
    for (size_t i = 0; i < seeds.n && work > 0; i++) {
        uint32_t x = seeds.list[i].a, y = seeds.list[i].b;
        if (last.a - last.b == x - y && x >= last.a && x < last.a + last.length)
            continue;
        uint32_t before = 0, length = 0;
        while (before < x && before < y && equal(a, x - before - 1, b, y - before - 1))
            before++;
        while (equal(a, x + length, b, y + length))
            length++;
        last = (struct sm_run){x - before, y - before, before + length};
        work -= last.length + 1 < work ? last.length + 1 : work;
        if (last.length >= SM_RUN)
            push(&found, last);
    }
    return found;
}

/* Toma de `run` lo que ni en `a` ni en `b` está tomado. */
static void place(struct sm_run run, bool *in_a, bool *in_b, struct runs *placed)
{
    for (uint32_t i = 0, length; i < run.length; i += length + 1) {
        for (length = 0; i + length < run.length && !in_a[run.a + i + length] &&
                         !in_b[run.b + i + length];)
            length++;
        if (length < SM_RUN)
            continue;
        memset(in_a + run.a + i, true, length);
        memset(in_b + run.b + i, true, length);
        push(placed, (struct sm_run){run.a + i, run.b + i, length});
    }
}

size_t sm_compare(const struct sm_program *a, const struct sm_program *b,
                  struct sm_run **runs)
{
    struct runs placed = {0}, seeds = shared_prints(a, b), found = {0};
    if (seeds.n > 0)
        found = extend(a, b, seeds);
    if (found.n > 0) {
        bool *in_a = ag_alloc(a->tokens.n, sizeof *in_a);
        bool *in_b = ag_alloc(b->tokens.n, sizeof *in_b);
        qsort(found.list, found.n, sizeof *found.list, by_length);
        for (size_t i = 0; i < found.n; i++)
            place(found.list[i], in_a, in_b, &placed);
        if (placed.n > 0)
            qsort(placed.list, placed.n, sizeof *placed.list, by_place);
        free(in_a);
        free(in_b);
    }
    free(seeds.list);
    free(found.list);
    *runs = placed.list;
    return placed.n;
}
