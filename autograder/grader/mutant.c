/* Un mutante: la solución con un error puesto a propósito por un parche, cuya primera
 * línea dice qué prueba tiene que caer. */
#include "../box/box.h"
#include "grader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_PATCH (1 << 20)

/* La prueba que nombra la primera línea del parche («atrapa: prueba»), o NULL. */
static char *caught_by(const char *dir, const char *patch)
{
    char *data, *name = NULL;
    size_t size;
    if (box_read_file(dir, patch, MAX_PATCH, &data, &size) < 0)
        return NULL;
    if (strncmp(data, "atrapa:", 7) == 0) {
        char *start = data + 7 + strspn(data + 7, " \t");
        start[strcspn(start, " \t\r\n")] = '\0';
        name = *start ? gr_format("%s", start) : NULL;
    }
    free(data);
    return name;
}

static bool apply_patch(const char *patch, const char *dir)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
        execlp("patch", "patch", "-p1", "-s", "-t", "-F0", "-r-", "-d", dir, "-i", patch,
               (char *)NULL);
        _exit(127);
    }
    int status = -1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

char *gr_mutant_make(struct gr_job *job, const char *dir, const char *patch)
{
    char *relative = gr_format("%s/%s", dir, patch);
    char *path = realpath(relative, NULL); /* patch -d cambia de carpeta */
    char *solution = gr_format("solutions/%s", job->lab->dir);
    char *why = NULL;
    job->only = caught_by(dir, patch);
    if (!path)
        why = gr_format("no se puede leer %s: %s", relative, strerror(errno));
    else if (!job->only)
        why = gr_format("la primera línea debe ser «atrapa: prueba»");
    else if (gr_lab_find(job->lab, job->only) < 0)
        why = gr_format("dice «atrapa: %s», que no es una prueba del laboratorio",
                        job->only);
    else if (mkdir(job->source, 0755) < 0)
        why = gr_format("no se puede crear %s: %s", job->source, strerror(errno));
    else if (!(why = gr_copy_sources(job->lab, solution, job->source)) &&
             !apply_patch(path, job->source))
        why = gr_format("el parche ya no se aplica a %s", solution);
    free(solution);
    free(path);
    free(relative);
    return why;
}
