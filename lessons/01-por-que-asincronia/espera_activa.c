/* No espera, pregunta sin parar: «¿ya?, ¿ya?, ¿ya?». */
#include <errno.h>
#include <fcntl.h>

#include "servicios.h"

int main(void)
{
    int fd = preguntar(&servicios[0]);
    /* [insistir] */
    char texto[64];
    ssize_t n;
    long en_vano = 0;

    fcntl(fd, F_SETFL, O_NONBLOCK); /* que read no espere */
    while ((n = read(fd, texto, sizeof texto)) < 0 && errno == EAGAIN)
        en_vano++;
    /* [/insistir] */
    salir_si(n < 0, "read");
    fwrite(texto, 1, (size_t)n, stdout);
    close(fd);
    if (en_vano > 1000)
        puts("leyó en vano más de mil veces");
    wait(NULL);
    return 0;
}
