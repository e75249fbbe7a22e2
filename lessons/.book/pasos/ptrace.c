/*
 * Un remiendo para gdb 13 y anteriores: guardan los registros vectoriales del programa en 2696
 * bytes, y un procesador con AMX tiene más. El núcleo solo los repone si se le dan todos, así que
 * llamar a una función del programa acaba en «Couldn't write extended state status: Bad address».
 *
 * record.sh lo carga en ese gdb con LD_PRELOAD: a lo que gdb escribe le añade, tal como están, los
 * registros que no conoce. gdb 14 ya pregunta cuántos son.
 */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

typedef long ptrace_fn(int request, pid_t pid, void *address,
                       void *data);

static long write_all(ptrace_fn *next, pid_t pid,
                      const struct iovec *known)
{
    static _Alignas(64) char state[1 << 16];
    struct iovec all = {state, sizeof state};
    void *kind = (void *)NT_X86_XSTATE;

    if (next(PTRACE_GETREGSET, pid, kind, &all) < 0)
        return -1;
    if (all.iov_len <= known->iov_len) { /* no era eso */
        errno = EFAULT;
        return -1;
    }
    memcpy(state, known->iov_base, known->iov_len);
    return next(PTRACE_SETREGSET, pid, kind, &all);
}

long ptrace(enum __ptrace_request request, ...)
{
    ptrace_fn *next = (ptrace_fn *)dlsym(RTLD_NEXT, "ptrace");
    va_list args;

    va_start(args, request);
    pid_t pid = va_arg(args, pid_t);
    void *address = va_arg(args, void *), *data = va_arg(args, void *);
    va_end(args);
    long rc = next((int)request, pid, address, data);
    if (rc < 0 && errno == EFAULT && request == PTRACE_SETREGSET &&
        (unsigned long)address == NT_X86_XSTATE)
        return write_all(next, pid, data);
    return rc;
}
