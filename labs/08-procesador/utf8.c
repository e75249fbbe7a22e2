#include "utf8.h"

/* El byte empieza un carácter de varios; falso si ningún carácter empieza así. */
static bool empezar(struct utf8 *u, unsigned char byte)
{
    static const uint32_t primeros[] = {0, 0x80, 0x800, 0x10000};
    if (byte < 0xc0 || byte >= 0xf8)
        return false;
    u->faltan = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    u->numero = byte & (0x3f >> u->faltan);
    u->primero = primeros[u->faltan];
    return true;
}

int utf8_byte(struct utf8 *u, unsigned char byte, uint32_t caracteres[static 2])
{
    int n = 0;
    if (u->faltan > 0 && (byte & 0xc0) == 0x80) {
        u->numero = u->numero << 6 | (byte & 0x3f);
        if (--u->faltan == 0)
            caracteres[n++] = u->numero >= u->primero ? u->numero : UTF8_ROTO;
        return n;
    }
    if (u->faltan > 0)
        caracteres[n++] = UTF8_ROTO; /* este byte no sigue al que iba a medias */
    u->faltan = 0;
    if (byte < 0x80)
        caracteres[n++] = byte;
    else if (!empezar(u, byte))
        caracteres[n++] = UTF8_ROTO;
    return n;
}

bool utf8_a_medias(const struct utf8 *u)
{
    return u->faltan > 0;
}
