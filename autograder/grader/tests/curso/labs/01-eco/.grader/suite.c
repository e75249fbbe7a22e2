#include "../../../fixture.h"

TestSuite(eco, .timeout = 60);

Test(eco, saluda)
{
    judge("saluda", "ASINC_PROGRAM", (char *[]){"ana", NULL}, "hola ana\n", 3000);
}

Test(eco, varios)
{
    judge("varios", "ASINC_PROGRAM", (char *[]){"a", "b", NULL}, "hola a\nhola b\n",
          3000);
}

Test(eco, memoria)
{
    judge("memoria", "ASINC_PROGRAM_ASAN", (char *[]){"ana", NULL}, "hola ana\n", 8000);
}

Test(eco, termina)
{
    judge("termina", "ASINC_PROGRAM", NULL, "", 1000);
}
