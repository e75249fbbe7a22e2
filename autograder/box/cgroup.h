/* Grupos de control: el núcleo cuenta, y hace cumplir, la memoria, los procesos y la CPU de todo lo
 * que nazca dentro, también lo que no es de ningún proceso (búferes de sockets, memoria compartida
 * sin mapa, estructuras del núcleo).
 *
 * Cada calificación tiene el suyo, con el presupuesto de todas sus cajas, y dentro uno cada caja:
 *
 *     PROPIO/asinc-N/             el presupuesto
 *     PROPIO/asinc-N/juez         quien califica y sus servidores
 *     PROPIO/asinc-N/cajas/AZAR   una caja: un bwrap, su runner y el programa
 *
 * Los hay donde se pueda escribir en la jerarquía: siendo root, dentro de un grupo delegado, o pidiendo
 * uno a systemd. Valen las dos versiones; de la 1 se usan memory, pids y cpuacct. Donde no los hay, la
 * caja cuenta por su cuenta (tree.h).
 *
 * 0 o más si va bien; si no, -errno. */
#ifndef BOX_CGROUP_H
#define BOX_CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

enum { CGROUP_MEMORY, CGROUP_PIDS, CGROUP_CPU, CGROUP_KINDS };

struct cgroup {
    int version;             /* 0: no hay */
    char *dir[CGROUP_KINDS]; /* NULL si falta; en la versión 2 son la misma carpeta */
    int lock;                /* lo que retiene a quien lo borra si su dueño muere */
};

/* Lo que gastan entre todos; 0 es sin tope. */
struct cgroup_budget {
    long memory_kib, processes;
};

/* Dónde está quien se describe con esos textos, de /proc/PID/cgroup y /proc/PID/mountinfo. -ENOENT
 * si no hay jerarquías con memoria. */
int cgroup_locate(const char *self, const char *mountinfo, struct cgroup *own);

/* El grupo bajo el que se pueden hacer otros con memoria y procesos: el de quien llama o, si en él hay
 * más procesos, que en la versión 2 lo impiden, el que lo contiene. Quien llama puede pasar a uno nuevo
 * dentro del suyo. Si hay un systemd al que pedírselo, se le pide. -errno si no se puede. */
int cgroup_base(struct cgroup *base);

/* La decisión de lo anterior, sin systemd: `own` es el de quien llama, que queda cambiado. */
int cgroup_base_from(struct cgroup *own);

/* Hace el de una calificación, con ese presupuesto, y se lo da a `uid`. Si quien llama muere, aunque sea
 * con kill -9, desaparece con cuanto haya dentro. */
int cgroup_open(struct cgroup *group, const struct cgroup_budget *budget, uid_t uid,
                gid_t gid);

/* Mata a quien quede dentro y lo borra con todo lo que tenga. Acepta uno que no hay. */
void cgroup_close(struct cgroup *group);

/* El de quien califica, dentro del suyo; quien llama y lo que arranque pasan a él. */
int cgroup_join_judge(const struct cgroup *group);

/* Cómo se le dice a otro proceso cuál es, y lo contrario. */
char *cgroup_text(const struct cgroup *group);
int cgroup_parse(const char *text, struct cgroup *group);

/* Uno nuevo para una caja, dentro del de su calificación. */
int cgroup_box(const struct cgroup *group, const struct cgroup_budget *budget,
               struct cgroup *box);

/* Quien llama, que tiene un solo hilo, pasa a ese grupo. Segura tras fork. */
int cgroup_enter(const struct cgroup *group);

/* Como fork. Con `inside`, el hijo nace ya en ese grupo; si no, tiene que entrar. En la versión 2 entrar
 * puede tardar más que todo lo demás, y nacer dentro no. */
pid_t cgroup_fork(const struct cgroup *group, bool *inside);

/* Abre los dos contadores que lee counters.h: CPU gastada y muertes por memoria. */
int cgroup_open_counters(const struct cgroup *group, int fds[2]);

void cgroup_free(struct cgroup *group);

#endif
