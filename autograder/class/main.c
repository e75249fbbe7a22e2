/* asinc-class: el programa detrás de `make grade-class`. */
#include "base/options.h"
#include "base/text.h"
#include "class/commands.h"
#include "class/units.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_JOBS 256

static const char usage[] =
    "Uso: asinc-class --entregas DIR [opciones]     (normalmente, con make grade-class)\n"
    "\n"
    "  --entregas DIR    la carpeta con las entregas de la clase    ENTREGAS=dir\n"
    "  --lab 07          solo ese laboratorio                       LAB=07\n"
    "  --alumnos ARCHIVO  la lista de la clase, si no está con las entregas  "
    "ALUMNOS=archivo\n"
    "  --una             DIR es una entrega, y no una clase; de quién y de cuándo no lo "
    "dice\n"
    "                    nada de lo que hay en ella\n"
    "  --metadatos ARCHIVO  con --una, el submission_metadata.json de Gradescope\n"
    "  --salida DIR      dónde está la base y van las notas (build/clase)  SALIDA=dir\n"
    "  --trabajos N      cuántas calificaciones a la vez            TRABAJOS=n\n"
    "  --caja CUÁL       en esa o en ninguna: completa, parcial o minima    CAJA=minima\n"
    "  --caja ya-aislado  otro usuario: solo en un sitio que ya los encierre  "
    "CAJA=ya-aislado\n"
    "  --caja no         no encierra a los programas: solo con código tuyo  CAJA=no\n"
    "  --csv excel       notas.csv y detalle.csv como las abre una hoja de cálculo en "
    "español   CSV=excel\n"
    "  --anonimo si      en las páginas y al calificar, un alias en vez del nombre  "
    "ANONIMO=si\n"
    "  --forzar          sigue aunque se pierdan notas o se rechace casi todo   "
    "FORZAR=1\n"
    "  --preparar        no califica: deja hechas las unidades de trabajo y las enumera\n"
    "  --lista ARCHIVO   califica esas unidades, una línea «CLAVE LAB» cada una; la "
    "base\n"
    "                    las recoge la próxima vez que se califique con la misma SALIDA\n"
    "  --recoger         no califica: recoge lo que dejaron esas listas y escribe las "
    "notas\n"
    "\n"
    "  --nota ALUMNO --lab 07 --puntos 85 --motivo TEXTO   manda sobre lo calificado\n"
    "  --nota ALUMNO --lab 07 --comentario TEXTO           se añade a su informe\n"
    "  --nota ALUMNO --lab 07 --quitar                     vuelve a lo calificado\n"
    "  --nota ALUMNO --lab 07 --prorroga FECHA             hasta cuándo puede entregar\n"
    "  --nota ALUMNO --lab 07 --de-nuevo                   la califica otra vez\n"
    "  --nota ALUMNO --lab 07 --historia                   lo que ha sido esa nota\n"
    "  --dia 2027-01-25 [--nota ALUMNO] [--lab 07]         deja las notas como ese día\n"
    "  --ayuda           enseña esto\n"
    "\n"
    "Sale con 0 si todo quedó calificado; con 2 si la orden está mal; con 3 si falló el\n"
    "corrector en alguna entrega, que queda «no calificada» y se intenta la próxima "
    "vez;\n"
    "con 130 si se interrumpió: la misma orden sigue donde lo dejó.\n";

static int wrong(const char *what, const char *value)
{
    ag_complain("asinc-class", "%s%s", what, value);
    return GR_EXIT_USAGE + 1;
}

static int parse_jobs(const char *text, size_t *jobs)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*text < '1' || *text > '9' || *end || n > MOST_JOBS)
        return wrong("TRABAJOS es un número de 1 a 256, y no ", text);
    *jobs = n;
    return 0;
}

static int parse_rung(const char *text, enum box_rung *rung)
{
    *rung = box_rung_named(text);
    return strcmp(text, box_rung_name(*rung)) == 0
               ? 0
               : wrong("CAJA puede ser «completa», «parcial», «minima», «ya-aislado» o "
                       "«no»",
                       "");
}

/* ¿Es una orden de las que cambian notas? */
static bool is_adjust(const struct cl_options *o)
{
    return o->student || o->day;
}

/* Lo que se pide tiene que poder hacerse junto. */
static int check(const struct cl_options *o)
{
    if (!is_adjust(o) &&
        (o->points || o->comment || o->until || o->drop || o->again || o->history))
        return wrong("di de quién es la nota, con ALUMNO", "");
    if (o->student && !*o->student)
        return wrong(
            "di de quién es la nota, con ALUMNO, como está en notas.csv; o de qué DIA "
            "son las notas a las que vuelves",
            "");
    if (is_adjust(o)) {
        int n = o->drop + o->again + o->history + (o->points || o->comment) + !!o->until +
                !!o->day;
        if (!o->lab && !o->day)
            return wrong("di de qué laboratorio es la nota, por ejemplo LAB=07", "");
        if (n != 1)
            return wrong("di qué cambia, y una sola cosa: PUNTOS o COMENTARIO, PRORROGA, "
                         "DE_NUEVO=1, "
                         "QUITAR=1, DIA o HISTORIA=1",
                         "");
        if (o->points && !o->why)
            return wrong("di por qué cambias la nota, con MOTIVO: lo leerá quien entrega",
                         "");
        return 0;
    }
    if (!o->from && !o->list && !o->collect)
        return wrong("di dónde están las entregas, con ENTREGAS=carpeta", "");
    return 0;
}

/* 0, o el código con el que salir más uno. */
static int parse(int argc, char **argv, struct cl_options *o)
{
    bool help = false;
    const char *jobs = NULL, *rung = NULL;
    const struct ag_option options[] = {
        {"entregas", .text = &o->from},
        {"lab", .text = &o->lab},
        {"alumnos", .text = &o->roster},
        {"una", .flag = &o->one},
        {"metadatos", .text = &o->metadata},
        {"salida", .text = &o->out},
        {"trabajos", .text = &jobs},
        {"caja", .text = &rung},
        {"preparar", .flag = &o->prepare},
        {"recoger", .flag = &o->collect},
        {"lista", .text = &o->list},
        {"nota", .text = &o->student},
        {"puntos", .text = &o->points},
        {"motivo", .text = &o->why},
        {"comentario", .text = &o->comment},
        {"quitar", .flag = &o->drop},
        {"prorroga", .text = &o->until},
        {"de-nuevo", .flag = &o->again},
        {"dia", .text = &o->day},
        {"historia", .flag = &o->history},
        {"forzar", .flag = &o->force},
        {"csv", .text = &o->csv},
        {"anonimo", .text = &o->anonymous},
        {"ayuda", .flag = &help},
        {.name = NULL},
    };
    *o = (struct cl_options){
        .out = "build/clase", .jobs = cl_pool_default(), .highest = BOX_FULL};
    char *told = ag_options(argc, argv, options);
    int rc = told ? wrong(told, "") : 0;
    free(told);
    if (rc == 0 && help) {
        fputs(usage, stdout);
        return GR_EXIT_OK + 1;
    }
    if (rc == 0 && jobs)
        rc = parse_jobs(jobs, &o->jobs);
    if (rc == 0 && rung)
        rc = parse_rung(rung, &o->highest);
    o->named = rung != NULL;
    if (rc == 0 && o->csv && strcmp(o->csv, "excel") != 0 &&
        strcmp(o->csv, "normal") != 0)
        rc = wrong("CSV puede ser «excel» o «normal», y no ", o->csv);
    if (rc == 0 && o->anonymous && strcmp(o->anonymous, "si") != 0 &&
        strcmp(o->anonymous, "no") != 0)
        rc = wrong("ANONIMO puede ser «si» o «no», y no ", o->anonymous);
    return rc ? rc : check(o);
}

int main(int argc, char **argv)
{
    struct cl_options o;
    signal(SIGPIPE, SIG_IGN);
    int rc = parse(argc, argv, &o);
    if (rc)
        return rc - 1;
    rc = is_adjust(&o) ? cl_adjust(&o)
         : o.collect   ? cl_collect_class(&o)
         : o.list      ? cl_grade_list(&o)
                       : cl_grade_class(&o);
    return ag_stdout_written("asinc-class") || rc != GR_EXIT_OK ? rc : GR_EXIT_FAILURE;
}
