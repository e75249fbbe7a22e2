#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#define MAX_OUTPUT (1 << 20)

static bool has_suffix(const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);
    return n >= m && strcmp(name + n - m, suffix) == 0;
}

/* Los programas son los ejecutables; de la carpeta del capítulo
 * interesan los datos. */
static bool belongs(const char *path, const char *name, bool programs)
{
    struct stat st;
    if (name[0] == '.' || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    if (programs)
        return access(path, X_OK) == 0;
    return !has_suffix(name, ".c") && !has_suffix(name, ".md") &&
           !has_suffix(name, ".salida");
}

static void link_files(const char *from, const char *to, bool programs)
{
    char *real = realpath(from, NULL);
    DIR *dir = real ? opendir(real) : NULL;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char *target = format("%s/%s", real, entry->d_name);
        char *link = format("%s/%s", to, entry->d_name);
        if (belongs(target, entry->d_name, programs))
            (void)!symlink(target, link);
        free(link);
        free(target);
    }
    if (dir)
        closedir(dir);
    free(real);
}

long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Espera a que la máquina atienda a tiempo a quien despierta: muchas siestas de un milisegundo
 * seguidas que no se alargan. Si no llega a estarlo, sigue al cabo de unos segundos.
 */
void wait_for_calm(void)
{
    enum { CALM_NAPS = 100, PATIENCE_MS = 5000 };
    long deadline = now_ms() + PATIENCE_MS;

    for (int calm = 0; calm < CALM_NAPS && now_ms() < deadline; calm++) {
        long start = now_ms();
        poll(NULL, 0, 1);
        if (now_ms() - start > 3)
            calm = 0;
    }
}

static int left_ms(long deadline)
{
    long left = deadline - now_ms();
    return left > 0 ? (int)left : 0;
}

/*
 * Detrás del programa hay una terminal y no una tubería, para que
 * stdout y stderr lleguen en el orden en que los ve quien lo ejecuta.
 * false si se agotó el tiempo o la salida no acaba.
 */
static bool collect(int terminal, long deadline, FILE *out)
{
    for (size_t total = 0; total < MAX_OUTPUT;) {
        char chunk[4096];
        struct pollfd ready = {.fd = terminal, .events = POLLIN};
        int rc = poll(&ready, 1, left_ms(deadline));
        if (rc == 0)
            return false;
        ssize_t n = rc > 0 ? read(terminal, chunk, sizeof chunk) : -1;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) /* EIO: ya nadie tiene abierta la terminal */
            return true;
        fwrite(chunk, 1, (size_t)n, out);
        total += (size_t)n;
    }
    return false;
}

/* Puede haber cerrado la salida y seguir: también tiene que acabar. */
static bool ends(pid_t pid, long deadline)
{
    struct pollfd ended = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    int rc;
    while ((rc = poll(&ended, 1, left_ms(deadline))) < 0 && errno == EINTR)
        ;
    close(ended.fd);
    return rc > 0;
}

static _Noreturn void exec_shell(const char *command, bool real, const char *dir,
                                 int terminal)
{
    /* Todo lo del entorno que puede cambiar lo que se escribe queda
     * fijada. */
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TZ", "UTC", 1);
    unsetenv("AS_DEBUG");
    unsetenv("AS_TRACE");
    if (real)
        unsetenv("AS_CLOCK");
    else
        setenv("AS_CLOCK", "virtual", 1);
    int nothing = open("/dev/null", O_RDONLY);
    if (login_tty(terminal) == 0 && chdir(dir) == 0 && dup2(nothing, STDIN_FILENO) == 0) {
        /* Ni lo que dejó abierto quien me llamó: un programa que cuenta los descriptores
         * que le quedan escribiría otra cosa. */
        close_range(STDERR_FILENO + 1, ~0U, 0);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    }
    _exit(127);
}

enum run_end run_example(const char *command, bool real, const char *programs,
                         const char *lesson, long limit_ms, char **output)
{
    *output = NULL;
    char *dir = scratch_create();
    link_files(programs, dir, true);
    link_files(lesson, dir, false);

    int master, slave;
    struct termios plain;
    if (openpty(&master, &slave, NULL, NULL, NULL) != 0) {
        perror("lessons: no puedo abrir una terminal");
        exit(3);
    }
    tcgetattr(slave, &plain);
    cfmakeraw(&plain);
    tcsetattr(slave, TCSANOW, &plain);
    fcntl(master, F_SETFD, FD_CLOEXEC);

    long deadline = now_ms() + limit_ms;
    pid_t pid = fork();
    if (pid == 0)
        exec_shell(command, real, dir, slave);
    if (pid < 0) {
        perror("lessons: no puedo crear un proceso");
        exit(3);
    }
    close(slave);
    size_t size;
    FILE *out = open_memstream(output, &size);
    bool finished = collect(master, deadline, out) && ends(pid, deadline);
    int status;
    kill(-pid, SIGKILL); /* también a los que dejara atrás; sin
                            recogerlo, pid sigue siendo suyo */
    waitpid(pid, &status, 0);
    close(master);
    fflush(out);
    if (size > 0 && (*output)[size - 1] != '\n')
        fputc('\n', out);
    int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    if (code != 0)
        fprintf(out, "[salida: %d]\n", code);
    fclose(out);
    scratch_remove(dir);
    if (!finished)
        return RUN_TIMEOUT;
    return code == 126 || code == 127 ? RUN_MISSING : RUN_DONE;
}
