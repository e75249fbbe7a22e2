/*
 * 5 · Construir · 40 minutos
 * Una banda con director: cada músico lleva su ritmo, y la memoria se devuelve.
 *
 * Escribe dos cosas. `contratar` reserva un músico con malloc, prepara su
 * temporizador y lo arranca: toca cada `ms` milisegundos, `golpes` veces, y
 * entonces se despide solo. `despedir` cierra el temporizador de un músico; su
 * memoria solo se puede liberar cuando el bucle avisa de que está cerrado.
 *
 * El director calla a la flauta a los 400 ms, aunque le queden golpes. También
 * despide al tambor, que para entonces ya se fue: cerrar dos veces lo mismo es un
 * error, y hay que poder preguntar. `main` guarda los dos punteros, así que la
 * memoria de un músico no se puede liberar hasta que el bucle ha acabado, o
 * `main` no puede usarla después: decide cuál, y dilo en un comentario.
 *
 * Cada golpe escribe el nombre y cuántos lleva: «tambor 1».
 */
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

struct musico {
    uv_timer_t reloj;
    const char *nombre;
    int golpes, dados;
};

struct director {
    uv_timer_t reloj;
    struct musico *tambor, *flauta;
};

static void despedir(struct musico *m)
{
    /* TODO */
    (void)m;
}

static struct musico *contratar(uv_loop_t *bucle, const char *nombre,
                                uint64_t ms, int golpes)
{
    struct musico *m = malloc(sizeof *m);

    if (!m)
        return NULL;
    *m = (struct musico){.nombre = nombre, .golpes = golpes};
    /* TODO */
    (void)bucle, (void)ms;
    return m;
}

static void callar(uv_timer_t *reloj)
{
    struct director *d = reloj->data;

    puts("el director levanta la mano");
    despedir(d->flauta);
    despedir(d->tambor);
    uv_close((uv_handle_t *)reloj, NULL);
}

int main(void)
{
    uv_loop_t bucle;
    struct director d;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    d.tambor = contratar(&bucle, "tambor", 100, 3);
    d.flauta = contratar(&bucle, "flauta", 250, 9);
    if (!d.tambor || !d.flauta)
        return 1;
    uv_timer_init(&bucle, &d.reloj);
    d.reloj.data = &d;
    uv_timer_start(&d.reloj, callar, 400, 0);
    uv_run(&bucle, UV_RUN_DEFAULT);
    printf("el bucle se cerró %s\n",
           uv_loop_close(&bucle) == 0 ? "bien" : "mal");
    printf("tambor: %d golpes; flauta: %d\n", d.tambor->dados,
           d.flauta->dados);
    free(d.tambor);
    free(d.flauta);
    return 0;
}
