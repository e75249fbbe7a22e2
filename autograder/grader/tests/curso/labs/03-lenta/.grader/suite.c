#include "../../../fixture.h"

TestSuite(lenta, .timeout = 300);

Test(lenta, rapida)
{
    write_result("rapida", "bien", "Todo en orden");
}

Test(lenta, eterna)
{
    for (;;)
        pause();
}

Test(lenta, corta)
{
    write_result("corta", "bien", "Todo en orden");
}
