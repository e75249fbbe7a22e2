/* La zona privada en la que se califica: se copia lo declarado, y nada más. */
#ifndef GR_STAGE_H
#define GR_STAGE_H

#include "grader/job.h"

/* Sin este sitio en TMPDIR no se compila, y no tendría la culpa quien entrega. */
#define GR_ROOM_MIB 32

struct gr_stage {
    char *root;  /* carpeta privada; gr_stage_close la borra */
    int lock;    /* lo que dice que está viva; -1 si no hay */
    char *build; /* build/: de aquí salen suites y bibliotecas */
    char *own;   /* build/VARIANTE de este mismo programa */
};

/* Dónde están `build` y `own`, a partir de dónde está este programa. 0, o -1 con el motivo. */
int gr_stage_find(struct gr_stage *stage, struct gr_error *err);

/* Crea la zona privada y copia lo común: este programa, el vigilante y la biblioteca. */
int gr_stage_open(struct gr_stage *stage, const struct gr_config *cfg,
                  struct gr_error *err);
void gr_stage_close(struct gr_stage *stage);

/* Crea la carpeta del trabajo y copia la suite, las fuentes declaradas y lo que da el
 * laboratorio. Si al estudiante le falta un archivo, o al corrector la suite, no es un error:
 * queda dicho en `job->missing` o `job->fault`, y los demás laboratorios se califican. En
 * `job->altered`, lo que se entregó distinto de como lo da el laboratorio. */
int gr_stage_job(struct gr_stage *stage, const struct gr_config *cfg, struct gr_job *job,
                 struct gr_error *err);

/* Copia a `to` los archivos regulares `sources` de `from`, sin seguir enlaces. Si falta
 * alguno, el motivo es para quien entrega; si lo que no se puede es escribir, no, y lo dice
 * `*unwritten`, que puede ser NULL. */
int gr_copy_sources(const struct lab *lab, const char *from, const char *to,
                    bool *unwritten, struct gr_error *err);

int gr_copy_file(const char *from, const char *to, mode_t mode, struct gr_error *err);
int gr_write_file(const char *path, const char *data, size_t len, struct gr_error *err);

#endif
