/* De quién es la nota que se pide cambiar. */
#include "class/student.h"
#include "base/memory.h"
#include "class/alphabet.h"
#include "class/names.h"
#include "class/store_sql.h"

#include <stdlib.h>

enum { MOST_TOLD = 5 };

struct people {
    const char *asked;
    bool (*match)(const char *name, const char *asked);
    char *list; /* «Pérez Gil Ana» o «Pérez Ruiz Ana» */
    char *last;
    size_t n;
};

static int add_person(sqlite3_stmt *row, void *context)
{
    struct people *p = context;
    const char *name = cl_sql_text(row, 0);
    if (!p->match(name, p->asked) || ++p->n > MOST_TOLD + 1)
        return 0;
    char *list = p->n > MOST_TOLD
                     ? ag_format("%s, entre otros", p->list)
                     : ag_format("%s%s«%s»", p->list ?: "", p->list ? " o " : "", name);
    free(p->list);
    free(p->last);
    p->list = list;
    p->last = ag_format("%s", name);
    return 0;
}

/* -1 con el motivo. */
static int find(struct cl_store *store, struct people *p, struct gr_error *err)
{
    return cl_sql_each(store, err, add_person, p,
                       "SELECT alumno FROM alumno ORDER BY alumno COLLATE nombres", "");
}

/* Nadie, o más de uno: quiénes pueden ser. */
static void tell(const struct people *same, const struct people *like, const char *out,
                 struct gr_error *err)
{
    if (same->n > 1)
        gr_error(err, "«%s» puede ser %s: escríbelo como está en %s/notas.csv",
                 same->asked, same->list, out);
    else if (like->n > 0)
        gr_error(err, "en esta clase no hay nadie que se llame «%s». ¿Es %s?",
                 like->asked, like->list);
    else
        gr_error(err,
                 "en esta clase no hay nadie que se llame «%s»: escríbelo como está en "
                 "%s/notas.csv",
                 like->asked, out);
}

char *cl_student_named(struct cl_store *store, const char *asked, const char *out,
                       struct gr_error *err)
{
    struct people same = {.asked = asked, .match = cl_name_same},
                  like = {.asked = asked, .match = cl_name_has};
    char *found = NULL;
    char *written = cl_text(asked);
    int has = cl_store_has_student(store, written, err);
    if (has > 0)
        return written;
    free(written);
    if (has == 0 && find(store, &same, err) == 0 && find(store, &like, err) == 0) {
        if (same.n == 1)
            found = ag_format("%s", same.last);
        else
            tell(&same, &like, out, err);
    }
    free(same.list);
    free(same.last);
    free(like.list);
    free(like.last);
    return found;
}
