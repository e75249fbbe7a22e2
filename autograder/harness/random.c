/* random.c: el azar de la prueba: se repite con la misma semilla y no se adivina sin ella.
 *
 * Cada número es un trozo de HMAC-SHA256(semilla, prueba y cuenta). De los que ve el programa
 * no salen ni la semilla ni los que vendrán, y una prueba sola da lo mismo que en la suite. */
#include "base/seed.h"
#include "harness/internal.h"

#include <errno.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

enum { PER_DIGEST = 4 };

static char seed[AG_SEED_MAX + 1]; /* con letras: así se enseña y así se usa */
static const char *stream;         /* la prueba */
static uint64_t digests, pool[PER_DIGEST];
static size_t left; /* los que quedan en `pool` */

void hs__random_start(const struct hs_test *test)
{
    const char *text = getenv("ASINC_SEED");

    stream = test->name;
    if (text && strlen(text) > AG_SEED_MAX)
        hs_broken("ASINC_SEED tiene más de %d letras", AG_SEED_MAX);
    if (text && *text) {
        strcpy(seed, text);
        return;
    }
    int rc = ag_seed_new(seed);
    if (rc < 0)
        hs_broken("el sistema no da números al azar: %s", strerror(-rc));
}

const char *hs_seed(void)
{
    return seed;
}

/* El resumen que toca, de 32 bytes. */
static void digest(unsigned char *out)
{
    char *what = ag_format("%s %llu", stream, (unsigned long long)digests++);
    unsigned size = 0;
    if (!HMAC(EVP_sha256(), seed, (int)strlen(seed), (unsigned char *)what, strlen(what),
              out, &size))
        hs_broken("OpenSSL no da números al azar");
    free(what);
}

static uint64_t next(void)
{
    if (left == 0) {
        digest((unsigned char *)pool);
        left = PER_DIGEST;
    }
    return pool[--left];
}

uint64_t hs_random(uint64_t n)
{
    if (n == 0)
        hs_broken("hs_random(0) no tiene respuesta");
    uint64_t limit = UINT64_MAX - UINT64_MAX % n, r;
    do
        r = next();
    while (r >= limit); /* sin sesgo hacia los primeros */
    return r % n;
}

int hs_random_between(int minimum, int maximum)
{
    if (minimum > maximum)
        hs_broken("hs_random_between(%d, %d) está al revés", minimum, maximum);
    return minimum + (int)hs_random((uint64_t)((int64_t)maximum - minimum) + 1);
}

/* Muchos de una vez: un resumen es la clave, y ChaCha20 cifra ceros con ella. */
void hs_random_bytes(void *bytes, size_t n)
{
    enum { STEP = 1 << 20 };
    static const unsigned char nonce[16];
    unsigned char key[sizeof pool], *to = bytes;
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    digest(key);
    bool ok = cipher && EVP_EncryptInit_ex(cipher, EVP_chacha20(), NULL, key, nonce);
    memset(to, 0, n);
    for (size_t done = 0, piece; ok && done < n; done += piece) {
        int out;
        piece = n - done < STEP ? n - done : STEP;
        ok = EVP_EncryptUpdate(cipher, to + done, &out, to + done, (int)piece);
    }
    EVP_CIPHER_CTX_free(cipher);
    if (!ok)
        hs_broken("OpenSSL no da números al azar");
}

const char *hs_random_name(void)
{
    static unsigned count; /* el sufijo hace imposible repetir */
    char name[11];
    int length = hs_random_between(4, 8);
    for (int i = 0; i < length; i++)
        name[i] = (char)('a' + hs_random(26));
    name[length] = (char)('a' + count / 26 % 26);
    name[length + 1] = (char)('a' + count % 26);
    count++;
    return hs__keep_text(name, (size_t)length + 2);
}

const char *hs_random_path(void)
{
    return hs_format("/%s", hs_random_name());
}
