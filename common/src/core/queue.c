#include <asinc/queue.h>

#include <stdlib.h>
#include <string.h>

#include "core/task_internal.h"

/* Quien espera para sacar recibe aquí su elemento; quien espera para poner lo deja aquí. */
struct turn {
    struct as__wait wait;
    void *item;
};

static struct turn *first_turn(struct as__link *list)
{
    return as__container_of(list->next, struct turn, wait.link);
}

/* ---- El almacén: un anillo o, con prioridades, un montículo binario ------------------ */

static int grow(as_queue *queue)
{
    size_t capacity = queue->capacity ? queue->capacity * 2 : 16;

    if (queue->maxsize && capacity > queue->maxsize)
        capacity = queue->maxsize;
    void **items = malloc(capacity * sizeof *items);
    if (!items)
        return as__error(UV_ENOMEM);
    /* El anillo se endereza: lo que daba la vuelta pasa detrás. */
    size_t until_end = queue->capacity - queue->head;
    size_t first = queue->size < until_end ? queue->size : until_end;
    if (queue->size > 0) {
        memcpy(items, queue->items + queue->head, first * sizeof *items);
        memcpy(items + first, queue->items, (queue->size - first) * sizeof *items);
    }
    free(queue->items);
    queue->items = items;
    queue->capacity = capacity;
    queue->head = 0;
    return 0;
}

static void sift_up(as_queue *queue, void *item)
{
    size_t i = queue->size;

    while (i > 0 && queue->compare(item, queue->items[(i - 1) / 2]) < 0) {
        queue->items[i] = queue->items[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    queue->items[i] = item;
}

static void sift_down(as_queue *queue, void *item)
{
    size_t i = 0, child;

    while ((child = 2 * i + 1) < queue->size) {
        if (child + 1 < queue->size &&
            queue->compare(queue->items[child + 1], queue->items[child]) < 0)
            child++;
        if (queue->compare(item, queue->items[child]) <= 0)
            break;
        queue->items[i] = queue->items[child];
        i = child;
    }
    queue->items[i] = item;
}

static int store(as_queue *queue, void *item)
{
    int rc = queue->size == queue->capacity ? grow(queue) : 0;

    if (rc < 0)
        return rc;
    if (queue->compare) {
        sift_up(queue, item);
    } else {
        size_t tail = queue->head + queue->size;
        queue->items[tail < queue->capacity ? tail : tail - queue->capacity] = item;
    }
    queue->size++;
    return 0;
}

static void *take(as_queue *queue)
{
    void *item = queue->items[queue->head];

    queue->size--;
    if (queue->compare) {
        if (queue->size > 0)
            sift_down(queue, queue->items[queue->size]);
    } else if (++queue->head == queue->capacity) {
        queue->head = 0;
    }
    return item;
}

/* ---- La interfaz -------------------------------------------------------------------- */

void as_queue_init(as_queue *queue, size_t maxsize)
{
    as_queue_init_priority(queue, maxsize, NULL);
}

void as_queue_init_priority(as_queue *queue, size_t maxsize, as_compare_fn *compare)
{
    *queue = (as_queue){.maxsize = maxsize, .compare = compare};
    as__list_init(&queue->getters);
    as__list_init(&queue->putters);
    as__list_init(&queue->joiners);
}

void as_queue_destroy(as_queue *queue)
{
    if (!as__list_empty(&queue->getters) || !as__list_empty(&queue->putters) ||
        !as__list_empty(&queue->joiners))
        as__misuse("as_queue_destroy", "todavía hay tareas esperando en la cola");
    free(queue->items);
    queue->items = NULL;
}

size_t as_queue_size(const as_queue *queue)
{
    return queue->size;
}

static int wait_turn(struct as__link *list, const char *what, struct turn *turn)
{
    as__wait_init(&turn->wait, what, NULL);
    as__list_append(list, &turn->wait.link);
    return as__suspend_one(&turn->wait);
}

/* UV_EAGAIN si no cabe: quien llama dirá si eso es un error. */
static int try_put(as_queue *queue, void *item)
{
    if (queue->closed)
        return as__error(UV_EPIPE);
    if (!as__list_empty(&queue->getters)) {
        struct turn *getter = first_turn(&queue->getters);
        getter->item = item;
        as__wake(&getter->wait, 0);
    } else if (queue->maxsize && queue->size == queue->maxsize) {
        return UV_EAGAIN;
    } else {
        int rc = store(queue, item);
        if (rc < 0)
            return rc;
    }
    queue->unfinished++;
    return 0;
}

int as_queue_put_nowait(as_queue *queue, void *item)
{
    as__loop_required("as_queue_put_nowait");
    return as__error(try_put(queue, item));
}

int as_queue_put(as_queue *queue, void *item)
{
    as__task_required("as_queue_put");

    int rc = as__checkpoint();
    if (rc == 0)
        rc = try_put(queue, item);
    if (rc != UV_EAGAIN)
        return rc;
    struct turn turn = {.item = item};
    return wait_turn(&queue->putters, "sitio en una cola llena", &turn);
}

/* Queda un sitio libre: es de quien más lleva esperando para poner. */
static void admit_putter(as_queue *queue)
{
    if (as__list_empty(&queue->putters))
        return;
    struct turn *putter = first_turn(&queue->putters);
    int rc = store(queue, putter->item); /* no falla: hay un sitio recién dejado */
    if (rc == 0)
        queue->unfinished++;
    as__wake(&putter->wait, rc);
}

/* UV_EAGAIN si está vacía: quien llama dirá si eso es un error. */
static int try_get(as_queue *queue, void **item)
{
    if (queue->size == 0)
        return queue->closed ? as__error(UV_EOF) : UV_EAGAIN;
    *item = take(queue);
    admit_putter(queue);
    return 0;
}

int as_queue_get_nowait(as_queue *queue, void **item)
{
    as__loop_required("as_queue_get_nowait");
    return as__error(try_get(queue, item));
}

int as_queue_get(as_queue *queue, void **item)
{
    as__task_required("as_queue_get");

    int rc = as__checkpoint();
    if (rc == 0)
        rc = try_get(queue, item);
    if (rc != UV_EAGAIN)
        return rc;
    struct turn turn = {0};
    rc = wait_turn(&queue->getters, "algo en una cola vacía", &turn);
    if (rc == 0)
        *item = turn.item;
    return rc;
}

void as_queue_task_done(as_queue *queue)
{
    if (queue->unfinished == 0)
        as__misuse("as_queue_task_done", "se llamó más veces que elementos hubo");
    if (--queue->unfinished == 0)
        as__wake_all(&queue->joiners, 0);
}

int as_queue_join(as_queue *queue)
{
    as__task_required("as_queue_join");

    int rc = as__checkpoint();
    if (rc < 0 || queue->unfinished == 0)
        return rc;
    return as__wait_on(&queue->joiners, "que se termine lo puesto en una cola");
}

void as_queue_close(as_queue *queue)
{
    as__loop_required("as_queue_close");
    queue->closed = true;
    /* Si alguien espera para sacar, la cola está vacía. */
    as__wake_all(&queue->getters, UV_EOF);
    as__wake_all(&queue->putters, UV_EPIPE);
}
