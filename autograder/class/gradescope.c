/* Lo que dice Gradescope de las entregas, de dos maneras.
 *
 * De una clase que se baja de allí, submission_metadata.yml:
 *
 *     submission_123:
 *       :submitters:
 *       - :name: Ana Pérez
 *         :sid: '42'
 *         :email: ana@example.org
 *       :created_at: 2027-01-24 12:00:00.000000000 Z
 *
 * Puede haberlo escrito cualquiera: lo lee un proceso encerrado, como a un archivo comprimido.
 *
 * De la entrega que se califica allí mismo, submission_metadata.json, con las mismas cosas y además el plazo:
 * `assignment.due_date` y, de quien tiene otro, `users[].assignment.due_date`. */
#include "base/dir.h"
#include "base/memory.h"
#include "class/gather.h"
#include "class/unpack.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#define METADATA "submission_metadata.yml"
#define MAX_TOLD (4u << 20)

/* ---- encerrado: de YAML a una lista JSON con lo que interesa ------------------------------- */

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

static void keep(json_t *object, const char *key, const char *text)
{
    json_t *value = text ? json_string(text) : NULL; /* NULL también si no es UTF-8 */
    if (value)
        json_object_set_new(object, key, value);
}

/* {"created_at": …, "users": [{"name": …, "sid": …, "email": …}]} */
static json_t *read_entry(yaml_document_t *doc, const yaml_node_t *entry)
{
    static const char *const fields[] = {"name", "sid", "email"};
    json_t *told = json_object(), *users = json_array();
    yaml_node_t *people = get(doc, entry, "submitters");
    keep(told, "created_at", scalar(get(doc, entry, "created_at")));
    json_object_set_new(told, "users", users);
    if (!people || people->type != YAML_SEQUENCE_NODE)
        return told;
    for (yaml_node_item_t *p = people->data.sequence.items.start;
         p < people->data.sequence.items.top; p++) {
        json_t *user = json_object();
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
            keep(user, fields[i],
                 scalar(get(doc, yaml_document_get_node(doc, *p), fields[i])));
        json_array_append_new(users, user);
    }
    return told;
}

/* Escribe el JSON, o la línea y el motivo por los que `text` no es YAML. */
static void read_yaml(const void *context)
{
    const char *text = context;
    yaml_parser_t parser;
    yaml_document_t doc;
    json_t *all = json_object();
    if (!yaml_parser_initialize(&parser))
        _exit(CL_JAIL_BROKEN);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
    if (!yaml_parser_load(&parser, &doc)) {
        json_t *bad = json_pack("{s:i}", "line", (int)parser.problem_mark.line + 1);
        json_object_set_new(all, ":error", bad);
    } else {
        yaml_node_t *root = yaml_document_get_root_node(&doc);
        bool map = root && root->type == YAML_MAPPING_NODE;
        for (yaml_node_pair_t *p = map ? root->data.mapping.pairs.start : NULL;
             map && p < root->data.mapping.pairs.top; p++) {
            const char *name = scalar(yaml_document_get_node(&doc, p->key));
            if (name)
                json_object_set_new(
                    all, name, read_entry(&doc, yaml_document_get_node(&doc, p->value)));
        }
    }
    char *dump = json_dumps(all, JSON_COMPACT);
    if (!dump || ag_write(1, dump, strlen(dump)) < 0)
        _exit(CL_JAIL_BROKEN);
}

/* ---- fuera ---------------------------------------------------------------------------------- */

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

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void set(char **field, const char *text)
{
    if (!text || !*text)
        return;
    free(*field);
    *field = cl_text(text);
}

static void fill(struct cl_submission *s, const json_t *entry, const json_t *person)
{
    set(&s->student, text_of(person, "name"));
    set(&s->number, text_of(person, "sid"));
    set(&s->email, text_of(person, "email"));
    const char *date = text_of(entry, "created_at");
    if (date && parse_date(date, &s->date) == 0)
        s->date_from = "gradescope";
}

int cl_gradescope(struct cl_class *class, const char *text,
                  const struct cl_limits *limits, struct gr_error *err)
{
    char *told = cl_jail_run(read_yaml, text, MAX_TOLD, limits);
    if (!told)
        return gr_error(err, METADATA
                        " no se puede leer con los medios que se le dan, tiempo y "
                        "memoria: ¿es el que exporta Gradescope?");
    json_t *all = json_loads(told, JSON_REJECT_DUPLICATES, NULL);
    free(told);
    const json_t *bad = json_object_get(all, ":error");
    int rc = !all  ? gr_error(err, METADATA " no se entiende")
             : bad ? gr_error(err, METADATA ":%d: no es YAML",
                              (int)json_integer_value(json_object_get(bad, "line")))
                   : 0;
    size_t n = class->n, used = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        if (class->v[i].platform != CL_GRADESCOPE)
            continue;
        const json_t *entry = json_object_get(all, class->v[i].origin), *person;
        size_t k;
        json_array_foreach(json_object_get(entry, "users"), k, person)
        {
            struct cl_submission *s = k == 0 ? NULL : cl_class_add(class, "?");
            if (s)
                cl_submission_copy(s, &class->v[i]);
            fill(s ? s : &class->v[i], entry, person);
            used++;
        }
    }
    json_decref(all);
    if (rc == 0 && n > 0 && used == 0)
        rc = gr_error(err,
                      METADATA " no dice de quién es ninguna de las entregas: ¿es el de "
                               "otra descarga? Pon el de esta, o quítalo de %s",
                      class->folder);
    return rc;
}

/* ---- una sola ------------------------------------------------------------------------------- */

static void later(time_t *due, const char *text)
{
    time_t when;
    if (text && parse_date(text, &when) == 0 && when > *due)
        *due = when;
}

/* Gradescope da una nota a todo el grupo: vale el plazo más largo de los suyos. El de cada cual es el que se le haya
 * puesto o, si no, el de la tarea. */
static void read_due(struct cl_submission *s, const json_t *root)
{
    const char *common = text_of(json_object_get(root, "assignment"), "due_date");
    const json_t *users = json_object_get(root, "users"), *user;
    size_t i;
    json_array_foreach(users, i, user)
    {
        const json_t *own = json_object_get(user, "assignment");
        later(&s->due, text_of(own, "due_date") ?: common);
    }
    if (json_array_size(users) == 0)
        later(&s->due, common);
    s->due_from = s->due ? "gradescope" : NULL;
}

int cl_gather_one(struct cl_class *class, const char *dir, const char *metadata,
                  struct gr_error *err)
{
    *class = (struct cl_class){.folder = realpath(dir, NULL)};
    if (!class->folder)
        return gr_error(err, "no se puede leer ENTREGAS=%s: %s", dir, strerror(errno));
    struct cl_submission *s = cl_class_add(class, CL_ONE);
    s->origin = ag_format(CL_ONE);
    s->platform = CL_GRADESCOPE;
    s->parts = ag_alloc(1, sizeof *s->parts);
    s->parts[s->n++] = (struct cl_part){ag_format("%s", class->folder), ag_format(CL_ONE),
                                        true};
    json_error_t why;
    json_t *root = metadata ? json_loads(metadata, 0, &why) : NULL;
    if (metadata && !root)
        return gr_error(err, "submission_metadata.json:%d: %s", why.line, why.text);
    const char *date = text_of(root, "created_at");
    if (date && parse_date(date, &s->date) == 0)
        s->date_from = "gradescope";
    read_due(s, root);
    json_decref(root);
    return 0;
}
