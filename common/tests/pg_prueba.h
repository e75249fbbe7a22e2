/*
 * Lo común a las pruebas del cliente de PostgreSQL: corren contra un servidor de verdad, el
 * de pg_cluster.sh, cada una en su propio esquema.
 */
#ifndef PG_PRUEBA_H
#define PG_PRUEBA_H

#include <pthread.h>
#include <stdatomic.h>

#include "prueba.h"

struct pg_entorno {
    as_pg *pool;
    char conninfo[128]; /* con su esquema, y application_name para reconocerse */
    void *arg;
    int (*fn)(struct pg_entorno *e);
};

/* Salta la prueba si no hay PostgreSQL. */
void necesita_pg(void);

/*
 * Ejecuta `fn` en un bucle con un pool de `max` conexiones (0: las que trae), que se cierra
 * al final, y exige que devuelva 0 y que no queden descriptores abiertos.
 */
void con_pg(int (*fn)(struct pg_entorno *e), size_t max, void *arg);

/* Con la máquina ocupada el servidor tarda más de un segundo en dejar una consulta: para lo que no
 * prueba ese plazo, se le da medio minuto. */
void servidor_sin_prisa(void);

/* Los parámetros de una consulta y cuántos son. */
#define PARAMETROS(...)                                                                  \
    (const char *[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)

/* Un pool de `max` conexiones (0: las que trae). */
as_pg *abre_pool(const char *conninfo, size_t max);

/* Hace `sql`, con formato de printf, y exige que vaya bien. */
__attribute__((format(printf, 2, 3))) void hace(as_pg *pool, const char *sql, ...);

/* Lo mismo, y devuelve el número de su primera casilla. */
__attribute__((format(printf, 2, 3))) long numero(as_pg *pool, const char *sql, ...);

/* El proceso del servidor que atiende a una conexión. */
long proceso_de(as_pg_connection *c);

/* Espera, sin más reloj que el límite de la prueba, a que `sql` dé ese número. */
void espera_numero(as_pg *pool, const char *sql, long esperado);

/* Crea la función «cita(n)», que apunta en la secuencia «llegadas» que alguien llegó y no
 * vuelve hasta que hayan llegado n. */
void crea_cita(as_pg *pool);

/* ---- Un puente entre TCP y el socket de Unix del servidor, que se puede estropear ------- */

enum { PASA, CONGELA, CORTA, ENMUDECE, EN_LA_PUERTA = 16 };

struct puente {
    char servidor[108]; /* su socket */
    bool tls;           /* acepta cifrar en su nombre: el que lo hace es el servidor */
    int escucha, puerto;
    atomic_int modo;  /* CONGELA: nadie lee; CORTA: reinicia lo que haya y lo que llegue;
                         ENMUDECE: como CONGELA, y nadie acepta */
    atomic_int vivos; /* conexiones abiertas */
    atomic_int llegadas;      /* conexiones aceptadas */
    int puerta[EN_LA_PUERTA]; /* los que la llenan, si enmudeció; 0: ninguno */
    atomic_bool cerrando;
    pthread_t aceptador;
};

struct puente *puente_abre(int modo);
/* true si el servidor acepta conexiones. */
bool puente_tiene_servidor(const struct puente *p);

/* La red se corta sin que nadie se entere: no pasa nada más ni se acepta a nadie, y conectarse
 * no acaba nunca. Ya no tiene arreglo. */
void puente_enmudece(struct puente *p);

void puente_cierra(struct puente *p);

#endif
