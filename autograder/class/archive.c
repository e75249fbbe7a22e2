/* Un archivo comprimido: lanzar a quien lo lee y recoger, sin fiarse, lo que cuenta. */
#include "base/clock.h"
#include "base/dir.h"
#include "base/memory.h"
#include "base/process.h"
#include "class/names.h"
#include "class/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS  60000 /* más que su tope de procesador, aunque la máquina esté ocupada */
#define MAX_PATH 4096
#define TEXT_CPU 3 /* segundos: el texto de una clase de miles se lee en uno */

/* Espera a tener `size` bytes de `fd`. 0, o -1 si se acaban o vence el plazo. */
static int read_exactly(int fd, void *to, size_t size, double deadline_ms)
{
    for (char *at = to; size > 0;) {
        double left = deadline_ms - ag_ms();
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (left <= 0 || (poll(&ready, 1, (int)left + 1) < 0 && errno != EINTR))
            return -1;
        if (!ready.revents)
            continue;
        ssize_t n = read(fd, at, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        at += n;
        size -= (size_t)n;
    }
    return 0;
}

/* Un texto de `size` bytes que viene de `fd`, en memoria nueva; NULL si no llega. */
static char *read_bytes(int fd, size_t size, double deadline_ms)
{
    char *bytes = ag_alloc(size + 1, 1);
    if (read_exactly(fd, bytes, size, deadline_ms) == 0)
        return bytes;
    free(bytes);
    return NULL;
}

static void take(struct cl_bag *bag, const struct cl_frame *frame, const char *path,
                 char *data)
{
    char *text;
    switch (frame->kind) {
    case CL_FRAME_FILE:
        cl_bag_add(bag, path, data, frame->data, NULL);
        return;
    case CL_FRAME_BAD:
        cl_bag_add(bag, path, NULL, 0, cl_text(data));
        break;
    case CL_FRAME_OTHER:
        cl_bag_other(bag, path);
        break;
    default:
        text = cl_text(path);
        cl_bag_refuse(bag, ag_format("«%s» %s.", text, data));
        free(text);
    }
    free(data);
}

/* Recoge lo que cuenta hasta que dice que acabó. 0, o -1 si no llegó a decirlo. */
static int collect(int fd, const struct cl_limits *limits, struct cl_bag *bag)
{
    double deadline_ms = ag_ms() + WAIT_MS;
    size_t total = 0, count = 0;
    for (;;) {
        struct cl_frame frame;
        if (read_exactly(fd, &frame, sizeof frame, deadline_ms) < 0 ||
            frame.kind > CL_FRAME_END || frame.path > MAX_PATH ||
            frame.data > CL_MAX_SOURCE)
            return -1;
        if (frame.kind == CL_FRAME_END)
            return 0;
        total += frame.data;
        if (++count > limits->files + CL_MAX_NESTED + CL_MAX_OTHERS ||
            total > limits->unpacked_bytes + CL_MAX_SOURCE)
            return -1;
        char *path = read_bytes(fd, frame.path, deadline_ms);
        char *data = path ? read_bytes(fd, frame.data, deadline_ms) : NULL;
        if (data)
            take(bag, &frame, path, data);
        free(path);
        if (!data)
            return -1;
    }
}

/* En el hijo: sin más que `in` y `out`, sin señales de quien lo lanzó y, si era root, con otro usuario. */
static void leave_all(int in, int out, const struct cl_limits *limits)
{
    sigset_t none;
    sigemptyset(&none);
    signal(SIGINT, SIG_IGN); /* Ctrl+C es para quien lo lanzó */
    signal(SIGTERM, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || close_range(2, ~0u, 0) < 0 ||
        ag_drop(limits->uid, limits->gid) < 0)
        _exit(CL_JAIL_BROKEN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static _Noreturn void become_reader(int fd, int out, const char *name,
                                    const struct cl_wanted *wanted,
                                    const struct cl_limits *limits)
{
    leave_all(fd, out, limits);
    cl_jail_read(name, wanted, limits);
}

/* Todo lo que llega por `fd` hasta que se cierra; NULL si pasa de `max` o no acaba a tiempo. */
static char *read_all(int fd, size_t max)
{
    double deadline_ms = ag_ms() + WAIT_MS;
    char *text = ag_alloc(max + 1, 1);
    size_t size = 0;
    for (;;) {
        double left = deadline_ms - ag_ms();
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int rc = left <= 0 ? 0 : poll(&ready, 1, (int)left + 1);
        ssize_t n = rc > 0 ? read(fd, text + size, max + 1 - size) : -1;
        if (n == 0)
            return text;
        if ((n < 0 && (rc == 0 || errno != EINTR)) ||
            (n > 0 && (size += (size_t)n) > max)) {
            free(text);
            return NULL;
        }
    }
}

char *cl_jail_run(void (*work)(const void *context), const void *context, size_t max,
                  const struct cl_limits *limits)
{
    int out[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || pipe2(out, O_CLOEXEC) < 0) {
        if (null >= 0)
            close(null);
        return NULL;
    }
    pid_t pid = fork();
    if (pid == 0) {
        leave_all(null, out[1], limits);
        if (cl_jail_enclose(TEXT_CPU) < 0)
            _exit(CL_JAIL_BROKEN);
        work(context);
        _exit(0);
    }
    close(out[1]);
    close(null);
    char *text = pid > 0 ? read_all(out[0], max) : NULL;
    close(out[0]);
    if (pid > 0 && !text)
        kill(pid, SIGKILL);
    int status = pid > 0 ? ag_wait(pid) : -1;
    if (text && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
        free(text);
        text = NULL;
    }
    return text;
}

void cl_archive_read(int fd, const char *name, const struct cl_wanted *wanted,
                     const struct cl_limits *limits, struct cl_bag *bag)
{
    struct stat st;
    int out[2] = {-1, -1};
    pid_t pid = -1;
    char *shown = cl_text(name);
    if (fstat(fd, &st) < 0) {
        cl_bag_fault(bag, ag_format("no se puede leer «%s»: %s", shown, strerror(errno)));
        goto out;
    }
    if ((size_t)st.st_size > limits->archive_bytes) {
        cl_bag_refuse(bag, ag_format("«%s» pasa de %zu MiB, que es lo más que se admite.",
                                     shown, limits->archive_bytes >> 20));
        goto out;
    }
    if (st.st_size == 0) {
        cl_bag_refuse(bag, ag_format("«%s» está vacío.", shown));
        goto out;
    }
    if (pipe2(out, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
        cl_bag_fault(bag, ag_format("no se puede leer «%s»: %s", shown, strerror(errno)));
        goto out;
    }
    if (pid == 0)
        become_reader(fd, out[1], name, wanted, limits);
    close(out[1]);
    out[1] = -1;
    bool whole = collect(out[0], limits, bag) == 0;
    if (!whole)
        kill(pid, SIGKILL);
    int status = ag_wait(pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == CL_JAIL_BROKEN)
        cl_bag_fault(bag, ag_format("no se puede encerrar a quien lee «%s»", shown));
    else if (!whole)
        cl_bag_refuse(bag, ag_format("«%s» no se puede leer con los medios que se le dan "
                                     "a una entrega: tiempo, memoria y tamaño.",
                                     shown));
out:
    for (int i = 0; i < 2; i++)
        if (out[i] >= 0)
            close(out[i]);
    free(shown);
}
