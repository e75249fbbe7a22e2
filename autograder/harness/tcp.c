/* tcp.c: los clientes TCP vistos desde la prueba. */
#include "harness/tcp_internal.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define AFTERMATH_MS 500
#define SHOWN_BYTES  100 /* de cada texto, en la historia */

/* -------------------------------------------------------------------- Conectar */

struct hs_address hs_tcp_announced(struct hs_program *p, const char *before, int ms)
{
    struct hs_match match = {
        .has = {before},
        .what = hs_format("la línea «%sHOST:PUERTO», con la dirección en que escucha",
                          before)};
    const char *line = hs_wait_line(p, match, ms)->text, *rest = line + strlen(before);
    const char *colon = strncmp(line, before, strlen(before)) == 0 ? strrchr(rest, ':')
                                                                   : NULL;
    char *end = NULL;
    long port = colon ? strtol(colon + 1, &end, 10) : 0;
    size_t length = colon ? (size_t)(colon - rest) : 0;
    if (!end || *end || end == colon + 1 || port < 1 || port > 65535 || length == 0)
        hs_fail("la línea debía ser «%sHOST:PUERTO» y es «%s»", before, line);
    if (length > 2 && rest[0] == '[' && colon[-1] == ']') {
        rest++;
        length -= 2;
    }
    return (struct hs_address){hs__keep_text(rest, length), (int)port};
}

static socklen_t set_remote(struct hs_tcp *c, struct hs_address at)
{
    struct sockaddr_in *four = (struct sockaddr_in *)&c->remote;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&c->remote;
    if (inet_pton(AF_INET, at.host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)at.port);
        return sizeof *four;
    }
    if (inet_pton(AF_INET6, at.host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)at.port);
        return sizeof *six;
    }
    free(c);
    hs_fail("la dirección debía ser numérica y es «%s»", at.host);
}

struct hs_tcp *hs_tcp_open_with(struct hs_tcp_options options, const char *name,
                                struct hs_address at)
{
    struct hs_tcp *c = ag_alloc(1, sizeof *c);
    int one = 1;
    *c = (struct hs_tcp){.name = hs_format("%s", name), .options = options};
    c->record.lane = hs__lane(HS__CLIENT, c->name);
    c->link = hs__span_begin(c->record.lane, "conectado");
    socklen_t size = set_remote(c, at);
    if (!options.quiet)
        hs_step("%s se conecta a %s:%d", name, at.host, at.port);
    c->fd = socket(c->remote.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (c->fd < 0)
        hs_broken("no puedo abrir una conexión más: %s", strerror(errno));
    /* Lo que se envía por separado debe poder llegar por separado. */
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (options.narrow) {
        /* El núcleo del servidor reserva según el tamaño de los segmentos. */
        int buffer = 4096, segment = 536;
        setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
        setsockopt(c->fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
    }
    if (connect(c->fd, (struct sockaddr *)&c->remote, size) < 0 && errno != EINPROGRESS) {
        c->state = HS_TCP_REFUSED;
        c->error = errno;
    }
    hs__crowd_add(c);
    return c;
}

struct hs_tcp *hs_tcp_open(const char *name, struct hs_address at)
{
    return hs_tcp_open_with((struct hs_tcp_options){0}, name, at);
}

void hs_tcp_quiet(struct hs_tcp *c, bool quiet)
{
    c->options.quiet = quiet;
}

/* -------------------------------------------------------------------- Escribir */

static const char *shown(const char *text, size_t length)
{
    char *clean = ag_clean(text, length, SHOWN_BYTES, AG_LINE);
    const char *kept = hs_format("%s", clean);
    free(clean);
    return kept;
}

static void tell(struct hs_tcp *c, const char *does, const char *text, size_t length)
{
    if (!c->options.quiet)
        hs_step("%s %s «%s»", c->name, does, shown(text, length));
}

static void enqueue(struct hs_tcp *c, const void *bytes, size_t n)
{
    const char *words = hs_format("envía «%s»", shown(bytes, n));
    hs__dot(c->record.lane, HS__GOOD, words, strlen(words));
    hs__lock();
    if (n > 0 && (c->state == HS_TCP_OPEN || c->state == HS_TCP_CONNECTING)) {
        c->output = ag_grow(c->output, c->output_length + n, 1);
        memcpy(c->output + c->output_length, bytes, n);
        c->output_length += n;
        hs__tcp_push(c);
    }
    hs__unlock();
}

void hs_tcp_send_bytes(struct hs_tcp *c, const void *bytes, size_t n)
{
    tell(c, "envía", bytes, n);
    enqueue(c, bytes, n);
}

void hs_tcp_send(struct hs_tcp *c, const char *text)
{
    hs_tcp_send_bytes(c, text, strlen(text));
}

/* Una dirección como la escribe /proc/net/tcp: palabras del orden de la máquina. */
static void proc_address(const struct sockaddr_storage *address, bool mapped, char *text,
                         size_t size)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
    uint32_t w[4] = {0, 0, htonl(0xffff), four->sin_addr.s_addr};
    if (address->ss_family == AF_INET6)
        memcpy(w, &six->sin6_addr, sizeof w);
    if (address->ss_family == AF_INET && !mapped)
        snprintf(text, size, "%08X:%04X", w[3], ntohs(four->sin_port));
    else /* el puerto está en el mismo sitio en las dos familias */
        snprintf(text, size, "%08X%08X%08X%08X:%04X", w[0], w[1], w[2], w[3],
                 ntohs(four->sin_port));
}

/* Lo que el núcleo tiene del servidor en esta conexión, en bytes; ceros si ya no existe. */
struct queues {
    unsigned sending, unread; /* entregado por él y sin confirmar; recibido y sin leer */
};

static struct queues queues_there(const struct hs_tcp *c, bool six)
{
    char from[64], to[64], pair[160], line[512];
    struct queues q = {0};
    FILE *table = fopen(six ? "/proc/net/tcp6" : "/proc/net/tcp", "re");
    if (!table)
        return q;
    proc_address(&c->remote, six, from, sizeof from);
    proc_address(&c->local, six, to, sizeof to);
    snprintf(pair, sizeof pair, " %s %s ", from, to);
    while (fgets(line, sizeof line, table)) {
        const char *found = strstr(line, pair);
        if (found &&
            sscanf(found + strlen(pair), "%*x %x:%x", &q.sending, &q.unread) == 2)
            break;
    }
    fclose(table);
    return q;
}

size_t hs_tcp_in_kernel(struct hs_tcp *c)
{
    int here = 0;
    if (ioctl(c->fd, FIONREAD, &here) < 0)
        here = 0;
    return queues_there(c, false).sending + queues_there(c, true).sending + (size_t)here;
}

static bool all_read(struct hs_tcp *c)
{
    int unacknowledged = 0;
    hs__lock();
    enum hs_tcp_state state = c->state;
    bool unsent = c->output_sent < c->output_length;
    hs__unlock();
    if (state == HS_TCP_CONNECTING)
        return false;
    if (state != HS_TCP_OPEN)
        return true;
    if (unsent || ioctl(c->fd, SIOCOUTQ, &unacknowledged) < 0 || unacknowledged > 0)
        return false;
    return queues_there(c, false).unread == 0 && queues_there(c, true).unread == 0;
}

bool hs_tcp_unread(struct hs_tcp *c)
{
    return !all_read(c);
}

void hs_tcp_wait_read(struct hs_tcp *c, int ms)
{
    /* El núcleo no avisa de que otro proceso ha leído: hay que mirarlo. */
    double limit = hs_now() + hs_ms(ms);
    while (!all_read(c)) {
        if (hs_now() > limit)
            hs_fail_late(
                "el servidor debía leer lo que envía %s y no lo lee. Esperé %s s",
                c->name, hs__seconds(hs_ms(ms), 1));
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    }
}

void hs_tcp_send_pieces(struct hs_tcp *c, const char *text, size_t piece, int ms)
{
    size_t length = strlen(text);
    tell(c, hs_format("envía en trozos de %zu", piece), text, length);
    for (size_t at = 0; at < length; at += piece) {
        enqueue(c, text + at, length - at < piece ? length - at : piece);
        hs_tcp_wait_read(c, ms);
    }
}

/* ---------------------------------------------------------------------- Acabar */

void hs_tcp_finish(struct hs_tcp *c)
{
    if (!c->options.quiet)
        hs_step("%s cierra su lado y sigue escuchando", c->name);
    hs__lock();
    c->finishing = true;
    hs__tcp_push(c);
    hs__unlock();
}

static void shut(struct hs_tcp *c, bool reset)
{
    if (!c->options.quiet)
        hs_step(reset ? "%s se corta de golpe (RST)" : "%s cierra la conexión", c->name);
    hs__lock();
    hs__tcp_shut(c, reset);
    hs__unlock();
}

void hs_tcp_close(struct hs_tcp *c)
{
    shut(c, false);
}

void hs_tcp_reset(struct hs_tcp *c)
{
    shut(c, true);
}

/* ------------------------------------------------------------------------ Leer */

static void pause_reading(struct hs_tcp *c, bool paused)
{
    hs__lock();
    c->paused = paused;
    hs__crowd_update(c);
    hs__unlock();
}

void hs_tcp_stop_reading(struct hs_tcp *c)
{
    if (!c->options.quiet)
        hs_step("%s deja de leer", c->name);
    pause_reading(c, true);
}

void hs_tcp_read_again(struct hs_tcp *c)
{
    if (!c->options.quiet)
        hs_step("%s vuelve a leer", c->name);
    pause_reading(c, false);
}

static bool over(const struct hs_tcp *c)
{
    return c->state != HS_TCP_CONNECTING && c->state != HS_TCP_OPEN;
}

static int ration_check(void *arg)
{
    const struct hs_tcp *c = arg;
    return c->ration == 0 || over(c);
}

void hs_tcp_read_some(struct hs_tcp *c, size_t bytes, int ms)
{
    const char *amount = hs__count((long long)bytes, "byte", "bytes");
    hs__checked();
    hs__lock();
    c->ration = bytes;
    c->paused = bytes == 0;
    hs__crowd_update(c);
    if (!hs__wait(ration_check, c, ms))
        hs__fail_waiting(ms, "a %s debían llegarle otros %s y no le llegan", c->name,
                         amount);
    const char *words = c->ration > 0 ? hs__tcp_words(c) : NULL;
    hs__unlock();
    if (words)
        hs_fail("a %s debían llegarle otros %s: %s", c->name, amount, words);
    if (!c->options.quiet)
        hs_step("%s lee otros %s", c->name, amount);
}

/* Un programa que se cae corta antes sus conexiones y cuenta después cómo murió: al
 * explicar el fallo conviene saberlo. */
static int programs_ended(void *nothing)
{
    (void)nothing;
    return hs__all_ended();
}

enum { FOUND = 1, HOPELESS = 2 };

struct wait {
    struct hs_tcp *c;
    struct hs__search search;
};

static int line_check(void *arg)
{
    struct wait *w = arg;
    if (hs__search_advance(&w->search))
        return FOUND;
    return over(w->c) ? HOPELESS : 0;
}

static const char *lack_words(const struct hs_tcp *c, const struct hs_match *match,
                              int wanted, int found)
{
    return hs__lack_words(hs_format("a %s debía llegarle", c->name), "le ha llegado",
                          match, wanted, found);
}

const struct hs_line *hs_tcp_wait_lines(struct hs_tcp *c, int n, struct hs_match match,
                                        int ms)
{
    hs__checked();
    struct wait w = {.c = c};
    hs__search_open(&w.search, &c->record, &match, n);
    hs__lock();
    int result = hs__wait(line_check, &w, ms);
    const char *lack = result == FOUND ? "" : lack_words(c, &match, n, w.search.found);
    if (result == 0)
        hs__fail_waiting(ms, "%s", lack);
    const char *words = hs__tcp_words(c);
    if (result == HOPELESS)
        hs__wait(programs_ended, NULL, AFTERMATH_MS);
    hs__unlock();
    if (result == HOPELESS)
        hs_fail("%s: %s", lack, words);
    hs__search_close(&w.search);
    tell(c, "recibe", w.search.line->text, w.search.line->length);
    return w.search.line;
}

const struct hs_line *hs_tcp_wait_line(struct hs_tcp *c, struct hs_match match, int ms)
{
    return hs_tcp_wait_lines(c, 1, match, ms);
}

const struct hs_line *hs_tcp_try_line(struct hs_tcp *c, struct hs_match match, int ms)
{
    struct wait w = {.c = c};
    hs__search_open(&w.search, &c->record, &match, 1);
    hs__lock();
    if (hs__wait(line_check, &w, ms) == 0 && hs_now() >= hs__deadline())
        hs__fail_waiting(ms, "%s", lack_words(c, &match, 1, 0));
    hs__unlock();
    hs__search_close(&w.search);
    return w.search.line;
}

static int end_check(void *arg)
{
    return over(arg);
}

enum hs_tcp_state hs_tcp_wait_end(struct hs_tcp *c, int ms)
{
    hs__checked();
    hs__lock();
    if (!hs__wait(end_check, c, ms))
        hs__fail_waiting(ms, "el servidor debía cerrar la conexión de %s y sigue abierta",
                         c->name);
    enum hs_tcp_state state = c->state;
    const char *words = hs__tcp_words(c);
    hs__unlock();
    if (!c->options.quiet)
        hs_step("%s: %s", c->name, words);
    return state;
}

/* ----------------------------------------------------------------- Sin esperar */

int hs_tcp_mark(struct hs_tcp *c)
{
    hs__lock();
    int mark = (int)c->record.count;
    hs__unlock();
    return mark;
}

int hs_tcp_count_lines(struct hs_tcp *c, struct hs_match match)
{
    return hs__search_now(&c->record, &match, INT32_MAX).found;
}

const struct hs_line *hs_tcp_find_line(struct hs_tcp *c, struct hs_match match, int n)
{
    struct hs__search s = hs__search_now(&c->record, &match, n);
    return s.found >= n ? s.line : NULL;
}

void hs_tcp_expect_lines(struct hs_tcp *c, int n, struct hs_match match)
{
    hs__checked();
    int count = hs_tcp_count_lines(c, match);
    if (count != n)
        hs_fail("%s", lack_words(c, &match, n, count));
}

void hs_tcp_expect_no_line(struct hs_tcp *c, struct hs_match match)
{
    hs__checked();
    const struct hs_line *line = hs_tcp_find_line(c, match, 1);
    if (line)
        hs_fail("a %s no debía llegarle %s y le llegó «%s»", c->name,
                hs__match_words(&match), shown(line->text, line->length));
}

enum hs_tcp_state hs_tcp_state(struct hs_tcp *c)
{
    hs__lock();
    enum hs_tcp_state state = c->state;
    hs__unlock();
    return state;
}

size_t hs_tcp_received(struct hs_tcp *c)
{
    hs__lock();
    size_t n = c->in.length;
    hs__unlock();
    return n;
}

size_t hs_tcp_unsent(struct hs_tcp *c)
{
    hs__lock();
    size_t n = c->output_length - c->output_sent;
    hs__unlock();
    return n;
}
