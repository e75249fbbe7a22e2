/* La terminal de quien estudia: teclas sueltas, una página y una línea de estado.
 *
 * En una tubería no hay teclas, ni nada que borrar: se escribe texto, un párrafo tras otro. */
#ifndef DAY_CONSOLE_H
#define DAY_CONSOLE_H

#include "grader/grader.h"

#include <stdbool.h>
#include <termios.h>
#include <uv.h>

struct day_console {
    struct gr_screen screen; /* con la salida de verdad */
    bool terminal;           /* se puede borrar y reescribir */
    bool keys;               /* hay quien teclee */
    bool status;             /* hay una línea de estado a la vista */
    char shown[128];         /* y es esta */
    struct termios saved;
    uv_poll_t input;
    void (*key)(void *arg, char key); /* '\3' es Ctrl+C; '\0', que ya no hay nadie */
    void *arg;
};

void day_console_open(struct day_console *c, uv_loop_t *loop,
                      void (*key)(void *arg, char key), void *arg);
/* Deja la terminal como estaba. Después hay que dejar que el bucle cierre lo suyo. */
void day_console_close(struct day_console *c);

/* Ctrl+Z: deja la terminal, se detiene y, cuando lo reanudan, la vuelve a tomar. */
void day_console_suspend(struct day_console *c);

/* Cuánto cabe ahora, y con qué colores. */
struct gr_screen day_console_screen(const struct day_console *c, FILE *out);

/* Cambia lo que se ve por `text`; en una tubería lo añade. */
void day_console_page(struct day_console *c, const char *text);

/* Una línea, debajo, que se reescribe; NULL la borra. En una tubería no se ve. */
void day_console_status(struct day_console *c, const char *text);

#endif
