/*
 * Los hilos de libuv, bajo ThreadSanitizer, no oyen SIGCHLD.
 *
 * La herramienta guarda la señal que llega a un hilo hasta que ese hilo la deja entrar, y uno que
 * espera trabajo no lo hace nunca. El núcleo se la da a uno de esos si el hijo acaba mientras
 * uv_spawn las tiene todas bloqueadas, y el bucle no se entera de que acabó. Sin la herramienta
 * da igual quién la reciba: escribe en la misma tubería.
 */
#include "../src/core/sanitizer.h"

#ifdef AS_TSAN
#include <pthread.h>
#include <signal.h>
#include <uv.h>

/* La de libuv llama a esta: el enlazador publica la de un programa que una biblioteca pide. */
int uv_thread_create(uv_thread_t *thread, uv_thread_cb entry, void *arg)
{
    sigset_t children, before;

    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &children, &before);
    int rc = uv_thread_create_ex(thread, &(uv_thread_options_t){0}, entry, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}
#endif
