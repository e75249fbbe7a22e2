/* La clave de una calificación. */
#include "class/key.h"
#include "base/dir.h"
#include "base/memory.h"
#include "grader/grader.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Cámbialo si se hace otra cosa con los mismos archivos: ninguna clave de antes vale. */
#define RECIPE "asinc-class 1"

#define SECRET "secreto" /* en SALIDA, que solo ve quien califica */
enum { SEED_BYTES = 16 };

static EVP_MD_CTX *start(void)
{
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    if (!hash || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1) {
        fputs("asinc-class: libcrypto no da SHA-256\n", stderr);
        exit(AG_NO_MEMORY);
    }
    return hash;
}

/* Cada pieza va con su nombre y su tamaño: así dos listas distintas no dan los mismos bytes. */
static void add(EVP_MD_CTX *hash, const char *name, const void *data, size_t size)
{
    uint64_t length = size;
    EVP_DigestUpdate(hash, name, strlen(name) + 1);
    EVP_DigestUpdate(hash, &length, sizeof length);
    EVP_DigestUpdate(hash, data, size);
}

static void finish(EVP_MD_CTX *hash, char *hex)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_DigestFinal_ex(hash, digest, &size);
    EVP_MD_CTX_free(hash);
    for (unsigned i = 0; i < size && 2 * i + 2 < CL_KEY_SIZE; i++)
        sprintf(hex + 2 * i, "%02x", digest[i]);
}

/* Añade lo que se lee de `f`, que se cierra, hasta el final. 0, o -1. */
static int add_stream(EVP_MD_CTX *hash, const char *name, FILE *f, int (*end)(FILE *))
{
    char block[1 << 16];
    size_t n, total = 0;
    EVP_DigestUpdate(hash, name, strlen(name) + 1);
    while ((n = fread(block, 1, sizeof block, f)) > 0) {
        EVP_DigestUpdate(hash, block, n);
        total += n;
    }
    EVP_DigestUpdate(hash, &total, sizeof total);
    int bad = ferror(f);
    return end(f) != 0 || bad ? -1 : 0;
}

static int add_file(EVP_MD_CTX *hash, const char *name, char *path, struct gr_error *err)
{
    FILE *f = fopen(path, "re");
    int rc = f ? add_stream(hash, name, f, fclose) : -1;
    if (rc < 0)
        gr_error(err, "no se puede leer %s: %s", path, strerror(errno));
    free(path);
    return rc;
}

static int add_compiler(EVP_MD_CTX *hash, struct gr_error *err)
{
    FILE *f = popen("LC_ALL=C gcc --version", "re");
    if (!f || add_stream(hash, "gcc", f, pclose) < 0)
        return gr_error(err, "no se puede preguntar a gcc su versión");
    return 0;
}

int cl_key_lab(const struct lab *lab, char digest[static CL_KEY_SIZE],
               struct gr_error *err)
{
    struct gr_stage where = {.lock = -1};
    EVP_MD_CTX *hash = start();
    int rc = gr_stage_find(&where, err);
    add(hash, "receta", RECIPE, strlen(RECIPE));
    if (rc == 0)
        rc = add_compiler(hash, err);
    const struct {
        const char *name;
        char *path;
    } files[] = {
        {"lab.json", ag_format("labs/%s/.grader/lab.json", lab->dir)},
        {"suite", ag_format("%s/labs/%s/suite", where.own, lab->dir)},
        {"corrector", ag_format("%s/autograder/asinc-grade", where.own)},
        {"vigilante", ag_format("%s/autograder/runner", where.own)},
        {"biblioteca", ag_format("%s/normal/common/libasinc.a", where.build)},
        {"con asan", ag_format("%s/asan/common/libasinc.a", where.build)},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (rc == 0)
            rc = add_file(hash, files[i].name, files[i].path, err);
        else
            free(files[i].path);
    }
    for (size_t i = 0; i < lab->n_given && rc == 0; i++)
        rc = add_file(hash, lab->given[i],
                      ag_format("labs/%s/%s", lab->dir, lab->given[i]), err);
    finish(hash, digest);
    gr_stage_close(&where);
    return rc;
}

void cl_key(const char *lab_digest, const struct lab *lab, const struct cl_pick *pick,
            const bool *changed, char key[static CL_KEY_SIZE])
{
    EVP_MD_CTX *hash = start();
    add(hash, "laboratorio", lab_digest, strlen(lab_digest));
    for (size_t i = 0; i < lab->n_sources; i++)
        add(hash, lab->sources[i], pick->sources[i]->data, pick->sources[i]->size);
    for (size_t i = 0; i < lab->n_given; i++)
        if (changed[i])
            add(hash, lab->given[i], pick->given[i]->data, pick->given[i]->size);
    finish(hash, key);
}

/* ---- la semilla ------------------------------------------------------------------------ */

/* Deja en `secret` el de esta SALIDA, que se inventa la primera vez. */
static int read_secret(const char *out, char secret[static AG_SEED_MAX + 1],
                       struct gr_error *err)
{
    char *data, *path = ag_format("%s/" SECRET, out),
                *draft = ag_format("%s.nuevo", path);
    size_t size;
    int rc = ag_read_file(out, SECRET, AG_SEED_MAX, &data, &size);
    if (rc == 0) {
        strcpy(secret, data);
        free(data);
    } else if (rc == -ENOENT && (rc = ag_seed_new(secret)) == 0) {
        unlink(draft);
        rc = gr_write_file(draft, secret, strlen(secret), err);
        if (rc == 0 && (chmod(draft, 0600) < 0 || rename(draft, path) < 0))
            rc = -errno;
    }
    if (rc < 0)
        gr_error(err, "no se puede usar %s: %s", path, strerror(-rc));
    free(draft);
    free(path);
    return rc < 0 ? -1 : 0;
}

int cl_key_seed(const char *out, const char *key, char seed[static AG_SEED_MAX + 1],
                struct gr_error *err)
{
    char secret[AG_SEED_MAX + 1];
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (read_secret(out, secret, err) < 0)
        return -1;
    if (!HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)key,
              strlen(key), digest, &size))
        return gr_error(err, "libcrypto no da HMAC");
    for (int i = 0; i < SEED_BYTES; i++)
        sprintf(seed + 2 * i, "%02x", digest[i]);
    return 0;
}
