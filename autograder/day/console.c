#include "day/console.h"
#include "base/dir.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void put(const char *text)
{
    /* A una terminal que ya no está no hay nada que decirle. */
    (void)ag_write(STDOUT_FILENO, text, strlen(text));
}

/* ---- tomar y dejar la terminal ------------------------------------------------------------ */

/* Teclas sueltas y sin eco. Ctrl+C llega como una más, para que make no se entere y acabe bien;
 * Ctrl+S no la congela, que hay quien lo pulsa para guardar. Solo en primer plano: a quien está
 * detrás, cambiarla lo detiene. */
static void take(struct day_console *c)
{
    c->keys = isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp() &&
              tcgetattr(STDIN_FILENO, &c->saved) == 0;
    if (!c->keys)
        return;
    struct termios raw = c->saved;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_iflag &= ~(tcflag_t)IXON;
    raw.c_cc[VINTR] = _POSIX_VDISABLE;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static void give_back(struct day_console *c)
{
    day_console_status(c, NULL);
    if (c->keys)
        tcsetattr(STDIN_FILENO, TCSANOW, &c->saved);
}

/* Cuánto ocupa lo que manda una tecla como las flechas, que no es ninguna de las nuestras. */
static ssize_t sequence_length(const char *keys, ssize_t n)
{
    ssize_t i = 2;
    if (n < 2 || (keys[1] != '[' && keys[1] != 'O'))
        return 1;
    while (i < n && (keys[i] < '@' || keys[i] > '~'))
        i++;
    return i < n ? i + 1 : n;
}

static void on_input(uv_poll_t *poll, int status, int events)
{
    struct day_console *c = poll->data;
    char keys[64];
    (void)events;
    ssize_t n = status < 0 ? -1 : read(STDIN_FILENO, keys, sizeof keys);
    if (n < 0 && (errno == EINTR || errno == EAGAIN) && status == 0)
        return;
    if (n <= 0) {
        uv_poll_stop(poll);
        c->key(c->arg, '\0');
    } else {
        for (ssize_t i = 0; i < n; i++)
            if (keys[i] == '\x1b')
                i += sequence_length(keys + i, n - i) - 1;
            else
                c->key(c->arg, keys[i] ? keys[i] : ' ');
    }
}

void day_console_open(struct day_console *c, uv_loop_t *loop,
                      void (*key)(void *arg, char key), void *arg)
{
    const char *term = getenv("TERM");
    *c = (struct day_console){.screen = gr_screen_for(stdout), .key = key, .arg = arg};
    c->terminal = isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
    take(c);
    if (c->keys && uv_poll_init(loop, &c->input, STDIN_FILENO) == 0) {
        c->input.data = c;
        uv_poll_start(&c->input, UV_READABLE, on_input);
    } else if (c->keys) {
        give_back(c);
        c->keys = false;
    }
}

void day_console_close(struct day_console *c)
{
    give_back(c);
    if (c->keys)
        uv_close((uv_handle_t *)&c->input, NULL);
}

void day_console_suspend(struct day_console *c)
{
    give_back(c);
    raise(SIGSTOP);
    if (c->keys)
        take(c);
}

/* ---- lo que se ve ------------------------------------------------------------------------- */

struct gr_screen day_console_screen(const struct day_console *c, FILE *out)
{
    struct gr_screen now = gr_screen_for(stdout); /* pueden haber cambiado el tamaño */
    (void)c;
    now.out = out;
    return now;
}

void day_console_page(struct day_console *c, const char *text)
{
    day_console_status(c, NULL);
    if (c->terminal)
        put("\x1b[H\x1b[2J");
    put(text);
}

void day_console_status(struct day_console *c, const char *text)
{
    if (!c->terminal || (!text && !c->status))
        return;
    size_t cols = day_console_screen(c, stdout).cols;
    if (text && c->status && strcmp(text, c->shown) == 0)
        return;
    put("\r\x1b[2K");
    c->status = text != NULL;
    if (!text)
        return;
    snprintf(c->shown, sizeof c->shown, "%s", text);
    /* Lo que no cabe pasaría a otra línea, y ya no se podría borrar. */
    size_t n = strlen(text);
    while (n > 0 && (ag_width(text, n) >= cols || ag_utf8_inside(text[n])))
        n--;
    char *cut = ag_format("%.*s", (int)n, text);
    put(cut);
    free(cut);
}
