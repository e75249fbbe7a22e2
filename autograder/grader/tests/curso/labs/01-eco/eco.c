#include <stdio.h>

/* TODO: saluda a cada argumento. */
int main(void)
{
    puts("sin hacer");
    return 1;
}
