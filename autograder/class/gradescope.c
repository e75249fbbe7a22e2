/* submission_metadata.yml, lo que dice Gradescope de cada entrega:
 *
 *     submission_123:
 *       :submitters:
 *       - :name: Ana Pérez
 *         :sid: '42'
 *         :email: ana@example.org
 *       :created_at: 2027-01-24 12:00:00.000000000 Z
 */
#include "base/memory.h"
#include "class/gather.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static const char *scalar(const yaml_node_t *node)
{
    return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value
                                                  : NULL;
}

/* Lo que hay en `map` bajo `key`, escrita con dos puntos delante o sin ellos. */
static yaml_node_t *get(yaml_document_t *doc, const yaml_node_t *map, const char *key)
{
    if (!map || map->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *p = map->data.mapping.pairs.start;
         p < map->data.mapping.pairs.top; p++) {
        const char *name = scalar(yaml_document_get_node(doc, p->key));
        if (name && strcmp(name + (*name == ':'), key) == 0)
            return yaml_document_get_node(doc, p->value);
    }
    return NULL;
}

/* «2027-01-24 12:00:00.5 +01:00», o Z. 0, o -1 si no es eso. */
static int parse_date(const char *text, time_t *when)
{
    struct tm tm = {0};
    int read = 0, hours = 0, minutes = 0;
    char sign;
    if (sscanf(text, "%d-%d-%d%*[ T]%d:%d:%d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &read) != 6 ||
        read == 0)
        return -1;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    *when = timegm(&tm);
    text += read;
    text += *text == '.' ? 1 + strspn(text + 1, "0123456789") : 0;
    text += strspn(text, " ");
    if (sscanf(text, "%c%2d:%2d", &sign, &hours, &minutes) == 3 ||
        sscanf(text, "%c%2d%2d", &sign, &hours, &minutes) == 3)
        *when -= (sign == '-' ? -1 : 1) * (hours * 60 + minutes) * 60;
    return 0;
}

static void set(char **field, const char *text)
{
    if (!text || !*text)
        return;
    free(*field);
    *field = cl_text(text);
}

static void fill(struct cl_submission *s, yaml_document_t *doc, const yaml_node_t *entry,
                 const yaml_node_t *person)
{
    set(&s->student, scalar(get(doc, person, "name")));
    set(&s->number, scalar(get(doc, person, "sid")));
    set(&s->email, scalar(get(doc, person, "email")));
    const char *date = scalar(get(doc, entry, "created_at"));
    if (date && parse_date(date, &s->date) == 0)
        s->date_from = "gradescope";
}

static void copy_parts(struct cl_submission *to, const struct cl_submission *from)
{
    to->origin = ag_format("%s", from->origin);
    to->delivery = ag_format("%s", from->delivery);
    to->platform = from->platform;
    to->parts = ag_alloc(from->n, sizeof *to->parts);
    for (to->n = 0; to->n < from->n; to->n++)
        to->parts[to->n] = (struct cl_part){ag_format("%s", from->parts[to->n].path),
                                            ag_format("%s", from->parts[to->n].name),
                                            from->parts[to->n].is_dir};
}

int cl_gradescope(struct cl_class *class, const char *text, struct gr_error *err)
{
    yaml_parser_t parser;
    yaml_document_t doc;
    if (!yaml_parser_initialize(&parser))
        return gr_error(err, "no hay memoria para leer submission_metadata.yml");
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
    if (!yaml_parser_load(&parser, &doc)) {
        gr_error(err, "submission_metadata.yml:%zu: no es YAML: %s",
                 parser.problem_mark.line + 1, parser.problem ? parser.problem : "?");
        yaml_parser_delete(&parser);
        return -1;
    }
    yaml_node_t *root = yaml_document_get_root_node(&doc);
    size_t n = class->n;
    for (size_t i = 0; i < n; i++) {
        if (class->v[i].platform != CL_GRADESCOPE)
            continue;
        yaml_node_t *entry = get(&doc, root, class->v[i].origin);
        yaml_node_t *people = get(&doc, entry, "submitters");
        if (!people || people->type != YAML_SEQUENCE_NODE)
            continue;
        yaml_node_item_t *first = people->data.sequence.items.start;
        for (yaml_node_item_t *p = first; p < people->data.sequence.items.top; p++) {
            struct cl_submission *s = p == first ? NULL : cl_class_add(class, "?");
            if (s)
                copy_parts(s, &class->v[i]);
            fill(s ? s : &class->v[i], &doc, entry, yaml_document_get_node(&doc, *p));
        }
    }
    yaml_document_delete(&doc);
    yaml_parser_delete(&parser);
    return 0;
}
