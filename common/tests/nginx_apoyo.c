#include "nginx_apoyo.h"

#include <dirent.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int puerto_libre(void)
{
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t largo = sizeof donde;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    cr_assert_eq(bind(fd, (struct sockaddr *)&donde, sizeof donde), 0);
    getsockname(fd, (struct sockaddr *)&donde, &largo);
    close(fd);
    return ntohs(donde.sin_port);
}

void nginx_prepara(struct nginx *n)
{
    const char *tmp = getenv("TMPDIR");

    snprintf(n->carpeta, sizeof n->carpeta, "%s/asinc-nginx-XXXXXX", tmp ? tmp : "/tmp");
    cr_assert_not_null(mkdtemp(n->carpeta));
    n->puerto = puerto_libre();
}

FILE *nginx_archivo(const struct nginx *n, const char *nombre)
{
    char ruta[300];

    snprintf(ruta, sizeof ruta, "%s/%s", n->carpeta, nombre);
    FILE *f = fopen(ruta, "w");
    cr_assert_not_null(f, "%s", ruta);
    return f;
}

static bool escucha(const struct nginx *n)
{
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons((uint16_t)n->puerto)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool bien = connect(fd, (struct sockaddr *)&donde, sizeof donde) == 0;

    close(fd);
    return bien;
}

void nginx_arranca(struct nginx *n, const char *http)
{
    FILE *f = nginx_archivo(n, "nginx.conf");

    fprintf(f,
            "%sdaemon off; pid nginx.pid; error_log stderr crit;\n"
            "events { worker_connections 256; }\n"
            "http { access_log off; client_body_temp_path .; proxy_temp_path .;\n"
            "fastcgi_temp_path .; uwsgi_temp_path .; scgi_temp_path .;\n%s}\n",
            geteuid() == 0 ? "user root; " : "", http);
    fclose(f);
    n->pid = fork();
    cr_assert_geq(n->pid, 0);
    if (n->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        execl("/usr/sbin/nginx", "nginx", "-p", n->carpeta, "-c", "nginx.conf", "-e",
              "stderr", (char *)NULL);
        _exit(127);
    }
    while (!escucha(n)) {
        cr_assert_eq(waitpid(n->pid, NULL, WNOHANG), 0, "nginx no arrancó");
        usleep(2000);
    }
}

void nginx_termina(struct nginx *n)
{
    char ruta[600];
    struct dirent *entrada;

    kill(n->pid, SIGTERM);
    waitpid(n->pid, NULL, 0);
    DIR *carpeta = opendir(n->carpeta);
    while (carpeta && (entrada = readdir(carpeta))) {
        snprintf(ruta, sizeof ruta, "%s/%s", n->carpeta, entrada->d_name);
        unlink(ruta); /* «.» y «..» no se dejan */
    }
    closedir(carpeta);
    rmdir(n->carpeta);
}
