/*
 * 6 · Construir · 45 minutos
 * Un cuaderno compartido: cada página tiene un nombre y unos bytes cualesquiera.
 *
 * Las órdenes son líneas. Los bytes van detrás, con su tamaño dicho delante:
 *
 *    pon NOMBRE N, y N bytes   ->  hecho
 *    da NOMBRE                 ->  N, en una línea, y los N bytes
 *                                  «no está», si no hay esa página
 *    cualquier otra cosa       ->  «no entiendo», y se cuelga
 *
 * También es cualquier otra cosa un tamaño que no sea un número de 0 a MAX_PAGINA, un
 * nombre demasiado largo y un cuaderno lleno. Los bytes pueden ser saltos de línea,
 * y llegar partidos o pegados a la orden siguiente. Si un cliente se va a mitad de
 * sus bytes, la página queda como estaba.
 *
 * Escribe `atender`, con las funciones que necesites: cada una, corta. Piensa qué
 * puede hacer otro cliente con la página mientras el tuyo espera. Las piezas:
 * as_readline, as_readexactly, as_writef, as_write y sscanf.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

enum { PAGINAS = 4, MAX_NOMBRE = 15, MAX_PAGINA = 256 };

struct pagina {
    char nombre[MAX_NOMBRE + 1]; /* "": no se usa */
    char bytes[MAX_PAGINA];
    size_t n;
};

static struct pagina cuaderno[PAGINAS];

/* La página de ese nombre. Si no está, la primera libre con crear, y NULL sin él. */
__attribute__((unused)) static struct pagina *buscar(const char *nombre,
                                                     bool crear)
{
    struct pagina *libre = NULL;

    for (int i = PAGINAS - 1; i >= 0; i--) {
        if (strcmp(cuaderno[i].nombre, nombre) == 0)
            return &cuaderno[i];
        if (!*cuaderno[i].nombre)
            libre = &cuaderno[i];
    }
    return crear ? libre : NULL;
}

static int atender(as_stream *cliente, void *arg)
{
    /* TODO */
    (void)cliente, (void)arg;
    return 0;
}

/* ---- La prueba: no hay que tocarla ------------------------------ */

static void ensenar(const char *bytes, size_t n)
{
    printf("  «");
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '\n')
            printf("\\n");
        else
            putchar(bytes[i]);
    }
    puts("»");
}

/* Lee una respuesta y, si es un número, los bytes que la siguen. */
static int oir(as_stream *flujo)
{
    char linea[80], bytes[MAX_PAGINA];
    unsigned n;

    ssize_t largo = as_readline(flujo, linea, sizeof linea);
    if (largo < 0) {
        puts("  (fin)");
        return 0;
    }
    printf("  %s\n", linea);
    if (sscanf(linea, "%u", &n) != 1 || n > sizeof bytes)
        return 0;
    int rc = n > 0 ? as_readexactly(flujo, bytes, n) : 0;
    if (rc == 0)
        ensenar(bytes, n);
    return rc;
}

/* Una conversación: lo que se escribe, por trozos, y cuántas respuestas se esperan. */
struct charla {
    const char *titulo;
    const char *trozos[4];
    int respuestas;
};

static int conversar(as_stream *flujo, const struct charla *c)
{
    puts(c->titulo);
    for (int i = 0; i < 4 && c->trozos[i]; i++) {
        int rc = as_write(flujo, c->trozos[i], strlen(c->trozos[i]));
        if (rc == 0)
            rc = as_sleep(10);
        if (rc < 0)
            return rc;
    }
    for (int i = 0; i < c->respuestas; i++) {
        int rc = oir(flujo);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int llamar(int puerto, const struct charla *c)
{
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = conversar(flujo, c);
    as_stream_close(flujo);
    return rc < 0 ? rc : as_sleep(10);
}

static int servir(void *arg)
{
    return as_serve(arg, atender, NULL);
}

static int probar(int puerto)
{
    static const struct charla charlas[] = {
        {"Ana guarda, a trozos:",
         {"pon rec", "eta 11\npan", "\ny queso"},
         1},
        {"Blas la pide, y otra:", {"da receta\nda nada\n"}, 2},
        {"Cora se va a la mitad:", {"pon receta 20\nuna"}, 0},
        {"Blas la pide otra vez:", {"da receta\n"}, 1},
        {"Dan, todo pegado:", {"pon a 1\nXda a\npon b 0\nda b\n"}, 4},
        {"Eva se equivoca:", {"pon a muchos\n"}, 2},
        {"Fe pide demasiado:", {"pon a 257\n"}, 2},
    };
    int rc = 0;

    for (size_t i = 0; i < sizeof charlas / sizeof *charlas; i++) {
        rc = llamar(puerto, &charlas[i]);
        if (rc < 0)
            break;
    }
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_listener *telefono;
    as_group grupo;

    int rc = as_listen("127.0.0.1", 0, 0, &telefono);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "servidor", servir, telefono);
    if (rc == 0)
        rc = probar(as_listener_port(telefono));
    as_listener_close(telefono);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
