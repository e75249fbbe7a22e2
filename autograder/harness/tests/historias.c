/* historias.c: lo que deja escrito cada prueba de ejemplos.c. */
#include "ejemplo.h"

TestSuite(historias, .timeout = 120);

static void golden(const char *name, const char *verdict, const char *story)
{
    struct outcome *o = run(name, "");
    cr_assert_str_eq(o->verdict, verdict, "%s: veredicto «%s»\n%s", name, o->verdict,
                     o->story);
    cr_assert_str_eq(o->story, story, "%s cuenta:\n%s\nen vez de:\n%s", name, o->story,
                     story);
    cr_assert_eq(o->suite_ok, strcmp(verdict, "bien") == 0);
}

#define TRECE           "0123456789abc"
#define SESENTA_Y_CINCO TRECE TRECE TRECE TRECE TRECE
#define REPRO(name)     "Para repetirlo: make grade LAB=99 PRUEBA=" name " SEMILLA=7\n"

/* ------------------------------------------------------------------ Textos exactos */

Test(historias, bien)
{
    golden("bien", "bien", " 1. +# s  Un paso\n");
}

Test(historias, diferencia_marcada)
{
    golden("textos_distintos", "mal",
           " 1. +# s  Comparo dos textos de 3 líneas\n"
           "FALLO: el informe debía ser lo que se ve abajo y es otra cosa\n"
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
           "FALLO: la palabra debía ser «hola\\n» y es «hola»\n"
           "Esperado:\n"
           "  | hola\n"
           "        ^\n"
           "Obtenido:\n"
           "  | hola\n"
           "        ^\n"
           "Primera diferencia: línea 1, columna 5; debía venir un salto de línea y vino "
           "el fin del texto.\n" REPRO("texto_corto"));
    golden("texto_nulo", "mal",
           "FALLO: la palabra debía ser «hola» y no tiene nada\n"
           "Esperado:\n"
           "  | hola\n"
           "Obtenido: nada\n" REPRO("texto_nulo"));
}

Test(historias, otras_comprobaciones)
{
    golden("no_contiene", "mal",
           "FALLO: la salida debía contener «aguja» y no lo contiene\n"
           "Obtenido:\n"
           "  | un\n"
           "  | pajar\n" REPRO("no_contiene"));
    golden(
        "enteros_distintos", "mal",
        "FALLO: el número de peticiones debía ser 3 y es 5\n" REPRO("enteros_distintos"));
    golden("demasiado", "mal",
           "FALLO: el tiempo hasta salir, en ms debía ser como mucho 1000 y es 2500: "
           "¿espera de más?\n" REPRO("demasiado"));
    golden("condicion_falsa", "mal",
           "FALLO: el primero debía pasar de 2 y es 1\n" REPRO("condicion_falsa"));
}

/* Al repetirla para explicarla, lo que dejó apuntado asinc. */
Test(historias, dice_que_espera_cada_tarea)
{
    struct outcome *o = run("tareas_que_esperan", "ASINC_TRACE=1");
    const char *said =
        "FALLO: las tareas del programa se quedaron esperando: «principal» espera a las "
        "tareas de su grupo; «lectora» espera datos de una conexión\n"
        "Así se notó: el programa debía escribir una línea con «nunca» y no la ha "
        "escrito. Esperé # s.\n";
    cr_assert_str_eq(o->verdict, "tiempo");
    cr_assert(strstr(o->story, said), "cuenta:\n%s\ny no dice:\n%s", o->story, said);
    o = run("tareas_que_esperan", "");
    cr_assert(strstr(o->story, "\nFALLO: el programa debía escribir"), "%s", o->story);
}

Test(historias, programa_que_no_llega)
{
    golden("linea_que_no_llega", "tiempo",
           " 1. +# s  Arranco: prog esperar\n"
           " 2. +# s  El programa escribió: «listo»\n"
           "FALLO: el programa debía escribir una línea con «nunca» y «jamás» y no la ha "
           "escrito. "
           "Esperé # s.\n"
           "Programa: prog esperar\n"
           "  Estado: seguía en marcha y lo he parado\n"
           "  Lo que escribió:\n"
           "  +# s | listo\n" REPRO("linea_que_no_llega"));
    golden("callado", "tiempo",
           " 1. +# s  Arranco: prog callar\n"
           "FALLO: el programa debía escribir una línea con «búfer» y no la ha escrito. "
           "Esperé # s.\n"
           "Programa: prog callar\n"
           "  Estado: seguía en marcha y lo he parado\n"
           "  No escribió nada.\n" REPRO("callado"));
    golden("no_termina", "tiempo",
           " 1. +# s  Arranco: prog esperar\n"
           " 2. +# s  El programa escribió: «listo»\n"
           "FALLO: el programa debía terminar y sigue en marcha. Esperé # s.\n"
           "Programa: prog esperar\n"
           "  Estado: seguía en marcha y lo he parado\n"
           "  Lo que escribió:\n"
           "  +# s | listo\n" REPRO("no_termina"));
}

Test(historias, programa_que_acaba_mal)
{
    golden("acaba_antes", "mal",
           " 1. +# s  Arranco: prog salir 3\n"
           "FALLO: el programa debía escribir la línea del resultado y no la ha escrito: "
           "salió "
           "con código 3\n"
           "Programa: prog salir 3\n"
           "  Estado: salió con código 3\n"
           "  No escribió nada.\n" REPRO("acaba_antes"));
    golden(
        "se_cae", "mal",
        " 1. +# s  Arranco: prog segv\n"
        " 2. +# s  El programa murió por SIGSEGV (violación de segmento)\n"
        "FALLO: el programa debía salir con código 0 y murió por SIGSEGV (violación de "
        "segmento)\n"
        "Programa: prog segv\n"
        "  Estado: murió por SIGSEGV (violación de segmento)\n"
        "  Lo que escribió:\n"
        "  +# s | listo\n" REPRO("se_cae"));
    golden("otro_codigo", "mal",
           " 1. +# s  Arranco: prog salir 3\n"
           " 2. +# s  El programa salió con código 3\n"
           "FALLO: el programa debía salir con código 2 y salió con código 3\n"
           "Programa: prog salir 3\n"
           "  Estado: salió con código 3\n"
           "  No escribió nada.\n" REPRO("otro_codigo"));
    golden("senal_tarde", "mal",
           " 1. +# s  Arranco: prog salir 0\n"
           " 2. +# s  El programa salió con código 0\n"
           " 3. +# s  Envío SIGINT (Ctrl+C)\n"
           " 4. +# s  El programa salió con código 0\n"
           "FALLO: el programa debía seguir en marcha cuando envié la señal y ya había "
           "terminado: salió con código 0\n"
           "Programa: prog salir 0\n"
           "  Estado: salió con código 0\n"
           "  No escribió nada.\n" REPRO("senal_tarde"));
}

Test(historias, la_orden_se_puede_teclear)
{
    expect("comillas", "mal",
           "Programa: prog salir 0 'O'\\''Brien' 'a b' '' '~' x=1,2 ñ\n");
}

Test(historias, cuantas_veces)
{
    expect("veces", "mal",
           "FALLO: el programa debía escribir 2 veces una línea con «listo» y la ha "
           "escrito 1 vez\n");
    expect("queja_de_mas", "mal",
           "FALLO: el programa no debía escribir nada en la salida estándar y escribió "
           "«primera»\n");
}

Test(historias, servidor)
{
    golden(
        "faltan_peticiones", "mal",
        " 1. +# s  Arranco: curl -s http://127.0.0.1:#/una\n"
        "FALLO: el servidor debía tener 3 peticiones en /una y tiene 1. El programa ya "
        "ha "
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
        "FALLO: el servidor debía tener 2 peticiones en vuelo a la vez y tiene # "
        "sin respuesta todavía: ¿espera el programa la de unas antes de pedir las otras? "
        "Esperé # s.\n"
        "Programa: curl -s http://127.0.0.1:#/a\n"
        "  Estado: seguía en marcha y lo he parado\n"
        "  No escribió nada.\n"
        "Servidor http://127.0.0.1:#. Peticiones recibidas: 1; contestadas: 0; en vuelo: "
        "1; abandonadas: 0\n"
        "  +# s | GET /a: sigue en vuelo\n" REPRO("faltan_a_la_vez"));
}

Test(historias, archivos)
{
    golden("archivo_sin_abrir", "tiempo",
           " 1. +# s  Arranco: prog esperar\n"
           " 2. +# s  El programa escribió: «listo»\n"
           " 3. +# s  El programa ha abierto 0 de 1 tubería\n"
           "FALLO: el programa debía abrir datos/tubo y no lo ha abierto. Esperé # s.\n"
           "Programa: prog esperar\n"
           "  Estado: seguía en marcha y lo he parado\n"
           "  Lo que escribió:\n"
           "  +# s | listo\n"
           "Directorio «datos»:\n"
           "  otro (4 bytes)\n"
           "  tubo\n" REPRO("archivo_sin_abrir"));
    expect("archivo_a_medias", "mal",
           "el programa debía leer datos/tubo hasta el final y lo cerró antes");
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
           "FALLO: a luis debía llegarle una línea con «uno» y no le ha llegado. Esperé "
           "# s.\n"
           "Cliente ana: conectado. Líneas recibidas: 1\n"
           "  +# s | leo 5: uno\\r\n"
           "Cliente luis: conectado. Líneas recibidas: 0\n"
           "Programa: prog servir\n"
           "  Estado: seguía en marcha y lo he parado\n"
           "  Lo que escribió:\n"
           "  +# s | abierto: 127.0.0.1:#\n" REPRO("linea_que_no_llega_a_un_cliente"));
    expect("cliente_al_que_le_cierran", "mal",
           "FALLO: a ana debía llegarle una línea con «corta» y no le ha llegado: el "
           "servidor le cortó la conexión (RST)\n");
    expect("cliente_sin_servidor", "mal",
           "y no le ha llegado: no pudo conectar: conexión rechazada\n");
    expect("anuncio_mal_hecho", "mal",
           "FALLO: la línea debía ser «abierto: HOST:PUERTO» y es «abierto: 127.0.0.1 ");
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
    expect("entrada_cerrada", "mal", "debía leer su entrada y la cerró sin leerla");
}

Test(historias, errores_de_memoria)
{
    struct outcome *o = expect("memoria_mal_usada", "mal",
                               "FALLO: ASan vio que el programa usó memoria que ya había "
                               "liberado (heap-use-after-free), en ");
    cr_assert(strstr(o->story, "prog.c:"), "%s", o->story);
    cr_assert(strstr(o->story, "\nAsí se notó: el programa debía salir con código 0 y lo "
                               "paró el detector de errores de memoria\n"));
    expect("fuga", "mal",
           "FALLO: ASan vio que el programa acabó sin liberar memoria que pidió, en ");
    /* El consejo de la guardia va detrás de la fuga. */
    expect(
        "fuga_y__exit", "mal",
        "FALLO: ASan vio que el programa acabó sin liberar memoria que pidió, en pedir "
        "(autograder/p.c:9). Con _exit() el programa no da ocasión de buscarla: acaba "
        "con return o con exit()\n");
    expect("lo_que_dice_la_guardia", "mal",
           "FALLO: ASan vio que el programa trae su propio malloc\n");
    expect("error_que_no_se_conoce", "mal",
           "FALLO: ASan vio que el programa cometió un error de memoria (requested "
           "allocation size 0x7f)\n");
    /* UBSan acaba con 1 si no se le dice otra cosa, y muchos programas también. */
    o = expect("error_que_ve_ubsan", "mal", "FALLO: UBSan vio un error, en main (");
    cr_assert(strstr(o->story, "): store to null pointer"), "%s", o->story);
}

Test(historias, muchos_pasos_se_resumen)
{
    struct outcome *o = expect("muchos_pasos", "mal", "… (880 pasos más) …");
    cr_assert(strstr(o->story, "paso número 60\n"));
    cr_assert_not(strstr(o->story, "paso número 61\n"));
    cr_assert(strstr(o->story, "paso número 941\n"));
    cr_assert(strstr(o->story, "1000. "));
}

/* Si no, dos cuentas iguales de nada dirían que no pierde ninguno. */
Test(historias, descriptores_escondidos)
{
    expect("descriptores_escondidos", "mal",
           "FALLO: el programa esconde sus descriptores");
}

/* La que ocupa ASan no es del programa. */
Test(historias, memoria_con_asan)
{
    expect("memoria_de_mas", "mal", "debía ser como mucho 10 y es 20");
    struct outcome *o = run("memoria_de_mas", "ASINC_SANITIZE=1");
    cr_assert_str_eq(o->verdict, "bien");
}

/* Lo que pide la suite y lo que dice lab.json no se separan. */
Test(historias, descriptores_declarados)
{
    struct outcome *o = run("descriptores_sin_decir", "ASINC_FILES=300");
    cr_assert_str_eq(o->verdict, "bien");
    o = run("descriptores_sin_decir", "ASINC_FILES=256");
    cr_assert_str_eq(o->verdict, "fallo_corrector");
    cr_assert(strstr(o->story, "\"descriptores\": 300"));
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
    o = run("bien", "ASINC_SEED=" SESENTA_Y_CINCO);
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
    expect("nadie_llega_al_cerrojo", "mal", "esperando a la vez y vi 0. El programa ya");
    struct outcome *o = run("sql_equivocado", "ASINC_POSTGRES=/no/existe");
    cr_assert_str_eq(o->verdict, "fallo_corrector");
    cr_assert(strstr(o->story, "make setup"));
}

/* Lo que se ve va delante, y la sospecha de la prueba se calla. */
Test(historias, lo_que_se_ve_en_el_programa)
{
    struct outcome *o = expect("no_para", "tiempo",
                               "FALLO: el programa no espera: da vueltas. Ha gastado ");
    cr_assert(strstr(o->story, "Así se notó: el programa debía escribir una línea"));
    cr_assert(json_is_true(json_object_get(o->result, "memoria")));
    expect(
        "sin_ningun_salto", "tiempo",
        "FALLO: a lo que escribe el programa le falta el salto de línea: «una línea que "
        "no acaba»");
    o = expect("dos_lineas_en_una", "mal",
               "FALLO: falta un salto de línea: «LISTO tres.bin 30…» va pegado a lo "
               "anterior, «ERROR dos.bin 404»\n"
               "Así se notó: el programa debía escribir la línea de tres.bin");
    cr_assert(!strstr(o->story, "setvbuf"), "%s", o->story);
    expect("se_esperan_unas_a_otras", "mal",
           "FALLO: las tareas se esperan unas a otras y ninguna puede seguir "
           "(interbloqueo): «uno» → «dos» → «uno»");
    o = expect(
        "asinc_lo_para", "mal",
        "FALLO: el programa se paró al ver un error suyo: «asinc: as_lock_release: "
        "el cerrojo es de otra tarea.»");
    cr_assert(json_is_false(json_object_get(o->result, "memoria")));
    o = run("se_cae", "");
    cr_assert(json_is_true(json_object_get(o->result, "memoria")));
}

Test(historias, no_se_espera_a_quien_no_hace_nada)
{
    struct outcome *o = run("no_hace_nada", "ASINC_PATIENCE=25");
    cr_assert_str_eq(o->verdict, "tiempo");
    cr_assert_lt(json_integer_value(json_object_get(o->result, "ms")), 24000, "%s",
                 o->story);
}

static void put(const char *directory, const char *name, const char *text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *out = fopen(path, "w");
    cr_assert(out);
    fputs(text, out);
    fclose(out);
}

/* La que tiene que pasar antes ya ha fallado. */
Test(historias, no_se_espera_a_quien_no_puede_dar_puntos)
{
    char directory[256], extra[640], path[300];
    const char *tmp = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%s/requiere-XXXXXX", tmp ? tmp : "/tmp");
    cr_assert(mkdtemp(directory));
    put(directory, "requiere", "otra\nno_hace_nada una otra\n");
    put(directory, "una.json", "{\"veredicto\": \"bien\"}");
    put(directory, "otra.json", "{\"veredicto\": \"tiempo\"}");
    snprintf(extra, sizeof extra, "ASINC_NEEDS='%s/requiere' ASINC_RESULTS='%s'",
             directory, directory);
    struct outcome *o = run("no_hace_nada", extra);
    cr_assert_not(o->suite_ok);
    snprintf(path, sizeof path, "%s/no_hace_nada.json", directory);
    json_t *left = json_load_file(path, 0, NULL);
    cr_assert_str_eq(json_string_value(json_object_get(left, "veredicto")), "mal");
    cr_assert(
        strstr(json_string_value(json_array_get(json_object_get(left, "historia"), 0)),
               "antes tiene que pasar «otra»"));
    json_decref(left);
    snprintf(extra, sizeof extra, "rm -r '%s'", directory);
    cr_assert_eq(system(extra), 0);
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
