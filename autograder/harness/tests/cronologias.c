/* cronologias.c: lo que queda apuntado, para dibujarlo, de cada prueba de ejemplos.c. */
#include "ejemplo.h"

TestSuite(cronologias, .timeout = 120);

static json_t *chronicle(const char *name)
{
    json_t *found = json_object_get(run(name, "")->result, "cronologia");
    cr_assert(found, "%s no deja cronología", name);
    return found;
}

/* Los sucesos del primer carril de esa clase. */
static json_t *events(const json_t *chronicle, const char *kind)
{
    size_t i;
    json_t *lane;
    json_array_foreach(json_object_get(chronicle, "carriles"), i, lane)
    {
        if (strcmp(json_string_value(json_object_get(lane, "clase")), kind) == 0)
            return json_object_get(lane, "sucesos");
    }
    cr_assert_fail("no hay ningún carril de clase «%s»", kind);
    return NULL;
}

static const char *text(const json_t *event, const char *key)
{
    return json_string_value(json_object_get(event, key));
}

static double ms(const json_t *event, const char *key)
{
    return json_number_value(json_object_get(event, key));
}

/* Empieza al arrancar el programa, y nada se sale de la prueba. */
Test(cronologias, los_tiempos_cuentan_desde_que_arranca)
{
    json_t *c = chronicle("linea_que_no_llega");
    json_t *life = json_array_get(events(c, "programa"), 0);
    json_t *line = json_array_get(events(c, "salida"), 0);
    cr_assert_str_eq(text(life, "tono"), "abierto");
    cr_assert_eq(ms(life, "hasta"), ms(c, "fin"));
    cr_assert_str_eq(text(line, "texto"), "listo");
    cr_assert_null(json_object_get(line, "hasta"));
    cr_assert_eq(ms(life, "ms"), 0); /* el origen es su arranque */
    cr_assert_gt(ms(line, "ms"), 0);
    cr_assert_leq(ms(line, "ms"), ms(c, "fin"));
}

Test(cronologias, lo_que_debia_ir_a_la_vez_queda_junto_a_lo_que_fue)
{
    json_t *c = chronicle("faltan_a_la_vez");
    json_t *wanted = json_array_get(events(c, "esperado"), 0);
    cr_assert_eq(json_integer_value(json_object_get(wanted, "cuantos")), 2);
    cr_assert_str_eq(text(wanted, "tono"), "mal");
    json_t *requests = events(c, "ruta");
    cr_assert_eq(json_array_size(requests), 1);
    cr_assert_str_eq(text(json_array_get(requests, 0), "tono"), "abierto");
    cr_assert_eq(json_array_size(events(c, "conexion")), 1);
}

Test(cronologias, un_cliente_deja_lo_que_envia_y_lo_que_recibe)
{
    json_t *c = chronicle("linea_que_no_llega_a_un_cliente");
    json_t *ana = events(c, "cliente");
    cr_assert_eq(json_array_size(ana), 3);
    cr_assert_str_eq(text(json_array_get(ana, 0), "texto"), "conectado");
    cr_assert_str_eq(text(json_array_get(ana, 1), "texto"), "envía «uno\\r\\n»");
    cr_assert_str_eq(text(json_array_get(ana, 2), "texto"), "leo 5: uno\\r");
}

/* Quien escribe sin parar no llena el resultado: quedan el principio y el final. */
Test(cronologias, de_lo_que_no_cabe_solo_queda_la_cuenta)
{
    json_t *c = chronicle("inunda");
    cr_assert_leq(json_array_size(events(c, "salida")), 60);
    cr_assert_gt(json_integer_value(json_object_get(c, "omitidos")), 1000);
}

Test(cronologias, de_una_base_quedan_conexiones_y_filas)
{
    json_t *c = chronicle("base_escrita");
    json_t *row = json_array_get(events(c, "base"), 0);
    json_t *link = json_array_get(events(c, "conexion"), 0);
    cr_assert_eq(json_array_size(events(c, "base")), 2);
    cr_assert_eq(json_array_size(events(c, "conexion")), 1);
    cr_assert_geq(ms(row, "ms"), ms(link, "ms"));
    /* El registro de PostgreSQL no tiene micras: corta el milisegundo. */
    cr_assert_leq(ms(row, "ms"), ms(link, "hasta") + 1);
}

Test(cronologias, de_un_archivo_queda_cuando_se_escribio)
{
    json_t *c = chronicle("archivo_escrito");
    json_t *file = json_array_get(events(c, "archivo"), 0);
    cr_assert_str_eq(text(file, "texto"), "5 bytes");
    cr_assert_leq(ms(file, "ms"), ms(c, "fin"));
}
