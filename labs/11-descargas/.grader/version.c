/* version.c: seguir otro día solo si el archivo es todavía el mismo. */
#include "bajadas.h"

#define CORTADO(a, ...)                                                                  \
    {                                                                                    \
        .body = (a).cuerpo.bytes, .body_size = (a).cuerpo.n, .fault = HS_CUT_BODY,       \
        __VA_ARGS__                                                                      \
    }

/* Una etiqueta de 200 bytes con sus comillas, de las más largas que manda el corrector. */
static const char *etiqueta_larga(void)
{
    const char *nombre = hs_random_name();
    int ceros = 200 - (int)strlen(nombre) - (int)strlen("\"-%25d:/+=\"");
    return hs_format("\"%s-%%25d%0*d:/+=\"", nombre, ceros, 7);
}

HS_TEST(descargas, pregunta_por_su_version)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 90000), b = archivo_de(web, 9000);
    struct archivo cierra = archivo_de(web, 9000), largo = archivo_de(web, 9000);
    struct archivo parte = archivo_de(web, 9000);
    const char *una = etiqueta_larga(), *otra = etiqueta_larga();
#define LOS_CINCO "--max", "5", cierra.url, a.url, b.url, largo.url, parte.url
    hs_http_on(web, a.ruta, CORTADO(a, .etag = una),
               {.status = 206,
                .headers = "content-range: bytes 45000-89999/90000\r\n",
                .body = a.cuerpo.bytes + 45000,
                .body_size = 45000,
                .fault = HS_CUT_BODY},
               {.body = a.cuerpo.bytes, .body_size = 90000, .etag = una, .ranges = true});
    hs_http_on(web, b.ruta, CORTADO(b, .headers = hs_format("etag: %s\r\n", otra)),
               {.status = 503},
               {.body = b.cuerpo.bytes, .body_size = 9000, .etag = otra, .ranges = true});
    hs_http_on(
        web, cierra.ruta, CORTADO(cierra, .etag = otra), {.fault = HS_CLOSE},
        {.body = cierra.cuerpo.bytes, .body_size = 9000, .etag = otra, .ranges = true});
    hs_http_on(
        web, largo.ruta, CORTADO(largo, .etag = una), {.status = 416}, {.status = 503},
        {.body = largo.cuerpo.bytes, .body_size = 9000, .etag = una, .ranges = true});
    hs_http_on(
        web, parte.ruta, CORTADO(parte, .etag = otra),
        {.status = 206, .headers = "Content-Range: bytes 0-8999/9000\r\n"},
        {.body = parte.cuerpo.bytes, .body_size = 9000, .etag = otra, .ranges = true});
    hs_step("Se cortan por la mitad cinco archivos, cada uno con su etiqueta: %s o %s",
            una, otra);
    acabar(bajar(LOS_CINCO), PRONTO);
    hs_step("Otro día, %s sigue, con un 206 sin etiqueta, y se vuelve a cortar. Con los "
            "demás, el servidor contesta 503; cierra sin contestar; 416 y, al pedirlo "
            "entero, 503; y un 206 con otra parte",
            a.nombre);
    acabar(bajar(LOS_CINCO), PRONTO);
    exigir_pregunta(web, a, 2, 45000, una);
    exigir_pregunta(web, b, 2, 4500, otra);
    hs_step("El tercer día, los cinco siguen siendo los mismos: ningún fallo cambia su "
            "etiqueta");
    acabar(bajar(LOS_CINCO), PRONTO);
    exigir_pregunta(web, a, 3, 67500, una);
    exigir_pregunta(web, b, 3, 4500, otra);
    exigir_pregunta(web, cierra, 3, 4500, otra);
    exigir_pregunta(web, largo, 4, 4500, una);
    exigir_pregunta(web, parte, 3, 4500, otra);
    exigir_entero(dir, a);
    exigir_entero(dir, b);
    int quedan;
    hs_file_list(dir, &quedan);
    hs_expect_eq_int("el número de archivos de " DIR ": los cinco bajados y nada más", 5,
                     quedan);
}

HS_TEST(descargas, no_mezcla_dos_versiones)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo vieja = archivo_de(web, 90000), nueva = vieja;
    struct archivo corta = archivo_de(web, 9000);
    const char *una = hs_format("\"%s\"", hs_random_name());
    const char *otra = hs_format("\"%s\"", hs_random_name());
    nueva.cuerpo = cuerpo_de(80000);
    hs_http_on(web, vieja.ruta,
               {.body = vieja.cuerpo.bytes,
                .body_size = vieja.cuerpo.n,
                .etag = una,
                .fault = HS_CUT_BODY},
               {.body = nueva.cuerpo.bytes,
                .body_size = nueva.cuerpo.n,
                .etag = otra,
                .ranges = true,
                .fault = HS_CUT_BODY},
               {.body = nueva.cuerpo.bytes,
                .body_size = nueva.cuerpo.n,
                .etag = otra,
                .ranges = true});
    hs_http_on(web, corta.ruta, CORTADO(corta, .etag = una), {.status = 416},
               CORTADO(corta, .etag = otra),
               {.body = corta.cuerpo.bytes,
                .body_size = corta.cuerpo.n,
                .etag = otra,
                .ranges = true});
    hs_step("Las respuestas de dos archivos traen «ETag: %s» y se cortan por la mitad",
            una);
    acabar(bajar(vieja.url, corta.url), PRONTO);
    hs_step(
        "Los archivos cambian en el servidor: ahora son «ETag: %s». La segunda vez, que "
        "también se cortan, ya no vale nada de lo que había; del segundo se entera por "
        "un 416",
        otra);
    acabar(bajar(vieja.url, corta.url), PRONTO);
    exigir_bytes(dir, part(vieja), nueva, 40000);
    hs_step("La tercera vez no han vuelto a cambiar: se acaba lo de la segunda");
    struct hs_program *p = bajar(vieja.url, corta.url);
    acabar(p, PRONTO);
    exigir_entero(dir, nueva);
    exigir_entero(dir, corta);
    hs_expect_line(p, listo(nueva));
    exigir_pregunta(web, vieja, 3, 40000, otra);
    exigir_pregunta(web, corta, 4, 4500, otra);
}

/* La petición `k` no debe llevar If-Range. */
static void exigir_sin_pregunta(struct hs_http *web, struct archivo a, int k,
                                const char *porque)
{
    struct hs_request r = peticion(web, a, k);
    const char *pregunta = hs_request_header(&r, "If-Range");
    if (pregunta)
        hs_fail("%s: la petición de %s no debía llevar If-Range, y lleva «%s»", porque,
                a.nombre, pregunta);
}

HS_TEST(descargas, sin_etiqueta_no_pregunta)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo debil = archivo_de(web, 9000), salto = archivo_de(web, 9000);
    struct archivo meta = archivo_de(web, 0), deja = archivo_de(web, 9000);
    struct archivo cambia = archivo_de(web, 9000), largo = archivo_de(web, 9000);
    const char *fuerte = hs_format("\"%s\"", hs_random_name());
    hs_http_on(web, debil.ruta, CORTADO(debil, .etag = hs_format("W/%s", fuerte)),
               {.body = debil.cuerpo.bytes, .body_size = 9000, .ranges = true});
    hs_http_on(web, salto.ruta, {.status = 302, .location = meta.ruta, .etag = fuerte});
    hs_http_on(web, meta.ruta, CORTADO(salto),
               {.body = salto.cuerpo.bytes, .body_size = 9000, .ranges = true});
    hs_http_on(web, deja.ruta, CORTADO(deja, .etag = fuerte), CORTADO(deja),
               {.body = deja.cuerpo.bytes, .body_size = 9000, .ranges = true});
    hs_http_on(web, cambia.ruta, CORTADO(cambia, .etag = fuerte),
               CORTADO(cambia, .etag = hs_format("W/%s", fuerte)),
               {.body = cambia.cuerpo.bytes, .body_size = 9000, .ranges = true});
    hs_http_on(web, largo.ruta, CORTADO(largo, .etag = fuerte), {.status = 416},
               CORTADO(largo),
               {.body = largo.cuerpo.bytes, .body_size = 9000, .ranges = true});
    hs_step("Se cortan cinco: uno con una etiqueta débil, W/%s; otro en que solo la "
            "redirección trae etiqueta; y tres con ETag: %s",
            fuerte, fuerte);
    acabar(bajar(debil.url, salto.url, deja.url, cambia.url, largo.url), PRONTO);
    hs_step("La segunda vez, esos tres se mandan de nuevo enteros y se cortan: %s sin "
            "etiqueta; %s, con una débil; y %s, tras un 416 y sin etiqueta",
            deja.nombre, cambia.nombre, largo.nombre);
    acabar(bajar(debil.url, salto.url, deja.url, cambia.url, largo.url), PRONTO);
    exigir_sin_pregunta(web, debil, 2, "su etiqueta es débil");
    meta.nombre = salto.nombre;
    exigir_sin_pregunta(web, meta, 2, "la respuesta que lo trajo no tenía etiqueta");
    exigir_sin_pregunta(web, salto, 2, "la respuesta que lo trajo no tenía etiqueta");
    exigir_entero(dir, debil);
    exigir_entero(dir, salto);
    acabar(bajar(deja.url, cambia.url, largo.url), PRONTO);
    exigir_sin_pregunta(web, deja, 3,
                        "la etiqueta de la versión anterior ya no es la de su .part");
    exigir_sin_pregunta(web, cambia, 3, "la etiqueta de su .part es débil");
    exigir_sin_pregunta(web, largo, 4,
                        "la etiqueta de la versión anterior ya no es la de su .part");
    exigir_entero(dir, deja);
    exigir_entero(dir, cambia);
    exigir_entero(dir, largo);
    int quedan;
    hs_file_list(dir, &quedan);
    hs_expect_eq_int("el número de archivos de " DIR ": los cinco bajados y nada más", 5,
                     quedan);
}

/* Con la mitad guardada acaba por esa señal; otro día sigue por donde iba, y pregunta si el archivo
 * es el mismo. */
static void exigir_que_siga_tras(int senal, struct hs_http *web, struct hs_dir *dir)
{
    struct archivo a = archivo_de(web, 90000);
    const char *etiqueta = hs_format("\"%s\"", hs_random_name());
    hs_http_on(web, a.ruta,
               {.body = a.cuerpo.bytes,
                .body_size = a.cuerpo.n,
                .etag = etiqueta,
                .pause_at = 45000},
               {.body = a.cuerpo.bytes,
                .body_size = a.cuerpo.n,
                .etag = etiqueta,
                .ranges = true});
    struct hs_program *p = bajar_deprisa(a.url);
    exigir_progreso(p, a, "50%");
    exigir_guardado(p, dir, a, 45000);
    hs_step(senal == SIGINT
                ? "Con la mitad guardada llega Ctrl+C"
                : "Con la mitad guardada, lo mato con SIGKILL: no puede despedirse");
    hs_signal(p, senal);
    hs_wait_exit(p, PRONTO);
    exigir_bytes(dir, part(a), a, 45000);
    hs_step("La segunda vez acaba el trabajo de la primera");
    acabar(bajar(a.url), PRONTO);
    exigir_pregunta(web, a, 2, 45000, etiqueta);
    exigir_entero(dir, a);
}

HS_TEST(descargas, lo_matan_y_sigue)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    int quedan;
    exigir_que_siga_tras(SIGKILL, web, dir);
    exigir_que_siga_tras(SIGINT, web, dir);
    hs_file_list(dir, &quedan);
    hs_expect_eq_int("el número de archivos de " DIR ": los dos bajados y nada más", 2,
                     quedan);
}
