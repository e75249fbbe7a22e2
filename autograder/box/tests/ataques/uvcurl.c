/* Un programa normal y completo: libuv con su grupo de hilos, getaddrinfo, un hijo y libcurl.
 * Comprueba que la caja no estorba a quien no ataca. Con un argumento, además pierde memoria. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

static int pasos;

static void al_abrir(uv_fs_t *req)
{
    pasos += req->result >= 0;
    uv_fs_req_cleanup(req);
}

static void al_resolver(uv_getaddrinfo_t *req, int estado, struct addrinfo *res)
{
    (void)req;
    pasos += estado == 0;
    uv_freeaddrinfo(res);
}

static void al_terminar(uv_process_t *hijo, int64_t codigo, int signum)
{
    pasos += codigo == 0 && signum == 0;
    uv_close((uv_handle_t *)hijo, NULL);
}

int main(int argc, char **argv)
{
    (void)argv;
    uv_loop_t *loop = uv_default_loop();
    uv_fs_t abrir[8];
    for (int i = 0; i < 8; i++)
        uv_fs_open(loop, &abrir[i], "/etc/hosts", UV_FS_O_RDONLY, 0, al_abrir);
    uv_getaddrinfo_t resolver;
    uv_getaddrinfo(loop, &resolver, al_resolver, "localhost", "80", NULL);
    uv_process_t hijo;
    char *args[] = {"true", NULL};
    uv_process_options_t opciones = {
        .file = "true", .args = args, .exit_cb = al_terminar};
    uv_spawn(loop, &hijo, &opciones);
    uv_run(loop, UV_RUN_DEFAULT);
    uv_loop_close(loop);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, "http://localhost:9/");
    pasos += curl_easy_perform(curl) == CURLE_COULDNT_CONNECT;
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    if (argc > 1) {
        void *volatile perdido = malloc(1234);
        perdido = NULL;
        (void)perdido;
    }
    printf("pasos %d\n", pasos);
    return pasos == 11 ? 0 : 1;
}
