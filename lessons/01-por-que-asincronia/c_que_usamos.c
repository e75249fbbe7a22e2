/* El C que usan los capítulos, en trozos: `./c_que_usamos goto`. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* [pedido] */
struct pedido {
    const char *plato;
    int mesa, minutos;
};

static void ver(struct pedido p)
{
    printf("%s, mesa %d, %d min\n", p.plato, p.mesa, p.minutos);
}
/* [/pedido] */

static void nombres(void)
{
    /* [nombres] */
    struct pedido a = {.plato = "sopa", .minutos = 8};
    ver(a);
    /* [/nombres] */
}

static void literal(void)
{
    /* [literal] */
    struct pedido barra[2];

    barra[0] = (struct pedido){"arroz", 1, 20};
    barra[1] = (struct pedido){.plato = "flan"};
    ver(barra[0]);
    ver(barra[1]);
    /* [/literal] */
}

/* [enum] */
enum { MESAS = 4, SILLAS = MESAS * 2 };

static int libres[MESAS]; /* un vector pide una constante */
/* [/enum] */

static void constantes(void)
{
    for (int i = 0; i < MESAS; i++)
        libres[i] = SILLAS / MESAS;
    printf("%d mesas, %d sillas, %d en la última\n", MESAS, SILLAS,
           libres[MESAS - 1]);
}

/* [static] */
static int proximo(void) /* solo se ve en este archivo */
{
    static int numero = 0; /* una para todas las llamadas */

    return ++numero;
}
/* [/static] */

static void estatico(void)
{
    int uno = proximo(), dos = proximo();

    printf("%d y %d\n", uno, dos);
}

/* [const] */
static int medir(const char *texto, const char **inicial)
{
    *inicial = texto; /* se puede: cambia tu puntero */
    /* texto[0] = 'X' no compila: las letras no son tuyas */
    return (int)strlen(texto);
}
/* [/const] */

static void constante(void)
{
    const char *donde;
    int largo = medir("pan", &donde);

    printf("%d letras desde «%s»\n", largo, donde);
}

/* [dato] */
static int servir(void *arg)
{
    const struct pedido *p = arg; /* de void *, sin conversión */

    printf("sirvo %s\n", p->plato);
    return 0;
}

static int cerrar(void *arg)
{
    (void)arg; /* no lo necesita; así el compilador no avisa */
    puts("cierro");
    return 0;
}
/* [/dato] */

/* [funcion] */
static int llamar(int (*fn)(void *), void *arg)
{
    return fn(arg);
}
/* [/funcion] */

static void funciones(void)
{
    /* [llamar] */
    struct pedido p = {.plato = "sopa"};
    int rc = llamar(servir, &p);
    if (rc == 0)
        rc = llamar(cerrar, NULL);
    /* [/llamar] */
    if (rc != 0)
        puts("algo falló");
}

static void tamanos(void)
{
    /* [sizeof] */
    struct pedido p[] = {{"sopa", 1, 8}, {"pan", 2, 1}};
    size_t cuantos = sizeof p / sizeof *p;

    printf("%zu pedidos; el último, %s\n", cuantos,
           p[cuantos - 1].plato);
    /* [/sizeof] */
}

/* [leer] */
static int leer(int *quedan)
{
    if (*quedan == 0)
        return -1; /* no hay más */
    return (*quedan)--;
}
/* [/leer] */

static void asignar(void)
{
    /* [asignar] */
    int quedan = 3, n;

    while ((n = leer(&quedan)) >= 0)
        printf("leo %d\n", n);
    /* [/asignar] */
}

/* [nota] */
struct nota {
    size_t n;
    char texto[]; /* n bytes, detrás de la estructura */
};

static struct nota *anotar(const char *texto, size_t n)
{
    struct nota *nota = malloc(sizeof *nota + n);
    if (!nota)
        return NULL;
    nota->n = n;
    memcpy(nota->texto, texto, n);
    return nota; /* se libera con un solo free */
}
/* [/nota] */

static void flexible(void)
{
    /* [precision] */
    struct nota *nota = anotar("sin sal, por favor", 7);
    if (nota)
        printf("«%.*s»\n", (int)nota->n, nota->texto);
    free(nota);
    /* [/precision] */
}

/* [goto] */
/* ¿Empiezan igual dos archivos? -1 si falta alguno. */
static int iguales(const char *uno, const char *otro)
{
    int rc = -1;
    FILE *a = fopen(uno, "r"), *b;

    if (!a)
        return rc;
    b = fopen(otro, "r");
    if (!b)
        goto cerrar_a;
    rc = fgetc(a) == fgetc(b);
    fclose(b);
cerrar_a:
    fclose(a);
    return rc;
}
/* [/goto] */

static void hacia_abajo(void)
{
    printf("%d y %d\n", iguales("/dev/null", "/dev/null"),
           iguales("/dev/null", "/no/existe"));
}

static void enteros(void)
{
    /* [enteros] */
    uint64_t ns = 3000000000; /* 64 bits, sin signo */
    size_t bytes = sizeof ns; /* lo que mide un objeto */

    printf("%" PRIu64 " ns en %zu bytes\n", ns, bytes);
    /* [/enteros] */
}

static const struct {
    const char *nombre;
    void (*ver)(void);
} trozos[] = {
    {"static", estatico}, {"nombres", nombres},   {"asignar", asignar},
    {"const", constante}, {"funcion", funciones}, {"sizeof", tamanos},
    {"enteros", enteros}, {"enum", constantes},   {"goto", hacia_abajo},
    {"literal", literal}, {"flexible", flexible},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof trozos / sizeof *trozos; i++) {
        if (argc < 2 || strcmp(argv[1], trozos[i].nombre) == 0)
            trozos[i].ver();
    }
    return 0;
}
