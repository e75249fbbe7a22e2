#include <asinc/args.h>

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "core/task_internal.h"

enum { MAX_ARGS = 16, HELP = MAX_ARGS };

static int read_int(const char *program, const struct as_arg *arg, const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);

    if (end == text || *end || (double)n < arg->min || (double)n > arg->max) {
        fprintf(stderr, "%s: --%s «%s»: se esperaba un entero de %.0f a %.0f\n", program,
                arg->name, text, arg->min, arg->max);
        return UV_EINVAL;
    }
    *(int *)arg->value = (int)n;
    return 0;
}

static int read_seconds(const char *program, const struct as_arg *arg, const char *text)
{
    char *end;
    double s = strtod(text, &end);

    /* Así escrito rechaza también NaN, que no cumple ninguna comparación. */
    if (end == text || *end || !(s >= arg->min && s <= arg->max)) {
        fprintf(stderr, "%s: --%s «%s»: se esperaban segundos entre %g y %g\n", program,
                arg->name, text, arg->min, arg->max);
        return UV_EINVAL;
    }
    *(int64_t *)arg->value = llround(s * 1000);
    return 0;
}

static int read_value(const char *program, const struct as_arg *arg, const char *text)
{
    switch (arg->kind) {
    case AS_ARG_INT:
        return read_int(program, arg, text);
    case AS_ARG_SECONDS:
        return read_seconds(program, arg, text);
    case AS_ARG_FLAG:
        *(bool *)arg->value = true;
        return 0;
    default:
        *(const char **)arg->value = text;
        return 0;
    }
}

/* Las opciones de `args` para getopt, que da la posición de la suya en la lista; y --help. */
static int list_options(const struct as_arg *args, struct option *options,
                        struct as_arg *rest)
{
    bool has_help = false;
    int n = 0;

    for (int i = 0; args[i].name; i++) {
        if (i == MAX_ARGS)
            return UV_ENOBUFS;
        if (args[i].kind == AS_ARG_REST)
            *rest = args[i];
        else
            options[n++] = (struct option){
                args[i].name,
                args[i].kind == AS_ARG_FLAG ? no_argument : required_argument, NULL, i};
        has_help = has_help ||
                   (args[i].kind != AS_ARG_REST && strcmp(args[i].name, "help") == 0);
    }
    if (!has_help)
        options[n] = (struct option){"help", no_argument, NULL, HELP};
    return 0;
}

/* Qué valor lleva cada una, y entre qué límites. */
static void print_help(const char *program, const char *usage, const struct as_arg *args)
{
    printf("Uso: %s %s\n", program, usage);
    for (; args->name; args++) {
        if (args->kind == AS_ARG_INT)
            printf("  --%s N: un entero de %.0f a %.0f\n", args->name, args->min,
                   args->max);
        else if (args->kind == AS_ARG_SECONDS)
            printf("  --%s S: segundos, de %g a %g\n", args->name, args->min, args->max);
        else if (args->kind == AS_ARG_TEXT)
            printf("  --%s TEXTO\n", args->name);
        else if (args->kind == AS_ARG_FLAG)
            printf("  --%s\n", args->name);
    }
}

/* `rest`: los posicionales, acabados en NULL. */
static int check_rest(const char *program, const char *usage, const struct as_arg *arg,
                      char **rest, int n)
{
    if (n < arg->min)
        fprintf(stderr, "%s: falta %s. Uso: %s %s\n", program, arg->name, program, usage);
    else if (n > arg->max)
        fprintf(stderr, "%s: sobra «%s». Uso: %s %s\n", program, rest[(int)arg->max],
                program, usage);
    else
        return 0;
    return UV_EINVAL;
}

int as_args(int argc, char **argv, const char *usage, const struct as_arg *args)
{
    struct option options[MAX_ARGS + 2] = {{0}};
    struct as_arg rest = {.max = 0};
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    const char *program = slash ? slash + 1 : argc > 0 ? argv[0] : "programa";
    int got, rc = list_options(args, options, &rest);

    if (rc < 0)
        return rc;
    optind = 0; /* getopt empieza de nuevo, aunque ya se haya usado */
    while (rc == 0 && (got = getopt_long_only(argc, argv, ":", options, NULL)) != -1) {
        if (got == HELP) {
            print_help(program, usage, args);
            exit(EXIT_SUCCESS);
        }
        if (got < MAX_ARGS) {
            rc = read_value(program, &args[got], optarg);
            continue;
        }
        fprintf(stderr, "%s: %s «%s». Uso: %s %s\n", program,
                got == ':' ? "falta el valor de" : "no entiendo", argv[optind - 1],
                program, usage);
        rc = UV_EINVAL;
    }
    if (rc == 0)
        rc = check_rest(program, usage, &rest, argv + optind, argc - optind);
    return rc < 0 ? as__error(rc) : optind;
}
