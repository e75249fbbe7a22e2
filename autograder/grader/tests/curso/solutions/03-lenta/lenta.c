#include "lenta.h"

int main(void)
{
    return NADA;
}
