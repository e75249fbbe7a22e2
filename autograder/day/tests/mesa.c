#include "day/tests/mesa.h"
#include "base/clock.h"
#include "base/dir.h"
#include "base/memory.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

enum { MAX_FILE = 1 << 20, ROWS = 50 };

/* ---- archivos ------------------------------------------------------------------------------ */

static char *path_of(const struct mesa *m, const char *name)
{
    return ag_format("%s/%s", m->dir, name);
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    cr_assert(fd >= 0, "no puedo escribir %s: %s", path, strerror(errno));
    cr_assert(ag_write(fd, text, strlen(text)) == 0);
    close(fd);
}

void mesa_save(struct mesa *m, const char *path, const char *text)
{
    char *full = path_of(m, path);
    write_file(full, text);
    free(full);
}

void mesa_save_by_rename(struct mesa *m, const char *path, const char *text)
{
    char *full = path_of(m, path), *temp = ag_format("%s~nuevo", full);
    write_file(temp, text);
    cr_assert(rename(temp, full) == 0);
    free(temp);
    free(full);
}

char *mesa_file(struct mesa *m, const char *name)
{
    char *data;
    size_t size;
    return ag_read_file(m->dir, name, MAX_FILE, &data, &size) == 0 ? data
                                                                   : ag_format("%s", "");
}

int mesa_count(struct mesa *m, const char *name, const char *text)
{
    char *data = mesa_file(m, name);
    int n = 0;
    for (const char *p = data; (p = strstr(p, text)); p++)
        n++;
    free(data);
    return n;
}

/* ---- la terminal --------------------------------------------------------------------------- */

static _Noreturn void run(const struct mesa *m, struct mesa_options o, int out)
{
    const char *day = getenv("ASINC_DAY");
    setenv("TERM", "xterm", 1);
    for (size_t i = 0; i < sizeof o.env / sizeof *o.env && o.env[i]; i++)
        putenv((char *)o.env[i]);
    if (o.pipe) {
        setsid();
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
        int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, STDIN_FILENO);
    } else {
        login_tty(out);
    }
    closefrom(3);
    if (chdir(m->dir) != 0)
        _exit(126);
    if (o.ask)
        execl(day, day, "watch", "--sondeo", o.which, "./corrector", NULL);
    else
        execl(day, day, "watch", o.which, "./corrector", NULL);
    _exit(127);
}

static void make_course(struct mesa *m, const char *program)
{
    cr_assert(ag_temp_dir("asinc-mesa", &m->dir) == 0);
    char *command = ag_format("'%s' '%s'", getenv("ASINC_DAY_CURSO"), m->dir);
    cr_assert(system(command) == 0);
    free(command);
    if (program)
        mesa_save(m, "labs/01-eco/eco.c", program);
}

void mesa_open(struct mesa *m, const char *program, struct mesa_options o)
{
    struct winsize size = {.ws_col = (unsigned short)(o.columns ? o.columns : 80),
                           .ws_row = ROWS};
    int fds[2];
    *m = (struct mesa){
        .slave = -1, .patience = o.patience ?: MESA_PRONTO, .raw = ag_alloc(1, 1)};
    make_course(m, program);
    if (o.pipe) {
        cr_assert(pipe2(fds, O_CLOEXEC) == 0);
    } else {
        cr_assert(openpty(&fds[0], &fds[1], NULL, NULL, &size) == 0);
        fcntl(fds[0], F_SETFD, FD_CLOEXEC);
        fcntl(fds[1], F_SETFD, FD_CLOEXEC);
        cr_assert(tcgetattr(fds[1], &m->before) == 0);
        m->slave = fcntl(fds[1], F_DUPFD_CLOEXEC, 3);
    }
    m->screen = hs__screen_new(size.ws_col, ROWS);
    m->master = fds[0];
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* lo que deje atrás se nota */
    m->pid = fork();
    if (m->pid == 0)
        run(m, o, fds[1]);
    close(fds[1]);
}

void mesa_close(struct mesa *m)
{
    if (m->master >= 0)
        close(m->master);
    if (m->slave >= 0)
        close(m->slave);
    ag_remove_tree(m->dir);
    hs__screen_free(m->screen);
    free(m->raw);
    free(m->dir);
}

/* Lee lo que haya, esperando `ms` como mucho. */
static void pump(struct mesa *m, int ms)
{
    char chunk[4096];
    struct pollfd ready = {.fd = m->master, .events = POLLIN};
    if (m->master < 0 || poll(&ready, 1, ms) <= 0)
        return;
    ssize_t n = read(m->master, chunk, sizeof chunk);
    if (n <= 0)
        return;
    hs__screen_write(m->screen, chunk, (size_t)n);
    m->raw = ag_grow(m->raw, m->size + (size_t)n + 1, 1);
    memcpy(m->raw + m->size, chunk, (size_t)n);
    m->raw[m->size += (size_t)n] = '\0';
}

void mesa_type(struct mesa *m, const char *keys)
{
    cr_assert(ag_write(m->master, keys, strlen(keys)) == 0);
}

char *mesa_screen(struct mesa *m)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    int used = hs__screen_used(m->screen);
    for (int i = m->screen->top; i < used; i++) {
        char *row = hs__screen_row(m->screen, i);
        fprintf(f, "%s\n", row);
        free(row);
    }
    fclose(f);
    return text;
}

bool mesa_sees(struct mesa *m, const char *text)
{
    pump(m, 0);
    char *seen = m->slave >= 0 ? mesa_screen(m) : ag_format("%s", m->raw);
    bool yes = strstr(seen, text) != NULL;
    free(seen);
    return yes;
}

void mesa_wait(struct mesa *m, const char *text)
{
    for (double limit = ag_ms() + m->patience; !mesa_sees(m, text);) {
        char *seen = ag_ms() < limit ? NULL : mesa_screen(m);
        cr_assert(!seen, "no se ve «%s»; se ve:\n%s", text, seen);
        pump(m, 50);
    }
}

void mesa_wait_file(struct mesa *m, const char *name)
{
    char *path = path_of(m, name);
    for (double limit = ag_ms() + m->patience; access(path, F_OK) != 0;) {
        cr_assert(ag_ms() < limit, "no aparece %s", name);
        pump(m, 10);
    }
    free(path);
}

/* ---- el final ------------------------------------------------------------------------------ */

static void check_terminal(const struct mesa *m)
{
    struct termios now;
    if (m->slave < 0 || m->master < 0)
        return;
    cr_assert(tcgetattr(m->slave, &now) == 0);
    cr_assert(now.c_lflag == m->before.c_lflag && now.c_iflag == m->before.c_iflag &&
                  memcmp(now.c_cc, m->before.c_cc, sizeof now.c_cc) == 0,
              "la terminal no quedó como estaba");
}

int mesa_end(struct mesa *m)
{
    double limit = ag_ms() + m->patience;
    while (waitpid(m->pid, &m->status, WNOHANG) == 0) {
        char *seen = ag_ms() < limit ? NULL : mesa_screen(m);
        cr_assert(!seen, "no acaba; se ve:\n%s", seen);
        pump(m, 10);
    }
    pump(m, 0);
    check_terminal(m);
    /* Lo que se quedara sin padre es ahora nuestro: no tiene que haber nadie. A quien se mata sin
     * que pueda despedirse le sobrevive un instante lo que lanzó. */
    while (waitpid(-1, NULL, WNOHANG) >= 0) {
        cr_assert(ag_ms() < limit, "quedan procesos en marcha");
        pump(m, 10);
    }
    return WIFEXITED(m->status) ? WEXITSTATUS(m->status) : -WTERMSIG(m->status);
}

void mesa_leave(struct mesa *m, const char *keys)
{
    mesa_type(m, keys);
    cr_assert_eq(mesa_end(m), 0);
    mesa_close(m);
}
