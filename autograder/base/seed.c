#include "base/seed.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

enum { SEED_BYTES = 16 };

int ag_seed_new(char seed[static AG_SEED_MAX + 1])
{
    unsigned char bytes[SEED_BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        return -errno;
    for (size_t i = 0; i < sizeof bytes; i++)
        sprintf(seed + 2 * i, "%02x", bytes[i]);
    return 0;
}
