/* La caja: ejecuta un programa en el que no confiamos y cuenta la verdad sobre su final.
 *
 * Son dos cajas, una dentro de otra, y las dos son de bubblewrap (en un contenedor quizá no
 * pueden serlo: ver enum box_rung y rung.h):
 *
 *   la exterior  (outer.h) red privada con `lo` y nada más, y su propio espacio de procesos.
 *                Dentro corren el corrector, sus servidores de mentira y su PostgreSQL. Cada
 *                corrección tiene así los puertos 8080, 5432... para ella sola.
 *   la interior  una por ejecución: usuario, procesos, archivos e IPC propios, sistema de
 *                solo lectura, tmpfs con tamaño, seccomp y un PID 1 nuestro (runner.c) que
 *                pone los límites, vigila el árbol entero y da el estado final verdadero.
 *                Comparte la red de la exterior si `shared_net`.
 *
 * Lo que el programa ve dentro: /usr de solo lectura, /proc de su espacio, /dev mínimo, /tmp
 * y /caja (su directorio de trabajo, tmpfs), su ejecutable en /prog y las rutas de `binds`.
 * Nada más: por eso las suites y las soluciones no deben instalarse bajo /usr.
 *
 * Con un grupo de control (cgroup.h) la memoria la cuenta y la corta el núcleo, toda, y también la
 * CPU de quien nadie espera. Sin él las cuenta el runner, y hay lo que solo estima: la memoria
 * compartida sin mapa y los búferes de sockets. Qué acota cada peldaño, y qué no, está en el README
 * de autograder/.
 *
 * Los errores son valores: >= 0 bien, < 0 un -errno, que en Linux es el mismo número que el
 * UV_E* de libuv. Ninguna función imprime.
 *
 * Hilos: cada `box_run` es de un solo hilo. `box_start` debe llamarse desde un hilo que viva
 * tanto como la ejecución, porque el núcleo mata la caja cuando termina el HILO que la creó
 * (PR_SET_PDEATHSIG): es lo que impide que quede algo vivo si matan al corrector.
 *
 * Para ejecutar y recoger la salida de una vez está capture.h.
 */
#ifndef BOX_H
#define BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* ---- Peldaños ---------------------------------------------------------------------- */

/* Qué encierra al programa, de menos a más. Donde no se puede lo más, se baja un peldaño. */
enum box_rung {
    BOX_NONE, /* nada: solo para código propio, y solo si se pide */
    /* El sitio ya está aislado y se usa entero para esto (Gradescope, una tarea de integración): el
     * programa corre con otro usuario, uno por ejecución (identity.h), con seccomp y límites. Como
     * en la de abajo ve la red y los procesos del sistema, y además lee lo que allí pueda leer
     * cualquiera. No pide espacios de nombres ni Landlock: pide empezar como root. Nunca se cae en
     * ella: se pide por su nombre. */
    BOX_ISOLATED,
    /* Sin espacios de nombres: Landlock, seccomp y límites. Los archivos de fuera no existen
     * para él, pero la red y los procesos son los del sistema: ve sus nombres y se conecta a
     * donde quiera. Solo escribe en su directorio de trabajo, que es también su TMPDIR, y en
     * los binds escribibles; ahí el tope de disco lo vigila el runner. */
    BOX_MINIMAL,
    /* Las dos cajas de bubblewrap, sin espacio de procesos propio: /proc es el de fuera, de
     * solo lectura. Landlock y seccomp impiden que toque a los procesos que ve. */
    BOX_PARTIAL,
    BOX_FULL, /* lo que se describe arriba */
};

/* ---- Límites ---------------------------------------------------------------------- */

/* 0 en un campo significa «sin ese límite», salvo en `wall_ms`, que nunca puede faltar. CPU,
 * memoria y tiempo son de todo el árbol de procesos y los vigila el runner cada 20 ms: el
 * exceso hasta que actúa es pequeño, pero no cero. Un programa nuestro, como PostgreSQL, no
 * esconde memoria: con `trusted` se mira cada 100 ms y sin buscarla. */
struct box_limits {
    long cpu_ms;    /* CPU de usuario y sistema, sumados todos los procesos */
    long wall_ms;   /* tiempo de reloj desde que arranca el programa */
    long rss_kib;   /* memoria residente de todos los procesos (PSS), en KiB */
    long processes; /* procesos e hilos a la vez */
    long files;     /* descriptores por proceso (RLIMIT_NOFILE) */
    long fsize;     /* bytes por archivo (RLIMIT_FSIZE); no cuenta para tuberías */
    long tmp_bytes; /* bytes de cada tmpfs: /caja y /tmp; /dev/shm tiene 4 MiB fijos */
    long inodes;    /* archivos creados en los tmpfs, que también gastan memoria */
    long ports;     /* hasta BOX_MINIMAL, los puertos que toma: la red no es suya */
    bool trusted;
};

/* Para un programa de laboratorio: 10 s de CPU, 30 s de reloj, 512 MiB, 1200 procesos e hilos
 * (caben los 1024 que admite libuv, o dos por cada uno de quinientos clientes), 64
 * descriptores, 16 MiB por archivo, 8 MiB de tmpfs, 4096 archivos. Sirve igual para una
 * construcción con ASan: no se limita el espacio de direcciones, solo la memoria tocada. */
struct box_limits box_limits_default(void);

/* Para compilar: 60 s de CPU, 120 s de reloj, 2 GiB, 64 procesos, 256 descriptores, 64 MiB
 * por archivo, 64 MiB de tmpfs, 4096 archivos. */
struct box_limits box_limits_compile(void);

/* ---- Opciones --------------------------------------------------------------------- */

#define BOX_WORK_DIR    "/caja" /* directorio de trabajo dentro, tmpfs vacío; también HOME */
#define BOX_PROGRAM_DIR "/prog" /* aquí aparece `program`, de solo lectura */

/* Una ruta de fuera que se ve dentro. `inside` relativa cuenta desde el directorio de trabajo
 * («entrada/sitios.txt»): es la forma que vale también sin caja. Los enlaces de dentro de un
 * bind escribible los controla el programa: léelos con ag_read_file. */
struct box_bind {
    const char *host;
    const char *inside;
    bool writable;
};

/* Todo lo apuntado debe vivir solo durante la llamada a box_start, que lo copia. */
struct box_options {
    const char *runner;  /* ruta del ejecutable estático `runner` */
    const char *program; /* ruta de fuera; si empieza por /usr/ se usa tal cual */
    char *const *args;   /* argumentos sin argv[0], acabados en NULL; NULL = ninguno */
    char *const *env; /* "NOMBRE=valor", acabado en NULL: se suma a PATH, HOME y LANG */
    const struct box_bind *binds;
    size_t bind_count;
    struct box_limits limits;
    /* Los tres se duplican y siguen siendo tuyos; -1 = /dev/null. */
    int stdin_fd, stdout_fd, stderr_fd;
    /* En BOX_MINIMAL, los únicos puertos TCP a los que se conecta; más arriba, los de su red. */
    const int *ports;
    size_t port_count;
    bool shared_net;    /* la red de quien llama (la exterior); si no, un `lo` propio */
    enum box_rung rung; /* hasta BOX_MINIMAL: ver box_start */
    bool shared_memory; /* admite shmget, sin el que PostgreSQL no arranca */
    const char
        *group; /* el grupo de control de la calificación, como texto; NULL, sin él */
    long
        processes; /* los que caben entre todas las cajas de la calificación; 0, sin tope */
    bool
        own_user; /* nadie más usa este usuario: en BOX_MINIMAL, el núcleo cuenta esos `processes` */
};

/* Donde los busca box_options_default, para que lleguen a quien arranca las cajas. */
#define BOX_GROUP_VARIABLE     "ASINC_GRUPO"
#define BOX_PROCESSES_VARIABLE "ASINC_PROCESOS"
#define BOX_PORTS_VARIABLE     "ASINC_PUERTOS"
#define BOX_USER_VARIABLE      "ASINC_USUARIO_PROPIO"

/* Opciones con los límites de box_limits_default, sin descriptores (-1), con la red de la
 * exterior, en la caja completa y con lo que digan las variables de arriba. */
struct box_options box_options_default(void);

/* ---- El final --------------------------------------------------------------------- */

enum box_kind {
    BOX_EXITED,   /* terminó solo: `code` es su código de salida */
    BOX_SIGNALED, /* lo mató una señal: `signal` (11 no se confunde con exit(139)) */
    BOX_LIMIT,    /* pasó un límite: `limit` dice cuál */
    BOX_KILLED,   /* lo mataste tú con box_kill */
    BOX_REFUSED,  /* el núcleo no quiso ejecutarlo: `code` es su errno */
    BOX_FAULT,    /* falló la caja, no el programa: `detail` explica qué */
};

enum box_limit {
    BOX_LIMIT_NONE,
    BOX_LIMIT_CPU,
    BOX_LIMIT_WALL,
    BOX_LIMIT_MEMORY,
    BOX_LIMIT_PROCESSES, /* hasta BOX_MINIMAL: más arriba, fork da EAGAIN */
    BOX_LIMIT_FSIZE,     /* murió por SIGXFSZ */
    BOX_LIMIT_INODES,
    BOX_LIMIT_DISK,    /* hasta BOX_MINIMAL: más arriba, escribir da ENOSPC */
    BOX_LIMIT_SOCKETS, /* o puertos; hasta BOX_MINIMAL: más arriba, su red es suya */
    BOX_LIMIT_OUTPUT,  /* solo lo pone box_capture */
};

struct box_result {
    enum box_kind kind;
    int code;
    int signal;
    enum box_limit limit;
    long cpu_ms;     /* de todo el árbol */
    long wall_ms;    /* desde el exec hasta el final del proceso principal */
    double ended_ms; /* cuándo fue ese final, en el reloj de ag_ms; 0 si la caja falló */
    long peak_rss_kib; /* máximo visto del árbol; al menos el del mayor proceso */
    int leftovers; /* procesos que dejó vivos medio segundo al terminar; la caja ya los mató */
    bool
        crowded; /* al final llegó, o casi, a sus `processes`: quizá no pudo crear otro */
    char detail[240]; /* en español; vacío salvo con BOX_REFUSED y BOX_FAULT */
};

/* Nombre en español de un límite, para un mensaje: «tiempo de CPU», «memoria»... */
const char *box_limit_name(enum box_limit limit);

/* ---- Ejecución -------------------------------------------------------------------- */

typedef struct box_run box_run;

/* Arranca el programa y vuelve enseguida (unos milisegundos). 0, o:
 *   -EPERM   eres root: el código de alumnos nunca corre como root (ver box_outer_run)
 *   -EINVAL  opciones imposibles (sin programa, sin runner, sin wall_ms, `inside` con «..»)
 *   -ENOENT  no existe `program` o `runner`
 *   otro     sin descriptores, sin procesos...
 * Un fallo posterior (bwrap que no arranca) llega como BOX_FAULT.
 *
 * Sin bubblewrap (hasta BOX_MINIMAL) el mismo runner corre como un proceso normal:
 * directorio de trabajo temporal, límites por proceso, vigilancia del árbol y muerte de todo
 * lo que quede, también los demonios. `shared_net` no cambia nada y las rutas absolutas de
 * `binds` dan -EINVAL. Con BOX_NONE, además, no hay ningún aislamiento: solo para código
 * propio. */
int box_start(box_run **out, const struct box_options *options);

/* Descriptor que se vuelve legible cuando box_wait tiene el resultado (o casi: llama entonces
 * a box_wait con un plazo corto). Es de la ejecución: no lo leas ni lo cierres. */
int box_status_fd(const box_run *run);

/* Entrega una señal al grupo de procesos del programa, como Ctrl+C en una terminal (SIGINT).
 * Asíncrona: 0 = pedida. -ESRCH si ya terminó, -EINVAL si la señal no existe. */
int box_signal(box_run *run, int signum);

/* Estado actual del árbol. Bloquea lo que tarde el runner en contestar (normalmente < 1 ms).
 * -ESRCH si ya terminó, -ETIMEDOUT si no contesta en 5 s. */
struct box_usage {
    long cpu_ms; /* en pasos de 10 ms */
    long rss_kib;
    long wall_ms;
    int processes;  /* procesos vivos del árbol, sin contar el runner */
    int threads;    /* hilos de todos ellos */
    int open_files; /* descriptores abiertos de todos ellos; -1 si alguno los esconde */
};
int box_sample(box_run *run, struct box_usage *usage);

/* Espera el final hasta `timeout_ms` (0 = solo mirar, -1 = lo que haga falta, nunca para
 * siempre: pasado wall_ms y un margen, la caja muere y el resultado es BOX_FAULT). 0 con
 * `result` lleno, y entonces no queda ningún proceso vivo; -ETIMEDOUT si aún no. Puede
 * llamarse más veces: repite el resultado. Mientras esperas, alguien debe leer las tuberías
 * de salida: si se llenan, el programa se bloquea hasta su límite de reloj. */
int box_wait(box_run *run, int timeout_ms, struct box_result *result);

/* Pide la muerte inmediata de todo el árbol. El resultado (BOX_KILLED, o el que ya hubiera)
 * se recoge con box_wait. */
void box_kill(box_run *run);

/* Libera; si seguía vivo, lo mata y espera a que no quede nada. Acepta NULL. */
void box_free(box_run *run);

#endif
