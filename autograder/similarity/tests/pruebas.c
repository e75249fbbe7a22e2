/* Los elementos de un programa, y lo que dos tienen en común. */
#include "base/memory.h"
#include "similarity/compare.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(elementos, .timeout = 20);
TestSuite(comparar, .timeout = 60);

static struct sm_tokens leer(const char *texto, size_t bytes)
{
    struct sm_tokens elementos = {0};
    sm_read(&elementos, texto, bytes, 0);
    return elementos;
}

static bool iguales(const char *uno, const char *otro)
{
    struct sm_tokens a = leer(uno, strlen(uno)), b = leer(otro, strlen(otro));
    bool si = a.n == b.n;
    for (size_t i = 0; si && i < a.n; i++)
        si = a.list[i].kind == b.list[i].kind;
    free(a.list);
    free(b.list);
    return si;
}

/* ---- Elementos ----------------------------------------------------------------------- */

Test(elementos, lo_que_no_cambia_el_programa_no_cuenta)
{
    static const char *const casos[][2] = {
        {"int suma = uno + 12;", "int\ttotal=x+0x1fUL; // así"},
        {"a = b;", "a /* b; \n c */ = // d\n b;"},
        {"a = 1.5e-3 + .5;", "a = 1 + 2;"},
        {"f(\"uno\", 'a');", "f(L\"dos \\\" y\" \"medio\", u'\\'');"},
        {"año = ñ;", "ano = n;"},
        {"if (a) b();", "if (a) {\n    b();\n}"},
        {"static const int *p;", "int *p;"},
        {"v[0] = 1;", "v<:0:> = 1;"},
        {"a = b;", "a = \\\n b;"},
        {"while (a) b;", "whi\\\nle (a) b;"},
        {"a; // \\\n b;\nc;", "a;\nc;"},
        {"a;", "#include <stdio.h>\n#pragma once\na;\n#ifdef B\n#endif"},
        {"a;", "#if 0\nb; /* c */ don't\n#if 1\nd;\n#else\ne;\n#endif\n#endif\na;"},
        {"a;", "#if 0\nb;\n#else\na;\n#endif"},
        {"a; b;", "#if 0 || 1\na;\n#endif\nb;"},
        {"a; b;", "a; // ¿qué?\?/\nb;"}, /* los trígrafos no se cambian */
        {"a;\n\"b\";c;", "a;\n\"b\n;c;"},
        {"a;", "a; /* sin cerrar"},
        {"#define A 1\n", "%: define B 2\n"},
    };
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++)
        cr_expect(iguales(casos[i][0], casos[i][1]), "«%s» y «%s»", casos[i][0],
                  casos[i][1]);
}

Test(elementos, lo_que_lo_cambia_cuenta)
{
    static const char *const casos[][2] = {
        {"a + b;", "a - b;"},      {"if (a) b;", "while (a) b;"},
        {"a = 1;", "a = b;"},      {"a = 1;", "a = \"1\";"},
        {"a->b;", "a.b;"},         {"f(a);", "f(a, a);"},
        {"#if 1\na;\n#endif", ""}, {"a; #if 0\nb;", "a;"},
        {"whileb;", "while b;"},
    };
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++)
        cr_expect_not(iguales(casos[i][0], casos[i][1]), "«%s» y «%s»", casos[i][0],
                      casos[i][1]);
}

Test(elementos, cada_uno_con_su_linea)
{
    static const char texto[] = "a\\\n;\n/* \n */ b \"c\n#if 0\n#endif\nd";
    static const unsigned lineas[] = {1, 2, 4, 4, 7, 7};
    struct sm_tokens elementos = leer(texto, sizeof texto - 1);
    cr_assert_eq(elementos.n, sizeof lineas / sizeof *lineas);
    for (size_t i = 0; i < elementos.n; i++)
        cr_expect_eq(elementos.list[i].line, lineas[i], "el %zu está en la %u", i,
                     elementos.list[i].line);
    free(elementos.list);
}

/* ---- Lo que se escribe para estorbar --------------------------------------------------- */

enum { MEGA = 1 << 20 };

/* `trozo`, repetido hasta llenar el mayor archivo que se acepta. */
static char *llenar(const char *trozo, size_t bytes)
{
    char *texto = ag_alloc(MEGA, 1);
    for (size_t i = 0; i < MEGA; i++)
        texto[i] = trozo[i % bytes];
    return texto;
}

Test(elementos, nada_lo_detiene)
{
    static const char *const trozos[] = {
        "/*", "/",  "\"", "'",  "\\",      "\\\n",   "\\ ",   "#if 0\n", "#if 0\n#else\n",
        "#",  "{",  "(",  "a",  "a ",      "1e+",    ".",     "L",       "L\"\"",
        "*/", "\r", "<%", "%:", "#define", "\"\\\n", "\\\n#", "?\?/\n",
    };
    for (size_t i = 0; i < sizeof trozos / sizeof *trozos; i++) {
        char *texto = llenar(trozos[i], strlen(trozos[i]));
        struct sm_tokens elementos = leer(texto, MEGA);
        cr_expect_leq(elementos.n, SM_MAX_TOKENS + 1);
        free(elementos.list);
        free(texto);
    }
}

Test(elementos, ni_lo_que_no_es_texto)
{
    /* La memoria acaba donde acaba lo que se lee: leer un byte de más lo ve ASan. */
    srand(7);
    for (int vez = 0; vez < 20000; vez++) {
        static const char alfabeto[] = "/*\\\n\"'#if0 else endif.+eL<%:>\0\xff\r{}a1";
        size_t bytes = (size_t)rand() % 64;
        char *texto = ag_alloc(bytes, 1);
        for (size_t i = 0; i < bytes; i++)
            texto[i] = alfabeto[(size_t)rand() % (sizeof alfabeto - 1)];
        struct sm_tokens elementos = leer(texto, bytes);
        cr_expect_leq(elementos.n, bytes + 1);
        free(elementos.list);
        free(texto);
    }
}

Test(elementos, de_lo_demasiado_largo_el_principio)
{
    char *texto = llenar("a;", 2);
    struct sm_tokens elementos = leer(texto, MEGA);
    cr_expect(elementos.cut);
    cr_expect_eq(elementos.n, SM_MAX_TOKENS);
    free(elementos.list);
    elementos = leer(texto, 100);
    cr_expect_not(elementos.cut);
    free(elementos.list);
    free(texto);
}

/* ---- Comparar -------------------------------------------------------------------------- */

static struct sm_program preparar(const char *texto, size_t bytes)
{
    struct sm_program programa = {.tokens = leer(texto, bytes)};
    sm_prepare(&programa);
    return programa;
}

static void soltar(struct sm_program *programa)
{
    free(programa->tokens.list);
    free(programa->prints);
}

/* Elementos en común, después de comprobar que los trozos lo son y que ninguno se cuenta dos veces. */
static size_t comunes(const struct sm_program *a, const struct sm_program *b)
{
    struct sm_run *trozos;
    size_t n = sm_compare(a, b, &trozos), total = 0;
    bool *en_a = ag_alloc(a->tokens.n, 1), *en_b = ag_alloc(b->tokens.n, 1);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < trozos[i].length; k++, total++) {
            size_t x = trozos[i].a + k, y = trozos[i].b + k;
            cr_assert(x < a->tokens.n && y < b->tokens.n && !en_a[x] && !en_b[y]);
            cr_assert_eq(a->tokens.list[x].kind, b->tokens.list[y].kind);
            en_a[x] = en_b[y] = true;
        }
    free(en_a);
    free(en_b);
    free(trozos);
    return total;
}

/* Sentencias al azar, cada una de ocho elementos; las mismas con la misma semilla. */
static char *sentencias(unsigned semilla, size_t n)
{
    char *texto = ag_alloc(n * 32 + 1, 1), *fin = texto;
    srand(semilla);
    for (size_t i = 0; i < n; i++) {
        char signos[7];
        for (size_t k = 0; k < sizeof signos; k++)
            signos[k] = "+-*&|^<>!~?:=%,"[rand() % 15];
        fin += sprintf(fin, "%c %c %c %c %c %c %c ;\n", signos[0], signos[1], signos[2],
                       signos[3], signos[4], signos[5], signos[6]);
    }
    return texto;
}

Test(comparar, se_ve_todo_trozo_largo_y_ninguno_corto)
{
    /* El mismo trozo entre cosas distintas, de cada longitud posible alrededor de la que cuenta. */
    char *mismo = sentencias(1, 8), *antes = sentencias(2, 20), *otro = sentencias(3, 27);
    for (size_t elementos = SM_RUN - 2; elementos <= 40; elementos++) {
        char *trozo = ag_format("%.*s", (int)(2 * elementos), mismo);
        char *uno = ag_format("%s @ %s @ %s", antes, trozo, otro);
        char *dos = ag_format("%s ` %s ` %s", otro, trozo, antes);
        char *tres = ag_format("%s @ 1", trozo), *cuatro = ag_format("2 ` %s", trozo);
        struct sm_program a = preparar(uno, strlen(uno)),
                          b = preparar(cuatro, strlen(cuatro));
        struct sm_program c = preparar(dos, strlen(dos)),
                          d = preparar(tres, strlen(tres));
        size_t suyos = elementos < SM_RUN ? 0 : elementos;
        cr_expect_eq(comunes(&a, &b), suyos, "de %zu, %zu", elementos, comunes(&a, &b));
        cr_expect_eq(comunes(&b, &d), suyos);
        cr_expect_eq(comunes(&a, &c),
                     suyos + 20 * 8 + 27 * 8); /* lo de antes y lo de después, cambiado */
        soltar(&a), soltar(&b), soltar(&c), soltar(&d);
        free(trozo), free(uno), free(dos), free(tres), free(cuatro);
    }
    free(mismo), free(antes), free(otro);
}

Test(comparar, lo_dado_no_cuenta)
{
    char *dado = sentencias(4, 20), *propio = sentencias(5, 20);
    char *texto = ag_format("%s%s%s", dado, propio, dado);
    struct sm_tokens a = leer(texto, strlen(texto)), b = leer(dado, strlen(dado));
    sm_subtract(&a, &b);
    /* Del borde puede caer lo que también siga así en lo dado; de los 160, muy poco. */
    cr_expect(a.n <= 161 && a.n >= 150, "quedan %zu", a.n);
    free(a.list), free(b.list);
    free(dado), free(propio), free(texto);
}

Test(comparar, repetir_mil_veces_lo_mismo_no_lo_detiene)
{
    static const char *const trozos[] = {"a;", "a+b;", ";",
                                         "a b c d e f g + h - i * j / k ; "};
    struct sm_program programas[8];
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        char *texto = llenar(trozos[i], strlen(trozos[i]));
        programas[n++] = preparar(texto, MEGA);
        programas[n++] = preparar(texto + 1, MEGA / 2);
        free(texto);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            size_t small = programas[i].size < programas[j].size ? programas[i].size
                                                                 : programas[j].size;
            size_t total = comunes(&programas[i], &programas[j]);
            if (i / 2 == j / 2)
                cr_expect_geq(100 * total, 99 * small, "%zu y %zu: %zu de %zu", i, j,
                              total, small);
        }
    for (size_t i = 0; i < n; i++)
        soltar(&programas[i]);
}

Test(comparar, lo_corto_y_lo_vacio)
{
    struct sm_program nada = preparar("", 0), poco = preparar("a;", 2);
    cr_expect_eq(comunes(&nada, &nada), 0);
    cr_expect_eq(comunes(&nada, &poco), 0);
    cr_expect_eq(nada.size, 0);
    cr_expect_eq(poco.size, 2);
    soltar(&nada), soltar(&poco);
}
