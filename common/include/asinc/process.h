/*
 * Procesos: lanzar otros programas y hablar con ellos.
 *
 * No hay intérprete de órdenes de por medio: cada argumento llega tal cual, con sus
 * espacios y sus comillas. Si lo quieres, lanza {"sh", "-c", orden, NULL}.
 *
 *     as_process *p;
 *     int rc = as_process_spawn((const char *[]){"sort", "-u", NULL}, &(as_process_options){
 *                                   .in = AS_PIPE, .out = AS_PIPE}, &p);
 *     ...
 *     rc = as_process_wait(p, NULL);
 *     as_process_close(p);
 *
 * Suspenden las funciones que lo dicen; las demás, no.
 */
#ifndef ASINC_PROCESS_H
#define ASINC_PROCESS_H

#include <asinc/stream.h>
#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

/* A qué va unida la entrada, la salida o la salida de error del proceso. */
enum as_stdio {
    AS_INHERIT,  /* a la misma que este programa */
    AS_NULL,     /* a /dev/null */
    AS_PIPE,     /* a una tubería: el otro extremo es tuyo */
    AS_TO_STDOUT /* solo la de error: al mismo sitio que la salida */
};

/* Los ceros son los valores por omisión. Solo se leen durante la llamada. */
typedef struct {
    enum as_stdio in, out, err;
    const char *const
        *env;        /* "NOMBRE=valor"..., NULL al final; NULL = el de este programa */
    const char *cwd; /* directorio en que empieza; NULL = el de este programa */
    /* Se queda en el grupo de procesos de este programa: Ctrl+C también le llega, puede usar
     * la terminal, y as_process_kill no alcanza a sus hijos. Si no, estrena sesión y grupo. */
    bool same_group;
} as_process_options;

typedef struct as_process as_process;

/*
 * Lanza el programa `argv[0]`, que se busca en PATH si no lleva «/», con los argumentos
 * `argv`, acabados en NULL. `options` puede ser NULL. Deja en `*process` el proceso, que
 * cierras siempre con as_process_close, o NULL. 0, UV_ECANCELED si la tarea está cancelada,
 * UV_ENOENT si no existe el programa (o el directorio), UV_EACCES, UV_EAGAIN o UV_EMFILE si
 * el sistema no da para más, UV_ENOMEM, UV_EINVAL.
 *
 * El proceso hereda, además de los tres primeros, los descriptores que este programa abriera sin
 * O_CLOEXEC; los que abre asinc lo llevan todos.
 * Equivale a await asyncio.create_subprocess_exec(...).
 */
int as_process_spawn(const char *const argv[], const as_process_options *options,
                     as_process **process) AS_MUST_CHECK;

/*
 * Mata el proceso si sigue vivo, con todo su grupo (SIGKILL), lo espera, cierra las
 * tuberías que queden y lo libera; NULL no hace nada. Así no queda huérfano ni zombi, se
 * salga como se salga. Nadie más debe estar usándolo. Suspende y no se deja cancelar.
 *
 * Para que termine con calma, pídeselo antes y dale un plazo:
 *
 *     as_process_kill(p, SIGTERM);
 *     as_scope_enter(&plazo, 2000);
 *     rc = as_scope_leave(&plazo, as_process_wait(p, NULL));
 *     as_process_close(p);
 */
void as_process_close(as_process *process);

/* Su número de proceso. Equivale a process.pid. */
int as_process_pid(const as_process *process);

/*
 * El extremo de cada tubería que pediste con AS_PIPE; NULL si no la pediste. Son del
 * proceso: as_process_close los cierra. Equivalen a process.stdin, stdout...
 */
as_stream *as_process_stdin(as_process *process);
as_stream *as_process_stdout(as_process *process);
as_stream *as_process_stderr(as_process *process);

/* Cierra la entrada del proceso, que verá su final; repetirla no hace nada. Suspende, como
 * as_stream_close. Equivale a process.stdin.close(). */
void as_process_close_stdin(as_process *process);

/*
 * Suspende hasta que el proceso termine y devuelve su código de salida, de 0 a 255. Si lo
 * mató una señal devuelve 128 más su número, como el intérprete de órdenes, y la deja en
 * `*signum`; si no, deja 0. `signum` puede ser NULL. Puede repetirse, y esperarlo varias
 * tareas. UV_ECANCELED: el proceso sigue vivo; UV_ESRCH si, al llamarla, otra parte del programa
 * ya lo había recogido con waitpid. Equivale a await process.wait().
 *
 * Con la salida en una tubería que nadie lee, un proceso que escribe mucho no termina
 * nunca: lee a la vez, o usa as_process_communicate.
 */
int as_process_wait(as_process *process, int *signum) AS_MUST_CHECK;

/*
 * Manda la señal `signum` al proceso y a su grupo. 0, UV_ESRCH si ya terminó, UV_EPERM,
 * UV_EINVAL. Equivale a process.send_signal(signum).
 */
int as_process_kill(as_process *process, int signum);

/* Lo que un proceso dijo. Libéralo con as_process_output_clear. */
typedef struct {
    char *out, *err; /* con un '\0' detrás; NULL si no iba a una tubería */
    size_t out_size, err_size;
    int code, signum; /* como en as_process_wait */
} as_process_output;

/*
 * Escribe `size` bytes de `input` en su entrada y la cierra, lee a la vez su salida y su
 * salida de error hasta el final (las que sean AS_PIPE), y lo espera. Llena `output`, del
 * que liberas con as_process_output_clear; si falla, queda vacío. Que el proceso no quiera
 * leer la entrada no es un error. Suspende. 0, AS_EOVERFLOW si alguna salida pasa de
 * `max` bytes, UV_ECANCELED, UV_ENOMEM. Tras un error el proceso puede seguir vivo:
 * as_process_close. Equivale a await process.communicate(input).
 */
int as_process_communicate(as_process *process, const void *input, size_t size,
                           size_t max, as_process_output *output) AS_MUST_CHECK;

/* Libera lo que lleva dentro una salida y la deja a ceros. */
void as_process_output_clear(as_process_output *output);

AS_DECLARATIONS_END

#endif
