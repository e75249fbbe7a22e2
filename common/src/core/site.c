#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/site.h"

extern char **environ;

/* Lo que escribe addr2line: «archivo:línea», o «??:0» si no hay símbolos. */
static ssize_t ask_addr2line(const char *file, uintptr_t address, char *answer,
                             size_t size)
{
    char hex[32];
    const char *argv[] = {"addr2line", "-s", "-e", file, hex, NULL};
    posix_spawn_file_actions_t actions;
    int pipe_fds[2], status;
    pid_t child;
    ssize_t n = -1;

    snprintf(hex, sizeof hex, "%#zx", (size_t)address);
    if (pipe2(pipe_fds, O_CLOEXEC) != 0)
        return -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int rc = posix_spawnp(&child, argv[0], &actions, NULL, (char **)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_fds[1]);
    if (rc == 0) {
        n = read(pipe_fds[0], answer, size - 1);
        waitpid(child, &status, 0);
    }
    close(pipe_fds[0]);
    return n;
}

const char *as__site_text(const void *site, char text[AS__SITE_SIZE])
{
    struct link_map *map = NULL;
    Dl_info info;

    snprintf(text, AS__SITE_SIZE, "%p", site);
    if (!dladdr1(site, &info, (void **)&map, RTLD_DL_LINKMAP) || !map)
        return text;
    const char *file = map->l_name;
    char exe[512];
    if (!file || *file == '\0') { /* el propio programa */
        ssize_t length = readlink("/proc/self/exe", exe, sizeof exe - 1);
        if (length <= 0)
            return text;
        exe[length] = '\0';
        file = exe;
    }
    /* La dirección es la de vuelta: la llamada está justo antes. */
    char answer[AS__SITE_SIZE];
    ssize_t n = ask_addr2line(file, (uintptr_t)site - map->l_addr - 1, answer,
                              sizeof answer);
    if (n <= 0 || answer[0] == '?')
        return text;
    answer[n] = '\0';
    answer[strcspn(answer, " \n")] = '\0'; /* «(discriminator 2)» no interesa */
    snprintf(text, AS__SITE_SIZE, "%s", answer);
    return text;
}
