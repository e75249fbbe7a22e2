/* Cuántos hilos tiene libuv para trabajos y archivos. */
#ifndef ASINC_THREADS_H
#define ASINC_THREADS_H

#include <stddef.h>

/* Los que habrá; la primera llamada los fija, y debe llegar antes de que libuv los cree. */
int as__thread_count(void);

/* Los que pueden ocupar a la vez los trabajos de un bucle. */
size_t as__work_slots(void);

/* 0 si el sistema da los hilos que libuv va a crear, o UV_EAGAIN: ella, sin hilos, acaba con el
 * programa. Solo los prueba hasta que se puede. */
int as__threads_available(void);

#endif
