/* Cuánto trabajo le toca a la parte que más tiene. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { HASTA = 20000, MAX_PARTES = 4 };

struct parte {
    int desde, salto;
    long divisiones;
};

/* Corre en otro hilo. */
static int contar_parte(void *arg)
{
    struct parte *p = arg;

    for (int n = p->desde; n < HASTA; n += p->salto) {
        int d = 2;
        while (d < n && n % d != 0)
            d++;
        p->divisiones += d - 1;
    }
    return 0;
}

/* Corre en el bucle. */
static int encargar(void *arg)
{
    return as_work(contar_parte, arg);
}

static int repartir(int cuantas)
{
    struct parte partes[MAX_PARTES];
    long mayor = 0, todas = 0;

    for (int i = 0; i < cuantas; i++)
        partes[i] = (struct parte){2 + i, cuantas, 0};
    int rc = as_gather_each(encargar, partes, (size_t)cuantas,
                            sizeof *partes, NULL);
    if (rc < 0)
        return rc;
    for (int i = 0; i < cuantas; i++) {
        todas += partes[i].divisiones;
        if (partes[i].divisiones > mayor)
            mayor = partes[i].divisiones;
    }
    printf("partes: %d; la mayor hace el %ld %% de las divisiones\n",
           cuantas, (100 * mayor + todas / 2) / todas);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = 0;

    for (int cuantas = 1; cuantas <= MAX_PARTES && rc == 0;
         cuantas *= 2)
        rc = repartir(cuantas);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
