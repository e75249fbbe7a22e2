/*
 * Una base de datos de mentira, para practicar sin servidor: una
 * reserva presta conexiones, y una consulta tarda y puede fallar.
 */
#ifndef FALSA_H
#define FALSA_H

#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

enum { MAX_CONEXIONES = 4 };

struct conexion {
    int numero; /* 1, 2... */
    bool prestada;
};

struct reserva {
    as_semaphore libres;
    struct conexion conexiones[MAX_CONEXIONES];
};

static inline void abrir_reserva(struct reserva *r, int cuantas)
{
    as_semaphore_init(&r->libres, cuantas);
    for (int i = 0; i < MAX_CONEXIONES; i++)
        r->conexiones[i] = (struct conexion){i + 1, i >= cuantas};
}

/* Toma prestada la libre de menor número; suspende si no hay. */
static inline int tomar(struct reserva *r, struct conexion **conexion)
{
    int rc = as_semaphore_acquire(&r->libres);

    if (rc < 0)
        return rc;
    *conexion = r->conexiones;
    while ((*conexion)->prestada)
        ++*conexion;
    (*conexion)->prestada = true;
    return 0;
}

static inline void devolver(struct reserva *r,
                            struct conexion *conexion)
{
    conexion->prestada = false;
    as_semaphore_release(&r->libres);
}

/* Tarda esos milisegundos; falla si el texto dice «mal». Suspende. */
static inline int consultar(struct conexion *conexion, const char *sql,
                            int ms)
{
    (void)conexion;
    int rc = as_sleep(ms);

    if (rc == 0 && strstr(sql, "mal"))
        rc = as_error_set(UV_EINVAL, "no entiendo «%s»", sql);
    return rc;
}

/* Tarda 10 ms. UV_EEXIST si ese registro ya está: el 3 y el 7 lo están.
 * Suspende. */
static inline int insertar(struct conexion *conexion, int id)
{
    (void)conexion;
    int rc = as_sleep(10);

    if (rc == 0 && (id == 3 || id == 7))
        rc = as_error_set(UV_EEXIST, "el registro %d ya estaba", id);
    return rc;
}

#endif
