#define NADA 0
