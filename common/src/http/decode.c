#include <stdlib.h>
#include <string.h>
#include <strings.h>
#define ZLIB_CONST /* que next_in apunte a lo que no se modifica */
#include <zlib.h>

#include "http/internal.h"

/*
 * Descomprimir lo hace libcurl, pero la 7.88.1 da por entero un cuerpo al que le falta el
 * final y no admite un gzip de varios miembros, como los que salen de juntar archivos con
 * cat. Con zlib son cien líneas.
 */

enum {
    CHUNK = 16 * 1024,
    WINDOW = 15, /* la mayor: vale para cualquiera */
    GZIP = WINDOW + 16,
    ZLIB = WINDOW,
    RAW = -WINDOW
};

struct as__decoder {
    z_stream z;
    bool gzip;
    bool started; /* ya llegó el primer byte */
    bool ended;   /* acabó un miembro: puede no venir nada más */
};

static bool is_coding(const char *text, size_t length, const char *name)
{
    return length == strlen(name) && strncasecmp(text, name, length) == 0;
}

int as__decoder_new(const char *coding, struct as__decoder **decoder)
{
    size_t length = strlen(coding);

    *decoder = NULL;
    if (length == 0 || is_coding(coding, length, "identity"))
        return 0;
    bool gzip = is_coding(coding, length, "gzip") || is_coding(coding, length, "x-gzip");
    if (!gzip && !is_coding(coding, length, "deflate"))
        return UV_EPROTO;
    struct as__decoder *d = calloc(1, sizeof *d);
    if (!d)
        return UV_ENOMEM;
    d->gzip = gzip;
    *decoder = d;
    return 0;
}

void as__decoder_free(struct as__decoder *d)
{
    if (d && d->started)
        inflateEnd(&d->z);
    free(d);
}

/*
 * Lo que HTTP llama deflate es el formato zlib, pero hay servidores que envían lo de dentro
 * sin su envoltorio. El primer byte los distingue: en zlib su mitad baja es un 8, y en lo
 * otro sería un bloque sin comprimir con un bit de relleno a 1, que nadie escribe.
 */
static int window_for(const struct as__decoder *d, unsigned char first)
{
    if (d->gzip)
        return GZIP;
    return (first & 0x0f) == Z_DEFLATED ? ZLIB : RAW;
}

static int start(struct as__decoder *d)
{
    int rc = inflateInit2(&d->z, window_for(d, *d->z.next_in));

    d->started = rc == Z_OK;
    return rc == Z_MEM_ERROR ? UV_ENOMEM : rc == Z_OK ? 0 : UV_EPROTO;
}

/* Detrás de un miembro gzip puede venir otro, o ceros de relleno, que no cuentan. */
static int next_member(struct as__decoder *d)
{
    if (!d->gzip)
        return UV_EPROTO;
    while (d->z.avail_in > 0 && *d->z.next_in == 0)
        d->z.next_in++, d->z.avail_in--;
    if (d->z.avail_in > 0) {
        inflateReset(&d->z);
        d->ended = false;
    }
    return 0;
}

/* Un paso: gasta entrada o produce salida. */
static int step(struct as__decoder *d, as__decoded_fn *deliver, void *arg, bool *full)
{
    char out[CHUNK];

    d->z.next_out = (Bytef *)out;
    d->z.avail_out = sizeof out;
    int rc = inflate(&d->z, Z_NO_FLUSH);
    size_t produced = sizeof out - d->z.avail_out;
    *full = produced == sizeof out;
    if (produced > 0 && !deliver(arg, out, produced))
        return UV_ECANCELED;
    d->ended = rc == Z_STREAM_END;
    if (rc == Z_OK || rc == Z_STREAM_END || rc == Z_BUF_ERROR)
        return 0;
    return rc == Z_MEM_ERROR ? UV_ENOMEM : UV_EPROTO;
}

int as__decoder_feed(struct as__decoder *d, const char *data, size_t size,
                     as__decoded_fn *deliver, void *arg)
{
    bool full = false;
    int rc = 0;

    d->z.next_in = (const Bytef *)data;
    d->z.avail_in = (uInt)size; /* libcurl da como mucho CURL_MAX_WRITE_SIZE */
    if (!d->started && size > 0)
        rc = start(d);
    while (rc == 0 && (d->z.avail_in > 0 || full)) {
        if (d->ended)
            rc = next_member(d);
        if (rc == 0 && !d->ended)
            rc = step(d, deliver, arg, &full);
        if (d->ended)
            full = false;
    }
    return rc;
}

bool as__decoder_may_end(const struct as__decoder *d)
{
    return d->ended || !d->started; /* un cuerpo vacío se admite sin comprimir */
}
