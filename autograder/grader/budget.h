/* Lo que puede gastar una calificación, contando todas sus cajas: para que no se lo quite a otra que
 * se haga a la vez. */
#ifndef GR_BUDGET_H
#define GR_BUDGET_H

#include "box/cgroup.h"
#include "grader/job.h"

/* Las pruebas de una suite que van a la vez, y por tanto las cajas de una calificación. */
#define GR_SUITE_JOBS 16

/* Los puertos que tocan a cada caja si se hacen a la vez `neighbours` calificaciones y el sistema da de
 * `first` a `last`: entre todas dejan libres unos cuantos, mientras no toquen a menos de los que pide la
 * prueba que más. */
long gr_budget_ports(long neighbours, long first, long last);

/* Reparte la máquina entre `cfg->neighbours` y deja en `cfg` los procesos y puertos que tocan y, si se puede
 * tener, el grupo de control; `group` lo guarda. Que no se pueda no es un error: `cfg->group` queda a
 * NULL. -1 si falló por algo que se pasa. */
int gr_budget_open(struct gr_config *cfg, struct cgroup *group, struct gr_error *err);

/* Mata lo que quede y deshace el grupo. */
void gr_budget_close(struct gr_config *cfg, struct cgroup *group);

/* En el proceso del juez, antes de dejar de ser root: entra en lo suyo y se lo dice a sus hijos. 0 o
 * -errno. */
int gr_budget_enter(const struct gr_config *cfg);

#endif
