/* La tabla de los errores más corrientes: qué escribe gcc y qué hacer.
 *
 * Un error es un bloque: su primera línea («archivo:línea:columna: error: ...») y las que la
 * siguen hasta el próximo. De cada bloque vale la primera regla que case, y lo suyo va detrás de
 * su última línea. gcc pone comillas distintas según el idioma; aquí se miran como si todas
 * fueran las rectas. */
#include "base/explain.h"
#include "base/memory.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rule {
    const char *head;  /* va en la primera línea del bloque */
    const char *block; /* y esto, en cualquiera; NULL: nada más */
    const char *text;  /* «%» es el primer nombre que gcc pone entre comillas */
};

/* De lo que da memoria. */
#define LOST                                                                              \
    "«%» devuelve la dirección de la memoria que da: si no se guarda, esa memoria no " \
    "se "                                                                                 \
    "puede ni usar ni liberar."

static const struct rule rules[] = {
    {"error: expected ';'", NULL,
     "Falta un punto y coma: al final de la línea que se señala, o de la anterior."},
    {"error: expected ',' or ';'", NULL,
     "Falta un punto y coma al final de la línea anterior a la que se señala."},
    {"error: invalid operands to binary *", NULL,
     "Si la línea anterior no acaba en punto y coma, es lo que falta: gcc lee el «*» "
     "como una multiplicación. Si lo es, uno de los dos no es un número."},
    {"error: expected ')'", NULL,
     "Falta cerrar un paréntesis, antes de lo que se señala."},
    {"error: invalid storage class for function", NULL,
     "Falta cerrar una llave «}» antes de aquí: gcc cree que «%» está dentro de la "
     "función "
     "anterior."},
    {"expected declaration or statement at end of input", NULL,
     "Falta cerrar una llave: el archivo acaba dentro de una función. Suele faltar más "
     "arriba."},
    {"error: expected identifier or '('", NULL,
     "Sobra una llave «}»: cerró la función antes de tiempo, y lo que sigue está fuera."},
    {"implicit declaration of function 'as_", NULL,
     "«%» no está en la biblioteca: compara su nombre, letra a letra, con el del "
     "capítulo. Si es "
     "el mismo, falta #include <asinc/asinc.h>."},
    {"implicit declaration of function", "note: include '<",
     "«%» es de la biblioteca de C, y falta el #include que propone gcc."},
    {"implicit declaration of function", NULL,
     "Aquí aún no se conoce «%»: está mal escrita, está definida más abajo (muévela "
     "arriba, o "
     "declárala antes) o falta el #include de su cabecera."},
    {"undeclared (first use", NULL,
     "«%» no existe en este sitio: está mal escrito, falta declararlo antes, o se "
     "declaró dentro "
     "de otras llaves."},
    {"error: unknown type name", NULL,
     "No hay ningún tipo «%»: está mal escrito, o falta el #include que lo declara."},
    {": No such file or directory", NULL,
     "Esa cabecera no existe con ese nombre. La de la biblioteca es #include "
     "<asinc/asinc.h>."},
    {"error: too few arguments to function", NULL,
     "A «%» le faltan argumentos: donde gcc dice «declared here» están los que pide, en "
     "orden."},
    {"error: too many arguments to function", NULL,
     "A «%» le sobran argumentos: donde gcc dice «declared here» están los que pide, en "
     "orden."},
    {"error: incompatible type for argument", NULL,
     "«%» pide la dirección de esa variable, y recibe su valor: pon «&» delante."},
    {"incompatible pointer type", "expected 'int (*)(void *)'",
     "Una función de tarea es así: int nombre(void *arg). Dentro, convierte «arg» al "
     "tipo del "
     "puntero que le diste (lessons/03-corrutinas-y-tareas/README.md)."},
    {"incompatible pointer type", NULL,
     "Ese puntero no es del tipo que hace falta: quizá el orden de los argumentos es "
     "otro, o sobra "
     "o falta un «&». En la nota, «expected» es lo que se pide."},
    {"makes integer from pointer without a cast", NULL,
     "Se pide un número y hay un puntero, como lo es un texto entre comillas: quizá el "
     "orden de los "
     "argumentos es otro, o falta un «*» delante."},
    {"makes pointer from integer without a cast", NULL,
     "Se pide un puntero y hay un número: quizá falta un «&» delante de la variable, o "
     "el orden de "
     "los argumentos es otro."},
    {"ignoring return value of 'malloc'", NULL, LOST},
    {"ignoring return value of 'calloc'", NULL, LOST},
    {"ignoring return value of 'realloc'", NULL, LOST},
    {"ignoring return value of 'strdup'", NULL, LOST},
    {"ignoring return value of 'as_", NULL,
     "«%» puede fallar, y así nadie se entera: guarda lo que devuelve y mira si es menor "
     "que 0 "
     "(lessons/05-tiempo-errores-y-cancelacion/README.md#ignorar-el-código)."},
    {"ignoring return value of", NULL,
     "«%» puede no hacer lo que se le pide, o hacer solo una parte, y así nadie se "
     "entera: "
     "guarda lo que devuelve y míralo."},
    {"'return' with no value", NULL,
     "La función promete un valor: detrás de «return» va el valor que devuelve."},
    {"'return' with a value", NULL,
     "Sobra el valor que va detrás de «return»: una función «void» no devuelve nada."},
    {"return type defaults to 'int'", NULL,
     "Falta el tipo de lo que devuelve la función: se escribe delante de su nombre."},
    {"[-Wreturn-type]", NULL,
     "Falta un return: la función promete un valor, y por algún camino llega a su final "
     "sin darlo."},
    {"used uninitialized", NULL,
     "«%» se usa sin haberle dado un valor, o por algún camino se llega hasta aquí sin "
     "dárselo: "
     "ponle uno al declararla."},
    {"assignment used as truth value", NULL,
     "«=» asigna. Para comparar se escribe «==»; y para las dos cosas a la vez, con "
     "paréntesis: "
     "if ((rc = f()) < 0)."},
    {"[-Wformat=]", NULL,
     "El formato y el valor no son del mismo tipo: int es %d; size_t, %zu; ssize_t, %zd; "
     "int64_t, "
     "%lld con (long long) delante del valor; char *, %s."},
    {"undefined reference to 'main'", NULL,
     "El programa no tiene main: no está escrita, o su nombre o su archivo son otros."},
    {"undefined reference to 'as_", NULL,
     "Ninguna función de la biblioteca se llama «%»: compara su nombre, letra a letra, "
     "con el del "
     "capítulo."},
    {"undefined reference to", NULL,
     "Se llama a «%» y no está en ningún archivo: falta escribirla, o su nombre es otro "
     "allí donde "
     "se define."},
    {"multiple definition of", NULL,
     "«%» está definida en dos archivos: deja una, o pon static a las dos. En una "
     "cabecera va solo "
     "la declaración."},
    {"error: redefinition of", NULL,
     "«%» está definida dos veces en este archivo: sobra una."},
    {"error: conflicting types for", NULL,
     "«%» se usó o se declaró antes con otro tipo: define la función más arriba de quien "
     "la llama, "
     "o haz que la declaración y la definición digan lo mismo."},
    {"did you mean to use '->'?", NULL,
     "«%» es un puntero: a lo que hay dentro se llega con «->», y no con un punto."},
    {"has no member named", NULL,
     "La estructura no tiene ningún campo con ese nombre: mira los que tiene en su "
     "cabecera."},
    {"function returns address of local variable", NULL,
     "Esa variable desaparece al salir de la función: que la reserve quien llama, o pide "
     "la memoria "
     "con malloc."},
};
enum { RULES = sizeof rules / sizeof *rules };

/* Sin colores y con comillas rectas: gcc las pone tipográficas con UTF-8, y el enlazador abre
 * con «`». En memoria nueva. */
static char *straight(const char *text, size_t len)
{
    char *out = ag_format("%.*s", (int)len, text), *w = out;
    for (const char *r = out; *r;) {
        bool curved = strncmp(r, "‘", 3) == 0 || strncmp(r, "’", 3) == 0;
        if (*r == '\x1b') {
            r += strcspn(r, "mK");
            r += *r != '\0';
            continue;
        }
        *w++ = curved || *r == '`' ? '\'' : *r;
        r += curved ? 3 : 1;
    }
    *w = '\0';
    return out;
}

static bool begins(const char *line, const char *what)
{
    return strncmp(line, what, strlen(what)) == 0;
}

static bool has_any(const char *line, const char *const *list)
{
    for (; *list; list++)
        if (strstr(line, *list))
            return true;
    return false;
}

static bool is_head(const char *text)
{
    static const char *const heads[] = {": error: ",
                                        ": warning: ",
                                        ": fatal error: ",
                                        "undefined reference to",
                                        "multiple definition of",
                                        NULL};
    char *line = straight(text, strcspn(text, "\n"));
    bool head = has_any(line, heads);
    free(line);
    return head;
}

static const char *next(const char *line)
{
    line += strcspn(line, "\n");
    return line + (*line == '\n');
}

/* ¿Acaba aquí el bloque? La cadena de cabeceras que precede a una nota es aún del mismo. */
static bool is_end(const char *text)
{
    static const char *const closing[] = {": In function ",
                                          ": in function ",
                                          ": At top level:",
                                          "collect2: ",
                                          "cc1: ",
                                          "compilation terminated",
                                          NULL};
    if (begins(text, "In file included from"))
        do
            text = next(text);
        while (begins(text, "     ") && strstr(text, "from "));
    char *line = straight(text, strcspn(text, "\n"));
    bool end = *line == '\0' || has_any(line, closing);
    free(line);
    return end || is_head(text);
}

static const struct rule *match(const char *head, const char *block)
{
    for (const struct rule *r = rules; r < rules + RULES; r++)
        if (strstr(head, r->head) && (!r->block || strstr(block, r->block)))
            return r;
    return NULL;
}

static void put(FILE *out, const struct rule *r, const char *head)
{
    const char *said = strstr(head,
                              ": error: "); /* la ruta también puede llevar comillas */
    if (!said)
        said = strstr(head, ": warning: ");
    const char *from = strchr(said ? said : strstr(head, r->head), '\'');
    int n = from ? (int)strcspn(from + 1, "'") : 0;
    fputs(AG_EXPLAIN_MARK, out);
    for (const char *c = r->text; *c; c++)
        if (*c == '%' && begins(c - strlen("«"), "«%»"))
            fprintf(out, "%.*s", n, from ? from + 1 : "");
        else
            fputc(*c, out);
    fputc('\n', out);
}

static void put_block(FILE *out, const char *text, size_t len, bool used[RULES])
{
    fwrite(text, 1, len, out);
    if (!is_head(text))
        return;
    char *head = straight(text, strcspn(text, "\n")), *block = straight(text, len);
    const struct rule *r = match(head, block);
    if (r && !used[r - rules]) {
        if (len > 0 && text[len - 1] != '\n')
            fputc('\n', out);
        put(out, r, head);
        used[r - rules] = true;
    }
    free(block);
    free(head);
}

/* Un archivo en UTF-16: gcc se queja de cada byte, y lo que hay que hacer es una sola cosa. */
static bool is_utf16(const char *gcc)
{
    return strstr(gcc, "stray ") && strstr(gcc, "\\377") && strstr(gcc, "\\376") &&
           strstr(gcc, " in program");
}

char *ag_explain(const char *gcc)
{
    if (is_utf16(gcc) && !strstr(gcc, "\n" AG_EXPLAIN_MARK))
        return ag_format("%.*s\n" AG_EXPLAIN_MARK
                         "El archivo está guardado en UTF-16, que gcc no lee. Guárdalo "
                         "en UTF-8: en el "
                         "editor, al guardarlo, la opción «codificación»; o con la orden "
                         "iconv -f UTF-16 "
                         "-t UTF-8 viejo.c -o nuevo.c\n",
                         (int)strcspn(gcc, "\n"), gcc);

    bool used[RULES] = {false};
    char *text = NULL;
    size_t size = 0;
    FILE *out = strstr(gcc, "\n" AG_EXPLAIN_MARK) ? NULL : open_memstream(&text, &size);
    if (!out)
        return ag_format("%s", gcc);
    while (*gcc) {
        const char *end = next(gcc);
        while (*end && !is_end(end))
            end = next(end);
        put_block(out, gcc, (size_t)(end - gcc), used);
        gcc = end;
    }
    fclose(out);
    return text;
}
