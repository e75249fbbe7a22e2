/*
 * chat: una sala en la que cada línea que alguien escribe la leen los demás.
 *
 * El enunciado está en README.md y las pistas en pistas.md. Lo que debes escribir está
 * marcado con TODO; cambia lo que quieras de lo demás: se califica lo que el programa
 * hace, no cómo lo hace.
 */
#include "opciones.h"

#include <asinc/asinc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_NOMBRE = 20,         /* bytes */
    MAX_LINEA = 1000,        /* bytes, sin el fin de línea */
    MAX_PENDIENTE = 1 << 20, /* bytes que puede tener sin leer un cliente */
};

/* Una persona conectada. Añade lo que necesites. */
struct cliente {
    as_stream *flujo;
    char nombre[MAX_NOMBRE + 1];
};

/* Lo que comparten todas: quién está. Es el diccionario `clientes` de Python. */
struct sala {
    struct cliente **clientes;
    size_t n;
};

/* Las tres que faltan, de fuera adentro: cada una usa la siguiente. */
static int manejar_cliente(as_stream *flujo, void *arg);
static void difundir(struct sala *sala, const char *texto, const struct cliente *salvo);

/*
 * TODO 1: escucha donde digan las opciones (as_listen), anúncialo con la línea
 * «Escuchando en HOST:PUERTO» y atiende a quien llegue (as_serve) hasta Ctrl+C.
 *
 * Es la tarea principal.
 */
static int chatear(void *arg)
{
    const struct opciones *opciones = arg;
    struct sala sala = {0};
    (void)opciones;
    (void)sala;
    (void)manejar_cliente;
    return UV_ENOSYS;
}

/*
 * TODO 2: atiende a un cliente desde que llega hasta que se va. as_serve la llama para
 * cada uno en su propia tarea, y cierra `flujo` cuando vuelve.
 *
 * Pregúntale el nombre, mételo en la sala, lee sus líneas con as_readline y difúndelas.
 * Pase lo que pase, antes de volver sácalo de la sala.
 */
static int manejar_cliente(as_stream *flujo, void *arg)
{
    struct sala *sala = arg;
    (void)flujo;
    (void)sala;
    (void)difundir;
    return 0;
}

/*
 * TODO 3: hace llegar la línea `texto` a todos los de la sala menos a `salvo` (NULL: a
 * todos). Empieza por escribírsela a cada uno con as_write. Cuando funcione, piensa qué
 * les pasa a los demás si uno no lee.
 */
static void difundir(struct sala *sala, const char *texto, const struct cliente *salvo)
{
    (void)sala;
    (void)texto;
    (void)salvo;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;

    int rc = as_run(chatear, &opciones);
    if (rc == UV_ENOSYS)
        fprintf(stderr, "chat: todavía no escucha; empieza por el TODO 1 de "
                        "labs/09-chat/chat.c\n");
    return rc < 0 ? SALIDA_FALLO : SALIDA_BIEN;
}
