/* Lo que dice el grupo de control de una caja (cgroup.h), leído por descriptores ya abiertos: el
 * runner, dentro, no ve los archivos. */
#ifndef BOX_COUNTERS_H
#define BOX_COUNTERS_H

enum { COUNTER_CPU, COUNTER_OOM, COUNTERS };

/* CPU de todo lo que ha estado dentro, también de quien nadie esperó; -1 si no consta. */
long counter_cpu_ms(int fd);

/* Procesos que mató el núcleo por falta de memoria; 0 si no consta. */
long counter_oom_kills(int fd);

#endif
