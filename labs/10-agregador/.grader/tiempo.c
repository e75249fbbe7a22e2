/* tiempo.c: las API de mentira y las líneas que se exigen al programa. */
#include "tiempo.h"

/* ---- Temperaturas --------------------------------------------------------------- */

int grados(void)
{
    return 10 * hs_random_between(100, 390);
}

const char *centesimas(int c)
{
    return hs_format("%s%d.%02d", c < 0 ? "-" : "", abs(c) / 100, abs(c) % 100);
}

const char *decimas(int suma, int n)
{
    int d = (2 * abs(suma) + 10 * n) / (20 * n);
    return hs_format("%s%d.%d", suma < 0 ? "-" : "", d / 10, d % 10);
}

bool media_clara(int suma, int n)
{
    return abs(abs(suma) % (10 * n) - 5 * n) > 1 && abs(suma) > 10 * n;
}

/* ---- Lo que contestan las API ----------------------------------------------------- */

const char *openweathermap(int c)
{
    int k = c + 27315;
    return hs_format(
        "{\"coord\":{\"lon\":-78.47,\"lat\":-0.18},\"weather\":[{\"id\":803,\"main\":"
        "\"Clouds\",\"description\":\"muy nuboso\",\"icon\":\"04d\"}],\"base\":"
        "\"stations\",\"main\":{\"temp\":%s,\"feels_like\":%s,\"temp_min\":%s,"
        "\"temp_max\":%s,\"pressure\":1013,\"humidity\":64},\"visibility\":10000,"
        "\"wind\":{\"speed\":3.1,\"deg\":140},\"clouds\":{\"all\":75},\"dt\":1763710868,"
        "\"sys\":{\"country\":\"EC\",\"sunrise\":1763722800},\"timezone\":-18000,"
        "\"id\":3652462,\"name\":\"Quito\",\"cod\":200}",
        centesimas(k), centesimas(k - 140), centesimas(k - 310), centesimas(k + 270));
}

const char *weatherapi(int c)
{
    return hs_format(
        "{\"location\":{\"name\":\"Quito\",\"country\":\"Ecuador\",\"lat\":-0.22,"
        "\"lon\":-78.5,\"tz_id\":\"America/Guayaquil\",\"localtime\":\"2026-11-21 "
        "02:41\"},\"current\":{\"last_updated\":\"2026-11-21 02:30\",\"temp_c\":%s,"
        "\"temp_f\":%s,\"is_day\":0,\"condition\":{\"text\":\"Nublado\",\"code\":1006},"
        "\"wind_kph\":11.2,\"humidity\":64,\"feelslike_c\":%s,\"uv\":1}}",
        centesimas(c), centesimas(c * 9 / 5 + 3200), centesimas(c - 140));
}

const char *open_meteo(int c)
{
    return hs_format(
        "{\"latitude\":-0.125,\"longitude\":-78.5,\"generationtime_ms\":0.06,"
        "\"utc_offset_seconds\":0,\"timezone\":\"GMT\",\"elevation\":2850.0,"
        "\"current_weather_units\":{\"time\":\"iso8601\",\"temperature\":\"°C\"},"
        "\"current_weather\":{\"time\":\"2026-11-21T07:30\",\"interval\":900,"
        "\"temperature\":%s,\"windspeed\":11.2,\"winddirection\":140,\"is_day\":0,"
        "\"weathercode\":3}}",
        centesimas(c));
}

struct hs_program *preguntar_con(struct hs_options opciones, const char *const *urls)
{
    const char *argv[MUCHAS + 3] = {"--timeout", "60"};
    for (size_t i = 0; urls[i] && i < MUCHAS; i++)
        argv[i + 2] = urls[i];
    return hs_start_argv(opciones, argv);
}

struct hs_program *preguntar(const char *const *urls)
{
    return preguntar_con((struct hs_options){0}, urls);
}

/* ---- Lo que escribe el programa --------------------------------------------------- */

const struct hs_line *linea_de(struct hs_program *p, const char *palabra)
{
    return hs_wait_line(p,
                        (struct hs_match){
                            .regex = hs_format("^%s( |$)", palabra),
                            .what = hs_format("una línea que empiece por «%s »", palabra),
                        },
                        PRONTO);
}

void exigir_temperatura(struct hs_program *p, const char *url, int c)
{
    hs_expect_eq_str("la línea de la API", hs_format("%s %s °C", url, decimas(c, 1)),
                     linea_de(p, url)->text);
}

const char *exigir_error(struct hs_program *p, const char *url)
{
    const char *texto = linea_de(p, url)->text;
    const char *inicio = hs_format("%s ERROR", url);
    size_t n = strlen(inicio);
    hs_expect(strncmp(texto, inicio, n) == 0 && (!texto[n] || texto[n] == ' '),
              "la línea de la API debía ser «%s (motivo)» y es «%s»", inicio, texto);
    return texto + n;
}

void exigir_media(struct hs_program *p, int suma, int buenas, int total)
{
    hs_expect_eq_str(
        "la línea de la media",
        hs_format("MEDIA %s °C (%d de %d)", decimas(suma, buenas), buenas, total),
        linea_de(p, "MEDIA")->text);
}
