/* Lo que se va sacando de una entrega. */
#include "base/memory.h"
#include "base/text.h"
#include "class/names.h"
#include "class/unpack.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- el texto ---------------------------------------------------------------------------- */

/* ¿Está `data` en UTF-16? Con marca, o porque uno de cada dos bytes del principio es cero: -1 con el
 * byte bajo delante, 1 con el alto, 0 si no. */
static int utf16_order(const unsigned char *data, size_t size)
{
    size_t zeros[2] = {0}, looked = size < 64 ? size / 2 * 2 : 64;
    if (size < 4 || size % 2)
        return 0;
    if ((data[0] == 0xff && data[1] == 0xfe) || (data[0] == 0xfe && data[1] == 0xff))
        return data[0] == 0xff ? -1 : 1;
    for (size_t i = 0; i < looked; i++)
        zeros[i % 2] += data[i] == 0;
    return zeros[1] == looked / 2 && zeros[0] == 0   ? -1
           : zeros[0] == looked / 2 && zeros[1] == 0 ? 1
                                                     : 0;
}

/* Lo mismo en UTF-8, en memoria nueva; una mitad suelta se vuelve U+FFFD. */
static char *from_utf16(const unsigned char *data, size_t size, int order, size_t *out)
{
    char *text = ag_alloc(size / 2 * 3 + 1, 1), *to = text;
    size_t low = order < 0 ? 0 : 1;
    for (size_t i = 0; i + 1 < size; i += 2) {
        uint32_t code = data[i + low] | (uint32_t)data[i + 1 - low] << 8, next = 0;
        if (i == 0 && code == 0xfeff)
            continue;
        if (code >= 0xd800 && code < 0xdc00 && i + 3 < size)
            next = data[i + 2 + low] | (uint32_t)data[i + 3 - low] << 8;
        if (next >= 0xdc00 && next < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
            i += 2;
        } else if (code >= 0xd800 && code < 0xe000) {
            code = 0xfffd;
        }
        to = ag_utf8_put(to, code);
    }
    *out = (size_t)(to - text);
    return text;
}

void cl_bag_add(struct cl_bag *bag, const char *path, char *data, size_t size, char *why)
{
    static const char mark[] = "\xef\xbb\xbf";
    struct cl_file file = {.path = ag_format("%s", path), .why = why};
    int order = data ? utf16_order((unsigned char *)data, size) : 0;
    if (order) {
        file.data = from_utf16((unsigned char *)data, size, order, &file.size);
        file.was_utf16 = true;
        free(data);
    } else {
        bool marked = data && size >= 3 && memcmp(data, mark, 3) == 0;
        if (marked)
            memmove(data, data + 3, size - 3 + 1);
        file.data = data;
        file.size = size - (marked ? 3 : 0);
    }
    bag->files = ag_grow(bag->files, bag->n + 1, sizeof *bag->files);
    bag->files[bag->n++] = file;
}

void cl_bag_other(struct cl_bag *bag, const char *path)
{
    if (bag->n_others == CL_MAX_OTHERS)
        return;
    bag->others = ag_grow(bag->others, bag->n_others + 1, sizeof *bag->others);
    bag->others[bag->n_others++] = cl_text(path);
}

void cl_bag_refuse(struct cl_bag *bag, char *why)
{
    if (bag->refused)
        free(why);
    else
        bag->refused = why;
}

void cl_bag_fault(struct cl_bag *bag, char *why)
{
    if (bag->fault)
        free(why);
    else
        bag->fault = why;
}

void cl_bag_free(struct cl_bag *bag)
{
    for (size_t i = 0; i < bag->n; i++) {
        free(bag->files[i].path);
        free(bag->files[i].data);
        free(bag->files[i].why);
    }
    for (size_t i = 0; i < bag->n_others; i++)
        free(bag->others[i]);
    free(bag->files);
    free(bag->others);
    free(bag->refused);
    free(bag->fault);
    *bag = (struct cl_bag){0};
}

/* «..» no es basura: es una ruta que se sale, y hay que decirlo. */
static bool in_junk(const char *path)
{
    char *copy = ag_format("%s", path), *rest = copy;
    bool junk = false;
    for (char *part; !junk && (part = strsep(&rest, "/"));)
        junk = cl_is_junk(part) && strcmp(part, "..") != 0;
    free(copy);
    return junk;
}

/* Lo que añaden al nombre, delante de la extensión, un navegador, Canvas o quien copia un archivo. */
static bool is_copy_mark(const char *text, size_t n)
{
    static const char *const words[] = {" - copia", " - copy", " copia",
                                        " copy",    "_copia",  "_copy"};
    size_t digits = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (n >= strlen(words[i]) && strncasecmp(text, words[i], strlen(words[i])) == 0) {
            text += strlen(words[i]);
            n -= strlen(words[i]);
            break;
        }
    if (n == 0)
        return true;
    while (n > 0 && (*text == ' ' || *text == '_'))
        text++, n--;
    bool dash = n > 1 && *text == '-',
         parens = n > 2 && *text == '(' && text[n - 1] == ')';
    if (!dash && !parens)
        return false;
    text++;
    n -= dash ? 1 : 2;
    while (digits < n && isdigit((unsigned char)text[digits]))
        digits++;
    return digits > 0 && digits == n;
}

bool cl_is_like(const char *name, const char *wanted)
{
    const char *dot = strrchr(wanted, '.'), *own = strrchr(name, '.');
    if (strcasecmp(name, wanted) == 0)
        return true;
    if (!dot || !own || strcasecmp(dot, own) != 0)
        return false;
    size_t stem = (size_t)(dot - wanted), n = (size_t)(own - name);
    return n > stem && strncasecmp(name, wanted, stem) == 0 &&
           is_copy_mark(name + stem, n - stem);
}

bool cl_is_c(const char *name)
{
    size_t n = strlen(name);
    return n > 2 && strcasecmp(name + n - 2, ".c") == 0;
}

enum cl_kind cl_kind_of(const char *path, const struct cl_wanted *wanted)
{
    const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
    if (in_junk(path))
        return CL_IGNORED;
    for (size_t i = 0; i < wanted->n; i++)
        if (cl_is_like(last, wanted->names[i]))
            return CL_WANTED;
    return cl_is_archive(last) ? CL_NESTED : CL_OTHER;
}

char *cl_path_of(const char *raw, char **why)
{
    char *path = ag_alloc(strlen(raw) + 1, 1), *to = path;
    bool drive = raw[0] && raw[1] == ':';
    *why = NULL;
    if (*raw == '/' || *raw == '\\' || drive)
        *why = ag_format("tiene una ruta absoluta, y una entrega solo lleva rutas suyas");
    for (const char *at = raw; *at;) {
        size_t n = strcspn(at, "/\\");
        if (n == 2 && at[0] == '.' && at[1] == '.' && !*why)
            *why = ag_format("tiene «..» en su ruta, y se sale de la entrega");
        if (n > 0 && !(n == 1 && *at == '.')) {
            if (to > path)
                *to++ = '/';
            memcpy(to, at, n);
            to += n;
        }
        at += n;
        at += *at != '\0';
    }
    return path;
}
