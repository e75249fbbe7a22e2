#include "day/files.h"
#include "base/dir.h"
#include "base/memory.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

enum { ASK_MS = 300, ASK_SLOWLY_MS = 1000, MAX_SOURCE = 1 << 22 };

struct day_folder {
    struct day_files *files;
    const char *dir;
    uv_fs_event_t watcher;
    uint64_t stamp; /* de las fechas, los tamaños y los nombres */
};

/* Un .c o un .h, y no el que un editor deja a medias: «.x.c.swp», «#x.c#», «x.c~». */
static bool is_source(const char *name)
{
    size_t n = strlen(name);
    return name[0] != '.' && name[0] != '#' && n > 2 && name[n - 2] == '.' &&
           (name[n - 1] == 'c' || name[n - 1] == 'h');
}

static int source_entry(const struct dirent *e)
{
    return is_source(e->d_name);
}

/* FNV-1a: aquí nadie busca colisiones. */
static uint64_t mix(uint64_t sum, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        sum = (sum ^ p[i]) * 0x100000001b3;
    return sum;
}

/* ---- cómo está una carpeta ---------------------------------------------------------------- */

/* Recorre los archivos de `dir` por orden de nombre. */
static uint64_t fold(const char *dir,
                     uint64_t (*add)(uint64_t sum, const char *dir, const char *name))
{
    struct dirent **entries;
    uint64_t sum = 0xcbf29ce484222325;
    int n = scandir(dir, &entries, source_entry, alphasort);
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        sum = add(mix(sum, name, strlen(name) + 1), dir, name);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return sum;
}

static uint64_t add_stamp(uint64_t sum, const char *dir, const char *name)
{
    char *path = ag_format("%s/%s", dir, name);
    struct stat st;
    if (stat(path, &st) == 0) {
        sum = mix(sum, &st.st_mtim, sizeof st.st_mtim);
        sum = mix(sum, &st.st_size, sizeof st.st_size);
        sum = mix(sum, &st.st_ino, sizeof st.st_ino);
    }
    free(path);
    return sum;
}

static uint64_t add_content(uint64_t sum, const char *dir, const char *name)
{
    char *data;
    size_t size;
    if (ag_read_file(dir, name, MAX_SOURCE, &data, &size) == 0) {
        sum = mix(sum, data, size);
        free(data);
    }
    return sum;
}

uint64_t day_files_print(const char *dir)
{
    return fold(dir, add_content);
}

char *day_files_newest(const char *dir)
{
    struct dirent **entries;
    struct timespec when = {0};
    char *newest = NULL;
    int n = scandir(dir, &entries, source_entry, alphasort);
    for (int i = 0; i < n; i++) {
        char *path = ag_format("%s/%s", dir, entries[i]->d_name);
        struct stat st;
        if (stat(path, &st) == 0 &&
            (!newest || st.st_mtim.tv_sec > when.tv_sec ||
             (st.st_mtim.tv_sec == when.tv_sec && st.st_mtim.tv_nsec > when.tv_nsec))) {
            when = st.st_mtim;
            free(newest);
            newest = ag_format("%s", entries[i]->d_name);
        }
        free(path);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return newest;
}

/* ---- enterarse ---------------------------------------------------------------------------- */

/* Los sistemas de archivos que cambian desde otro sitio sin que este Linux se entere. */
static bool tells_nothing(const char *dir)
{
    static const unsigned blind[] = {
        0x01021997, /* 9p: los discos de Windows en WSL 2, y las carpetas de una máquina virtual */
        0x53464846,                         /* los de WSL 1 */
        0x00006969,                         /* NFS */
        0xff534d42, 0xfe534d42, 0x0000517b, /* SMB */
        0x65735546,                         /* FUSE: sshfs, carpetas compartidas */
        0x786f4256,                         /* VirtualBox */
    };
    struct statfs fs;
    if (statfs(dir, &fs) < 0)
        return false;
    for (size_t i = 0; i < sizeof blind / sizeof *blind; i++)
        if ((unsigned)fs.f_type == blind[i])
            return true;
    return false;
}

static void on_event(uv_fs_event_t *watcher, const char *name, int events, int status)
{
    struct day_folder *folder = watcher->data;
    (void)events;
    /* Sin nombre puede ser cualquiera. */
    if (status == 0 && (!name || is_source(name)))
        folder->files->changed(folder->files->arg);
}

static void on_ask(uv_timer_t *timer)
{
    struct day_files *f = timer->data;
    bool changed = false;
    for (size_t i = 0; i < f->n; i++) {
        uint64_t stamp = fold(f->folders[i].dir, add_stamp);
        changed = changed || stamp != f->folders[i].stamp;
        f->folders[i].stamp = stamp;
    }
    if (changed)
        f->changed(f->arg);
}

void day_files_open(struct day_files *f, uv_loop_t *loop, const char *const *dirs,
                    size_t n, bool ask, void (*changed)(void *arg), void *arg)
{
    *f = (struct day_files){.n = n, .blind = ask, .changed = changed, .arg = arg};
    f->folders = ag_alloc(n, sizeof *f->folders);
    for (size_t i = 0; i < n; i++) {
        struct day_folder *folder = &f->folders[i];
        folder->files = f;
        folder->dir = dirs[i];
        folder->stamp = fold(dirs[i], add_stamp);
        uv_fs_event_init(loop, &folder->watcher);
        folder->watcher.data = folder;
        /* Falla, por ejemplo, cuando se agotan los avisos que el sistema da a cada usuario. */
        f->blind = f->blind || tells_nothing(dirs[i]) ||
                   uv_fs_event_start(&folder->watcher, on_event, dirs[i], 0) < 0;
    }
    uint64_t every = f->blind ? ASK_MS : ASK_SLOWLY_MS;
    uv_timer_init(loop, &f->ask);
    f->ask.data = f;
    uv_timer_start(&f->ask, on_ask, every, every);
}

void day_files_close(struct day_files *f)
{
    for (size_t i = 0; i < f->n; i++)
        uv_close((uv_handle_t *)&f->folders[i].watcher, NULL);
    uv_close((uv_handle_t *)&f->ask, NULL);
}

void day_files_free(struct day_files *f)
{
    free(f->folders);
    *f = (struct day_files){0};
}
