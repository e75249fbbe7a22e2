/* Calificar sin saber de quién es cada cosa. */
#include "base/memory.h"
#include "class/csv.h"
#include "class/key.h"
#include "class/output.h"

#include <stdlib.h>
#include <string.h>

#define WHO "quien-es-quien.csv"
enum { ALIAS_DIGITS = 8 };

const char *cl_shown(const struct cl_book_row *row)
{
    return row->alias ?: row->row.student;
}

static int name_all(struct cl_book *book, const char *out, struct gr_error *err)
{
    char seed[AG_SEED_MAX + 1];
    for (size_t i = 0; i < book->n; i++) {
        char *text = ag_format("alias de %s", book->rows[i].row.student);
        int rc = cl_key_seed(out, text, seed, err);
        free(text);
        if (rc < 0)
            return -1;
        book->rows[i].alias = ag_format("Persona %.*s", ALIAS_DIGITS, seed);
    }
    return 0;
}

static int write_who(const struct cl_book *book, const char *dir, struct gr_error *err)
{
    FILE *f = cl_open_output(dir, WHO, err);
    if (!f)
        return -1;
    fputs("alias,alumno\n", f);
    for (size_t at = 0; at < book->n; at += book->n_labs) {
        cl_csv_put(f, 1, book->rows[at].alias);
        cl_csv_put(f, 0, book->rows[at].row.student);
        fputc('\n', f);
    }
    return cl_close_output(f, dir, WHO, err);
}

/* Las filas de una persona van seguidas, por laboratorio. */
static int by_alias(const void *a, const void *b)
{
    const struct cl_book_row *x = a, *y = b;
    int order = strcmp(x->alias, y->alias);
    return order ? order : strcmp(x->row.lab, y->row.lab);
}

int cl_book_hide(struct cl_book *book, const char *out, const char *dir,
                 struct gr_error *err)
{
    if (name_all(book, out, err) < 0 || write_who(book, dir, err) < 0)
        return -1;
    if (book->n > 0)
        qsort(book->rows, book->n, sizeof *book->rows, by_alias);
    return 0;
}
