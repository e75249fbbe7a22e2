#include "prueba.h"

#include "core/buffer.h"

TestSuite(buffer, .timeout = 60);

static void pon(struct as__buffer *b, const char *texto)
{
    cr_assert_eq(as__buffer_append(b, texto, strlen(texto)), 0);
}

static void contiene(const struct as__buffer *b, const char *esperado)
{
    cr_assert_eq(as__buffer_size(b), strlen(esperado));
    cr_assert_eq(memcmp(as__buffer_begin(b), esperado, strlen(esperado)), 0);
}

/* ---- El búfer ----------------------------------------------------------------------- */

PRUEBA(buffer, vacio_no_pide_memoria_y_se_puede_mirar)
{
    struct as__buffer b = {0};

    contiene(&b, "");
    cr_assert_eq(as__buffer_append(&b, NULL, 0), 0);
    cr_assert_null(b.data);
    as__buffer_free(&b);
}

PRUEBA(buffer, sale_por_delante_lo_que_entro_por_detras)
{
    struct as__buffer b = {0};
    char bloque[1000], sale[1000];
    size_t puestos = 0, sacados = 0;
    unsigned char entra = 0, toca = 0;

    srand(7);
    for (int i = 0; i < 20000; i++) {
        size_t n = (size_t)rand() % sizeof bloque;
        for (size_t j = 0; j < n; j++)
            bloque[j] = (char)entra++;
        cr_assert_eq(as__buffer_append(&b, bloque, n), 0);
        puestos += n;
        n = (size_t)rand() % (sizeof sale + i % 50);
        n = n < as__buffer_size(&b) ? n : as__buffer_size(&b);
        n = n < sizeof sale ? n : sizeof sale;
        memcpy(sale, as__buffer_begin(&b), n);
        as__buffer_consume(&b, n);
        sacados += n;
        for (size_t j = 0; j < n; j++)
            cr_assert_eq((unsigned char)sale[j], toca++);
        cr_assert_eq(as__buffer_size(&b), puestos - sacados);
    }
    as__buffer_free(&b);
}

PRUEBA(buffer, quien_saca_tanto_como_mete_no_lo_hace_crecer)
{
    struct as__buffer b = {0};

    for (int i = 0; i < 100000; i++) {
        pon(&b, "0123456789");
        if (i > 0)
            as__buffer_consume(&b, 10);
        cr_assert_leq(b.capacity, 64u);
    }
    as__buffer_free(&b);
}

PRUEBA(buffer, el_sitio_que_se_pide_de_una_vez_es_el_justo)
{
    struct as__buffer b = {0};

    cr_assert_eq(as__buffer_reserve(&b, 12345), 0);
    cr_assert_eq(b.capacity, 12345u);
    cr_assert_eq(as__buffer_reserve(&b, SIZE_MAX), UV_ENOMEM);
    cr_assert_eq(as__buffer_reserve(&b, SIZE_MAX - 5), UV_ENOMEM);
    cr_assert_eq(b.capacity, 12345u, "lo que no se pudo no estropea nada");
    as__buffer_free(&b);
}

PRUEBA(buffer, entrega_su_contenido_como_texto)
{
    struct as__buffer b = {0};

    pon(&b, "hola, mundo");
    as__buffer_consume(&b, 6);
    char *texto = as__buffer_release(&b);
    cr_assert_str_eq(texto, "mundo");
    free(texto);
    contiene(&b, "");
    texto = as__buffer_release(&b);
    cr_assert_str_eq(texto, "", "también el vacío es un texto");
    free(texto);
    as__buffer_free(&b);
}

/* ---- Líneas ------------------------------------------------------------------------- */

struct lector {
    struct as__buffer b;
    struct as__line_search busca;
    char linea[8];
};

static ssize_t saca(struct lector *l, bool ultima)
{
    l->busca.seen = 0;
    return as__buffer_take_line(&l->b, &l->busca, ultima, l->linea, sizeof l->linea);
}

PRUEBA(buffer, lineas_con_los_dos_finales_y_la_ultima_sin_ninguno)
{
    struct lector l = {0};

    pon(&l.b, "una\r\n\ndos\r\r\nfin\r");
    cr_assert_eq(saca(&l, false), 3);
    cr_assert_str_eq(l.linea, "una");
    cr_assert_eq(saca(&l, false), 0);
    cr_assert_str_eq(l.linea, "");
    cr_assert_eq(saca(&l, false), 4);
    cr_assert_str_eq(l.linea, "dos\r", "solo se quita el fin de línea");
    cr_assert_eq(saca(&l, false), UV_EAGAIN);
    contiene(&l.b, "fin\r");
    cr_assert_eq(saca(&l, true), 4);
    cr_assert_str_eq(l.linea, "fin\r");
    cr_assert_eq(saca(&l, true), UV_EOF);
    as__buffer_free(&l.b);
}

PRUEBA(buffer, una_linea_que_llega_a_trozos)
{
    struct lector l = {0};

    pon(&l.b, "ab");
    cr_assert_eq(saca(&l, false), UV_EAGAIN);
    pon(&l.b, "cd\r");
    cr_assert_eq(as__buffer_take_line(&l.b, &l.busca, false, l.linea, sizeof l.linea),
                 UV_EAGAIN);
    cr_assert_eq(l.busca.seen, 5u, "lo ya mirado no se vuelve a mirar");
    pon(&l.b, "\nz");
    cr_assert_eq(as__buffer_take_line(&l.b, &l.busca, false, l.linea, sizeof l.linea), 4);
    cr_assert_str_eq(l.linea, "abcd");
    contiene(&l.b, "z");
    as__buffer_free(&l.b);
}

PRUEBA(buffer, lo_justo_cabe_y_un_byte_mas_no)
{
    struct lector l = {0};

    pon(&l.b, "1234567\r\n12345678\nsigue\n");
    cr_assert_eq(saca(&l, false), 7);
    cr_assert_eq(saca(&l, false), UV_EMSGSIZE);
    cr_assert_not(l.busca.skipping, "se vio entera");
    cr_assert_eq(saca(&l, false), 5);
    pon(&l.b, "1234567\r");
    cr_assert_eq(saca(&l, false), UV_EAGAIN, "si ahora llega '\\n', cabe");
    pon(&l.b, "\n");
    cr_assert_eq(saca(&l, false), 7);
    pon(&l.b, "12345678");
    cr_assert_eq(saca(&l, true), UV_EMSGSIZE);
    cr_assert_eq(saca(&l, true), UV_EOF);
    as__buffer_free(&l.b);
}

PRUEBA(buffer, una_linea_sin_fin_se_tira_segun_llega)
{
    struct lector l = {0};

    pon(&l.b, "123456789");
    cr_assert_eq(saca(&l, false), UV_EMSGSIZE);
    cr_assert(l.busca.skipping);
    cr_assert_not(as__buffer_skip_line(&l.b, &l.busca), "nada nuevo");
    pon(&l.b, "todo esto también");
    cr_assert_not(as__buffer_skip_line(&l.b, &l.busca));
    contiene(&l.b, "");
    pon(&l.b, "y esto\notra\n");
    cr_assert(as__buffer_skip_line(&l.b, &l.busca));
    cr_assert(as__buffer_skip_line(&l.b, &l.busca), "no tira dos");
    cr_assert_eq(saca(&l, false), 4);
    cr_assert_str_eq(l.linea, "otra");
    as__buffer_free(&l.b);
}
