#include <asinc/asinc.h>
#include <criterion/criterion.h>

/* [probado] */
/* Lo que se prueba: una sesión y una consulta, con su espera. */
struct sesion {
    bool abierta;
};

static int crear_sesion(struct sesion *s)
{
    int rc = as_sleep(1000);

    s->abierta = rc == 0;
    return rc;
}

static int obtener_usuarios(const struct sesion *s, int espera_ms)
{
    int rc = as_sleep(espera_ms);

    if (rc < 0)
        return rc;
    return s->abierta ? 2 : UV_ENOTCONN;
}

static int cerrar_sesion(struct sesion *s)
{
    s->abierta = false;
    return as_sleep(1000);
}
/* [/probado] */

/* [accesorio] */
/* Abre la sesión, ejecuta el cuerpo de la prueba y cierra siempre. */
struct prueba {
    int (*cuerpo)(struct sesion *);
};

static int con_sesion(void *arg)
{
    const struct prueba *prueba = arg;
    struct sesion sesion;

    cr_assert_eq(crear_sesion(&sesion), 0);
    int rc = prueba->cuerpo(&sesion);
    int cierre = cerrar_sesion(&sesion);
    return rc < 0 ? rc : cierre;
}

static void probar(int cuerpo(struct sesion *))
{
    struct prueba prueba = {cuerpo};
    as_options opciones = {.clock = AS_CLOCK_VIRTUAL};

    cr_assert_eq(as_run_options(con_sesion, &prueba, &opciones), 0);
}
/* [/accesorio] */

/* [pruebas] */
TestSuite(usuarios, .timeout = 60);

static int hay_dos(struct sesion *sesion)
{
    cr_expect_eq(obtener_usuarios(sesion, 5000), 2);
    return 0;
}

Test(usuarios, una_sesion_abierta_da_dos)
{
    probar(hay_dos);
}

static int se_cansa(struct sesion *sesion)
{
    as_scope plazo;

    as_scope_enter(&plazo, 3000);
    int rc = as_scope_leave(&plazo, obtener_usuarios(sesion, 60000));
    cr_expect_eq(rc, UV_ETIMEDOUT);
    return 0;
}

Test(usuarios, una_consulta_de_un_minuto_agota_el_plazo)
{
    probar(se_cansa);
}
/* [/pruebas] */
