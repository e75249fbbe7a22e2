/* Pruebas de `make watch` en una terminal de verdad, con un corrector de mentira. */
#include "base/clock.h"
#include "base/memory.h"
#include "day/tests/mesa.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(watch, .timeout = 120);

#define ECO   "labs/01-eco/eco.c"
#define LAB   ((struct mesa_options){.which = "LAB=01"})
#define KEYS  "h pista · a todo · r empezar · n siguiente · q salir"
#define SAVED "De guardar eco.c al veredicto"

/* ---- guardar ------------------------------------------------------------------------------- */

Test(watch, al_empezar_califica)
{
    struct mesa m;
    mesa_open(&m, "mal", LAB);
    mesa_wait(&m, KEYS);
    cr_assert(mesa_sees(&m, "Laboratorio 01 · Eco"));
    cr_assert(mesa_sees(&m, "debía decir hola y calla"));
    cr_assert(mesa_sees(&m, "Veredicto en "));
    cr_assert_eq(mesa_count(&m, ".progreso.json", "\"puntos\": 40"), 1);
    mesa_leave(&m, "q");
}

Test(watch, lo_que_fallaba_primero_y_despues_todo)
{
    struct mesa m;
    mesa_open(&m, "mal", LAB);
    mesa_wait(&m, "Veredicto");
    mesa_save(&m, ECO, "todo bien");
    mesa_wait(&m, "+60 puntos: antes 40, ahora 100.");
    cr_assert(mesa_sees(&m, SAVED));
    cr_assert(strstr(m.raw, "«Saluda a quien se le dice» ya pasa."));
    cr_assert_eq(mesa_count(&m, "llamadas", "--prueba saluda"), 1);
    cr_assert_eq(mesa_count(&m, "llamadas", "\n"), 3);
    mesa_leave(&m, "q");
}

Test(watch, sin_compilar_no_sigue)
{
    struct mesa m;
    mesa_open(&m, "mal", LAB);
    mesa_wait(&m, "Veredicto");
    mesa_save(&m, ECO, "nocompila");
    mesa_wait(&m, SAVED);
    cr_assert(mesa_sees(&m, "eco.c:3: error: esto no es C"));
    mesa_save(&m, ECO, "bien");
    mesa_wait(&m, "ahora 100");
    cr_assert_eq(mesa_count(&m, "llamadas", "\n"), 4);
    mesa_leave(&m, "q");
}

Test(watch, editores_que_renombran)
{
    struct mesa m;
    mesa_open(&m, "mal", LAB);
    mesa_wait(&m, "Veredicto");
    for (int i = 0; i < 3; i++) {
        char *text = ag_format("%s bien %d", i == 2 ? "" : "mal", i);
        mesa_save_by_rename(&m, ECO, text);
        free(text);
        mesa_wait(&m, "ahora 100");
        mesa_save_by_rename(&m, ECO, "mal");
        mesa_wait(&m, "ahora 40");
    }
    mesa_leave(&m, "q");
}

Test(watch, una_rafaga_es_una_vuelta)
{
    struct mesa m;
    mesa_open(&m, "mal", LAB);
    mesa_wait(&m, "Veredicto");
    double from = ag_ms();
    for (int i = 0; i < 40; i++) {
        char *text = ag_format(i < 39 ? "mal y a medias %d" : "bien", i);
        mesa_save(&m, ECO, text);
        free(text);
        /* Lo que tarda en arrancar un corrector: sin esperar, serían cuarenta. */
        usleep(10000);
    }
    /* Una vuelta empieza tras 60 ms sin avisos: en una máquina ocupada quizá hay alguna más, pero
     * nunca más de las que caben. */
    int most = 1 + (int)((ag_ms() - from) / 60);
    mesa_wait(&m, "ahora 100");
    cr_assert_leq(mesa_count(&m, "llamadas", "\n"), 1 + 2 * most);
    mesa_leave(&m, "q");
}

Test(watch, lo_que_no_cambia_no_se_prueba)
{
    struct mesa m;
    mesa_open(&m, "mal", LAB);
    mesa_wait(&m, "Veredicto");
    mesa_save(&m, ECO, "mal");
    mesa_save(&m, "labs/01-eco/.eco.c.swp", "x");
    mesa_save(&m, "labs/01-eco/eco.c~", "x");
    mesa_save(&m, "labs/01-eco/notas.txt", "x");
    mesa_save(&m, ECO, "mal"); /* y para saber que ya miró: */
    mesa_type(&m, "a");
    mesa_wait_file(&m, "build/informe/resultados.json");
    mesa_save(&m, ECO, "bien");
    mesa_wait(&m, "ahora 100");
    cr_assert_leq(mesa_count(&m, "llamadas", "\n"), 4);
    mesa_leave(&m, "q");
}

Test(watch, sin_avisos_del_sistema)
{
    struct mesa m;
    mesa_open(&m, "mal", (struct mesa_options){.which = "LAB=01", .ask = true});
    mesa_wait(&m, "Veredicto");
    mesa_save(&m, ECO, "bien");
    mesa_wait(&m, "ahora 100");
    mesa_save_by_rename(&m, ECO, "otra vez mal");
    mesa_wait(&m, "ahora 40");
    mesa_leave(&m, "q");
}

static int pidfd_of(const char *pid)
{
    return (int)syscall(SYS_pidfd_open, strtol(pid, NULL, 10), 0);
}

Test(watch, guardar_otra_vez_detiene_lo_que_hay)
{
    struct mesa m;
    mesa_open(&m, "lento", LAB);
    mesa_wait_file(&m, "corriendo");
    mesa_wait(&m, "Calificando");
    char *text = mesa_file(&m, "nieto");
    /* De su número ya puede ser otro cuando se mire; de lo que se abre, no. */
    struct pollfd orphan = {.fd = pidfd_of(text), .events = POLLIN};
    cr_assert(orphan.fd >= 0 && poll(&orphan, 1, 0) == 0, "no está el nieto %s", text);
    mesa_save(&m, ECO, "bien");
    mesa_wait(&m, SAVED);
    cr_assert_eq(mesa_count(&m, "senales", "TERM"), 1);
    cr_assert_eq(poll(&orphan, 1, 0), 1, "el nieto %s sigue vivo", text);
    close(orphan.fd);
    free(text);
    mesa_leave(&m, "q");
}

/* ---- irse ---------------------------------------------------------------------------------- */

Test(watch, ctrl_c_en_cada_momento)
{
    struct mesa m;
    mesa_open(&m, "mal", LAB);
    mesa_wait(&m, KEYS);
    mesa_type(&m, "\3");
    cr_assert_eq(mesa_end(&m), 0);
    mesa_close(&m);

    mesa_open(&m, "lento", LAB);
    mesa_wait_file(&m, "corriendo");
    mesa_type(&m, "\3");
    cr_assert_eq(mesa_end(&m), 0);
    cr_assert_eq(mesa_count(&m, "senales", "TERM"), 1);
    mesa_close(&m);

    mesa_open(&m, "mal", LAB);
    mesa_wait(&m, KEYS);
    mesa_type(&m, "r");
    mesa_wait(&m, "¿Empezar de nuevo?");
    mesa_type(&m, "\3");
    cr_assert_eq(mesa_end(&m), 0);
    cr_assert_eq(mesa_count(&m, ECO, "mal"), 1);
    mesa_close(&m);

    mesa_open(&m, "lento", LAB);
    mesa_wait_file(&m, "corriendo");
    mesa_save(&m, ECO, "lento otra vez");
    mesa_type(&m, "\3");
    cr_assert_eq(mesa_end(&m), 0);
    mesa_close(&m);
}

static void ends_with(int signum, int code, const char *program)
{
    struct mesa m;
    mesa_open(&m, program, LAB);
    if (strcmp(program, "lento") == 0)
        mesa_wait_file(&m, "corriendo");
    else
        mesa_wait(&m, KEYS);
    kill(m.pid, signum);
    cr_assert_eq(mesa_end(&m), code);
    mesa_close(&m);
}

Test(watch, las_senales_lo_acaban)
{
    ends_with(SIGTERM, 128 + SIGTERM, "mal");
    ends_with(SIGTERM, 128 + SIGTERM, "lento");
    ends_with(SIGINT, 128 + SIGINT, "lento");
    ends_with(SIGHUP, 128 + SIGHUP, "lento");
}

Test(watch, aunque_lo_maten_no_queda_nadie)
{
    struct mesa m;
    mesa_open(&m, "lento", LAB);
    mesa_wait_file(&m, "corriendo");
    m.slave = -1; /* nadie pudo dejar la terminal como estaba */
    kill(m.pid, SIGKILL);
    char *text = mesa_file(&m, "nieto");
    pid_t orphan = (pid_t)strtol(text, NULL, 10);
    free(text);
    waitpid(m.pid, NULL, 0);
    kill(orphan, SIGKILL); /* en su propia sesión: de ese solo sabía quien murió */
    while (waitpid(-1, NULL, 0) > 0)
        ;
    cr_assert_eq(mesa_count(&m, "senales", "TERM"), 1);
    mesa_close(&m);
}

Test(watch, se_cierra_la_terminal)
{
    for (int i = 0; i < 2; i++) {
        struct mesa m;
        mesa_open(&m, i ? "lento" : "mal", LAB);
        if (i)
            mesa_wait_file(&m, "corriendo");
        else
            mesa_wait(&m, KEYS);
        close(m.slave);
        close(m.master);
        m.slave = m.master = -1;
        cr_assert_eq(mesa_end(&m), 128 + SIGHUP);
        mesa_close(&m);
    }
}

Test(watch, ctrl_z_y_volver)
{
    struct mesa m;
    struct termios now;
    mesa_open(&m, "mal", LAB);
    mesa_wait(&m, KEYS);
    cr_assert(tcgetattr(m.slave, &now) == 0 && !(now.c_lflag & ECHO));
    kill(m.pid, SIGTSTP);
    cr_assert_eq(waitpid(m.pid, &m.status, WUNTRACED), m.pid);
    cr_assert(WIFSTOPPED(m.status));
    cr_assert(tcgetattr(m.slave, &now) == 0 && (now.c_lflag & ECHO));
    kill(m.pid, SIGCONT);
    mesa_save(&m, ECO, "bien");
    mesa_wait(&m, "ahora 100");
    cr_assert(tcgetattr(m.slave, &now) == 0 && !(now.c_lflag & ECHO));
    mesa_leave(&m, "q");
}

/* ---- teclas -------------------------------------------------------------------------------- */

Test(watch, la_pista_cada_vez_dice_mas)
{
    struct mesa m;
    mesa_open(&m, "mal", LAB);
    mesa_wait(&m, KEYS);
    mesa_type(&m, "h");
    mesa_wait(&m, "pista 1 de 3");
    mesa_type(&m, "h");
    mesa_wait(&m, "pista 2 de 3");
    mesa_type(&m, "h");
    mesa_wait(&m, "Escribe con `puts` y acaba.");
    mesa_leave(&m, "q");
}

Test(watch, empezar_de_nuevo_pregunta_y_guarda_copia)
{
    struct mesa m;
    mesa_open(&m, "mal, y mío", LAB);
    mesa_wait(&m, KEYS);
    mesa_type(&m, "rn");
    mesa_type(&m, "r");
    mesa_wait(&m, "¿Empezar de nuevo?");
    cr_assert_eq(mesa_count(&m, ECO, "mío"), 1);
    mesa_type(&m, "s");
    mesa_wait(&m, SAVED);
    cr_assert_eq(mesa_count(&m, ECO, "mío"), 0);
    cr_assert(strstr(m.raw, "Lo que tenías está en .copias/"));
    mesa_leave(&m, "q");
}

/* Lo que lleve el nombre de un archivo no lo lee ninguna shell. */
Test(watch, un_nombre_con_ordenes_es_un_nombre)
{
    struct mesa m;
    mesa_open(&m, "mal", (struct mesa_options){.which = "CAP=01"});
    mesa_wait(&m, "Veredicto");
    mesa_save(&m, "lessons/01-uno/practica/b;>ejecutado;'$(>ejecutado).c", "mal");
    mesa_wait(&m, "De guardar b;>ejecutado");
    mesa_type(&m, "r");
    mesa_wait(&m, "¿Empezar de nuevo?");
    mesa_type(&m, "s");
    mesa_wait(&m, "no había ningún b;>ejecutado");
    char *path = ag_format("%s/ejecutado", m.dir);
    cr_assert(access(path, F_OK) < 0);
    free(path);
    mesa_leave(&m, "q");
}

Test(watch, todo_otra_vez_y_siguiente)
{
    struct mesa m;
    mesa_open(&m, "mal", LAB);
    mesa_wait(&m, KEYS);
    mesa_type(&m, "\x1b[A"); /* una flecha no es nada */
    mesa_type(&m, "n");
    mesa_wait(&m, "Práctica 01 · Uno solo");
    mesa_wait(&m, "Veredicto");
    mesa_type(&m, "n");
    mesa_wait(&m, "→ 2. b");
    mesa_type(&m, "n");
    mesa_wait(&m, "Práctica 02 · Dos");
    mesa_type(&m, "n");
    mesa_wait(&m, "Laboratorio 01");
    mesa_wait(&m, "Veredicto");
    int before = mesa_count(&m, "llamadas", "\n");
    mesa_type(&m, "a");
    mesa_wait(&m, "Veredicto");
    for (int i = 0; i < 1000 && mesa_count(&m, "llamadas", "\n") == before; i++)
        mesa_sees(&m, "");
    mesa_leave(&m, "q");
}

/* ---- la práctica --------------------------------------------------------------------------- */

Test(watch, la_practica)
{
    struct mesa m;
    mesa_open(&m, "mal", (struct mesa_options){.which = "CAP=01"});
    mesa_wait(&m, "✗ línea 1: debía decir «hola»");
    mesa_save(&m, "lessons/01-uno/practica/b.c", "nocompila");
    mesa_wait(&m, "De guardar b.c al veredicto");
    cr_assert(mesa_sees(&m, "b.c:1:1: error: esto no es C"));
    mesa_save(&m, "lessons/01-uno/practica/b.c", "bien");
    mesa_wait(&m, "✓ Está hecho.");
    mesa_type(&m, "n");
    mesa_wait(&m, "→ 2. a");
    mesa_save(&m, "lessons/01-uno/practica/a.c", "bien");
    mesa_wait(&m, "Está hecha toda la práctica del capítulo.");
    mesa_leave(&m, "q");
}

Test(watch, sin_decir_cual_sigue_a_lo_que_se_guarda)
{
    struct mesa m;
    mesa_open(&m, "mal", (struct mesa_options){.which = ""});
    mesa_wait(&m, "Práctica 01 · Uno solo");
    mesa_wait(&m, "Veredicto");
    mesa_save(&m, ECO, "bien");
    mesa_wait(&m, "Laboratorio 01");
    mesa_wait(&m, SAVED);
    mesa_save(&m, "lessons/01-uno/practica/a.c", "bien");
    mesa_wait(&m, "Práctica 01");
    mesa_wait(&m, "De guardar a.c");
    mesa_leave(&m, "q");
}

Test(watch, lo_que_no_existe)
{
    struct mesa m;
    mesa_open(&m, "mal", (struct mesa_options){.which = "LAB=99"});
    cr_assert_eq(mesa_end(&m), 2);
    cr_assert(mesa_sees(&m, "no hay nada que se llame LAB=99"));
    mesa_close(&m);
}

/* ---- cualquier terminal -------------------------------------------------------------------- */

Test(watch, en_sesenta_columnas)
{
    struct mesa m;
    mesa_open(&m, "mal", (struct mesa_options){.which = "LAB=01", .columns = 60});
    mesa_wait(&m, KEYS);
    cr_assert(mesa_sees(&m, " 01  Eco  60"));
    mesa_type(&m, "n");
    mesa_wait(&m, "Práctica 01");
    mesa_wait(&m, KEYS);
    mesa_type(&m, "r");
    mesa_wait(&m, "(s/n)");
    mesa_type(&m, "n");
    mesa_leave(&m, "q");
}

Test(watch, sin_color)
{
    struct mesa m;
    mesa_open(&m, "mal",
              (struct mesa_options){.which = "LAB=01", .env = {"NO_COLOR=1", "LANG=C"}});
    mesa_wait(&m, KEYS);
    mesa_type(&m, "h");
    mesa_wait(&m, "pista 1 de 3");
    for (const char *p = m.raw; (p = strstr(p, "\x1b[")); p++)
        cr_assert(p[2 + strspn(p + 2, "0123456789;")] != 'm', "hay un color");
    mesa_leave(&m, "q");
    mesa_open(&m, "mal", LAB);
    mesa_wait(&m, "rojo");
    cr_assert(strstr(m.raw, "\x1b[31mrojo"));
    mesa_leave(&m, "q");
}

Test(watch, en_una_tuberia_es_texto)
{
    struct mesa m;
    mesa_open(&m, "mal", (struct mesa_options){.which = "LAB=01", .pipe = true});
    mesa_wait(&m, "Veredicto");
    mesa_save(&m, ECO, "bien");
    mesa_wait(&m, "ahora 100");
    kill(m.pid, SIGTERM);
    cr_assert_eq(mesa_end(&m), 128 + SIGTERM);
    cr_assert(!strchr(m.raw, '\x1b') && !strchr(m.raw, '\r'));
    cr_assert(!strstr(m.raw, "q salir"));
    cr_assert(strstr(m.raw, "sin columnas"));
    mesa_close(&m);
}
