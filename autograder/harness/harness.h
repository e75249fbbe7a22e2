/*
 * harness.h: el banco sobre el que se apoyan las suites ocultas.
 *
 * Una prueba arranca el programa del estudiante (siempre en otro proceso, dentro de la
 * caja), le pone delante servidores que se portan como diga el guion, y cuenta lo que
 * hace y lo que ve:
 *
 *     HS_SUITE(lab07)
 *
 *     HS_TEST(lab07, verifica_a_la_vez)
 *     {
 *         struct hs_http *web = hs_http_start();
 *         const char *a = hs_http_url(web, "/a"), *b = hs_http_url(web, "/b");
 *         hs_http_on(web, "/a", {.status = 200, .barrier = 2});
 *         hs_http_on(web, "/b", {.status = 200, .barrier = 2});
 *         hs_step("El servidor no contesta hasta que lleguen las dos peticiones");
 *         struct hs_program *p = hs_start("--intervalo", "0.2", a, b);
 *         hs_wait_line(p, hs_has(a, " 200 "), 5000);
 *         hs_wait_line(p, hs_has(b, " 200 "), 5000);
 *         hs_signal(p, SIGINT);
 *         hs_expect_exit(p, 0, 1000);
 *     }
 *
 * Reglas que valen para todo el archivo:
 *
 *  - Una prueba fallida no sigue: hs_expect_*, hs_wait_* y hs_fail no vuelven si algo va
 *    mal. Antes matan los programas, paran los servidores y escriben el resultado.
 *    Solo las llama el hilo de la prueba.
 *  - Los plazos son milisegundos nominales, pensados para una máquina normal. Las esperas
 *    y hs_expect_exit los alargan solas si esta máquina va lenta: no les pases hs_ms().
 *    Al comparar tiempos por tu cuenta usa hs_ms(n), y solo como cota superior.
 *  - Nada duerme: toda espera termina en cuanto ocurre lo esperado, o en cuanto ya no
 *    puede ocurrir.
 *  - Lo que devuelven las funciones (cadenas, líneas, programas, servidores) vive hasta
 *    el final de la prueba y lo libera el banco.
 *
 * Los clientes TCP están en tcp.h, y la base de datos de las pruebas, en pg.h.
 *
 * Entorno que pone el corrector: ASINC_PROGRAM, ASINC_PROGRAM_ASAN, ASINC_RUNNER,
 * ASINC_POSTGRES, ASINC_RESULTS, ASINC_SEED, ASINC_BOX, ASINC_REPRO. ASINC_PATIENCE
 * multiplica los plazos, para quien depura. Sin ASINC_RESULTS la historia de una prueba
 * fallida sale en el mensaje de Criterion.
 */
#ifndef HS_HARNESS_H
#define HS_HARNESS_H

#include <criterion/criterion.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---------------------------------------------------------------- Declarar pruebas */

struct hs_test {
    const char *name; /* el identificador; lo pone HS_TEST */
    int segundos;     /* plazo nominal de la prueba entera; 0 = 30, máximo 60 */
};

/* Tope de Criterion. Nunca debe saltar: antes vence el plazo de la prueba, que deja
 * escrita su historia. */
#define HS_CRITERION_LIMIT 660

/* Una vez por suite, fuera de toda función. */
#define HS_SUITE(suite) TestSuite(suite, .timeout = HS_CRITERION_LIMIT);

/*
 * Declara una prueba. Tras el nombre admite campos de struct hs_test (.segundos).
 * El resultado «bien» se escribe al llegar al final del cuerpo y solo entonces; un cuerpo
 * que no comprueba nada es un fallo del corrector.
 */
#define HS_TEST(suite, name_, ...)                                                       \
    static void suite##_##name_##_cuerpo(void);                                          \
    Test(suite, name_, .timeout = HS_CRITERION_LIMIT)                                    \
    {                                                                                    \
        hs__begin(&(struct hs_test){.name = #name_, __VA_ARGS__});                       \
        suite##_##name_##_cuerpo();                                                      \
        hs__end();                                                                       \
    }                                                                                    \
    static void suite##_##name_##_cuerpo(void)

void hs__begin(const struct hs_test *test);
void hs__end(void);

/* ----------------------------------------------------------------- Contar y juzgar */

#define HS_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Añade un paso numerado a la historia, con su instante. Arrancar, señalar y esperar ya
 * anotan el suyo. */
void hs_step(const char *format, ...) HS_PRINTF(1, 2);

/*
 * Las historias las lee quien acaba de equivocarse. La primera frase de un fallo es entera y
 * dice qué debía ocurrir y qué ocurrió, sin negar dos veces; detrás, si ayuda, una causa.
 */

/* Falla con «mal» y con este texto si `condition` es falsa: «X debía A y B». */
void hs_expect(bool condition, const char *format, ...) HS_PRINTF(2, 3);

/* `what` es el sujeto de «debía ser 2 y es 3», en singular y con su artículo: "el número de
 * peticiones". Si lleva detrás «: » y un porqué, va al final de la frase. */
void hs_expect_eq_int(const char *what, int64_t expected, int64_t got);
void hs_expect_at_least(const char *what, int64_t minimum, int64_t got);
void hs_expect_at_most(const char *what, int64_t maximum, int64_t got);

/* Como hs_expect_at_most, de lo que ocupa el programa, en KiB. Con SANITIZE=1 no juzga, y lo cuenta: casi
 * toda esa memoria es de ASan, que no reutiliza lo liberado. */
void hs_expect_memory(const char *what, int64_t maximum_kib, int64_t got_kib);

/* Textos: enseña los dos (4 KiB) y marca la primera diferencia. `got` puede ser NULL. */
void hs_expect_eq_str(const char *what, const char *expected, const char *got);
void hs_expect_contains(const char *what, const char *needle, const char *got);

/* Fallan siempre: «mal», «tiempo» y «fallo_corrector» (lo roto es el banco o la máquina,
 * no el programa). */
_Noreturn void hs_fail(const char *format, ...) HS_PRINTF(1, 2);
_Noreturn void hs_fail_late(const char *format, ...) HS_PRINTF(1, 2);
_Noreturn void hs_broken(const char *format, ...) HS_PRINTF(1, 2);

/* Texto hecho a medida que vive hasta el final de la prueba. */
const char *hs_format(const char *format, ...) HS_PRINTF(1, 2);

/* ------------------------------------------------------------------- Tiempo y azar */

/* Milisegundos desde que empezó la prueba. */
double hs_now(void);

/* `n` ms nominales llevados a esta máquina: entre n y diez veces n. */
int hs_ms(int n);

/* Semilla de esta ejecución (ASINC_SEED, o una al azar). Cada prueba saca de ella su
 * propia secuencia. */
const char *hs_seed(void);
uint64_t hs_random(uint64_t n);                  /* uniforme en [0, n); n > 0 */
int hs_random_between(int minimum, int maximum); /* ambos incluidos */
void hs_random_bytes(void *bytes, size_t n);     /* n bytes, todos los valores */
const char *hs_random_name(void); /* de 6 a 10 letras a-z, distinto de los anteriores */
const char *hs_random_path(void); /* "/" y un nombre al azar */

/* ------------------------------------------------------ El programa del estudiante */

enum hs_stream { HS_OUT, HS_ERR, HS_ANY };

/* Una línea escrita por el programa, sin su salto. */
struct hs_line {
    const char *text;
    size_t length;         /* bytes; text puede llevar ceros dentro */
    int number;            /* 1, 2, 3... en orden de llegada, contando las dos salidas */
    double ms;             /* instante de llegada, como hs_now() */
    enum hs_stream stream; /* HS_OUT o HS_ERR */
    bool newline;          /* falso en la última si el programa acabó sin salto */
};

/* Qué línea se busca: la que cumple todos los campos puestos. */
struct hs_match {
    const char *has[6]; /* contiene todos estos textos, en cualquier orden */
    const char *lacks;  /* no contiene este */
    const char *regex;  /* cumple esta expresión (POSIX extendida); exige .what */
    bool (*test)(const struct hs_line *line, void *arg); /* sin esperas dentro */
    void *arg;
    const char *what;      /* cómo se lee en la historia; NULL = se deduce */
    int after;             /* solo líneas con number > after (ver hs_mark) */
    enum hs_stream stream; /* por omisión, stdout */
};
#define hs_has(...)          ((struct hs_match){.has = {__VA_ARGS__}})
#define hs_regex(ere, words) ((struct hs_match){.regex = (ere), .what = (words)})

struct hs_options {
    bool asan;            /* usa ASINC_PROGRAM_ASAN; lab.json debe decir "asan": true */
    const char *program;  /* otro ejecutable (para probar el propio banco) */
    size_t max_output;    /* bytes por salida; 0 = 1 MiB. Con más, la prueba falla */
    int wall_seconds;     /* vida máxima en la caja; 0 = el plazo de la prueba */
    int files;            /* descriptores que puede abrir; 0 = 64 */
    int columns;          /* > 0: su entrada y su salida son una terminal así de ancha */
    int rows;             /* y con estas filas; 0 = 24 */
    const char *timezone; /* su zona horaria, como TZ: "<+0530>-5:30" */
};

struct hs_program; /* un programa arrancado */

/* Arranca el programa con estos argumentos: cadenas, quizá ninguna. Anota el paso. */
#define hs_start(...)                                                                    \
    hs_start_argv((struct hs_options){0}, (const char *[]){"", ##__VA_ARGS__, NULL} + 1)
#define hs_start_with(options, ...)                                                      \
    hs_start_argv(options, (const char *[]){"", ##__VA_ARGS__, NULL} + 1)
struct hs_program *hs_start_argv(struct hs_options options, const char *const *arguments);

/*
 * Espera la primera línea (o la n-ésima) que cumple `match`, contando las que ya
 * llegaron. Si el programa acaba sin escribirla falla en el acto con «mal»; si vence el
 * plazo, con «tiempo».
 */
const struct hs_line *hs_wait_line(struct hs_program *p, struct hs_match match, int ms);
const struct hs_line *hs_wait_lines(struct hs_program *p, int n, struct hs_match match,
                                    int ms);

/* Como hs_wait_line, pero devuelve NULL si no llega. Solo falla si se acaba el plazo de la
 * prueba entera. */
const struct hs_line *hs_try_line(struct hs_program *p, struct hs_match match, int ms);

/*
 * Sobre lo que ya llegó, sin esperar. hs_mark da el número de la última línea, para
 * .after; hs_find_line, la n-ésima desde 1 o NULL; hs_expect_lines exige n exactas.
 */
int hs_mark(struct hs_program *p);
int hs_count_lines(struct hs_program *p, struct hs_match match);
const struct hs_line *hs_find_line(struct hs_program *p, struct hs_match match, int n);
void hs_expect_line(struct hs_program *p, struct hs_match match);
void hs_expect_lines(struct hs_program *p, int n, struct hs_match match);
void hs_expect_no_line(struct hs_program *p, struct hs_match match);

/* Se queja y no hace nada más: sale con `code`, con una línea en stderr y nada en la salida. */
void hs_expect_complaint(struct hs_program *p, int code, int ms);

/* Todo lo escrito hasta ahora, con sus saltos. */
const char *hs_stdout(struct hs_program *p);
const char *hs_stderr(struct hs_program *p);

/*
 * Lo que vería una persona en la terminal del programa, con lo que ya se fue por arriba:
 * cada fila sin los blancos del final, y sin las filas en blanco del final. Entiende \r y
 * las secuencias que mueven el cursor o borran. Sin `columns` en las opciones es fallo del
 * corrector. stderr sigue aparte. La terminal no es la de control: Ctrl+C se manda con
 * hs_signal.
 */
const char *hs_screen(struct hs_program *p);
/* Filas que cumplen `match` (su number es el de la fila, desde 1). */
int hs_count_rows(struct hs_program *p, struct hs_match match);
/* Espera a que haya una, con las reglas de hs_wait_line, y devuelve su texto. */
const char *hs_wait_row(struct hs_program *p, struct hs_match match, int ms);

/* Entrada estándar: abierta y vacía hasta que se escriba o se cierre. */
void hs_write_stdin(struct hs_program *p, const char *text);
/* En una terminal es Ctrl+D: vale al principio de una línea. */
void hs_close_stdin(struct hs_program *p);

/* Deja de leer su salida estándar: lo que escriba después le dará EPIPE. Lo que ya llegó se
 * puede mirar. No vale en una terminal. */
void hs_close_stdout(struct hs_program *p);

void hs_signal(struct hs_program *p, int signal);

/* Cómo acabó de verdad: lo dice el proceso 1 de la caja, no un código que el programa
 * pueda imitar. */
struct hs_exit {
    bool exited; /* salió por su pie, con `code` */
    int code;
    int signal;          /* lo mató esta señal, o 0 */
    bool asan;           /* ASan o UBSan encontraron un error y lo terminaron */
    const char *limit;   /* el límite de la caja que lo mató ("memoria"...), o NULL */
    int leftovers;       /* procesos que dejó vivos, pasado un momento */
    bool crowded;        /* llegó al máximo de procesos e hilos poco antes de acabar */
    int64_t peak_kib;    /* lo más que ocupó en memoria, con sus hijos */
    double ms;           /* instante, como hs_now() */
    double after_signal; /* ms desde el último hs_signal, o -1 */
};
/* Espera a que acabe y a tener leídas sus salidas; falla con «tiempo» si no acaba. */
struct hs_exit hs_wait_exit(struct hs_program *p, int ms);
/* Además exige que saliera con `code`. */
struct hs_exit hs_expect_exit(struct hs_program *p, int code, int ms);
/* Con palabras: "salió con código 2", "murió por SIGSEGV (violación de segmento)". */
const char *hs_exit_words(struct hs_exit end);

bool hs_running(struct hs_program *p);

/* Gasto del programa y sus hijos en este momento. */
struct hs_usage {
    int64_t cpu_ms;
    int64_t memory_kib;
    int fds; /* descriptores abiertos */
    int threads;
    int processes;
};
struct hs_usage hs_usage(struct hs_program *p);
/* Exige que apenas gaste procesador: 30 ms, y 20 por segundo. Lo mira `ms`, los mismos en una
 * máquina lenta, y más si hay duda. Quien llama sabe que no tiene nada que hacer, o casi. */
void hs_expect_rest(struct hs_program *p, int ms);

/* --------------------------------------------------------- Archivos para el programa */

/*
 * Un directorio vacío que los programas arrancados después ven con ese nombre: lo que para
 * la prueba es hs_dir("datos") para ellos es «datos», en su directorio de trabajo. El nombre
 * no lleva barras. En el primero pueden escribir; cuánto, solo lo acotan los 16 MiB por
 * archivo y el plazo. En el segundo no (sin caja, sí). Al acabar la prueba se borra entero.
 *
 * De los archivos, `name` es relativo al directorio y puede llevar barras. Lo que ponga ahí
 * un programa no es de fiar: no se siguen sus enlaces.
 */
struct hs_dir;
struct hs_dir *hs_dir(const char *name);
struct hs_dir *hs_dir_read_only(const char *name);

/* Cómo llama el programa a ese archivo: "datos/uno.txt". Con "", al directorio. */
const char *hs_dir_path(struct hs_dir *d, const char *name);

/*
 * Ponen un archivo, con los directorios que falten, y devuelven su hs_dir_path. Los dos
 * primeros sustituyen lo que hubiera. El tercero escribe desde `offset` y deja lo demás como
 * estaba: lo que nunca se escribió son ceros que no ocupan disco, así que un archivo enorme
 * sale barato.
 */
const char *hs_file_write(struct hs_dir *d, const char *name, const void *bytes,
                          size_t size);
const char *hs_file_write_text(struct hs_dir *d, const char *name, const char *text);
const char *hs_file_write_at(struct hs_dir *d, const char *name, int64_t offset,
                             const void *bytes, size_t size);
void hs_file_mkdir(struct hs_dir *d, const char *name);
void hs_file_mode(struct hs_dir *d, const char *name, unsigned mode); /* 0: ni leerlo */

/*
 * Lo que dejó el programa. hs_file_read da el contenido, acabado en '\0', y en `size` (puede
 * ser NULL) sus bytes, o NULL si no existe; hs_file_size, -1 si no existe. Si hay otra cosa
 * que un archivo normal, o pasa de 16 MiB al leerlo, falla con «mal». hs_file_list da los
 * nombres del directorio por orden, acabados en NULL; los subdirectorios acaban en «/».
 */
const char *hs_file_read(struct hs_dir *d, const char *name, size_t *size);
int64_t hs_file_size(struct hs_dir *d, const char *name);
const char *const *hs_file_list(struct hs_dir *d, int *count);

/*
 * Un archivo que se entrega a trozos: una tubería con nombre. Hasta que se cierra, quien lo
 * lee espera. Cada llamada a hs_fifo_write entrega un trozo (o varios, de 4 KiB) y vuelve
 * cuando el programa lo ha leído: los cortes entre sus lecturas son los que diga la prueba.
 * Escribir y cerrar esperan a que el programa la abra; fallan con «tiempo» si no la abre o no
 * lee, y con «mal» si la cierra antes del final. hs_fifo_close es ese final.
 *
 * Quien lee una tubería ocupa un hilo, y libuv tiene cuatro: más de tres a la vez atascan
 * también a programas correctos.
 */
struct hs_fifo;
struct hs_fifo *hs_fifo(struct hs_dir *d, const char *name);
bool hs_fifo_opened(struct hs_fifo *f); /* sin esperar, y lo da por contado */
void hs_fifo_wait_open(struct hs_fifo *f, int ms);
/* Espera a que haya abierto `wanted` de las `n`, sean cuales sean. */
void hs_fifo_wait_some(struct hs_fifo *const *fifos, int n, int wanted, int ms);
/* Lo mismo sin exigirlo: si se abren en ese tiempo. */
bool hs_fifo_try_some(struct hs_fifo *const *fifos, int n, int wanted, int ms);
void hs_fifo_write(struct hs_fifo *f, const void *bytes, size_t size);
void hs_fifo_write_text(struct hs_fifo *f, const char *text); /* y lo cuenta */
void hs_fifo_close(struct hs_fifo *f);

/* ----------------------------------------------------- El servidor HTTP de mentira */

enum hs_fault {
    HS_NONE,       /* contesta bien */
    HS_RESET,      /* corta la conexión con RST sin contestar */
    HS_CLOSE,      /* la cierra con educación sin contestar */
    HS_CUT_HEADER, /* la cierra a mitad de las cabeceras */
    HS_CUT_BODY,   /* promete el cuerpo entero y cierra a la mitad */
    HS_TRICKLE,    /* contesta bien, byte a byte, uno cada trickle_ms (0 = 5) */
    HS_SILENT,     /* no contesta nunca; la conexión sigue abierta */
    HS_GARBAGE,    /* contesta algo que no es HTTP, body si lo hay, y cierra */
    HS_ENDLESS, /* cabeceras buenas y un cuerpo que no acaba: body y espacios sin fin */
};

/* Cómo sabe el cliente dónde acaba el cuerpo. A quien pide por HTTP/1.0 se le contesta sin trozos, hasta el
 * cierre. */
enum hs_framing {
    HS_SIZED,       /* Content-Length */
    HS_CHUNKED,     /* Transfer-Encoding: chunked: no se sabe cuánto será */
    HS_UNTIL_CLOSE, /* sin decirlo: acaba cuando se cierra la conexión */
};

/* Lo que se hace con una petición. Todo a cero es un «200 OK». Antes de
 * contestar se espera, en este orden: la barrera, la retención y la demora. */
struct hs_reply {
    int status;           /* 0 = 200 */
    const char *body;     /* NULL = una línea con el estado */
    size_t body_size;     /* sus bytes, si lleva ceros dentro; 0 = hasta el primero */
    const char *type;     /* Content-Type; NULL = JSON si lo parece, y si no texto */
    const char *headers;  /* líneas de más, cada una acabada en "\r\n" */
    const char *location; /* Location: para 3xx */
    const char *etag; /* ETag, con sus comillas; con `ranges` se hace caso de If-Range */
    int delay_ms;     /* demora exacta, sin escalar */
    int barrier;      /* espera a que haya tantas peticiones con este mismo número */
    bool hold;        /* espera a hs_http_release */
    bool close;       /* "Connection: close" y cierra tras contestar */
    bool ranges;      /* hace caso de Range: 206, o 416 si empieza tras el final */
    enum hs_fault fault;
    int trickle_ms;
    int trickle_bytes; /* bytes que van juntos con HS_TRICKLE; 0 = 1 */
    enum hs_framing framing;
    int times; /* peticiones que gasta este paso; 0 = 1. El último no se gasta nunca */
    size_t pause_at; /* > 0: tras tantos bytes del cuerpo espera a hs_http_advance */
};

struct hs_http;

/* Un servidor con su hilo, en 127.0.0.1 y un puerto que elige el sistema. Antes de arrancar al
 * programa: en la caja mínima no llega a los que se abran después. */
struct hs_http *hs_http_start(void);
int hs_http_port(struct hs_http *m);
/* "http://127.0.0.1:PUERTO" + path */
const char *hs_http_url(struct hs_http *m, const char *path);
/* Una dirección que rechaza conexiones: su puerto queda reservado y sin escuchar. */
const char *hs_http_refused_url(const char *path);

/*
 * Guion de una ruta: las peticiones gastan los pasos en orden y el último se queda. Vale
 * en cualquier momento y para las peticiones que lleguen después. Los textos se copian.
 * Una ruta sin guion contesta 404. «%c3» y «%C3» son la misma, aquí y en lo que se pregunta.
 *
 *     hs_http_on(web, "/a", {.status = 500, .times = 3}, {.status = 200});
 */
#define hs_http_on(m, path, ...)                                                         \
    hs_http_script(m, path, (const struct hs_reply[]){__VA_ARGS__},                      \
                   sizeof((const struct hs_reply[]){__VA_ARGS__}) /                      \
                       sizeof(struct hs_reply))
void hs_http_script(struct hs_http *m, const char *path, const struct hs_reply *replies,
                    size_t n);

/* Suelta las peticiones retenidas ahora en esa ruta (NULL = todas) y dice cuántas eran. */
int hs_http_release(struct hs_http *m, const char *path);

/* Deja que sigan las respuestas paradas a mitad del cuerpo en esa ruta (NULL = todas) hasta
 * su byte `upto`, donde paran otra vez; SIZE_MAX es hasta el final. Dice cuántas eran. */
int hs_http_advance(struct hs_http *m, const char *path, size_t upto);

/* Deja de escuchar en el acto: quien conecte recibirá «conexión rechazada», y con `cut`
 * también se cortan con RST las conexiones abiertas. Volver a escuchar usa el mismo
 * puerto, que nadie ha podido ocupar. */
void hs_http_stop_listening(struct hs_http *m, bool cut);
void hs_http_listen_again(struct hs_http *m);

/* Lo visto por el servidor en una ruta, o en todas con NULL. */
struct hs_http_stats {
    int requests;      /* recibidas enteras */
    int answered;      /* contestadas enteras (o tratadas como mandaba la avería) */
    int in_flight;     /* recibidas y sin terminar */
    int max_in_flight; /* el máximo simultáneo */
    int paused;        /* paradas ahora a mitad del cuerpo (pause_at) */
    int abandoned;     /* el cliente cerró sin esperar la respuesta */
    int malformed;     /* basura en vez de una petición (solo con NULL) */
    int connections;   /* aceptadas (solo con NULL) */
    int open;          /* abiertas ahora (solo con NULL) */
};
struct hs_http_stats hs_http_stats(struct hs_http *m, const char *path);

enum hs_request_end { HS_IN_FLIGHT, HS_ANSWERED, HS_ABANDONED };
struct hs_request {
    int number; /* orden de llegada al servidor, desde 1 */
    const char *method;
    const char *path;    /* con su "?consulta", si la trae; el guion se busca sin ella */
    const char *headers; /* el bloque, líneas acabadas en "\r\n" */
    const char *body;
    size_t body_length;
    int connection;    /* número de conexión, desde 1: igual = reutilizada */
    double arrived_ms; /* como hs_now() */
    double ended_ms;   /* -1 si sigue en vuelo */
    int in_flight;     /* en vuelo en esta ruta al llegar, ella incluida: > 1 es solape */
    int in_flight_total; /* en vuelo en todo el servidor al llegar, ella incluida */
    int status;          /* el contestado; 0 si no hubo estado */
    enum hs_request_end end;
};
/* La k-ésima (desde 1) de esa ruta, o de todas con NULL. Pedir una que no llegó es fallo
 * del corrector. */
struct hs_request hs_http_request(struct hs_http *m, const char *path, int k);
/* Valor de una cabecera sin distinguir mayúsculas, o NULL. */
const char *hs_request_header(const struct hs_request *r, const char *name);

/*
 * Esperas, con las mismas reglas que hs_wait_line: n peticiones recibidas en total; n en
 * vuelo a la vez ahora mismo; n paradas a mitad del cuerpo; n terminadas; n abandonadas por
 * el cliente; ninguna conexión abierta.
 */
void hs_http_wait_requests(struct hs_http *m, const char *path, int n, int ms);
void hs_http_wait_in_flight(struct hs_http *m, const char *path, int n, int ms);
void hs_http_wait_paused(struct hs_http *m, const char *path, int n, int ms);
void hs_http_wait_ended(struct hs_http *m, const char *path, int n, int ms);
void hs_http_wait_abandoned(struct hs_http *m, const char *path, int n, int ms);
void hs_http_wait_closed(struct hs_http *m, int ms);

#endif
