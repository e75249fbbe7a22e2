#include "prueba.h"

#include <unistd.h>

TestSuite(args, .timeout = 60);

struct valores {
    int64_t espera_ms;
    int veces;
    const char *carpeta;
    bool todo;
};

static int lee(struct valores *v, char **argv)
{
    const struct as_arg opciones[] = {
        {"espera", AS_ARG_SECONDS, &v->espera_ms, 0, 60},
        {"veces", AS_ARG_INT, &v->veces, 1, 9},
        {"carpeta", AS_ARG_TEXT, &v->carpeta, 0, 0},
        {"todo", AS_ARG_FLAG, &v->todo, 0, 0},
        {"la cosa", AS_ARG_REST, NULL, 1, 3},
        {0},
    };
    int argc = 0;
    while (argv[argc])
        argc++;
    return as_args(argc, argv, "[--espera S] COSA [COSA [COSA]]", opciones);
}

#define LEE(v, ...) lee(v, (char *[]){"./dir/prueba", ##__VA_ARGS__, NULL})

PRUEBA(args, las_opciones_dejan_su_valor_donde_se_dijo)
{
    struct valores v = {.espera_ms = 7, .veces = 3, .carpeta = "aqui"};
    cr_assert_eq(LEE(&v, "a"), 1);
    cr_assert_eq(v.espera_ms, 7);
    cr_assert_eq(v.veces, 3);
    cr_assert_str_eq(v.carpeta, "aqui");
    cr_assert_eq(LEE(&v, "--espera", "1.5", "--veces=4", "--carpeta", "", "a"), 6);
    cr_assert_eq(v.espera_ms, 1500);
    cr_assert_eq(v.veces, 4);
    cr_assert_str_eq(v.carpeta, "");
}

PRUEBA(args, una_opcion_sin_valor_es_un_si)
{
    struct valores v = {0};
    cr_assert_eq(LEE(&v, "a"), 1);
    cr_assert(!v.todo);
    cr_assert_eq(LEE(&v, "a", "--todo", "b"), 2);
    cr_assert(v.todo);
}

static void pide_ayuda(void)
{
    dup2(STDERR_FILENO, STDOUT_FILENO);
    DA_IGUAL(LEE(&(struct valores){0}, "--help"));
}

/* No acaba en un error, aunque falte lo demás. */
PRUEBA(args, la_ayuda_dice_el_uso_y_acaba_bien)
{
    char salida[512];

    cr_assert_eq(en_otro_proceso(pide_ayuda, salida, sizeof salida), 0);
    cr_assert(strstr(salida, "Uso: prueba [--espera S] COSA [COSA [COSA]]\n"
                             "  --espera S: segundos, de 0 a 60\n"
                             "  --veces N: un entero de 1 a 9\n"
                             "  --carpeta TEXTO\n"
                             "  --todo\n"),
              "%s", salida);
}

static void sin_valor_de_mas(void)
{
    DA_IGUAL(LEE(&(struct valores){0}, "--todo=1", "a"));
}

PRUEBA(args, a_quien_no_lleva_valor_no_se_le_da)
{
    char salida[512];

    cr_assert_eq(en_otro_proceso(sin_valor_de_mas, salida, sizeof salida), 0);
    cr_assert(strstr(salida, "no entiendo «--todo=1»"), "%s", salida);
}

PRUEBA(args, lo_suelto_queda_detras_y_en_su_orden)
{
    struct valores v = {0};
    char *argv[] = {"prueba", "a", "--veces", "2", "b", "--", "--espera", NULL};
    int primera = lee(&v, argv);
    cr_assert_eq(primera, 4);
    cr_assert_str_eq(argv[4], "a");
    cr_assert_str_eq(argv[5], "b");
    cr_assert_str_eq(argv[6], "--espera");
}

static void numero_fuera_de_limites(void)
{
    cr_assert_eq(LEE(&(struct valores){0}, "--veces", "10"), UV_EINVAL);
}

static void segundos_sin_sentido(void)
{
    cr_assert_eq(LEE(&(struct valores){0}, "--espera", "nan"), UV_EINVAL);
}

static void opcion_desconocida(void)
{
    cr_assert_eq(LEE(&(struct valores){0}, "--vexes", "1"), UV_EINVAL);
}

static void opcion_sin_valor(void)
{
    cr_assert_eq(LEE(&(struct valores){0}, "--veces"), UV_EINVAL);
}

static void sin_posicionales(void)
{
    cr_assert_eq(LEE(&(struct valores){0}, "--veces", "2"), UV_EINVAL);
}

static void un_posicional_de_mas(void)
{
    cr_assert_eq(LEE(&(struct valores){0}, "a", "b", "--veces=2", "c", "--", "--d", "e"),
                 UV_EINVAL);
}

static void ninguno_si_no_se_dice(void)
{
    char *argv[] = {"prueba", "a", NULL};
    cr_assert_eq(as_args(2, argv, "", (struct as_arg[]){{0}}), UV_EINVAL);
}

static void tambien_tras_un_error(void)
{
    cr_assert_eq(LEE(&(struct valores){0}, "--veces", "0"), UV_EINVAL);
}

PRUEBA(args, lo_imposible_se_explica_en_una_linea)
{
    static const struct {
        void (*fn)(void);
        const char *texto;
    } casos[] = {
        {numero_fuera_de_limites,
         "prueba: --veces «10»: se esperaba un entero de 1 a 9\n"},
        {segundos_sin_sentido,
         "prueba: --espera «nan»: se esperaban segundos entre 0 y 60\n"},
        {opcion_desconocida,
         "prueba: no entiendo «--vexes». Uso: prueba [--espera S] COSA [COSA [COSA]]\n"},
        {sin_posicionales,
         "prueba: falta la cosa. Uso: prueba [--espera S] COSA [COSA [COSA]]\n"},
        {un_posicional_de_mas,
         "prueba: sobra «--d». Uso: prueba [--espera S] COSA [COSA [COSA]]\n"},
        {ninguno_si_no_se_dice, "prueba: sobra «a». Uso: prueba \n"},
        {tambien_tras_un_error, "prueba: --veces «0»: se esperaba un entero de 1 a 9\n"},
        {opcion_sin_valor, "prueba: falta el valor de «--veces». Uso: prueba [--espera "
                           "S] COSA [COSA [COSA]]\n"},
    };
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        char salida[256];
        cr_assert_eq(en_otro_proceso(casos[i].fn, salida, sizeof salida), 0);
        cr_assert_str_eq(salida, casos[i].texto);
    }
}

PRUEBA(args, caben_los_posicionales_que_se_dijo)
{
    const struct as_arg muchos[] = {{"x", AS_ARG_REST, NULL, 0, AS_MANY}, {0}};

    cr_assert_eq(LEE(&(struct valores){0}, "a", "b", "c"), 1);
    cr_assert_eq(as_args(1, (char *[]){"p", NULL}, "", muchos), 1);
    cr_assert_eq(as_args(5, (char *[]){"p", "a", "b", "c", "d", NULL}, "", muchos), 1);
}

PRUEBA(args, demasiadas_opciones_son_un_error)
{
    struct as_arg muchas[18] = {{0}};
    int valor;
    for (size_t i = 0; i < 17; i++)
        muchas[i] = (struct as_arg){"x", AS_ARG_INT, &valor, 0, 1};
    cr_assert_eq(as_args(1, (char *[]){"p", NULL}, "", muchas), UV_ENOBUFS);
}

PRUEBA(args, una_url_se_revisa_sin_pedirla)
{
    cr_assert_eq(as_http_check_url("http://127.0.0.1:8080/a?b=c"), 0);
    cr_assert_eq(as_http_check_url("HTTPS://ejemplo.org"), 0);
    static const char *const malas[] = {"",        "hola",        "ftp://ejemplo.org/",
                                        "http://", "http://a b/", "http://a/\n"};
    for (size_t i = 0; i < sizeof malas / sizeof *malas; i++)
        cr_assert_eq(as_http_check_url(malas[i]), UV_EINVAL, "pasa «%s»", malas[i]);
}
