/*
 * emulator.c: una terminal de mentira, lo justo para juzgar un programa que reescribe su
 * línea con \r o mueve el cursor.
 */
#include "harness/program/emulator.h"
#include "harness/internal.h"
#include <stdlib.h>
#include <string.h>

#define MAX_ROWS 4096 /* de historial; más arriba se olvida */
#define OLD_ROWS 1024
#define TAB      8

struct hs__cell {
    char text[5]; /* un carácter UTF-8, o "" en blanco */
};

/* --------------------------------------------------------------------- Las filas */

static void clear_row(struct hs__screen *s, int row)
{
    free(s->rows[row]);
    s->rows[row] = NULL;
}

/* Una fila nueva al final. Si el historial está lleno se van las más antiguas, muchas de una
 * vez: hacer sitio para una cuesta lo mismo. */
static void add_row(struct hs__screen *s)
{
    if (s->count == MAX_ROWS) {
        for (int row = 0; row < OLD_ROWS; row++)
            clear_row(s, row);
        s->count -= OLD_ROWS;
        memmove(s->rows, s->rows + OLD_ROWS, (size_t)s->count * sizeof *s->rows);
        s->row -= OLD_ROWS;
        s->top -= OLD_ROWS;
    }
    s->rows = ag_grow(s->rows, (size_t)s->count + 1, sizeof *s->rows);
    s->rows[s->count++] = NULL;
}

/* Desplaza hacia arriba las filas [from, bottom] de la ventana, sin pasar al historial. */
static void shift_up(struct hs__screen *s, int from, int n)
{
    int bottom = s->top + s->height - 1;
    for (; n > 0 && from <= bottom; n--) {
        clear_row(s, from);
        memmove(s->rows + from, s->rows + from + 1,
                (size_t)(bottom - from) * sizeof *s->rows);
        s->rows[bottom] = NULL;
    }
}

static void shift_down(struct hs__screen *s, int from, int n)
{
    int bottom = s->top + s->height - 1;
    for (; n > 0 && from <= bottom; n--) {
        clear_row(s, bottom);
        memmove(s->rows + from + 1, s->rows + from,
                (size_t)(bottom - from) * sizeof *s->rows);
        s->rows[from] = NULL;
    }
}

static void line_feed(struct hs__screen *s)
{
    s->wrap = false;
    if (s->row < s->top + s->height - 1) {
        s->row++;
        return;
    }
    add_row(s);
    s->top++;
    s->row++;
}

static void move_to(struct hs__screen *s, int row, int column)
{
    int bottom = s->top + s->height - 1;
    s->row = row < s->top ? s->top : row > bottom ? bottom : row;
    s->column = column < 0 ? 0 : column >= s->width ? s->width - 1 : column;
    s->wrap = false;
}

static void put(struct hs__screen *s, const char *text, size_t n)
{
    if (s->wrap) {
        s->column = 0;
        line_feed(s);
    }
    if (!s->rows[s->row])
        s->rows[s->row] = ag_alloc((size_t)s->width, sizeof(struct hs__cell));
    struct hs__cell *cell = &s->rows[s->row][s->column];
    memset(cell, 0, sizeof *cell);
    if (n > 1 || *text != ' ')
        memcpy(cell->text, text, n);
    if (s->column + 1 < s->width)
        s->column++;
    else
        s->wrap = true;
}

static void erase(struct hs__screen *s, int row, int from, int to)
{
    for (int i = from; s->rows[row] && i < to && i < s->width; i++)
        memset(&s->rows[row][i], 0, sizeof(struct hs__cell));
}

/* ------------------------------------------------------------ Secuencias de control */

static void erase_display(struct hs__screen *s, int what)
{
    int from = what == 0 ? s->row + 1 : s->top;
    int to = what == 1 ? s->row : s->top + s->height;
    for (int row = from; row < to; row++)
        clear_row(s, row);
    if (what == 0)
        erase(s, s->row, s->column, s->width);
    else if (what == 1)
        erase(s, s->row, 0, s->column + 1);
}

static void erase_line(struct hs__screen *s, int what)
{
    int from = what == 0 ? s->column : 0;
    erase(s, s->row, from, what == 1 ? s->column + 1 : s->width);
}

/* Un parámetro numérico, que pudo escribir cualquiera. */
static int number(const char *text, char **rest)
{
    long n = strtol(text, rest, 10);
    return n < 0 ? 0 : n > MAX_ROWS ? MAX_ROWS : (int)n;
}

/* ESC [ parámetros final. Los parámetros privados («?25l») no cambian lo que se ve. */
static void control(struct hs__screen *s, const char *parameters, char final)
{
    if (*parameters && strchr("?<=>", *parameters))
        return;
    char *rest;
    int first = number(parameters, &rest);
    int second = *rest == ';' ? number(rest + 1, &rest) : 0;
    int n = first > 0 ? first : 1;
    switch (final) {
    case 'A':
        move_to(s, s->row - n, s->column);
        break;
    case 'B':
    case 'e':
        move_to(s, s->row + n, s->column);
        break;
    case 'C':
    case 'a':
        move_to(s, s->row, s->column + n);
        break;
    case 'D':
        move_to(s, s->row, s->column - n);
        break;
    case 'E':
        move_to(s, s->row + n, 0);
        break;
    case 'F':
        move_to(s, s->row - n, 0);
        break;
    case 'G':
    case '`':
        move_to(s, s->row, n - 1);
        break;
    case 'd':
        move_to(s, s->top + n - 1, s->column);
        break;
    case 'H':
    case 'f':
        move_to(s, s->top + n - 1, second - 1);
        break;
    case 'J':
        erase_display(s, first);
        break;
    case 'K':
        erase_line(s, first);
        break;
    case 'X':
        erase(s, s->row, s->column, s->column + n);
        break;
    case 'L':
        shift_down(s, s->row, n < s->height ? n : s->height);
        break;
    case 'M':
        shift_up(s, s->row, n < s->height ? n : s->height);
        break;
    case 's':
        s->saved_row = s->row - s->top;
        s->saved_column = s->column;
        break;
    case 'u':
        move_to(s, s->top + s->saved_row, s->saved_column);
        break;
    default:
        break;
    }
}

/* Lo que hay en `pending` empieza por ESC. Cierto si ya está entero (y atendido). */
static bool escape(struct hs__screen *s)
{
    if (s->pending_length == 1)
        return false;
    char kind = s->pending[1], last = s->pending[s->pending_length - 1];
    if (kind == '[') {
        if (s->pending_length == 2 || last < '@' || last > '~')
            return false;
        s->pending[s->pending_length - 1] = '\0';
        control(s, s->pending + 2, last);
        return true;
    }
    if (kind == ']') /* título de la ventana: hasta BEL o ESC \ */
        return last == '\a' || (s->pending_length > 2 && last == '\\');
    if (strchr("()*+#% ", kind))
        return s->pending_length == 3;
    if (kind == '7')
        control(s, "", 's');
    else if (kind == '8')
        control(s, "", 'u');
    else if (kind == 'M' && s->row > s->top)
        move_to(s, s->row - 1, s->column);
    else if (kind == 'E' || kind == 'D') {
        s->column = kind == 'E' ? 0 : s->column;
        line_feed(s);
    }
    return true;
}

/* ------------------------------------------------------------------------ Los bytes */

static void plain(struct hs__screen *s, char c)
{
    switch (c) {
    case '\r':
        move_to(s, s->row, 0);
        break;
    case '\n':
    case '\v':
    case '\f':
        line_feed(s);
        break;
    case '\b':
        move_to(s, s->row, s->column - 1);
        break;
    case '\t':
        move_to(s, s->row, (s->column / TAB + 1) * TAB);
        break;
    default:
        if ((unsigned char)c >= ' ' && c != 0x7f)
            put(s, &c, 1);
    }
}

static void take(struct hs__screen *s, char c)
{
    bool middle = s->pending_length > 0 && s->pending[0] != '\x1b';
    if (middle && !ag_utf8_inside(c)) {
        put(s, "\uFFFD", 3); /* un carácter que se quedó a medias */
        s->pending_length = 0;
    }
    if (s->pending_length == 0 && c != '\x1b' && ag_utf8_promised(c) == 1) {
        plain(s, c);
        return;
    }
    s->pending[s->pending_length++] = c;
    bool done;
    if (s->pending[0] == '\x1b') {
        done = escape(s);
    } else {
        size_t bytes = ag_utf8_promised(s->pending[0]);
        done = (size_t)s->pending_length >= bytes;
        if (done)
            put(s, bytes ? s->pending : "\uFFFD", bytes ? bytes : 3);
    }
    if (done || s->pending_length == (int)sizeof s->pending - 1)
        s->pending_length = 0;
}

void hs__screen_write(struct hs__screen *s, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        take(s, bytes[i]);
}

/* ------------------------------------------------------------------------- Mirarla */

struct hs__screen *hs__screen_new(int width, int height)
{
    struct hs__screen *s = ag_alloc(1, sizeof *s);
    *s = (struct hs__screen){.width = width, .height = height};
    while (s->count < height)
        add_row(s);
    return s;
}

void hs__screen_free(struct hs__screen *s)
{
    if (!s)
        return;
    for (int i = 0; i < s->count; i++)
        free(s->rows[i]);
    free(s->rows);
    free(s);
}

char *hs__screen_row(const struct hs__screen *s, int row)
{
    const struct hs__cell *cells = s->rows[row];
    char *text = ag_alloc(HS__ROW_BYTES(s), 1), *end = text, *out = text;
    for (int i = 0; cells && i < s->width; i++) {
        out = stpcpy(out, *cells[i].text ? cells[i].text : " ");
        if (*cells[i].text)
            end = out;
    }
    *end = '\0';
    return text;
}

int hs__screen_used(const struct hs__screen *s)
{
    int used = s->count;
    for (; used > 0; used--) {
        char *text = hs__screen_row(s, used - 1);
        bool blank = !*text;
        free(text);
        if (!blank)
            break;
    }
    return used;
}
