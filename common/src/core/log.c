#include <asinc/log.h>

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/safe.h"
#include "core/task_internal.h"

enum { MAX_DESTINATIONS = 8 };

static struct destination {
    FILE *stream;
    enum as_log_level level;
    bool owned; /* lo abrimos nosotros */
} destinations[MAX_DESTINATIONS];
static size_t destination_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int add(FILE *stream, enum as_log_level level, bool owned)
{
    int rc = UV_ENOBUFS;

    pthread_mutex_lock(&lock);
    if (destination_count < MAX_DESTINATIONS) {
        destinations[destination_count++] = (struct destination){stream, level, owned};
        rc = 0;
    }
    pthread_mutex_unlock(&lock);
    return as__error(rc);
}

int as_log_to(FILE *stream, enum as_log_level level)
{
    return add(stream, level, false);
}

int as_log_to_file(const char *path, enum as_log_level level)
{
    FILE *stream = fopen(path, "ae");

    if (!stream) {
        int error = uv_translate_sys_error(errno);
        return as_error_set(error, "no se pudo abrir «%s»: %s", path, as_strerror(error));
    }
    int rc = add(stream, level, true);
    if (rc < 0)
        fclose(stream);
    return rc;
}

void as_log_reset(void)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < destination_count; i++) {
        if (destinations[i].owned)
            fclose(destinations[i].stream);
    }
    destination_count = 0;
    pthread_mutex_unlock(&lock);
}

/* "2026-11-21 10:00:00.125", o los segundos simulados: "12.500". */
static void write_time(FILE *out)
{
    if (as__loop && as__loop->is_virtual) {
        fprintf(out, "%.3f", (double)as_now_ns() / 1e9);
        return;
    }
    struct timespec now;
    struct tm parts;
    char text[32];
    clock_gettime(CLOCK_REALTIME, &now);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", localtime_r(&now.tv_sec, &parts));
    fprintf(out, "%s.%03ld", text, now.tv_nsec / 1000000);
}

/* La línea se compone entera antes de escribirla: en un archivo compartido con otros
 * procesos no se mezcla con las suyas. */
__attribute__((format(printf, 2, 0))) static char *
compose(enum as_log_level level, const char *format, va_list args)
{
    static const char *const names[] = {"DEPURA", "INFO", "AVISO", "ERROR"};
    as_task *task = as_current_task();
    char *line = NULL;
    size_t size;

    FILE *out = open_memstream(&line, &size);
    if (!out)
        return NULL;
    write_time(out);
    fprintf(out, " %s ", names[level]);
    if (task)
        fprintf(out, "[%s] ", as_task_name(task));
    vfprintf(out, format, args);
    if (fclose(out) != 0 || !line) { /* sin memoria puede no haberla ni decirlo */
        free(line);
        return NULL;
    }
    line = as__safe_text(line, false);
    char *ended = NULL;
    if (line && asprintf(&ended, "%s\n", line) < 0)
        ended = NULL;
    free(line);
    return ended;
}

__attribute__((format(printf, 2, 0))) static void
log_message(enum as_log_level level, const char *format, va_list args)
{
    static const struct destination by_default = {.level = AS_LOG_INFO};

    pthread_mutex_lock(&lock);
    size_t n = destination_count ? destination_count : 1;
    char *line = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct destination *d = destination_count ? &destinations[i] : &by_default;
        if (level < d->level)
            continue;
        if (!line && !(line = compose(level, format, args)))
            break;
        FILE *stream = d->stream ? d->stream : stderr;
        fputs(line, stream);
        fflush(stream);
    }
    free(line);
    pthread_mutex_unlock(&lock);
}

#define LOG_FUNCTION(name, level)                                                        \
    void name(const char *format, ...)                                                   \
    {                                                                                    \
        va_list args;                                                                    \
        va_start(args, format);                                                          \
        log_message(level, format, args);                                                \
        va_end(args);                                                                    \
    }

LOG_FUNCTION(as_log_debug, AS_LOG_DEBUG)
LOG_FUNCTION(as_log_info, AS_LOG_INFO)
LOG_FUNCTION(as_log_warning, AS_LOG_WARNING)
LOG_FUNCTION(as_log_error, AS_LOG_ERROR)
