/*
 * program.c: arranca el programa del estudiante y sigue su vida.
 *
 * La caja es de un solo hilo: arrancar, señalar, medir y recoger el final lo hace el hilo
 * de la prueba. Un hilo lector por programa vacía sus dos salidas y mira, sin tocarlo, el
 * descriptor de estado de la caja; cuando despierta, avisa, y el hilo de la prueba recoge
 * el final en program_poll.
 */
#include "program.h"
#include "files.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define MAX_OUTPUT     (1 << 20)
#define STDIN_MS       5000 /* plazo para que lea lo que se le escribe */
#define ASAN_EXIT_CODE 99
#define CPU_MS         10000
#define WALL_MARGIN_MS 5000

/* ------------------------------------------------------------------- El hilo lector */

static void wake_reader(struct hs_program *p)
{
    uint64_t one = 1;
    if (write(p->wake, &one, sizeof one) < 0 && errno != EAGAIN)
        abort();
}

/* Lee lo que haya en una salida. */
static void drain(struct hs_program *p, enum hs_stream stream)
{
    char bytes[16384];
    struct hs__output *output = &p->output[stream];
    ssize_t n = read(output->fd, bytes, sizeof bytes);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    hs__lock();
    if (n > 0) {
        hs__take_bytes(&p->record, &output->in, stream, bytes, (size_t)n);
        if (p->screen && stream == HS_OUT)
            hs__screen_write(p->screen, bytes, (size_t)n);
    } else {
        hs__take_end(&p->record, &output->in, stream);
        close(output->fd);
        output->fd = -1;
    }
    hs__notify();
    hs__unlock();
}

static void *read_outputs(void *arg)
{
    struct hs_program *p = arg;
    int status = box_status_fd(p->run);
    for (;;) {
        hs__lock();
        bool quit = p->quit;
        struct pollfd fds[] = {
            {.fd = p->output[HS_OUT].fd, .events = POLLIN},
            {.fd = p->output[HS_ERR].fd, .events = POLLIN},
            {.fd = p->ended || p->status_ready ? -1 : status, .events = POLLIN},
            {.fd = p->wake, .events = POLLIN},
        };
        bool done = p->ended && fds[HS_OUT].fd < 0 && fds[HS_ERR].fd < 0;
        hs__unlock();
        if (quit || done)
            return NULL;
        if (poll(fds, 4, -1) < 0)
            continue;
        for (int stream = HS_OUT; stream <= HS_ERR; stream++)
            if (fds[stream].revents)
                drain(p, stream);
        if (fds[2].revents) {
            hs__lock();
            p->status_ready = true;
            p->end.ms = hs_now();
            hs__notify();
            hs__unlock();
        }
        uint64_t count;
        if (fds[3].revents && read(p->wake, &count, sizeof count) < 0 && errno != EAGAIN)
            abort();
    }
}

/* ---------------------------------------------------------------- Cómo acaba */

static void note_end(struct hs_program *p)
{
    p->ended = true;
    p->end.exited = p->result.kind == BOX_EXITED;
    p->end.code = p->end.exited ? p->result.code : 0;
    p->end.signal = p->result.kind == BOX_SIGNALED ? p->result.signal : 0;
    if (p->result.kind == BOX_LIMIT)
        p->end.limit = box_limit_name(p->result.limit);
    p->end.peak_kib = p->result.peak_rss_kib;
    p->end.asan = p->options.asan && p->end.code == ASAN_EXIT_CODE;
    p->end.after_signal = p->signalled < 0 ? -1 : p->end.ms - p->signalled;
    wake_reader(p);
}

static void program_poll(struct hs__part *part)
{
    struct hs_program *p = (struct hs_program *)part;
    if (!p->ended && (p->output[HS_OUT].in.overflowed || p->output[HS_ERR].in.overflowed))
        box_kill(p->run);
    if (!p->status_ready || p->ended)
        return;
    if (box_wait(p->run, 5, &p->result) == 0) {
        note_end(p);
        return;
    }
    p->status_ready = false; /* aún no era el final: que el lector siga mirando */
    wake_reader(p);
}

static int program_ended(struct hs__part *part)
{
    return ((struct hs_program *)part)->ended;
}

void hs__check_health(struct hs_program *p)
{
    if (p->ended && p->result.kind == BOX_FAULT) {
        hs__unlock();
        hs_broken("la caja falló: %s", p->result.detail);
    }
    for (int i = HS_OUT; i <= HS_ERR && !p->options.may_flood; i++)
        if (p->output[i].in.overflowed) {
            hs__unlock();
            hs_fail("el programa escribió más de %zu KiB en su %s; lo he parado",
                    p->options.max_output / 1024, i == HS_OUT ? "salida" : "stderr");
        }
}

const char *hs_exit_words(struct hs_exit end)
{
    if (end.asan)
        return "terminó por un error que encontraron ASan o UBSan";
    if (end.exited)
        return hs_format("salió con código %d", end.code);
    if (end.limit)
        return hs_format("la caja lo mató: pasó su límite de %s", end.limit);
    if (end.signal)
        return hs_format("murió por %s", hs__signal_words(end.signal));
    return "lo paró el corrector";
}

static int end_check(void *arg)
{
    struct hs_program *p = arg;
    hs__check_health(p);
    return p->ended && p->output[HS_OUT].fd < 0 && p->output[HS_ERR].fd < 0;
}

struct hs_exit hs_wait_exit(struct hs_program *p, int ms)
{
    hs__checked();
    hs__lock();
    if (!hs__wait(end_check, p, ms))
        hs__fail_waiting(ms, "El programa no terminó");
    struct hs_exit end = p->end;
    hs__unlock();
    hs_step("El programa %s", hs_exit_words(end));
    return end;
}

struct hs_exit hs_expect_exit(struct hs_program *p, int code, int ms)
{
    struct hs_exit end = hs_wait_exit(p, ms);
    if (!end.exited || end.asan)
        hs_fail("debía salir con código %d, pero %s", code, hs_exit_words(end));
    hs_expect_eq_int("código de salida", code, end.code);
    return end;
}

bool hs_running(struct hs_program *p)
{
    hs__lock();
    hs__poll();
    hs__check_health(p);
    bool running = !p->ended;
    hs__unlock();
    return running;
}

/* --------------------------------------------------------- Actuar sobre él */

/* Algo que exigía que siguiera en marcha llegó tarde. */
static _Noreturn void fail_gone(struct hs_program *p, const char *what)
{
    struct hs_exit end = hs_wait_exit(p, STDIN_MS);
    hs_fail("%s, pero el programa ya había terminado: %s", what, hs_exit_words(end));
}

void hs_signal(struct hs_program *p, int signal)
{
    const char *name = sigabbrev_np(signal);
    hs_step("Envío SIG%s%s", name ? name : "?", signal == SIGINT ? " (Ctrl+C)" : "");
    hs__lock();
    p->signalled = hs_now();
    hs__unlock();
    int error = box_signal(p->run, signal);
    if (error == -ESRCH)
        fail_gone(p, "envié la señal");
    if (error < 0)
        hs_broken("la caja no entrega la señal %d: %s", signal, strerror(-error));
}

struct hs_usage hs_usage(struct hs_program *p)
{
    struct box_usage u;
    int error = box_sample(p->run, &u);
    if (error == -ESRCH)
        fail_gone(p, "quise medir su gasto");
    if (error < 0)
        hs_broken("la caja no mide el gasto: %s", strerror(-error));
    return (struct hs_usage){u.cpu_ms, u.rss_kib, u.open_files, u.threads, u.processes};
}

void hs_write_stdin(struct hs_program *p, const char *text)
{
    hs_step("Escribo en su entrada: «%s»", text);
    if (p->input < 0)
        hs_broken("la entrada del programa ya está cerrada");
    double limit = hs_now() + hs_ms(STDIN_MS);
    for (size_t left = strlen(text); left > 0;) {
        ssize_t n = write(p->input, text, left);
        if (n > 0) {
            text += n;
            left -= (size_t)n;
        } else if (errno == EAGAIN) {
            struct pollfd ready = {.fd = p->input, .events = POLLOUT};
            int wait = (int)(limit - hs_now());
            if (wait <= 0 || poll(&ready, 1, wait) == 0)
                hs_fail_late("el programa no lee su entrada");
        } else if (errno == EPIPE) {
            hs_fail("el programa cerró su entrada sin leerla");
        } else if (errno != EINTR) {
            hs_broken("no puedo escribir en la entrada: %s", strerror(errno));
        }
    }
}

void hs_close_stdin(struct hs_program *p)
{
    hs_step("Cierro su entrada");
    if (p->screen && write(p->input, "\x04", 1) < 0) /* Ctrl+D */
        hs_broken("no puedo escribir en la terminal: %s", strerror(errno));
    if (p->input >= 0)
        close(p->input);
    p->input = -1;
}

/* ------------------------------------------------------------- Arrancar y parar */

static void program_report(struct hs__part *part, struct hs__lines *lines)
{
    struct hs_program *p = (struct hs_program *)part;
    hs__lock();
    hs__poll();
    hs__add(lines, "Programa: %s", p->command);
    hs__add(lines, "  Estado: %s",
            p->ended ? hs_exit_words(p->end) : "seguía en marcha y lo he parado");
    hs__report_lines(p, lines);
    hs__unlock();
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

static const char *program_stop(struct hs__part *part)
{
    struct hs_program *p = (struct hs_program *)part;
    const char *broken = NULL;
    if (!p->ended) {
        box_kill(p->run);
        if (box_wait(p->run, -1, &p->result) < 0 || p->result.kind == BOX_FAULT)
            broken = hs_format("la caja falló: %s", p->result.detail);
    }
    hs__lock();
    p->quit = true;
    wake_reader(p);
    hs__unlock();
    pthread_join(p->reader, NULL);
    box_free(p->run);
    close_if_open(p->input);
    close_if_open(p->output[HS_OUT].fd);
    close_if_open(p->output[HS_ERR].fd);
    close(p->wake);
    hs__record_free(&p->record);
    hs__screen_free(p->screen);
    free(p->output[HS_OUT].in.bytes);
    free(p->output[HS_ERR].in.bytes);
    free(p);
    return broken;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    if (!value || !*value)
        hs_broken("falta la variable %s, que pone el corrector", name);
    return value;
}

/* La orden como se teclearía, con comillas donde hagan falta. */
static const char *command_words(const char *program, const char *const *arguments)
{
    const char *slash = strrchr(program, '/');
    const char *words = slash ? slash + 1 : program;
    for (; *arguments; arguments++) {
        bool plain = **arguments && !strpbrk(*arguments, " \t\n\"'\\$&|;<>()*?[]#`");
        words = hs_format(plain ? "%s %s" : "%s '%s'", words, *arguments);
    }
    return words;
}

/* Dos extremos de una tubería: [0] lee y [1] escribe. */
static void open_pipe(int fds[2])
{
    if (pipe2(fds, O_CLOEXEC) < 0)
        hs_broken("no puedo crear una tubería: %s", strerror(errno));
}

static int duplicate(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        hs_broken("no puedo duplicar un descriptor: %s", strerror(errno));
    return copy;
}

static void run_boxed(struct hs_program *p, const char *program,
                      const char *const *arguments, int in, int out, int err)
{
    const char *boxed = getenv("ASINC_BOX");
    char *env[] = {"ASAN_OPTIONS=color=never:exitcode=99",
                   "UBSAN_OPTIONS=color=never:print_stacktrace=1", NULL};
    struct box_bind binds[HS__MAX_DIRS];
    struct box_options options = box_options_default();
    options.runner = environment("ASINC_RUNNER");
    options.program = program;
    options.args = (char *const *)arguments;
    options.env = env;
    options.stdin_fd = in;
    options.stdout_fd = out;
    options.stderr_fd = err;
    options.binds = binds;
    options.bind_count = hs__binds(binds);
    options.shared_net = true;
    options.boxed = !boxed || strcmp(boxed, "0") != 0;
    if (p->options.files > 0)
        options.limits.files = p->options.files;
    if (p->options.processes > 0)
        options.limits.processes = p->options.processes;
    options.limits.wall_ms = p->options.wall_seconds > 0
                                 ? p->options.wall_seconds * 1000L
                                 : (long)hs__latest_deadline() + WALL_MARGIN_MS;
    int error = box_start(&p->run, &options);
    if (error < 0)
        hs_broken("la caja no arranca «%s»: %s", program, strerror(-error));
}

struct hs_program *hs_start_argv(struct hs_options options, const char *const *arguments)
{
    const char *variable = options.asan ? "ASINC_PROGRAM_ASAN" : "ASINC_PROGRAM";
    if (options.asan && !options.program && !getenv(variable))
        hs_broken("esta prueba usa el programa con ASan: dilo en lab.json con "
                  "\"asan\": true");
    const char *program = options.program ? options.program : environment(variable);
    struct hs_program *p = hs__alloc(sizeof *p);
    *p = (struct hs_program){
        .part = {program_poll, program_ended, program_report, program_stop, NULL},
        .options = options,
        .command = command_words(program, arguments),
        .signalled = -1,
    };
    if (options.max_output == 0)
        p->options.max_output = MAX_OUTPUT;
    int in[2], out[2], err[2];
    open_pipe(err);
    if (options.columns > 0) {
        hs__open_terminal(&options, out);
        in[0] = duplicate(out[1]);
        in[1] = duplicate(out[0]);
        p->screen = hs__screen_new(options.columns, options.rows > 0 ? options.rows : 24);
    } else {
        open_pipe(in);
        open_pipe(out);
    }
    p->input = in[1];
    p->output[HS_OUT] = (struct hs__output){out[0], {.max = p->options.max_output}};
    p->output[HS_ERR] = (struct hs__output){err[0], {.max = p->options.max_output}};
    fcntl(p->input, F_SETFL, O_NONBLOCK);
    p->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (p->wake < 0)
        hs_broken("no puedo crear un eventfd: %s", strerror(errno));
    hs_step("Arranco%s: %s",
            p->screen ? hs_format(" en una terminal de %d columnas", options.columns)
                      : "",
            p->command);
    run_boxed(p, program, arguments, in[0], out[1], err[1]);
    close(in[0]);
    close(out[1]);
    close(err[1]);
    int error = pthread_create(&p->reader, NULL, read_outputs, p);
    if (error) {
        box_free(p->run);
        hs_broken("no puedo crear un hilo: %s", strerror(error));
    }
    hs__join(&p->part);
    return p;
}
