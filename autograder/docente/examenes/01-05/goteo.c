/* Dos goteros con el bucle de libuv, que se paran solos. */
#include <stdio.h>
#include <uv.h>

/* [todo] */
static void gota(uv_timer_t *gotero)
{
    int *quedan = gotero->data;

    *quedan -= 1;
    if (*quedan == 0)
        uv_timer_stop(gotero); /* no dispara más */
}

int main(void)
{
    int rosas = 3, tomates = 2;
    uv_loop_t bucle;
    uv_timer_t uno, otro;

    if (uv_loop_init(&bucle) < 0)
        return 1;
    uv_timer_init(&bucle, &uno);
    uno.data = &rosas;
    uv_timer_start(&uno, gota, 10, 10);
    uv_timer_init(&bucle, &otro);
    otro.data = &tomates;
    uv_timer_start(&otro, gota, 25, 25);
    puts("riego");
    uv_run(&bucle, UV_RUN_DEFAULT);
    printf("quedan %d y %d\n", rosas, tomates);
    int rc = uv_loop_close(&bucle);
    printf("primera vez: %s\n", rc < 0 ? uv_err_name(rc) : "cerrado");
    uv_close((uv_handle_t *)&uno, NULL);
    uv_close((uv_handle_t *)&otro, NULL);
    uv_run(&bucle, UV_RUN_DEFAULT);
    rc = uv_loop_close(&bucle);
    printf("segunda vez: %s\n", rc < 0 ? uv_err_name(rc) : "cerrado");
    return rc < 0;
}
/* [/todo] */
