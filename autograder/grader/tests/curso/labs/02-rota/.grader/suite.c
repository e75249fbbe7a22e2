#include "../../../fixture.h"

TestSuite(rota, .timeout = 60);

Test(rota, buena)
{
    write_result("buena", "bien", "Todo en orden");
    write_result("de_mas", "bien", "Nadie me llamó");
}

Test(rota, muere)
{
    fputs("se acabó la cuerda\n", stderr);
    abort();
}

Test(rota, basura)
{
    write_raw("basura", "bien");
}

Test(rota, otra)
{
    write_raw("otra",
              "{\"nombre\": \"buena\", \"veredicto\": \"bien\", \"historia\": [], "
              "\"ms\": 1}");
}

Test(rota, enlace)
{
    char path[4096], target[4096];
    snprintf(path, sizeof path, "%s/enlace.json", getenv("ASINC_RESULTS"));
    snprintf(target, sizeof target, "%s/aparte", getenv("ASINC_RESULTS"));
    write_result("aparte", "bien", "Todo en orden");
    strcat(target, ".json");
    cr_assert(symlink(target, path) == 0);
}

Test(rota, inventa)
{
    write_result("inventa", "sobresaliente", "Mejor que bien");
}

Test(rota, depende)
{
    write_result("depende", "bien", "Todo en orden");
}

Test(rota, numeros)
{
    write_raw("numeros",
              "{\"nombre\": \"numeros\", \"veredicto\": \"bien\", \"historia\": "
              "[1, 2], \"ms\": 1}");
}
