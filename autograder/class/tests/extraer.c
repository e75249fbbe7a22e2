/* Sacar de una entrega lo que se declara: archivos de todas clases, también los que atacan. */
#include "base/dir.h"
#include "base/memory.h"
#include "class/names.h"
#include "class/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1u << 20)

TestSuite(extraer, .timeout = 60);

static const char *const names[] = {"monitor.c", "opciones.h"};
static const struct cl_wanted wanted = {.names = (const char **)names, .n = 2};
static const struct cl_limits limits = {.archive_bytes = 8 * MIB,
                                        .unpacked_bytes = 32 * MIB,
                                        .files = 50,
                                        .uid = 65534,
                                        .gid = 65534};

/* Lo que se va a empaquetar. */
struct item {
    const char *path, *text;
    int type;         /* AE_IFREG si 0 */
    const char *link; /* adónde apunta */
    size_t repeat;    /* veces el texto; una si 0 */
};

static char *zone;

static void new_zone(void)
{
    cr_assert(ag_temp_dir("asinc-clase-prueba", &zone) == 0);
    chmod(zone, 0755);
}

static void drop_zone(void)
{
    ag_remove_tree(zone);
    free(zone);
}

static void put(struct archive *a, const struct item *item)
{
    struct archive_entry *entry = archive_entry_new();
    size_t length = item->text ? strlen(item->text) : 0;
    size_t repeat = item->repeat ? item->repeat : 1;
    archive_entry_set_pathname(entry, item->path);
    archive_entry_set_filetype(entry, item->type ? (unsigned)item->type : AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    if (item->link && item->type == AE_IFREG)
        archive_entry_set_hardlink(entry, item->link);
    else if (item->link)
        archive_entry_set_symlink(entry, item->link);
    archive_entry_set_size(entry, (la_int64_t)(length * repeat));
    cr_assert(archive_write_header(a, entry) == ARCHIVE_OK, "%s: %s", item->path,
              archive_error_string(a));
    for (size_t i = 0; i < repeat && length; i++)
        archive_write_data(a, item->text, length);
    archive_entry_free(entry);
}

/* Hace un archivo con `items`, acabados en uno sin ruta. La ruta, en memoria nueva. */
static char *pack(const char *name, int format, int filter, const struct item *items)
{
    char *path = ag_format("%s/%s", zone, name);
    struct archive *a = archive_write_new();
    archive_write_set_format(a, format);
    archive_write_add_filter(a, filter);
    cr_assert(archive_write_open_filename(a, path) == ARCHIVE_OK);
    for (; items->path; items++)
        put(a, items);
    archive_write_close(a);
    archive_write_free(a);
    return path;
}

static struct cl_bag open_tar(const struct item *items)
{
    char *path = pack("e.tgz", ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_GZIP,
                      items);
    struct cl_bag bag = {0};
    cl_unpack(path, "e.tgz", &wanted, &limits, &bag);
    cr_assert(!bag.fault, "%s", bag.fault);
    free(path);
    return bag;
}

static void has(const struct cl_bag *bag, const char *path, const char *text)
{
    for (size_t i = 0; i < bag->n; i++)
        if (strcmp(bag->files[i].path, path) == 0) {
            cr_assert(bag->files[i].data, "%s: %s", path, bag->files[i].why);
            cr_assert_str_eq(bag->files[i].data, text);
            return;
        }
    cr_assert(false, "no está %s; %s", path, bag->refused ?: "sin rechazar");
}

static void rejects(const struct cl_bag *bag, const char *path, const char *why)
{
    for (size_t i = 0; i < bag->n; i++)
        if (strcmp(bag->files[i].path, path) == 0) {
            cr_assert(!bag->files[i].data);
            cr_assert(strstr(bag->files[i].why, why), "%s: %s", path, bag->files[i].why);
            return;
        }
    cr_assert(false, "no está %s", path);
}

static void refused(const struct cl_bag *bag, const char *why)
{
    cr_assert(bag->refused && strstr(bag->refused, why), "dijo: %s",
              bag->refused ?: "(nada)");
}

/* ---- lo bueno ------------------------------------------------------------------------------ */

Test(extraer, de_cada_formato, .init = new_zone, .fini = drop_zone)
{
    static const struct {
        const char *name;
        int format, filter;
    } kinds[] = {
        {"e.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE},
        {"e.7z", ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE},
        {"e.tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE},
        {"e.tar.gz", ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_GZIP},
        {"e.tgz", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP},
        {"e.tar.bz2", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2},
        {"e.tar.xz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ},
        {"e.tar.zst", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD},
    };
    const struct item items[] = {{.path = "./07-monitor/monitor.c", .text = "int x;\n"},
                                 {.path = "07-monitor/opciones.h", .text = "y\n"},
                                 {.path = "07-monitor/notas.txt", .text = "nada\n"},
                                 {0}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char *path = pack(kinds[i].name, kinds[i].format, kinds[i].filter, items);
        struct cl_bag bag = {0};
        cl_unpack(path, kinds[i].name, &wanted, &limits, &bag);
        cr_expect(!bag.refused && !bag.fault, "%s: %s", kinds[i].name,
                  bag.refused ?: bag.fault);
        cr_expect_eq(bag.n, 2);
        has(&bag, "07-monitor/monitor.c", "int x;\n");
        cr_expect_str_eq(bag.others[0], "07-monitor/notas.txt");
        cl_bag_free(&bag);
        free(path);
    }
}

Test(extraer, ignora_lo_que_dejan_los_programas, .init = new_zone, .fini = drop_zone)
{
    struct cl_bag bag = open_tar((struct item[]){
        {.path = "a/.DS_Store", .text = "x"},
        {.path = "__MACOSX/a/monitor.c", .text = "x"},
        {.path = "a/build/normal/monitor.c", .text = "x"},
        {.path = "a/.git/objects/monitor.c", .text = "x"},
        {.path = "a/solutions/07-monitor/monitor.c", .text = "x"},
        {.path = "a/build/grande", .text = "0123456789abcdef", .repeat = 5 * MIB / 2},
        {.path = "a/monitor.c", .text = "bueno"},
        {0}});
    cr_assert(!bag.refused, "%s", bag.refused);
    cr_assert_eq(bag.n, 1);
    has(&bag, "a/monitor.c", "bueno");
    cl_bag_free(&bag);
}

Test(extraer, de_una_carpeta_y_suelto, .init = new_zone, .fini = drop_zone)
{
    struct cl_bag bag = {0};
    char *dir = ag_format("%s/ana", zone), *file = ag_format("%s/monitor.c", dir);
    char *link = ag_format("%s/otro", dir);
    mkdir(dir, 0755);
    FILE *f = fopen(file, "w");
    fputs("hola", f);
    fclose(f);
    cr_assert(symlink("/etc", link) == 0);
    cl_unpack(dir, "ana", &wanted, &limits, &bag);
    cr_assert_eq(bag.n, 1);
    has(&bag, "monitor.c", "hola");
    cr_assert(bag.newest > 0);
    cl_bag_free(&bag);
    cl_unpack(file, "monitor.c", &wanted, &limits, &bag);
    has(&bag, "monitor.c", "hola");
    cl_bag_free(&bag);
    free(link);
    free(file);
    free(dir);
}

Test(extraer, uno_dentro_de_otro, .init = new_zone, .fini = drop_zone)
{
    char *inner = pack("07-monitor.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE,
                       (struct item[]){{.path = "monitor.c", .text = "dentro"}, {0}});
    char *bytes = NULL;
    size_t size = 0;
    cr_assert(ag_read_file(zone, "07-monitor.zip", MIB, &bytes, &size) == 0);
    /* Un zip guarda ceros: aquí se escribe a mano, con su tamaño. */
    char *path = ag_format("%s/fuera.tar", zone);
    struct archive *a = archive_write_new();
    archive_write_set_format_ustar(a);
    archive_write_open_filename(a, path);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, "07-monitor.zip");
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)size);
    archive_write_header(a, entry);
    archive_write_data(a, bytes, size);
    archive_entry_free(entry);
    archive_write_free(a);
    struct cl_bag bag = {0};
    cl_unpack(path, "fuera.tar", &wanted, &limits, &bag);
    cr_assert(!bag.refused, "%s", bag.refused);
    has(&bag, "07-monitor/monitor.c", "dentro");
    cl_bag_free(&bag);
    free(path);
    free(bytes);
    free(inner);
}

/* ---- lo malo ------------------------------------------------------------------------------- */

Test(extraer, enlaces_y_dispositivos, .init = new_zone, .fini = drop_zone)
{
    struct cl_bag bag = open_tar(
        (struct item[]){{.path = "a/monitor.c", .type = AE_IFLNK, .link = "/etc/passwd"},
                        {.path = "b/opciones.h", .text = "x"},
                        {.path = "b/monitor.c", .type = AE_IFREG, .link = "b/opciones.h"},
                        {.path = "c/monitor.c", .type = AE_IFIFO},
                        {.path = "d/monitor.c", .type = AE_IFCHR},
                        {0}});
    rejects(&bag, "a/monitor.c", "es un enlace");
    rejects(&bag, "b/monitor.c", "es un enlace");
    rejects(&bag, "c/monitor.c", "no es un archivo normal");
    rejects(&bag, "d/monitor.c", "no es un archivo normal");
    cl_bag_free(&bag);
}

Test(extraer, rutas_que_se_salen, .init = new_zone, .fini = drop_zone)
{
    struct cl_bag bag = open_tar(
        (struct item[]){{.path = "/etc/monitor.c", .text = "x"},
                        {.path = "../../monitor.c", .text = "x"},
                        {.path = "a/../../b/monitor.c", .text = "x"},
                        {.path = "C:\\tareas\\monitor.c", .text = "x"},
                        {.path = "bien\\monitor.c", .text = "windows"},
                        {0}});
    rejects(&bag, "etc/monitor.c", "ruta absoluta");
    rejects(&bag, "../../monitor.c", "«..»");
    rejects(&bag, "a/../../b/monitor.c", "«..»");
    rejects(&bag, "C:/tareas/monitor.c", "ruta absoluta");
    has(&bag, "bien/monitor.c", "windows");
    cl_bag_free(&bag);
}

/* Un curso entero trae mil archivos que dan igual: solo cuentan los que se buscan. */
Test(extraer, lo_que_no_se_busca_no_cuenta, .init = new_zone, .fini = drop_zone)
{
    static const char zeros[1 << 16] = {[0 ...(1 << 16) - 2] = '0'};
    static char path[1500][20];
    struct item *many = ag_alloc(1503, sizeof *many);
    for (int i = 0; i < 1500; i++) {
        snprintf(path[i], sizeof path[i], "curso/f%d.c", i);
        many[i].path = path[i];
    }
    many[1500] = (struct item){.path = "libro.pdf", .text = zeros, .repeat = 1024};
    many[1501] = (struct item){.path = "curso/monitor.c", .text = "x"};
    struct cl_bag bag = open_tar(many);
    cr_assert(!bag.refused, "%s", bag.refused);
    has(&bag, "curso/monitor.c", "x");
    cr_assert_leq(bag.n_others, CL_MAX_OTHERS);
    cl_bag_free(&bag);
    char *dir = ag_format("%s/curso", zone), *file = ag_format("%s/monitor.c", dir);
    mkdir(dir, 0755);
    for (int i = 0; i < 1500; i++) {
        char *other = ag_format("%s/%s", zone, path[i]);
        close(open(other, O_CREAT | O_WRONLY, 0644));
        free(other);
    }
    close(open(file, O_CREAT | O_WRONLY, 0644));
    cl_unpack(dir, "curso", &wanted, &limits, &bag);
    cr_assert(!bag.refused, "%s", bag.refused);
    has(&bag, "monitor.c", "");
    cl_bag_free(&bag);
    free(file);
    free(dir);
    free(many);
}

Test(extraer, bombas, .init = new_zone, .fini = drop_zone)
{
    static const char zeros[1 << 16] = {[0 ...(1 << 16) - 2] = '0'};
    struct item many[60] = {{0}};
    char path[60][20];
    for (int i = 0; i < 59; i++) {
        snprintf(path[i], sizeof path[i], "%d/monitor.c", i);
        many[i].path = path[i];
    }
    struct cl_bag bag = open_tar(many);
    refused(&bag, "más de 50 archivos");
    cl_bag_free(&bag);
    for (int i = 0; i < 40; i++)
        many[i] = (struct item){.path = path[i], .text = zeros, .repeat = 16};
    many[40] = (struct item){0};
    bag = open_tar(many);
    refused(&bag, "más de 32 MiB");
    cl_bag_free(&bag);

    const struct item big[] = {
        {.path = "relleno.bin", .text = zeros, .repeat = 17 * 1024},
        {.path = "monitor.c", .text = "x"},
        {0}};
    char *gz = pack("b.tar.lz4", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_LZ4, big);
    cl_unpack(gz, "b.tar.lz4", &wanted, &limits, &bag);
    refused(&bag, "más de 1024 MiB");
    cl_bag_free(&bag);
    free(gz);

    const struct item source[] = {{.path = "monitor.c", .text = zeros, .repeat = 32},
                                  {0}};
    char *zip = pack("c.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, source);
    cl_unpack(zip, "c.zip", &wanted, &limits, &bag);
    rejects(&bag, "monitor.c", "demasiado grande");
    cl_bag_free(&bag);
    free(zip);
}

Test(extraer, danados_vacios_y_enormes, .init = new_zone, .fini = drop_zone)
{
    struct cl_bag bag = {0};
    char *path = pack(
        "e.tar.gz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP,
        (struct item[]){{.path = "monitor.c", .text = "abcdefgh", .repeat = 999},
                        {.path = "otro.c", .text = "zz", .repeat = 999},
                        {0}});
    cr_assert(truncate(path, 60) == 0);
    cl_unpack(path, "e.tar.gz", &wanted, &limits, &bag);
    cr_assert(bag.refused || (bag.n == 1 && !bag.files[0].data));
    cl_bag_free(&bag);
    cr_assert(truncate(path, 0) == 0);
    cl_unpack(path, "e.tar.gz", &wanted, &limits, &bag);
    refused(&bag, "está vacío");
    cl_bag_free(&bag);
    cr_assert(truncate(path, 99) == 0);
    cl_unpack(path, "e.tar.gz", &wanted, &limits, &bag);
    refused(&bag, "no es un zip, tar ni 7z");
    cl_bag_free(&bag);
    cr_assert(truncate(path, 9 * MIB) == 0);
    cl_unpack(path, "e.tar.gz", &wanted, &limits, &bag);
    refused(&bag, "pasa de 8 MiB");
    cl_bag_free(&bag);
    free(path);
}

/* Bytes al azar, y archivos buenos con bytes cambiados: nada de eso es un fallo nuestro. */
Test(extraer, bytes_al_azar, .init = new_zone, .fini = drop_zone)
{
    const struct item items[] = {
        {.path = "monitor.c", .text = "0123456789", .repeat = 50}, {0}};
    unsigned seed = 7;
    for (int round = 0; round < 60; round++) {
        bool zip = round % 2;
        char *path = pack("r", zip ? ARCHIVE_FORMAT_ZIP : ARCHIVE_FORMAT_7ZIP,
                          ARCHIVE_FILTER_NONE, items);
        struct stat st;
        int fd = open(path, O_RDWR);
        cr_assert(fd >= 0 && fstat(fd, &st) == 0);
        for (int i = 0; i < 1 + round / 4; i++) {
            char byte = (char)rand_r(&seed);
            cr_assert(pwrite(fd, &byte, 1, rand_r(&seed) % st.st_size) == 1);
        }
        close(fd);
        struct cl_bag bag = {0};
        cl_unpack(path, zip ? "r.zip" : "r.7z", &wanted, &limits, &bag);
        cr_assert(!bag.fault, "%s", bag.fault);
        cl_bag_free(&bag);
        free(path);
    }
}

/* ---- nombres ------------------------------------------------------------------------------- */

static void named(const char *entry, bool dir, enum cl_platform platform,
                  const char *student, const char *number, const char *file)
{
    struct cl_name name = cl_name_parse(entry, dir);
    cr_expect_eq(name.platform, platform, "%s", entry);
    cr_expect_str_eq(name.student, student);
    cr_expect_str_eq(name.number ?: "", number);
    cr_expect_str_eq(name.file ?: "", file);
    cl_name_free(&name);
}

Test(extraer, nombres_de_cada_plataforma)
{
    named("Pérez Gil Ana_12345_assignsubmission_file_", true, CL_MOODLE, "Pérez Gil Ana",
          "12345", "");
    named("Pérez Gil Ana_12345_assignsubmission_file_mi_lab.zip", false, CL_MOODLE,
          "Pérez Gil Ana", "12345", "mi_lab.zip");
    named("O_Neil_x_7_assignsubmission_file_monitor.c", false, CL_MOODLE, "O_Neil_x", "7",
          "monitor.c");
    named("submission_991", true, CL_GRADESCOPE, "submission_991", "991", "");
    named("Participante_77_assignsubmission_file_", true, CL_MOODLE, "Participante 77",
          "77", "");
    named("perezana_12345_678901_monitor.c", false, CL_CANVAS, "perezana", "12345",
          "monitor.c");
    named("perezana_LATE_12345_678901_mi_lab-1.zip", false, CL_CANVAS, "perezana",
          "12345", "mi_lab-1.zip");
    named("lab_07_2027_ana.zip", false, CL_PLAIN, "lab_07_2027_ana", "", "");
    named("ana_perez.tar.gz", false, CL_PLAIN, "ana_perez", "", "");
    named("ana.perez", true, CL_PLAIN, "ana.perez", "", "");
    named("Mu\xf1oz.zip", false, CL_PLAIN, "Muñoz", "", "");
    /* Un Mac escribe aparte los adornos de cada letra. */
    named("Pe\xcc\x81rez N\xcc\x83u, Zoe\xcc\x88_7_assignsubmission_file_", true,
          CL_MOODLE, "Pérez Ñu, Zoë", "7", "");
    named("Ngo\xcc\x82\xcc\x81 C\xcc\xa7i q\xcc\x81", true, CL_PLAIN, "Ngố Çi q\xcc\x81",
          "", "");
    named("\xcc\x81", true, CL_PLAIN, "\xcc\x81", "", "");
    named("a\x1b[31m.zip", false, CL_PLAIN, "a\\x1b[31m", "", "");
}

static void filed(const char *text, const char *expected)
{
    char *name = cl_file_name(text);
    cr_expect(strncmp(name, expected, strlen(expected)) == 0, "%s", name);
    cr_expect(!strchr(name, '/') && name[0] != '.' && strlen(name) < 200, "%s", name);
    free(name);
}

Test(extraer, nombres_de_archivo)
{
    filed("Pérez Gil Ana", "Pérez Gil Ana");
    filed("../../etc/passwd", "_.");
    filed(".oculto", "_oculto-");
    filed("a/b", "a_b-");
    filed("a_b", "a_b");
    char *a = cl_file_name("a/b"), *b = cl_file_name("a:b"), *same = cl_file_name(a);
    cr_assert_str_neq(a, b);
    cr_assert_str_neq(a, same, "quien se llama como la página de otro no la sustituye");
    free(a);
    free(b);
    free(same);
}
