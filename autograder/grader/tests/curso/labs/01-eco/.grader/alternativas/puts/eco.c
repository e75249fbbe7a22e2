#include <stdio.h>

int main(int argc, char **argv)
{
    while (*++argv) {
        fputs("hola ", stdout);
        puts(*argv);
    }
    return argc < 1;
}
