/* El servicio de notas en marcha, con su base de datos, y quien lo usa. */
#ifndef NOTAS_BANCO_H
#define NOTAS_BANCO_H

#include "ejemplo.h"

struct notas {
    struct ejemplo e;
    int puerto;
    bool detenido; /* `fn` ya le mandó un SIGTERM */
    char conexion[320];
    as_http *http;
    as_pg *base; /* para mirar, y para estorbar, por detrás */
};

/* Lanza el servicio con esas opciones y una base de datos nueva, ejecuta `fn`, le manda un
 * SIGTERM si no lo hizo `fn`, y exige que acabe bien. Sin PostgreSQL, se salta. */
void con_notas(int (*fn)(struct notas *n), const char *const *opciones);

/* Lanza el servicio y espera a saber en qué puerto atiende. */
void notas_lanza(struct notas *n, const char *const *opciones);

#define OPCIONES(...) ((const char *[]){__VA_ARGS__, NULL})

/* Hace una petición (`cuerpo` puede ser NULL) y exige el estado y, si no es NULL, un trozo de lo
 * que responde. */
void contesta(struct notas *n, const char *metodo, const char *camino, const char *cuerpo,
              int estado, const char *trozo);

/* Lo mismo en crudo, por una conexión nueva que el servicio debe cerrar. */
void en_crudo(struct notas *n, const char *peticion, const char *trozo);

/* Sigue los sucesos; ya se le saludó. */
as_stream *sigue_los_sucesos(struct notas *n);

/* Hace `sql`, que debe ir bien; da el entero de su primera casilla, o -1 si no lo hay. */
int64_t ejecuta(as_pg *base, const char *sql);

/* Bloquea la tabla hasta que se devuelva la conexión. */
as_pg_connection *bloquea(struct notas *n);

/* Espera a que `cuantas` consultas aguarden a que se desbloquee. */
void espera_bloqueadas(struct notas *n, int64_t cuantas);

#endif
