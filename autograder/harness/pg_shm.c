/*
 * pg_shm.c: el segmento de memoria compartida que PostgreSQL deja al morir.
 *
 * Con él sabe que no hay otro en su carpeta. Lo borra quien se despide, y aquí nadie se despide; y
 * donde la caja no tiene espacio de IPC queda en la máquina, que tiene sitio para 4096.
 */
#include "harness/pg_server.h"
#include <errno.h>
#include <signal.h>
#include <sys/shm.h>
#include <unistd.h>

#define MAX_BYTES 4096 /* lo suyo de verdad va en otra memoria */

/* Nadie lo usa, y quien lo hizo ya no está: nadie lo va a usar. */
static bool abandoned(const struct shmid_ds *is)
{
    return is->shm_perm.uid == geteuid() && is->shm_nattch == 0 &&
           is->shm_segsz <= MAX_BYTES && kill(is->shm_cpid, 0) < 0 && errno == ESRCH;
}

void hs__pg_sweep(void)
{
    struct shmid_ds is;
    struct shm_info info;
    int last = shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&info);
    for (int i = 0; i <= last; i++) {
        int id = shmctl(i, SHM_STAT, &is);
        if (id >= 0 && abandoned(&is))
            shmctl(id, IPC_RMID, NULL);
    }
}
