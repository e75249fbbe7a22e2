/* asinc-class: el programa detrás de `make grade-class`. */
#include "base/text.h"
#include "class/commands.h"
#include "class/units.h"

#include <getopt.h>
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
    "  --salida DIR      dónde está la base y van las notas (build/clase)  SALIDA=dir\n"
    "  --trabajos N      cuántas calificaciones a la vez            TRABAJOS=n\n"
    "  --caja CUÁL       completa, o una menor: parcial o minima    CAJA=minima\n"
    "  --caja ya-aislado  otro usuario: solo en un sitio que ya los encierre  "
    "CAJA=ya-aislado\n"
    "  --caja no         no encierra a los programas: solo con código tuyo  CAJA=no\n"
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

/* Lo que se pide tiene que poder hacerse junto. */
static int check(const struct cl_options *o)
{
    if (o->student) {
        if (!o->lab)
            return wrong("di de qué laboratorio es la nota, por ejemplo LAB=07", "");
        if (!o->drop && !o->points && !o->comment)
            return wrong("di qué cambia: PUNTOS, COMENTARIO o QUITAR=1", "");
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
    static const struct option longs[] = {
        {"entregas", required_argument, NULL, 'e'},
        {"lab", required_argument, NULL, 'l'},
        {"salida", required_argument, NULL, 's'},
        {"trabajos", required_argument, NULL, 't'},
        {"caja", required_argument, NULL, 'c'},
        {"preparar", no_argument, NULL, 'p'},
        {"recoger", no_argument, NULL, 'r'},
        {"lista", required_argument, NULL, 'u'},
        {"nota", required_argument, NULL, 'n'},
        {"puntos", required_argument, NULL, 'P'},
        {"motivo", required_argument, NULL, 'm'},
        {"comentario", required_argument, NULL, 'C'},
        {"quitar", no_argument, NULL, 'q'},
        {"ayuda", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    *o = (struct cl_options){
        .out = "build/clase", .jobs = cl_pool_default(), .highest = BOX_FULL};
    opterr = 0;
    int rc = 0;
    for (int c; rc == 0 && (c = getopt_long(argc, argv, ":", longs, NULL)) != -1;) {
        switch (c) {
        case 'e':
            o->from = optarg;
            break;
        case 'l':
            o->lab = optarg;
            break;
        case 's':
            o->out = optarg;
            break;
        case 't':
            rc = parse_jobs(optarg, &o->jobs);
            break;
        case 'c':
            rc = parse_rung(optarg, &o->highest);
            break;
        case 'p':
            o->prepare = true;
            break;
        case 'r':
            o->collect = true;
            break;
        case 'u':
            o->list = optarg;
            break;
        case 'n':
            o->student = optarg;
            break;
        case 'P':
            o->points = optarg;
            break;
        case 'm':
            o->why = optarg;
            break;
        case 'C':
            o->comment = optarg;
            break;
        case 'q':
            o->drop = true;
            break;
        case 'h':
            fputs(usage, stdout);
            return GR_EXIT_OK + 1;
        default:
            rc = wrong(c == ':' ? "falta el valor de " : "no entiendo ",
                       argv[optind - 1]);
        }
    }
    if (rc == 0 && optind < argc)
        rc = wrong("sobra ", argv[optind]);
    return rc ? rc : check(o);
}

int main(int argc, char **argv)
{
    struct cl_options o;
    signal(SIGPIPE, SIG_IGN);
    int rc = parse(argc, argv, &o);
    if (rc)
        return rc - 1;
    rc = o.student   ? cl_adjust(&o)
         : o.collect ? cl_collect_class(&o)
         : o.list    ? cl_grade_list(&o)
                     : cl_grade_class(&o);
    return ag_stdout_written("asinc-class") || rc != GR_EXIT_OK ? rc : GR_EXIT_FAILURE;
}
