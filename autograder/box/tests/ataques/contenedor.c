/* No es un ataque: hace de contenedor. «contenedor sin-espacios ORDEN...» ejecuta la orden con
 * lo que prohíbe el perfil de Docker, y «sin-landlock», además, sin Landlock. «contenedor
 * elegir» sale con el peldaño que se puede, o con 100, y escribe por qué. */
#include "box/rung.h"

#include <errno.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int encerrarse(bool landlock)
{
    static const int prohibidas[] = {SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount),
                                     SCMP_SYS(umount2), SCMP_SYS(pivot_root)};
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
    int rc = 0;
    for (size_t i = 0; i < sizeof prohibidas / sizeof *prohibidas; i++)
        rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), prohibidas[i], 0);
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                           SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER));
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                           SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWNS, CLONE_NEWNS));
    if (!landlock)
        rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS),
                               SCMP_SYS(landlock_create_ruleset), 0);
    if (rc == 0)
        rc = seccomp_load(ctx);
    seccomp_release(ctx);
    return rc;
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
    if (argc < 3 || encerrarse(strcmp(argv[1], "sin-landlock") != 0) < 0)
        return 2;
    execvp(argv[2], argv + 2);
    return 127;
}
