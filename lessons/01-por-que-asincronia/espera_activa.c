/* No espera, pregunta sin parar: «¿ya?, ¿ya?, ¿ya?». */
#include <errno.h>
#include <fcntl.h>

#include "servicios.h"

int main(void)
{
    int fd = preguntar(&servicios[0]);
    /* [insistir] */
    char texto[64];
    long en_vano = 0;

    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    ssize_t n = read(fd, texto, sizeof texto);
    while (n < 0 && errno == EAGAIN) {
        en_vano++;
        n = read(fd, texto, sizeof texto);
    }
    /* [/insistir] */
    struct rusage gasto;
    getrusage(RUSAGE_SELF, &gasto);
    salir_si(n < 0, "read");
    fwrite(texto, 1, (size_t)n, stdout);
    close(fd);
    if (en_vano > 1000)
        puts("leyó en vano más de mil veces");
    printf("durmió %ld veces\n", gasto.ru_nvcsw);
    wait(NULL);
    return 0;
}
