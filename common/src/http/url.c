#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/internal.h"

/* ---- Leerlas ------------------------------------------------------------------------ */

static const char *why_bad(CURLUcode code)
{
    switch (code) {
    case CURLUE_BAD_PORT_NUMBER:
        return "el puerto es un número del 0 al 65535";
    case CURLUE_BAD_SCHEME:
    case CURLUE_NO_SCHEME:
    case CURLUE_UNSUPPORTED_SCHEME:
        return "debe empezar por http:// o https://";
    case CURLUE_NO_HOST:
        return "le falta la máquina";
    case CURLUE_BAD_HOSTNAME:
    case CURLUE_BAD_IPV6:
        return "el nombre de la máquina está mal escrito";
    case CURLUE_MALFORMED_INPUT:
        return "está mal escrita";
    default:
        return curl_url_strerror(code);
    }
}

int as__url_parse(const char *text, CURLU **url)
{
    *url = curl_url();
    if (!*url)
        return as__error(UV_ENOMEM);
    CURLUcode code = curl_url_set(*url, CURLUPART_URL, text, 0);
    if (code == CURLUE_OUT_OF_MEMORY)
        return as__error(UV_ENOMEM);
    if (code != CURLUE_OK)
        return as_error_set(UV_EINVAL, "la URL «%s» no es válida: %s", text,
                            why_bad(code));
    return as__url_check_scheme(*url, UV_EINVAL);
}

int as__url_check_scheme(CURLU *url, int error)
{
    char *scheme;

    if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        return as__error(UV_ENOMEM);
    int rc = strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0 ? 0 : error;
    if (rc < 0)
        as_error_set(rc, "solo se admite http:// o https://, no %s://", scheme);
    curl_free(scheme);
    return rc;
}

static bool is_ascii(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text >= 128)
            return false;
    }
    return true;
}

int as__url_host(CURLU *url, char **host)
{
    *host = NULL;
    if (curl_url_get(url, CURLUPART_HOST, host, 0) != CURLUE_OK)
        return as__error(UV_ENOMEM);
    if (is_ascii(*host))
        return 0;
    curl_free(*host);
    *host = NULL;
    /* Si no se puede convertir, libcurl dice que falta memoria. */
    unsigned long starved = as__libcurl_starved();
    if (curl_url_get(url, CURLUPART_HOST, host, CURLU_PUNYCODE) == CURLUE_OK)
        return 0;
    return as__error(as__libcurl_starved() != starved ? UV_ENOMEM : UV_EINVAL);
}

int as_http_check_url(const char *text)
{
    CURLU *url;
    int rc = as__url_parse(text, &url);

    curl_url_cleanup(url);
    return rc;
}

/* ---- Escribirlas -------------------------------------------------------------------- */

int as_http_escape(const char *text, char **escaped)
{
    *escaped = curl_easy_escape(NULL, text, 0);
    return *escaped ? 0 : as__error(UV_ENOMEM);
}

/* Escribe «nombre=valor» tras `glue`. */
static int write_pair(FILE *out, const char *glue, const char *name, const char *value)
{
    char *escaped_name = NULL, *escaped_value = NULL;

    int rc = as_http_escape(name, &escaped_name);
    if (rc == 0)
        rc = as_http_escape(value, &escaped_value);
    if (rc == 0)
        fprintf(out, "%s%s=%s", glue, escaped_name, escaped_value);
    free(escaped_value);
    free(escaped_name);
    return rc;
}

/* `url` con los pares delante de su fragmento («#...»), si lo tiene. */
static int write_query(FILE *out, const char *url, const char *const *pairs)
{
    size_t length = strcspn(url, "#");
    const char *glue = !memchr(url, '?', length)       ? "?"
                       : strchr("?&", url[length - 1]) ? ""
                                                       : "&";

    fprintf(out, "%.*s", (int)length, url);
    for (; pairs[0]; pairs += 2) {
        if (!pairs[1])
            return as_error_set(UV_EINVAL, "falta el valor de «%s»", pairs[0]);
        int rc = write_pair(out, glue, pairs[0], pairs[1]);
        if (rc < 0)
            return rc;
        glue = "&";
    }
    fputs(url + length, out);
    return 0;
}

int as_http_add_query(const char *url, const char *const *pairs, char **result)
{
    CURLU *parsed;
    size_t size;

    *result = NULL;
    int rc = as__url_parse(url, &parsed);
    curl_url_cleanup(parsed);
    if (rc < 0)
        return rc;
    FILE *out = open_memstream(result, &size);
    if (!out)
        return as__error(UV_ENOMEM);
    rc = write_query(out, url, pairs);
    if (fclose(out) != 0 && rc == 0)
        rc = as__error(UV_ENOMEM);
    if (rc < 0) {
        free(*result);
        *result = NULL;
    }
    return rc;
}
