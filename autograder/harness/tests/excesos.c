/* excesos.c: un programa que manda al banco más de la cuenta, por cada camino que hay. Saca
 * «mal» con su motivo, y la suite no gasta por ello ni memoria ni tiempo sin fin. */
#include "ejemplo.h"
#include <sys/resource.h>

TestSuite(excesos, .timeout = 120);

/* Lo más que ocupó la suite del ejemplo; sin programa que la estorbe son 12. */
static void bounded(const char *name)
{
#ifndef __SANITIZE_ADDRESS__
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    cr_assert_lt(usage.ru_maxrss / 1024, 112, "%s: la suite ocupó %ld MiB", name,
                 usage.ru_maxrss / 1024);
#else
    (void)name;
#endif
}

static void stopped(const char *name, const char *why)
{
    expect(name, "mal", why);
    bounded(name);
}

#define BYTES       "FALLO: el programa mandó más de 32 MiB; lo he parado\n"
#define LINES       "FALLO: el programa mandó más de 400000 líneas; lo he parado\n"
#define REQUESTS    "FALLO: el programa hizo más de 4000 peticiones; lo he parado\n"
#define CONNECTIONS "FALLO: el programa abrió más de 4000 conexiones; lo he parado\n"

Test(excesos, peticiones)
{
    stopped("cuerpos_sin_fin", BYTES);
    stopped("cabeceras_sin_fin", BYTES);
    stopped("rutas_sin_fin", REQUESTS);
}

Test(excesos, conexiones)
{
    stopped("conexiones_colgadas", BYTES);
    stopped("conexiones_sin_fin", CONNECTIONS);
}

/* La prueba no vuelve a esperar nada: el exceso se ve al final. */
Test(excesos, tambien_cuando_nadie_espera)
{
    stopped("exceso_que_nadie_espera", BYTES);
}

Test(excesos, a_un_cliente)
{
    stopped("lineas_vacias_a_un_cliente", LINES);
    stopped("sin_fin_a_un_cliente", LINES);
    stopped("linea_enorme_a_un_cliente", "debía llegarle la línea que busca y no");
}

Test(excesos, en_la_salida)
{
    stopped("lineas_vacias_en_la_salida", LINES);
    stopped("una_linea_que_no_acaba", "debía escribir la línea que busca y no");
}

Test(excesos, en_la_terminal)
{
    stopped("filas_sin_fin", "FALLO: la pantalla debía contener «nunca» y no");
    stopped("filas_vacias_sin_fin", LINES);
    stopped("ordenes_de_terminal_sin_fin",
            "FALLO: la pantalla debía contener «nunca» y no");
}

/* El corrector no lee un resultado de más de 1 MiB: sería un fallo suyo. */
Test(excesos, la_historia_cabe_en_su_archivo)
{
    static const char *const names[] = {"rutas_que_crecen_al_verse",
                                        "linea_enorme_en_el_titular",
                                        "pasos_que_crecen_al_verse"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct outcome *o = expect(names[i], "mal", "FALLO: ");
        char *text = json_dumps(o->result, 0);
        cr_assert_lt(strlen(text), 768 << 10, "%s: %zu bytes", names[i], strlen(text));
        cr_assert(strstr(o->story, "Para repetirlo"));
        free(text);
        bounded(names[i]);
    }
}

Test(excesos, en_la_base_de_datos)
{
    const char *template = getenv("ASINC_POSTGRES");
    if (!template || access(template, R_OK) < 0)
        cr_skip_test("PostgreSQL no está instalado");
    expect("registro_inundado", "mal", "más de 8 MiB en su registro");
}

Test(excesos, hilos)
{
    const char *boxed = getenv("ASINC_BOX");
    stopped(
        "hilos_sin_fin",
        boxed && strcmp(boxed, "completa") == 0
            ? "llegó al máximo de 1200 hilos y procesos, no pudo crear otro y murió por"
            : "la caja lo mató: pasó su límite de procesos e hilos");
    expect("mil_hilos", "bien", "salió con código 0");
}
