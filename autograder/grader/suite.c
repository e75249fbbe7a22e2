/* Correr la suite de Criterion, que es de confianza, hasta que acabe.
 *
 * Su código de salida y lo que imprime no deciden nada: cada prueba deja su resultado en
 * un archivo y la que no lo deja no ha pasado. El plazo de la suite lo vigila el padre. */
#include "base/memory.h"
#include "base/process.h"
#include "box/identity.h"
#include "box/rung.h"
#include "grader/budget.h"
#include "grader/judge.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_VARIABLES 23

/* El entorno se hace nuevo: un CRITERION_TEST_PATTERN del usuario cambiaría la nota. */
static void build_env(const struct gr_order *o, const struct gr_again *again,
                      const char *tmp, char *env[])
{
    size_t n = 0;
    env[n++] = ag_format("PATH=/usr/bin:/bin");
    env[n++] = ag_format("LANG=C.UTF-8");
    env[n++] = ag_format("HOME=%s", tmp);
    env[n++] = ag_format("TMPDIR=%s", tmp);
    env[n++] = ag_format("ASINC_PROGRAM=%s/salida/normal/%s", o->dir, o->program);
    if (o->asan || again)
        env[n++] = ag_format("ASINC_PROGRAM_ASAN=%s/salida/asan/%s", o->dir, o->program);
    if (o->sanitize)
        env[n++] = ag_format("ASINC_SANITIZE=1");
    env[n++] = ag_format("ASINC_RUNNER=%s/runner", o->root);
    env[n++] = ag_format("ASINC_POSTGRES=%s/postgres.tar", o->root);
    env[n++] = ag_format("ASINC_RESULTS=%s/%s", o->dir,
                         again ? again->directory : "resultados");
    if (again)
        env[n++] = ag_format("%s", again->variable);
    else
        env[n++] = ag_format("ASINC_NEEDS=%s/" GR_NEEDS, o->dir);
    env[n++] = ag_format("ASINC_SEED=%s", o->seed);
    env[n++] = ag_format("ASINC_FILES=%d", o->files);
    env[n++] = ag_format("ASINC_BOX=%s", box_rung_name(o->rung));
    env[n++] = ag_format("ASINC_REPRO=%s", o->repro);
    static const char *const budget[] = {BOX_GROUP_VARIABLE, BOX_PROCESSES_VARIABLE,
                                         BOX_PORTS_VARIABLE, BOX_USER_VARIABLE};
    for (size_t i = 0; i < sizeof budget / sizeof *budget; i++)
        if (getenv(budget[i]))
            env[n++] = ag_format("%s=%s", budget[i], getenv(budget[i]));
    if (o->rung == BOX_ISOLATED)
        env[n++] = ag_format(IDENTITY_GROUP "=%s", getenv(IDENTITY_GROUP) ?: "");
    if (o->rung >= BOX_PARTIAL)
        env[n++] = ag_format("ASINC_OUTER=1"); /* la suite también entra en la caja */
    env[n] = NULL;
}

static _Noreturn void exec_suite(const struct gr_order *o, const struct gr_again *again,
                                 char *env[])
{
    /* Las pruebas casi siempre esperan: van más a la vez que procesadores. */
    int jobs = o->n_tests < GR_SUITE_JOBS ? o->n_tests : GR_SUITE_JOBS;
    char *suite = ag_format("%s/suite", o->dir);
    char *parallel = ag_format("-j%d", jobs);
    char *filter = ag_format("--filter=*/%s", again     ? again->tests
                                              : o->only ? o->only
                                                        : "*");
    char *log = ag_format("%s/suite.txt", o->dir);
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND | (again ? 0 : O_EXCL), 0644);
    if (out < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0) {
        dprintf(2, "no se puede escribir %s: %s\n", log, strerror(errno));
        _exit(GR_EXIT_FAILURE);
    }
    if (out > 2)
        close(out);
    char *argv[] = {suite, parallel, filter, NULL};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execve(suite, argv, env);
    dprintf(2, "no se puede ejecutar %s: %s\n", suite, strerror(errno));
    _exit(127);
}

static char *temporary(const struct gr_order *order)
{
    /* El /tmp de la caja exterior: tiene un tope, y se va con ella. */
    return order->rung >= BOX_PARTIAL ? ag_format("/tmp")
                                      : ag_format("%s/tmp", order->dir);
}

/* Criterion abre un socket con su PID en el nombre. Si ya hay uno, de una suite que murió de repente y
 * quizá de otra persona, aborta antes de la primera prueba. */
static void socket_name(pid_t pid, char name[64])
{
    snprintf(name, 64, "/tmp/criterion_%d.sock", (int)pid);
}

/* Quien nace con el PID de uno de esos lo dice por `said` y acaba. */
static _Noreturn void become_suite(const struct gr_order *order,
                                   const struct gr_again *again, char *env[], int said)
{
    char name[64];
    struct stat st;
    socket_name(getpid(), name);
    if (lstat(name, &st) < 0)
        exec_suite(order, again, env);
    _exit(write(said, "", 1) == 1 ? 0 : GR_EXIT_FAILURE);
}

#define MAX_BIRTHS 100

static pid_t fork_suite(const struct gr_order *order, const struct gr_again *again,
                        char *env[])
{
    for (int births = 0; births < MAX_BIRTHS; births++) {
        int said[2];
        char taken;
        if (pipe2(said, O_CLOEXEC) < 0)
            return -1;
        pid_t pid = fork();
        if (pid == 0)
            become_suite(order, again, env, said[1]);
        close(said[1]);
        bool born = pid < 0 || TEMP_FAILURE_RETRY(read(said[0], &taken, 1)) != 1;
        close(said[0]);
        if (born)
            return pid;
        ag_wait(pid);
    }
    errno = EADDRINUSE;
    return -1;
}

static pid_t start_suite(const struct gr_order *order, const struct gr_again *again)
{
    char *env[N_VARIABLES + 1], *tmp = temporary(order);
    build_env(order, again, tmp, env);
    pid_t pid = fork_suite(order, again, env);
    for (size_t i = 0; env[i]; i++)
        free(env[i]);
    free(tmp);
    return pid;
}

pid_t gr_suite_again(const struct gr_order *order, const struct gr_again *again)
{
    return start_suite(order, again);
}

int gr_suite_wait(pid_t suite)
{
    char name[64];
    int status = ag_wait(suite);
    socket_name(suite, name);
    unlink(name);
    return status;
}

int gr_suite_run(const struct gr_order *order, struct gr_error *err)
{
    char *tmp = temporary(order);
    bool made = order->rung >= BOX_PARTIAL ||
                (mkdir(tmp, 0700) == 0 &&
                 (order->rung != BOX_ISOLATED || chmod(tmp, 0711) == 0));
    int error = errno;
    pid_t pid = made ? start_suite(order, NULL) : -1;
    if (!made)
        gr_error(err, "no se puede crear %s: %s", tmp, strerror(error));
    else if (pid < 0)
        gr_error(err, "no se puede lanzar la suite: %s", strerror(errno));
    free(tmp);
    return pid > 0 ? gr_suite_wait(pid) : -1;
}
