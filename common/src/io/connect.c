#include "io/connect.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "io/stream_internal.h"

struct attempt {
    uv_connect_t request;
    struct race *race;
    as_stream *stream;
    int status;
    bool dropped;
};

/* Un nombre puede tener mil direcciones: no se gasta un descriptor en cada una. */
enum { MAX_OPEN = 8 };

/* Dura lo que la llamada: cerrar un flujo acaba antes con su intento. */
struct race {
    const struct as__connect *to;
    struct attempt *attempts;
    size_t started, pending;
    struct as__link waiter;
    struct as__timer delay;
    bool next; /* ya toca la siguiente: falló la última, o tarda */
    bool over;
    as_stream *winner;
};

static void advance(struct race *race)
{
    race->next = true;
    as__wake_first(&race->waiter, 0);
}

static void on_delay(struct as__timer *timer)
{
    advance(as__container_of(timer, struct race, delay));
}

static void set_connecting(as_stream *s, bool connecting)
{
    s->connecting = connecting;
    as__peer_recount(s);
}

static void on_connected(uv_connect_t *request, int status)
{
    struct attempt *attempt = as__container_of(request, struct attempt, request);
    struct race *race = attempt->race;

    if (race->over || attempt->dropped)
        return;
    race->pending--;
    set_connecting(attempt->stream, false);
    attempt->status = status;
    if (status == 0 && !race->winner) {
        race->winner = attempt->stream;
        attempt->stream = NULL;
    }
    advance(race);
}

/* Quien acepta debe saber que es de aquí, aunque no haya un flujo con que emparejarla. */
static void dial(struct race *race, as_stream *s, const struct sockaddr *address)
{
    uv_os_fd_t fd;

    if (!race->to->apart) {
        as__peer_dial(s, address);
        return;
    }
    s->dial.stream = NULL;
    if (as__loop->is_virtual && uv_fileno(&s->uv.handle, &fd) == 0)
        as__dial_add(&s->dial, fd);
}

static int call(struct race *race, struct attempt *attempt,
                const struct sockaddr *address)
{
    as_stream *s = attempt->stream = as__stream_new(AS__TCP, race->to->site);

    if (!s)
        return UV_ENOMEM;
    int rc = uv_tcp_connect(&attempt->request, &s->uv.tcp, address, on_connected);
    if (rc < 0)
        return rc;
    dial(race, s, address);
    race->pending++;
    set_connecting(s, true);
    return 0;
}

/* Deja sitio para otra: cierra una que ya falló o, si no hay, la que más lleva. Suspende. */
static void make_room(struct race *race)
{
    struct attempt *worst = NULL;
    size_t open = 0;

    for (size_t i = 0; i < race->started; i++) {
        struct attempt *attempt = &race->attempts[i];
        if (!attempt->stream)
            continue;
        open++;
        if (!worst || (worst->stream->connecting && !attempt->stream->connecting))
            worst = attempt;
    }
    if (open < MAX_OPEN)
        return;
    worst->dropped = true;
    if (worst->stream->connecting) {
        set_connecting(worst->stream, false);
        worst->status = UV_ETIMEDOUT;
        race->pending--;
    }
    as_stream_close(worst->stream);
    worst->stream = NULL;
}

static void try_next(struct race *race, const struct sockaddr *address)
{
    struct attempt *attempt = &race->attempts[race->started++];

    attempt->race = race;
    attempt->status = call(race, attempt, address);
    race->next = attempt->status < 0;
    as__timer_stop(&race->delay);
    as__timer_start(&race->delay, as__deadline_after(AS__ATTEMPT_DELAY_MS), on_delay);
}

static int run(struct race *race, const struct as__addresses *addresses)
{
    while (!race->winner) {
        bool more = race->started < addresses->count;
        if (more && race->next) {
            make_room(race);
            if (race->winner) /* llegó mientras se cerraba aquella */
                break;
            try_next(race, &addresses->list[race->started].any);
        } else if (!more && race->pending == 0) {
            return race->attempts[0].status;
        } else {
            if (!more)
                as__timer_stop(&race->delay); /* no taparía un interbloqueo */
            int rc = as__wait_on(&race->waiter, "que se establezca una conexión");
            if (rc < 0)
                return rc;
        }
    }
    return 0;
}

static void close_losers(struct race *race)
{
    race->over = true;
    as__timer_stop(&race->delay);
    for (size_t i = 0; i < race->started; i++) {
        if (race->attempts[i].stream && race->attempts[i].stream->connecting)
            set_connecting(race->attempts[i].stream, false);
    }
    for (size_t i = 0; i < race->started; i++)
        as_stream_close(race->attempts[i].stream);
}

static int race_all(const struct as__connect *to, struct as__addresses *addresses,
                    as_stream **stream)
{
    struct race race = {.to = to, .next = true};

    race.attempts = calloc(addresses->count, sizeof *race.attempts);
    if (!race.attempts)
        return UV_ENOMEM;
    for (size_t i = 0; i < addresses->count; i++) /* en el mismo sitio que sin6_port */
        addresses->list[i].v4.sin_port = htons((uint16_t)to->port);
    as__list_init(&race.waiter);
    as__task_required("as_connect")->in_io = true;
    int rc = run(&race, addresses);
    as__loop->current->in_io = false;
    close_losers(&race);
    free(race.attempts);
    if (rc < 0 && race.winner) /* la cancelaron ya conectada */
        as_stream_close(race.winner);
    else if (rc == 0)
        *stream = race.winner;
    return rc;
}

static void remove_family(struct as__addresses *addresses, int family)
{
    size_t kept = 0;

    for (size_t i = 0; i < addresses->count; i++) {
        if (addresses->list[i].any.sa_family != family)
            addresses->list[kept++] = addresses->list[i];
    }
    addresses->count = kept;
}

/* Las de la clase que no llegó a tiempo, ahora que las de la otra no sirvieron. */
static int race_rest(const struct as__connect *to, int tried, as_stream **stream)
{
    struct as__addresses rest = {0};

    int rc = to->ask_whole(to->arg, &rest);
    if (rc == 0) {
        remove_family(&rest, tried);
        rc = rest.count > 0 ? race_all(to, &rest, stream) : UV_EAI_NODATA;
    }
    as__addresses_free(&rest);
    return rc;
}

int as__connect_any(const struct as__connect *to, struct as__addresses *addresses,
                    as_stream **stream)
{
    *stream = NULL;
    int first = race_all(to, addresses, stream);
    if (first == 0 || first == UV_ECANCELED || !addresses->partial)
        return first;
    int rc = race_rest(to, addresses->list[0].any.sa_family, stream);
    return rc == 0 || rc == UV_ECANCELED ? rc : first;
}
