/* El panel, sin las faltas que se le encontraron. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { SERVICIOS = 4 };

static as_semaphore conexiones; /* dos a la vez */

struct servicio {
    const char *nombre;
    int ms, error;
};

/* [consultar] */
static int consultar(void *arg)
{
    const struct servicio *s = arg;

    int rc = as_semaphore_acquire(&conexiones);
    if (rc < 0)
        return rc;
    rc = as_sleep(s->ms);
    as_semaphore_release(&conexiones); /* en todos los caminos */
    if (rc < 0)
        return rc;
    if (s->error != 0)
        printf("%s: error %d\n", s->nombre, s->error);
    else
        printf("%s: todo bien\n", s->nombre);
    return 0;
}
/* [/consultar] */

static int resumir(void *arg)
{
    (void)arg;
    return as_sleep(150); /* quien espera suspende */
}

static int enviar(void *arg)
{
    return as_error_set(UV_ECONNREFUSED, "%s no contesta",
                        (const char *)arg);
}

struct visita {
    char desde[256], nombre[256];
};

static int saludar(void *arg)
{
    const struct visita *v = arg;

    printf("hola, %s\n", v->nombre);
    return 0;
}

/* [repartir] */
/* Saluda, resume y manda dos correos; cada uno, con su resultado. */
static int repartir(void)
{
    struct visita visita = {"la sala", "Ana"}; /* hasta que acaben */
    const as_call llamadas[] = {
        {.fn = saludar, .arg = &visita, .name = "saludo"},
        {.fn = resumir, .name = "resumen"},
        {.fn = enviar, .arg = "Ana", .name = "correo"},
        {.fn = enviar, .arg = "Blas", .name = "copia"}};
    enum { CUANTAS = sizeof llamadas / sizeof *llamadas };
    as_outcome casillas[CUANTAS];

    int fallos = as_gather(llamadas, CUANTAS, casillas);
    for (int i = 0; i < CUANTAS && fallos >= 0; i++) {
        if (casillas[i].rc < 0)
            printf("%s: %s\n", llamadas[i].name, casillas[i].text);
    }
    return fallos < 0 ? fallos : 0;
}
/* [/repartir] */

static int contar_ronda(void)
{
    as_file *acta;

    int rc = as_file_open("/dev/null", "w", &acta);
    if (rc < 0)
        return rc;
    rc = as_file_writef(acta, "ronda de %d servicios\n", SERVICIOS);
    if (rc == 0)
        rc = repartir();
    int cierre = as_file_close(acta);
    return rc < 0 ? rc : cierre;
}

static int principal(void *arg)
{
    (void)arg;
    struct servicio servicios[SERVICIOS] = {{"usuarios", 160, 0},
                                            {"pagos", 40, 503},
                                            {"pedidos", 100, 503},
                                            {"informes", 260, 0}};

    as_semaphore_init(&conexiones, 2);
    int rc = as_gather_each(consultar, servicios, SERVICIOS,
                            sizeof *servicios, NULL);
    if (rc == 0)
        rc = contar_ronda();
    printf("acaba: %s\n", rc < 0 ? as_error_text(rc) : "bien");
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
