/* No es un ataque: hace de contenedor. «contenedor PUERTA... ORDEN...» ejecuta la orden con esas
 * puertas cerradas. «contenedor elegir» sale con el peldaño que se puede, o con 100, y escribe por
 * qué. Las puertas:
 *
 *     sin-espacios   lo que prohíbe de espacios de nombres el perfil de Docker
 *     docker         el perfil de Docker entero, para quien no tiene CAP_SYS_ADMIN
 *     sin-usuarios   como user.max_user_namespaces=0
 *     sin-landlock   lo primero, y un núcleo sin Landlock
 *     falta-landlock solo lo último */
#include "box/rung.h"

#include <errno.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

static const int espacios[] = {SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount),
                               SCMP_SYS(umount2), SCMP_SYS(pivot_root)};

/* Las demás que Docker niega sin CAP_SYS_ADMIN ni otros permisos. */
static const int docker[] = {SCMP_SYS(acct),
                             SCMP_SYS(add_key),
                             SCMP_SYS(bpf),
                             SCMP_SYS(clock_adjtime),
                             SCMP_SYS(clock_settime),
                             SCMP_SYS(delete_module),
                             SCMP_SYS(finit_module),
                             SCMP_SYS(fsconfig),
                             SCMP_SYS(fsmount),
                             SCMP_SYS(fsopen),
                             SCMP_SYS(fspick),
                             SCMP_SYS(get_mempolicy),
                             SCMP_SYS(init_module),
                             SCMP_SYS(io_uring_enter),
                             SCMP_SYS(io_uring_register),
                             SCMP_SYS(ioperm),
                             SCMP_SYS(io_uring_setup),
                             SCMP_SYS(iopl),
                             SCMP_SYS(kexec_load),
                             SCMP_SYS(kexec_file_load),
                             SCMP_SYS(keyctl),
                             SCMP_SYS(lookup_dcookie),
                             SCMP_SYS(mbind),
                             SCMP_SYS(mount_setattr),
                             SCMP_SYS(move_mount),
                             SCMP_SYS(move_pages),
                             SCMP_SYS(name_to_handle_at),
                             SCMP_SYS(nfsservctl),
                             SCMP_SYS(open_by_handle_at),
                             SCMP_SYS(open_tree),
                             SCMP_SYS(perf_event_open),
                             SCMP_SYS(quotactl),
                             SCMP_SYS(reboot),
                             SCMP_SYS(request_key),
                             SCMP_SYS(set_mempolicy),
                             SCMP_SYS(setdomainname),
                             SCMP_SYS(sethostname),
                             SCMP_SYS(settimeofday),
                             SCMP_SYS(swapoff),
                             SCMP_SYS(swapon),
                             SCMP_SYS(syslog),
                             SCMP_SYS(userfaultfd),
                             SCMP_SYS(vhangup)};

static int negar(scmp_filter_ctx ctx, const int *lista, size_t n)
{
    int rc = 0;
    for (size_t i = 0; i < n; i++)
        rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), lista[i], 0);
    return rc;
}

/* clone con esa marca da ese error, y clone3, que no deja verlas, «no existe». */
static int negar_clone(scmp_filter_ctx ctx, int error, unsigned long marca)
{
    return seccomp_rule_add(ctx, SCMP_ACT_ERRNO((unsigned)error), SCMP_SYS(clone), 1,
                            SCMP_A0(SCMP_CMP_MASKED_EQ, marca, marca));
}

static int sin_espacios(scmp_filter_ctx ctx)
{
    static const unsigned long marcas[] = {CLONE_NEWUSER,  CLONE_NEWNS,  CLONE_NEWPID,
                                           CLONE_NEWNET,   CLONE_NEWIPC, CLONE_NEWUTS,
                                           CLONE_NEWCGROUP};
    int rc = negar(ctx, espacios, sizeof espacios / sizeof *espacios);
    for (size_t i = 0; i < sizeof marcas / sizeof *marcas; i++)
        rc |= negar_clone(ctx, EPERM, marcas[i]);
    return rc | seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

static int como_docker(scmp_filter_ctx ctx)
{
    int rc = sin_espacios(ctx) | negar(ctx, docker, sizeof docker / sizeof *docker);
    /* La personalidad, solo la corriente: gdb no puede quitar el azar de las direcciones. */
    return rc | seccomp_rule_add(
                    ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(personality), 1,
                    SCMP_A0(SCMP_CMP_MASKED_EQ, ADDR_NO_RANDOMIZE, ADDR_NO_RANDOMIZE));
}

static int sin_usuarios(scmp_filter_ctx ctx)
{
    int rc = negar_clone(ctx, ENOSPC, CLONE_NEWUSER);
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSPC), SCMP_SYS(unshare), 1,
                           SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER));
    return rc | seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

static int falta_landlock(scmp_filter_ctx ctx)
{
    return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS),
                            SCMP_SYS(landlock_create_ruleset), 0);
}

static int sin_landlock(scmp_filter_ctx ctx)
{
    return sin_espacios(ctx) | falta_landlock(ctx);
}

static const struct {
    const char *nombre;
    int (*cerrar)(scmp_filter_ctx);
} puertas[] = {{"sin-espacios", sin_espacios},
               {"docker", como_docker},
               {"sin-usuarios", sin_usuarios},
               {"sin-landlock", sin_landlock},
               {"falta-landlock", falta_landlock}};

/* Falso si no hay una puerta que se llame así. */
static bool cerrar(const char *nombre, int *rc)
{
    for (size_t i = 0; i < sizeof puertas / sizeof *puertas; i++) {
        if (strcmp(nombre, puertas[i].nombre) != 0)
            continue;
        scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
        *rc = ctx ? puertas[i].cerrar(ctx) : -ENOMEM;
        if (*rc == 0)
            *rc = seccomp_load(ctx);
        seccomp_release(ctx);
        return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    enum { NADIE = 65534 };
    if (argc == 2 && strcmp(argv[1], "elegir") == 0) {
        char porque[1200];
        enum box_rung peldano;
        int rc = box_choose(BOX_FULL, NADIE, NADIE, &peldano, porque, sizeof porque);
        fprintf(stderr, "%s\n", porque);
        return rc < 0 ? 100 : (int)peldano;
    }
    int i = 1, rc = 0;
    while (i < argc && rc == 0 && cerrar(argv[i], &rc))
        i++;
    if (i == 1 || i == argc || rc < 0)
        return 2;
    execvp(argv[i], argv + i);
    return 127;
}
