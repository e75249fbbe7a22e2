/*
 * program.c: arranca el programa del estudiante y sigue su vida.
 *
 * La caja es de un solo hilo: arrancar, señalar, medir y recoger el final lo hace el hilo
 * de la prueba. Un hilo lector por programa vacía sus dos salidas y mira, sin tocarlo, el
 * descriptor de estado de la caja; cuando despierta, avisa, y el hilo de la prueba recoge
 * el final en program_poll.
 */
#include "harness/program/program.h"
#include "base/sanitize.h"
#include "box/rung.h"
#include "harness/files.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define MAX_OUTPUT     (1 << 20)
#define STDIN_MS       5000 /* plazo para que lea lo que se le escribe */
#define CPU_MS         10000
#define WALL_MARGIN_MS 5000

/* ------------------------------------------------------------------- El hilo lector */

static void wake_reader(struct hs_program *p)
{
    uint64_t one = 1;
    if (write(p->wake, &one, sizeof one) < 0 && errno != EAGAIN)
        abort();
}

/* Ya no puede llegar más por esa salida. Con el cerrojo tomado. */
static void end_output(struct hs_program *p, enum hs_stream stream)
{
    struct hs__output *output = &p->output[stream];
    hs__take_end(&p->record, &output->in, stream);
    close(output->fd);
    output->fd = -1;
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
        end_output(p, stream);
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
        if (p->deaf && p->output[HS_OUT].fd >= 0) {
            end_output(p, HS_OUT);
            hs__notify();
        }
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
            hs__wake(); /* quizá solo es la respuesta a una medida */
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
    /* El aviso pudo ser la respuesta a una medida, anterior. */
    if (p->result.ended_ms > 0)
        p->end.ms = hs__moment(p->result.ended_ms);
    p->end.exited = p->result.kind == BOX_EXITED;
    p->end.code = p->end.exited ? p->result.code : 0;
    p->end.signal = p->result.kind == BOX_SIGNALED ? p->result.signal : 0;
    if (p->result.kind == BOX_LIMIT)
        p->end.limit = box_limit_name(p->result.limit);
    p->end.leftovers = p->result.leftovers;
    p->end.crowded = p->result.crowded;
    p->end.peak_kib = p->result.peak_rss_kib;
    p->end.asan = p->options.asan && p->end.code == AG_SANITIZE_EXIT;
    p->end.after_signal = p->signalled < 0 ? -1 : p->end.ms - p->signalled;
    bool clean = p->end.exited && !p->end.asan;
    hs__span_end(&p->life, clean ? HS__PLAIN : HS__BAD, hs_exit_words(p->end));
    wake_reader(p);
}

static void program_poll(struct hs__part *part)
{
    struct hs_program *p = (struct hs_program *)part;
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
    if (p->ended && p->result.kind == BOX_REFUSED) {
        hs__unlock();
        hs_fail("el programa debía arrancar y el sistema no puede ejecutarlo: %s",
                strerror(p->result.code));
    }
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
    hs_fail("el programa debía seguir en marcha cuando %s y ya había terminado: %s", what,
            hs_exit_words(end));
}

void hs_signal(struct hs_program *p, int signal)
{
    const char *name = sigabbrev_np(signal);
    const char *words = hs_format("SIG%s%s", name ? name : "?",
                                  signal == SIGINT ? " (Ctrl+C)" : "");
    hs_step("Envío %s", words);
    hs__dot(p->life.lane, HS__ODD, words, strlen(words));
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
    if (u.open_files < 0 && hs_running(p))
        hs_fail(
            "el programa esconde sus descriptores (PR_SET_DUMPABLE): no puedo contarlos");
    return (struct hs_usage){u.cpu_ms, u.rss_kib, u.open_files, u.threads, u.processes};
}

void hs_write_stdin(struct hs_program *p, const char *text)
{
    hs_step("Escribo en su entrada: «%s»", text);
    hs__dot(p->life.lane, HS__PLAIN, text, strlen(text));
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
                hs_fail_late("el programa debía leer su entrada y no la lee");
        } else if (errno == EPIPE) {
            hs_fail("el programa debía leer su entrada y la cerró sin leerla");
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

static int deaf_check(void *arg)
{
    return ((struct hs_program *)arg)->output[HS_OUT].fd < 0;
}

void hs_close_stdout(struct hs_program *p)
{
    hs_step("Dejo de leer su salida y la cierro, como haría `| head -1`");
    hs__lock();
    p->deaf = true;
    wake_reader(p);
    if (!hs__wait(deaf_check, p, STDIN_MS))
        hs__fail_waiting(STDIN_MS, "No se cerró la salida");
    hs__unlock();
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

static int silent_check(void *arg)
{
    const struct hs_program *p = arg;
    return p->output[HS_OUT].fd < 0 && p->output[HS_ERR].fd < 0;
}

static const char *program_alarm(struct hs__part *part)
{
    struct hs_program *p = (struct hs_program *)part;
    hs__lock();
    hs__poll();
    if (p->ended && p->end.asan)
        hs__wait(silent_check, p, STDIN_MS); /* lo que diga está de camino */
    const char *words = p->ended && p->end.asan ? hs__sanitizer_words(&p->record) : NULL;
    hs__unlock();
    return words;
}

/* De uno que acabó, lo último que se supo. */
static int64_t program_spent(struct hs__part *part)
{
    struct hs_program *p = (struct hs_program *)part;
    struct box_usage u;
    if (!p->ended && box_sample(p->run, &u) == 0)
        p->spent_ms = u.cpu_ms;
    return p->spent_ms;
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

/* Los que deja abrir la prueba, que son como mucho los que el laboratorio dice que hacen falta: es lo que
 * se mira antes de calificar. */
static int declared(int files)
{
    const char *most = getenv("ASINC_FILES");
    if (most && files > atoi(most))
        hs_broken("esta prueba deja abrir %d descriptores: dilo en lab.json con "
                  "\"descriptores\": %d",
                  files, files);
    return files;
}

static void run_boxed(struct hs_program *p, const char *program,
                      const char *const *arguments, int in, int out, int err)
{
    char zone[64] = "";
    const char *trace = p->traced ? hs_format("AS_TRACE=%s", p->traced) : NULL;
    char *env[6] = {"ASAN_OPTIONS=" AG_ASAN_OPTIONS, "UBSAN_OPTIONS=" AG_UBSAN_OPTIONS};
    size_t n_env = 2;
    if (trace) {
        env[n_env++] = (char *)trace;
        env[n_env++] = "AS_DEBUG=1";
    }
    /* Sin zona horaria, la que haya: «TZ» a secas sería la de Greenwich. */
    if (p->options.timezone)
        env[n_env++] = zone;
    struct box_bind binds[HS__MAX_DIRS];
    struct box_options options = box_options_default();
    if (p->options.timezone)
        snprintf(zone, sizeof zone, "TZ=%s", p->options.timezone);
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
    options.rung = box_rung_named(getenv("ASINC_BOX"));
    options.ports = hs__reach(&options.port_count);
    if (getenv("ASINC_SANITIZE")) { /* lo que gasta ASan */
        options.limits.rss_kib *= 3;
        options.limits.cpu_ms *= 3;
    }
    if (p->options.files > 0)
        options.limits.files = declared(p->options.files);
    options.limits.wall_ms = p->options.wall_seconds > 0
                                 ? p->options.wall_seconds * 1000L
                                 : (long)hs__latest_deadline() + WALL_MARGIN_MS;
    int error = box_start(&p->run, &options);
    if (error < 0)
        hs_broken("la caja no arranca «%s»: %s", program, strerror(-error));
}

static struct hs__output new_output(int fd, size_t max, const char *name)
{
    return (struct hs__output){
        fd,
        {.max = max,
         .full = hs_format("el programa escribió más de %zu KiB en su %s; lo he parado",
                           max / 1024, name)}};
}

struct hs_program *hs_start_argv(struct hs_options options, const char *const *arguments)
{
    if (!options.program &&
        getenv("ASINC_SANITIZE")) /* quien califica lo pidió para todas */
        options.asan = true;
    const char *variable = options.asan ? "ASINC_PROGRAM_ASAN" : "ASINC_PROGRAM";
    if (options.asan && !options.program && !getenv(variable))
        hs_broken("esta prueba usa el programa con ASan: dilo en lab.json con "
                  "\"asan\": true");
    const char *program = options.program ? options.program : environment(variable);
    const char *words = hs__command_words(program, arguments);
    struct hs_program *p = ag_alloc(1, sizeof *p);
    *p = (struct hs_program){
        .part = {.poll = program_poll,
                 .ended = program_ended,
                 .report = program_report,
                 .stop = program_stop,
                 .alarm = program_alarm,
                 .cause = hs__program_cause,
                 .spent = program_spent,
                 .tasks = hs__tasks_draw},
        .options = options,
        .command = options.timezone ? hs_format("TZ='%s' %s", options.timezone, words)
                                    : words,
        .signalled = -1,
        .started = hs_now(),
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
    p->output[HS_OUT] = new_output(out[0], p->options.max_output, "salida");
    p->output[HS_ERR] = new_output(err[0], p->options.max_output, "stderr");
    fcntl(p->input, F_SETFL, O_NONBLOCK);
    p->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (p->wake < 0)
        hs_broken("no puedo crear un eventfd: %s", strerror(errno));
    hs_step("Arranco%s: %s",
            p->screen ? hs_format(" en una terminal de %d columnas", options.columns)
                      : "",
            p->command);
    p->life = hs__span_begin(hs__lane(HS__PROGRAM, words), "sigue en marcha");
    hs__chronicle_origin(&p->life);
    p->record.lane = hs__lane(HS__OUTPUT, words);
    hs__tasks_prepare(p);
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
