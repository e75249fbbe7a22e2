/* asinc-similarity: qué programas de un laboratorio se parecen. Lo llama similarity.sh. */
#include "base/dir.h"
#include "base/memory.h"
#include "base/text.h"
#include "similarity/compare.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 2, EXIT_FAULT = 3, MAX_SOURCE = 1 << 20 };

static const char usage[] =
    "Uso: asinc-similarity PARECIDO LAB CARPETA DADO [PROPIAS]     (normalmente, con "
    "make "
    "similarity)\n"
    "\n"
    "Compara de dos en dos los programas de CARPETA, cuyos archivos se llaman "
    "NÚMERO.NOMBRE, sin lo\n"
    "que está también en los de la carpeta DADO. Los de número mayor que PROPIAS son "
    "solo para que\n"
    "los demás se comparen con ellos. Escribe, separado por tabuladores:\n"
    "\n"
    "  larga NÚMERO                  de este programa solo se miró el principio\n"
    "  pareja LAB A B TANTO ELEMENTOS TROZOS     las que comparten al menos PARECIDO de "
    "cada cien\n"
    "  trozo A B ARCHIVO DESDE HASTA ARCHIVO DESDE HASTA     cada trozo de esa pareja, "
    "con sus líneas\n";

/* Los programas de una carpeta, por orden de número. */
struct folder {
    char **files; /* el nombre de cada archivo, que es el `file` de sus elementos */
    size_t n_files;
    struct sm_program *programs;
    unsigned *numbers;
    size_t n;
};

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int complain(const char *folder, const char *name, int rc)
{
    return ag_complain("asinc-similarity", "no puedo leer %s/%s: %s", folder, name,
                       strerror(-rc));
}

/* Lee los archivos de la carpeta: los que empiezan por el mismo número son un programa; sin números,
 * todos. */
static int read_folder(const char *path, struct folder *folder)
{
    struct dirent **entries;
    int n = scandir(path, &entries, visible, versionsort), rc = 0;
    *folder = (struct folder){0};
    if (n < 0)
        return complain(path, "", -errno);
    folder->files = ag_alloc((size_t)n, sizeof *folder->files);
    folder->programs = ag_alloc((size_t)n, sizeof *folder->programs);
    folder->numbers = ag_alloc((size_t)n, sizeof *folder->numbers);
    for (int i = 0; i < n; i++) {
        char *name = entries[i]->d_name, *text;
        size_t size;
        unsigned number = (unsigned)strtoul(name, NULL, 10);
        int got = rc ? rc : ag_read_file(path, name, MAX_SOURCE, &text, &size);
        if (got == 0) {
            if (folder->n == 0 || folder->numbers[folder->n - 1] != number)
                folder->numbers[folder->n++] = number;
            sm_read(&folder->programs[folder->n - 1].tokens, text, size,
                    (uint32_t)folder->n_files);
            folder->files[folder->n_files++] = ag_format("%s", name);
            free(text);
        } else if (!rc) {
            rc = complain(path, name, got);
        }
        free(entries[i]);
    }
    free(entries);
    return rc;
}

static void free_folder(struct folder *folder)
{
    for (size_t i = 0; i < folder->n_files; i++)
        free(folder->files[i]);
    for (size_t i = 0; i < folder->n; i++) {
        free(folder->programs[i].tokens.list);
        free(folder->programs[i].prints);
    }
    free(folder->files);
    free(folder->programs);
    free(folder->numbers);
}

/* Dónde está un trozo, como columnas. El nombre del archivo va detrás de su número. */
static void print_side(const struct folder *folder, const struct sm_program *program,
                       uint32_t from, uint32_t length)
{
    const struct sm_token *first = &program->tokens.list[from],
                          *last = first + length - 1;
    printf("\t%s\t%u\t%u", strchr(folder->files[first->file], '.') + 1, first->line,
           last->line);
}

static void compare(const struct folder *folder, size_t i, size_t j, const char *lab,
                    size_t least)
{
    const struct sm_program *a = &folder->programs[i], *b = &folder->programs[j];
    unsigned in_a = folder->numbers[i], in_b = folder->numbers[j];
    size_t small = a->size < b->size ? a->size : b->size, shared = 0;
    struct sm_run *runs;
    size_t n = sm_compare(a, b, &runs);
    for (size_t r = 0; r < n; r++)
        shared += runs[r].length;
    if (shared > 0 && 100 * shared >= least * small) {
        printf("pareja\t%s\t%u\t%u\t%zu\t%zu\t%zu\n", lab, in_a, in_b,
               100 * shared / small, shared, n);
        for (size_t r = 0; r < n; r++) {
            printf("trozo\t%u\t%u", in_a, in_b);
            print_side(folder, a, runs[r].a, runs[r].length);
            print_side(folder, b, runs[r].b, runs[r].length);
            printf("\n");
        }
    }
    free(runs);
}

int main(int argc, char **argv)
{
    if (argc != 5 && argc != 6) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    size_t least = strtoul(argv[1], NULL, 10);
    unsigned long own = argc == 6 ? strtoul(argv[5], NULL, 10) : ULONG_MAX;
    struct folder handed, given;
    if (read_folder(argv[3], &handed) < 0 || read_folder(argv[4], &given) < 0)
        return EXIT_FAULT;
    for (size_t i = 0; i < handed.n; i++) {
        if (handed.programs[i].tokens.cut)
            printf("larga\t%u\n", handed.numbers[i]);
        for (size_t j = 0; j < given.n; j++)
            sm_subtract(&handed.programs[i].tokens, &given.programs[j].tokens);
        sm_prepare(&handed.programs[i]);
    }
    for (size_t i = 0; i < handed.n; i++)
        for (size_t j = i + 1; j < handed.n && handed.numbers[i] <= own; j++)
            compare(&handed, i, j, argv[2], least);
    free_folder(&handed);
    free_folder(&given);
    return ag_stdout_written("asinc-similarity") ? EXIT_SUCCESS : EXIT_FAULT;
}
