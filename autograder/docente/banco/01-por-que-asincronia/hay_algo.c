/* Un descriptor que no bloquea, leído cuatro veces. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void mirar(int fd)
{
    char texto[4];
    ssize_t n = read(fd, texto, sizeof texto);

    if (n < 0)
        puts(errno == EAGAIN ? "ahora no" : "error");
    else
        printf("%zd bytes\n", n);
}

int main(void)
{
    int tubo[2];

    if (pipe(tubo) != 0 || fcntl(tubo[0], F_SETFL, O_NONBLOCK) != 0)
        return 1;
    mirar(tubo[0]);
    if (write(tubo[1], "camarero", 6) != 6)
        return 1;
    mirar(tubo[0]);
    mirar(tubo[0]);
    mirar(tubo[0]);
    return 0;
}
