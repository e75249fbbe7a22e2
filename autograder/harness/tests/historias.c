/* historias.c: lo que deja escrito cada prueba de ejemplos.c. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(historias, .timeout = 120);

/* ------------------------------------------------------------------ Herramientas */

struct outcome {
    json_t *result;     /* el archivo, o NULL si no hay */
    char story[262144]; /* sus líneas, con los instantes y los puertos cambiados por # */
    const char *verdict;
    bool suite_ok;
};

/* Los números que cambian de una vez a otra: tras "+", antes de " ms" y los puertos. */
static void add_line(char *story, const char *line)
{
    char *out = story + strlen(story);
    while (*line) {
        size_t n = strspn(line, "0123456789,");
        bool time = n > 0 &&
                    (strncmp(line + n, " s", 2) == 0 ||
                     strncmp(line + n, " ms)", 4) == 0 ||
                     strncmp(line + n, " ms ", 4) == 0 || strcmp(line + n, " ms") == 0);
        bool port = n > 0 && out - story >= 10 && memcmp(out - 10, "127.0.0.1:", 10) == 0;
        if (time || port) {
            *out++ = '#';
            line += n;
        } else {
            size_t keep = n > 0 ? n : 1;
            memcpy(out, line, keep);
            out += keep;
            line += keep;
        }
    }
    strcpy(out, "\n");
}

static void count_files(const char *directory, int expected)
{
    char command[512];
    snprintf(command, sizeof command, "ls -A '%s' | wc -l", directory);
    FILE *pipe = popen(command, "r");
    int n = -1;
    cr_assert_eq(fscanf(pipe, "%d", &n), 1);
    pclose(pipe);
    cr_assert_eq(n, expected, "debía haber %d archivos de resultados y hay %d", expected,
                 n);
}

/* Corre un ejemplo en otro proceso, como hace el corrector. Con BXFI_MAP creería ser un
 * trabajador de esta misma suite. */
static struct outcome *run(const char *name, const char *extra)
{
    static struct outcome o;
    char directory[256], command[2048], path[512];
    const char *tmp = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%s/resultados-XXXXXX", tmp ? tmp : "/tmp");
    cr_assert(mkdtemp(directory));
    snprintf(command, sizeof command,
             "env -u BXFI_MAP ASINC_RESULTS='%s' ASINC_SEED=7 "
             "ASINC_REPRO='make grade LAB=99' %s '%s' "
             "--filter 'ejemplos/%s' >/dev/null 2>&1",
             directory, extra, getenv("HS_EJEMPLOS"), name);
    int status = system(command);
    o.suite_ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    snprintf(path, sizeof path, "%s/%s.json", directory, name);
    o.result = json_load_file(path, 0, NULL);
    count_files(directory, o.result ? 1 : 0);
    o.story[0] = '\0';
    o.verdict = "ninguno";
    if (o.result) {
        size_t i;
        json_t *line;
        o.verdict = json_string_value(json_object_get(o.result, "veredicto"));
        json_array_foreach(json_object_get(o.result, "historia"), i, line)
            add_line(o.story, json_string_value(line));
        cr_assert_str_eq(json_string_value(json_object_get(o.result, "nombre")), name);
        cr_assert(json_is_integer(json_object_get(o.result, "ms")));
        unlink(path);
    }
    rmdir(directory);
    return &o;
}

static void golden(const char *name, const char *verdict, const char *story)
{
    struct outcome *o = run(name, "");
    cr_assert_str_eq(o->verdict, verdict, "%s: veredicto «%s»", name, o->verdict);
    cr_assert_str_eq(o->story, story, "%s cuenta:\n%s\nen vez de:\n%s", name, o->story,
                     story);
    cr_assert_eq(o->suite_ok, strcmp(verdict, "bien") == 0);
}

static struct outcome *expect(const char *name, const char *verdict, const char *part)
{
    struct outcome *o = run(name, "");
    cr_assert_str_eq(o->verdict, verdict, "%s: veredicto «%s»\n%s", name, o->verdict,
                     o->story);
    cr_assert(strstr(o->story, part), "%s cuenta:\n%s\ny no dice «%s»", name, o->story,
              part);
    return o;
}

#define REPRO(name) "Para repetirlo: make grade LAB=99 PRUEBA=" name " SEMILLA=7\n"

/* ------------------------------------------------------------------ Textos exactos */

Test(historias, bien)
{
    golden("bien", "bien", " 1. +# s  Un paso\n");
}

Test(historias, diferencia_marcada)
{
    golden("textos_distintos", "mal",
           " 1. +# s  Comparo dos textos de 3 líneas\n"
           "FALLO: el informe\n"
           "Esperado:\n"
           "  | uno\n"
           "  | añoranza\n"
           "      ^\n"
           "  | tres\n"
           "Obtenido:\n"
           "  | uno\n"
           "  | añil\n"
           "      ^\n"
           "  | tres\n"
           "Primera diferencia: línea 2, columna 3; debía venir «o» y vino «i».\n" REPRO(
               "textos_distintos"));
    golden("texto_corto", "mal",
           "FALLO: la palabra\n"
           "Esperado:\n"
           "  | hola\n"
           "        ^\n"
           "Obtenido:\n"
           "  | hola\n"
           "        ^\n"
           "Primera diferencia: línea 1, columna 5; debía venir un salto de línea y vino "
           "el fin del texto.\n" REPRO("texto_corto"));
    golden("texto_nulo", "mal",
           "FALLO: la palabra\n"
           "Esperado:\n"
           "  | hola\n"
           "Obtenido: nada\n" REPRO("texto_nulo"));
}

Test(historias, otras_comprobaciones)
{
    golden("no_contiene", "mal",
           "FALLO: la salida\n"
           "Esperado: que contenga\n"
           "  | aguja\n"
           "Obtenido:\n"
           "  | un\n"
           "  | pajar\n" REPRO("no_contiene"));
    golden("enteros_distintos", "mal",
           "FALLO: número de peticiones\n"
           "Esperado: 3\n"
           "Obtenido: 5\n" REPRO("enteros_distintos"));
    golden("demasiado", "mal",
           "FALLO: ms hasta salir\n"
           "Esperado: como mucho 1000\n"
           "Obtenido: 2500\n" REPRO("demasiado"));
    golden("condicion_falsa", "mal",
           "FALLO: no se cumple: uno es mayor que 2\n" REPRO("condicion_falsa"));
}

Test(historias, programa_que_no_llega)
{
    golden("linea_que_no_llega", "tiempo",
           " 1. +# s  Arranco: prog esperar\n"
           " 2. +# s  El programa escribió: «listo»\n"
           "FALLO: No llegó una línea con «nunca» y «jamás». Esperé # s.\n"
           "Programa: prog esperar\n"
           "  Estado: seguía en marcha y lo he parado\n"
           "  Lo que escribió:\n"
           "  +# s | listo\n" REPRO("linea_que_no_llega"));
    golden("callado", "tiempo",
           " 1. +# s  Arranco: prog callar\n"
           "FALLO: No llegó una línea con «búfer». Esperé # s.\n"
           "Programa: prog callar\n"
           "  Estado: seguía en marcha y lo he parado\n"
           "  No escribió nada. Si usa printf, ¿llama después a fflush(stdout)?\n" REPRO(
               "callado"));
    golden("no_termina", "tiempo",
           " 1. +# s  Arranco: prog esperar\n"
           " 2. +# s  El programa escribió: «listo»\n"
           "FALLO: El programa no terminó. Esperé # s.\n"
           "Programa: prog esperar\n"
           "  Estado: seguía en marcha y lo he parado\n"
           "  Lo que escribió:\n"
           "  +# s | listo\n" REPRO("no_termina"));
}

Test(historias, programa_que_acaba_mal)
{
    golden(
        "acaba_antes", "mal",
        " 1. +# s  Arranco: prog salir 3\n"
        "FALLO: No llegó una línea de la forma «^resultado», y el programa ya salió con "
        "código 3\n"
        "Programa: prog salir 3\n"
        "  Estado: salió con código 3\n"
        "  No escribió nada.\n" REPRO("acaba_antes"));
    golden("se_cae", "mal",
           " 1. +# s  Arranco: prog segv\n"
           " 2. +# s  El programa murió por SIGSEGV (violación de segmento)\n"
           "FALLO: debía salir con código 0, pero murió por SIGSEGV (violación de "
           "segmento)\n"
           "Programa: prog segv\n"
           "  Estado: murió por SIGSEGV (violación de segmento)\n"
           "  Lo que escribió:\n"
           "  +# s | listo\n" REPRO("se_cae"));
    golden("otro_codigo", "mal",
           " 1. +# s  Arranco: prog salir 3\n"
           " 2. +# s  El programa salió con código 3\n"
           "FALLO: código de salida\n"
           "Esperado: 2\n"
           "Obtenido: 3\n"
           "Programa: prog salir 3\n"
           "  Estado: salió con código 3\n"
           "  No escribió nada.\n" REPRO("otro_codigo"));
    golden("senal_tarde", "mal",
           " 1. +# s  Arranco: prog salir 0\n"
           " 2. +# s  El programa salió con código 0\n"
           " 3. +# s  Envío SIGINT (Ctrl+C)\n"
           " 4. +# s  El programa salió con código 0\n"
           "FALLO: envié la señal, pero el programa ya había terminado: salió con código "
           "0\n"
           "Programa: prog salir 0\n"
           "  Estado: salió con código 0\n"
           "  No escribió nada.\n" REPRO("senal_tarde"));
}

Test(historias, servidor)
{
    golden(
        "faltan_peticiones", "mal",
        " 1. +# s  Arranco: curl -s http://127.0.0.1:#/una\n"
        "FALLO: El servidor esperaba 3 peticiones en /una y hubo 1. El programa ya ha "
        "terminado.\n"
        "Programa: curl -s http://127.0.0.1:#/una\n"
        "  Estado: salió con código 0\n"
        "  Lo que escribió:\n"
        "  +# s | 503 Service Unavailable\n"
        "Servidor http://127.0.0.1:#. Peticiones recibidas: 1; contestadas: 1; en vuelo: "
        "0; abandonadas: 0\n"
        "  +# s | GET /una: contestada con 503 a los # ms\n" REPRO("faltan_peticiones"));
    golden(
        "faltan_a_la_vez", "tiempo",
        " 1. +# s  Arranco: curl -s http://127.0.0.1:#/a\n"
        " 2. +# s  El servidor ya tiene 1 petición en /a\n"
        "FALLO: El servidor esperaba 2 peticiones en vuelo a la vez y hubo 1. Esperé # "
        "s.\n"
        "Programa: curl -s http://127.0.0.1:#/a\n"
        "  Estado: seguía en marcha y lo he parado\n"
        "  No escribió nada. Si usa printf, ¿llama después a fflush(stdout)?\n"
        "Servidor http://127.0.0.1:#. Peticiones recibidas: 1; contestadas: 0; en vuelo: "
        "1; abandonadas: 0\n"
        "  +# s | GET /a: sigue en vuelo\n" REPRO("faltan_a_la_vez"));
}

Test(historias, archivos)
{
    golden("archivo_sin_abrir", "tiempo",
           " 1. +# s  Arranco: prog esperar\n"
           " 2. +# s  El programa escribió: «listo»\n"
           " 3. +# s  El programa ha abierto 0 de las 1 tuberías\n"
           "FALLO: El programa no abrió datos/tubo. Esperé # s.\n"
           "Programa: prog esperar\n"
           "  Estado: seguía en marcha y lo he parado\n"
           "  Lo que escribió:\n"
           "  +# s | listo\n"
           "Directorio «datos»:\n"
           "  otro (4 bytes)\n"
           "  tubo\n" REPRO("archivo_sin_abrir"));
    expect("archivo_a_medias", "mal",
           "el programa cerró datos/tubo antes de llegar a su final");
    expect("archivo_que_es_un_enlace", "mal",
           "datos/x debía ser un archivo, y es un enlace");
    expect("archivo_tras_un_enlace", "mal", "datos/x/bin debía ser un archivo");
    expect("escribir_en_un_enlace", "fallo_corrector", "no puedo crear datos/x");
    expect("mismo_directorio", "fallo_corrector", "ya tiene un directorio «datos»");
}

Test(historias, clientes)
{
    golden("linea_que_no_llega_a_un_cliente", "tiempo",
           " 1. +# s  Arranco: prog servir\n"
           " 2. +# s  El programa escribió: «abierto: 127.0.0.1:#»\n"
           " 3. +# s  ana se conecta a 127.0.0.1:#\n"
           " 4. +# s  luis se conecta a 127.0.0.1:#\n"
           " 5. +# s  ana envía «uno\\r\\n»\n"
           " 6. +# s  ana recibe «leo 5: uno\\r»\n"
           "FALLO: A luis no le llegó una línea con «uno». Esperé # s.\n"
           "Cliente ana: conectado. Líneas recibidas: 1\n"
           "  +# s | leo 5: uno\\r\n"
           "Cliente luis: conectado. Líneas recibidas: 0\n"
           "Programa: prog servir\n"
           "  Estado: seguía en marcha y lo he parado\n"
           "  Lo que escribió:\n"
           "  +# s | abierto: 127.0.0.1:#\n" REPRO("linea_que_no_llega_a_un_cliente"));
    expect("cliente_al_que_le_cierran", "mal",
           "FALLO: a ana no le llegó una línea con «corta», y ya no puede: el servidor "
           "le cortó la conexión (RST)\n");
    expect("cliente_sin_servidor", "mal",
           "y ya no puede: no pudo conectar: conexión rechazada\n");
    expect("anuncio_mal_hecho", "mal",
           "FALLO: la línea debía ser «abierto: HOST:PUERTO», y es «abierto: 127.0.0.1 ");
}

/* ------------------------------------------------------------------ Lo esencial */

Test(historias, inundar)
{
    struct outcome *o = expect("inunda", "mal",
                               "escribió más de 1024 KiB en su salida; lo he parado");
    cr_assert_lt(strlen(o->story), 8192);
}

Test(historias, texto_largo_acotado)
{
    struct outcome *o = expect("texto_largo", "mal", "vino «y»");
    cr_assert_lt(strlen(o->story), 3 * 8192);
    cr_assert(strstr(o->story, "bytes antes"));
    cr_assert(strstr(o->story, "bytes después"));
}

Test(historias, nada_llega_crudo_a_la_terminal)
{
    struct outcome *o = expect("sucio", "mal", "\\x1b[31mrojo\\a");
    for (const char *c = o->story; *c; c++)
        cr_assert((unsigned char)*c >= 0x20 || *c == '\n', "byte %#x", *c);
    cr_assert(strstr(o->story, "\uFFFD\uFFFD ñ \\u202e"), "%s", o->story);
    cr_assert(strstr(o->story, "lo escrito\\x1b[2J"));
}

Test(historias, plazo_de_la_prueba_entera)
{
    expect("plazo_entero", "tiempo", "Se agotó el plazo de la prueba entera");
}

Test(historias, entrada_cerrada)
{
    expect("entrada_cerrada", "mal", "cerró su entrada sin leerla");
}

Test(historias, errores_de_memoria)
{
    struct outcome *o = expect("memoria_mal_usada", "mal", "heap-use-after-free");
    cr_assert(strstr(o->story, "terminó por un error que encontraron ASan o UBSan"));
    expect("fuga", "mal", "detected memory leaks");
}

Test(historias, muchos_pasos_se_resumen)
{
    struct outcome *o = expect("muchos_pasos", "mal", "… (880 pasos más) …");
    cr_assert(strstr(o->story, "paso número 60\n"));
    cr_assert_not(strstr(o->story, "paso número 61\n"));
    cr_assert(strstr(o->story, "paso número 941\n"));
    cr_assert(strstr(o->story, "1000. "));
}

Test(historias, culpa_del_corrector)
{
    expect("sin_comprobar", "fallo_corrector", "sin comprobar nada");
    expect("plazo_imposible", "fallo_corrector", ".segundos = 90");
    expect("sin_programa", "fallo_corrector", "/no/existe");
    expect("expresion_mala", "fallo_corrector", "(sin cerrar");
    expect("peticion_que_no_hubo", "fallo_corrector", "solo hay 0");
    struct outcome *o = run("se_cae", "ASINC_RUNNER=/no/existe");
    cr_assert_str_eq(o->verdict, "fallo_corrector");
    o = run("se_cae", "ASINC_PROGRAM=");
    cr_assert_str_eq(o->verdict, "fallo_corrector");
    cr_assert(strstr(o->story, "falta la variable ASINC_PROGRAM"));
    o = run("bien", "ASINC_SEED=-4");
    cr_assert_str_eq(o->verdict, "fallo_corrector");
}

Test(historias, culpas_de_postgresql)
{
    const char *template = getenv("ASINC_POSTGRES");
    if (!template || access(template, R_OK) < 0)
        cr_skip_test("PostgreSQL no está instalado");
    expect("servidor_que_se_llena", "mal", "PostgreSQL dice: ERROR:  no queda sitio");
    expect("servidor_que_nace_lleno", "fallo_corrector", "no queda sitio");
    expect("sql_equivocado", "fallo_corrector", "syntax error");
    expect("nadie_llega_al_cerrojo", "mal", "esperando a la vez, y vi 0. El programa ya");
    struct outcome *o = run("sql_equivocado", "ASINC_POSTGRES=/no/existe");
    cr_assert_str_eq(o->verdict, "fallo_corrector");
    cr_assert(strstr(o->story, "make setup"));
}

Test(historias, sin_llegar_al_final_no_hay_resultado)
{
    static const char *const names[] = {"suite_que_revienta", "suite_que_sale",
                                        "suite_que_aborta_criterion"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct outcome *o = run(names[i], "");
        cr_assert_null(o->result, "%s dejó el resultado «%s»", names[i], o->verdict);
    }
}

Test(historias, sin_donde_escribir_falla)
{
    struct outcome *o = run("bien", "ASINC_RESULTS=/no/existe");
    cr_assert_null(o->result);
    cr_assert_not(o->suite_ok);
}
