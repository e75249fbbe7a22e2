/* Lo que as_run necesita de las señales. */
#ifndef ASINC_SIGNAL_INTERNAL_H
#define ASINC_SIGNAL_INTERNAL_H

struct as__loop;

/* El bucle muere: las señales de los receptores que nadie cerró vuelven a lo de antes. */
void as__signals_forget(struct as__loop *loop);

#endif
