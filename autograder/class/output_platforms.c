/* Las notas y los comentarios, como los quiere cada plataforma. Solo de lo que vino de ella. */
#include "base/dir.h"
#include "base/memory.h"
#include "class/csv.h"
#include "class/names.h"
#include "class/output.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PAGE (64u << 20)

static const char moodle_mark[] = "_assignsubmission_";

static void put_points(FILE *f, const struct cl_mark *mark)
{
    char text[32] = "";
    if (mark->known)
        cl_points_text(text, mark->points);
    cl_csv_put(f, 0, text);
}

/* ---- Moodle ----------------------------------------------------------------------------- */

static bool is_moodle(const struct cl_book_row *b)
{
    return b->mark.known && b->row.platform && b->row.delivery &&
           strcmp(b->row.platform, "moodle") == 0;
}

/* Las explicaciones y las tres líneas que más ayudan. */
static char *comment_of(const struct cl_book_row *b)
{
    char *remarks = cl_remarks(b), *lines = cl_feedback(b);
    char *text = ag_format("%s%s%s", remarks, *remarks && *lines ? "\n" : "", lines);
    free(lines);
    free(remarks);
    return text;
}

/* moodle-07.csv: la hoja de calificaciones de una tarea, la que Moodle en español descarga y
 * vuelve a leer. Las tres columnas que exige son el identificador, la calificación y la última
 * modificación; solo van quienes tienen nota. */
static int output_moodle(const struct cl_book *book, size_t lab, const char *dir,
                         struct gr_error *err)
{
    char *name = ag_format("moodle-%s.csv", book->labs[lab]);
    FILE *f = NULL;
    int rc = 0;
    for (size_t at = lab; at < book->n && rc == 0; at += book->n_labs) {
        const struct cl_book_row *b = &book->rows[at];
        if (!is_moodle(b))
            continue;
        if (!f && (f = cl_open_output(dir, name, err)))
            fputs("Identificador,Nombre completo,Dirección de correo,Calificación,"
                  "Calificación máxima,Última modificación (calificación),"
                  "Comentarios de retroalimentación\n",
                  f);
        if (!f) {
            rc = -1;
            break;
        }
        char *id = ag_format("Participante %s", b->row.delivery), *text = comment_of(b);
        cl_csv_put(f, 1, id);
        cl_csv_put(f, 0, b->row.student);
        cl_csv_put(f, 0, b->row.email ?: "");
        put_points(f, &b->mark);
        fprintf(f, ",%d,-", b->mark.max);
        cl_csv_put(f, 0, text);
        fputc('\n', f);
        free(text);
        free(id);
    }
    if (f)
        rc = cl_close_output(f, dir, name, err);
    free(name);
    return rc;
}

/* El nombre con que Moodle reconoce de quién es un archivo: el de lo que dio, y el nuestro. */
static char *moodle_name(const struct cl_book_row *b)
{
    const char *mark = strstr(b->row.origin, moodle_mark);
    size_t n = mark ? (size_t)(mark - b->row.origin) : 0;
    size_t digits = strlen(b->row.delivery);
    char *who = n > digits + 1 ? ag_format("%.*s", (int)(n - digits - 1), b->row.origin)
                               : ag_format("%s", b->row.student);
    for (char *p = who; *p; p++)
        if (*p == '_' || *p == '/')
            *p = ' ';
    char *name = ag_format("%s_%s_assignsubmission_file_laboratorio-%s.html", who,
                           b->row.delivery, b->row.lab);
    free(who);
    return name;
}

static int zip_page(struct archive *zip, const struct cl_book_row *b, const char *dir)
{
    char *file = cl_file_name(cl_shown(b)), *page = ag_format("alumnos/%s.html", file);
    char *name = moodle_name(b), *data = NULL;
    size_t size;
    int rc = ag_read_file(dir, page, MAX_PAGE, &data, &size);
    if (rc == 0) {
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname_utf8(entry, name);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_mtime(entry, 315532800, 0); /* 1980: un zip no sabe de antes */
        archive_entry_set_size(entry, (la_int64_t)size);
        rc = archive_write_header(zip, entry) == ARCHIVE_OK &&
                     archive_write_data(zip, data, size) == (la_ssize_t)size
                 ? 0
                 : -1;
        archive_entry_free(entry);
    }
    free(data);
    free(name);
    free(page);
    free(file);
    return rc;
}

/* moodle-07-comentarios.zip: la página de cada cual, para «Subir varios archivos de retroalimentación en
 * un zip». */
static int output_moodle_zip(const struct cl_book *book, size_t lab, const char *dir,
                             struct gr_error *err)
{
    char *path = ag_format("%s/moodle-%s-comentarios.zip", dir, book->labs[lab]);
    struct archive *zip = NULL;
    int rc = 0;
    for (size_t at = lab; at < book->n && rc == 0; at += book->n_labs) {
        if (!is_moodle(&book->rows[at]))
            continue;
        if (!zip) {
            zip = archive_write_new();
            if (!zip || archive_write_set_format_zip(zip) != ARCHIVE_OK ||
                archive_write_set_options(zip, "hdrcharset=UTF-8") < ARCHIVE_WARN ||
                archive_write_open_filename(zip, path) != ARCHIVE_OK)
                rc = -1;
        }
        if (rc == 0)
            rc = zip_page(zip, &book->rows[at], dir);
    }
    if (rc == 0 && zip && archive_write_close(zip) != ARCHIVE_OK)
        rc = -1;
    if (rc < 0)
        gr_error(err, "no se puede escribir %s: %s", path,
                 zip && archive_error_string(zip) ? archive_error_string(zip)
                                                  : "no se lee una página");
    archive_write_free(zip);
    free(path);
    return rc < 0 ? -1 : 0;
}

/* ---- Canvas ------------------------------------------------------------------------------ */

/* canvas.csv: el libro de calificaciones, con quienes se sabe qué número tienen allí. */
static int output_canvas(const struct cl_book *book, const char *dir,
                         struct gr_error *err)
{
    FILE *f = NULL;
    for (size_t at = 0; at < book->n; at += book->n_labs) {
        const struct cl_row *row = &book->rows[at].row;
        if (!row->canvas)
            continue;
        if (!f) {
            if (!(f = cl_open_output(dir, "canvas.csv", err)))
                return -1;
            fputs("Student,ID,SIS User ID,SIS Login ID,Section", f);
            for (size_t i = 0; i < book->n_labs; i++)
                fprintf(f, ",Laboratorio %s", book->labs[i]);
            fputs("\n    Points Possible,,,,", f);
            for (size_t i = 0; i < book->n_labs; i++)
                fprintf(f, ",%d", book->rows[at + i].mark.max);
            fputc('\n', f);
        }
        cl_csv_put(f, 1, row->student);
        cl_csv_put(f, 0, row->canvas);
        cl_csv_put(f, 0, row->number ?: "");
        cl_csv_put(f, 0, row->email ?: "");
        fputc(',', f);
        for (size_t i = 0; i < book->n_labs; i++)
            put_points(f, &book->rows[at + i].mark);
        fputc('\n', f);
    }
    return f ? cl_close_output(f, dir, "canvas.csv", err) : 0;
}

int cl_output_platforms(const struct cl_book *book, const char *dir, struct gr_error *err)
{
    for (size_t i = 0; i < book->n_labs; i++)
        if (output_moodle(book, i, dir, err) < 0 ||
            output_moodle_zip(book, i, dir, err) < 0)
            return -1;
    return output_canvas(book, dir, err);
}
