# La referencia de la biblioteca, hecha de lo que dicen sus cabeceras.
#   awk -v form=FORMA -v out=CARPETA -f reference.awk CABECERAS [strerror.c CAPÍTULOS EJEMPLOS]
# FORMA:
#   md      en CARPETA, una página de Markdown por cabecera, y index.md, para el libro
#   man     en CARPETA, man3/NOMBRE.3 por cada nombre público, y man7/asinc.7
#   nombres los nombres públicos y su cabecera, uno por línea
#   enlaces lo mismo y el apartado de su página que lo cuenta, también los valores de las enumeraciones
#   faltas  lo que a un nombre le falta, uno por línea; acaba con 1 si hay alguno
# Los capítulos (lessons/NN-*/README.md) dicen dónde se enseña cada nombre, y los ejemplos
# (lessons/NN-*/*.c), cómo se usa; common/src/core/strerror.c, qué quiere decir cada código. La forma que espera de una cabecera es la que tienen todas:
# cada declaración, justo debajo de su comentario; los apartados, en /* ---- Título ---- */; y un
# comentario suelto, entre líneas en blanco, es de todas las que le siguen en su apartado.

# ---- Leer las cabeceras -------------------------------------------------------------------

function start_header(name)
{
    header = name
    headers[++header_count] = name
    section = note = pending = ""
    intro_read = in_comment = in_decl = 0
}

function comment_line(line)
{
    sub(/^ ?\/\*+ ?/, "", line)
    done = sub(/ *\*\/$/, "", line)
    sub(/^ \* ?/, "", line)
    sub(/^ \*$/, "", line)
    pending = pending == "" ? line : pending "\n" line
    in_comment = !done
}

# Un comentario que no tiene debajo ninguna declaración: la presentación, o lo de todo un apartado.
function loose_comment()
{
    if (pending == "" || used)
        return
    if (!intro_read) {
        intro[header] = pending
        intro_read = 1
    } else
        note = pending
}

function declared(kind, name, text,    doc)
{
    if (name ~ /^as__/ || name ~ /^AS_DECLARATIONS/ || name == "")
        return
    doc = pending
    if (match(text, /\/\*.*\*\/$/) && kind == "macro") {
        doc = substr(text, RSTART + 3, RLENGTH - 6)
        text = substr(text, 1, RSTART - 1)
        sub(/ +$/, "", text)
    }
    if (text ~ /as__/)
        text = (kind == "tipo" ? "typedef struct " name " " name ";" : text) " /* sus campos son privados */"
    if (name in id) { # una struct ya anunciada: la segunda dice más
        if (doc == "")
            doc = docs[id[name]]
        decls[id[name]] = text
        docs[id[name]] = doc
        return
    }
    id[name] = ++count
    names[count] = name
    kinds[count] = kind
    decls[count] = text
    docs[count] = doc
    sections[count] = section
    notes[count] = note
    homes[count] = header
    used = 1
}

function last_word(text)
{
    sub(/;.*/, "", text)
    sub(/\).*/, "", text)
    sub(/.*[ *}]/, "", text)
    return text
}

function finish_declaration(    text, name)
{
    text = decl
    in_decl = 0
    if (match(text, /^typedef [^{;]*[ *]as_[a-z_0-9]+\(/) || (text !~ /^typedef/ && text !~ /{/ && match(text, /as_[a-z_0-9]+\(/))) {
        name = substr(text, RSTART, RLENGTH - 1)
        sub(/.*[ *]/, "", name)
        declared(text ~ /^typedef/ ? "tipo de función" : "función", name, text)
    } else if (text ~ /^typedef/)
        declared("tipo", last_word(text ~ /}/ ? substr(text, match(text, /}[^}]*$/)) : text), text)
    else if (match(text, /^(struct|enum) as_[a-z_0-9]+/)) {
        name = substr(text, RSTART, RLENGTH)
        sub(/.* /, "", name)
        declared("tipo", name, text)
    }
    if (text ~ /^(typedef )?enum/) { # los valores de una enumeración también son nombres
        name = names[count]
        while (match(text, /AS_[A-Z_0-9]+/)) {
            value_of[substr(text, RSTART, RLENGTH)] = name
            text = substr(text, RSTART + RLENGTH)
        }
    }
}

FNR == 1 {
    source = FILENAME
    reading = source ~ /\.h$/ && source ~ /asinc\// ? "cabecera" : source ~ /README\.md$/ ? "capítulo" : "ejemplo"
    base = source
    sub(/.*\//, "", base)
    if (reading == "cabecera")
        start_header(base)
    else if (base == "strerror.c")
        reading = "errores"
    else {
        chapter = source
        sub(/.*lessons\//, "", chapter)
        sub(/\/.*/, "", chapter)
        block = ""
    }
}

reading == "cabecera" && in_comment {
    comment_line($0)
    next
}

reading == "cabecera" && in_decl {
    decl = decl "\n" $0
    if (braces ? /^}.*;/ : /;/)
        finish_declaration()
    next
}

reading == "cabecera" && /^\/\* ---- / {
    loose_comment()
    section = $0
    sub(/^\/\* -+ /, "", section)
    sub(/ -+ ?\*\/.*/, "", section)
    note = pending = ""
    next
}

reading == "cabecera" && /^\/\*/ {
    pending = ""
    used = 0
    comment_line($0)
    next
}

reading == "cabecera" && /^$/ {
    loose_comment()
    pending = ""
    next
}

reading == "cabecera" && /^#ifndef ASINC_/ {
    loose_comment()
    pending = ""
    next
}

reading == "cabecera" && /^#define AS_/ {
    text = $2
    sub(/\(.*/, "", text)
    declared("macro", text, $0)
    next
}

reading == "cabecera" && /^[#}]|^extern|^AS_DECLARATIONS/ {
    next
}

reading == "cabecera" && /^[a-z]/ {
    decl = $0
    braces = /{/
    in_decl = 1
    if (/;/ && (!braces || /}.*;/))
        finish_declaration()
    next
}

# ---- Leer lo que quiere decir cada código ---------------------------------------------------

reading == "errores" && match($0, /\{(UV|AS)_E[A-Z0-9_]+, "[^"]*"/) {
    text = substr($0, RSTART + 1, RLENGTH - 2)
    meaning[substr(text, 1, index(text, ",") - 1)] = substr(text, index(text, "\"") + 1)
}

# ---- Leer los capítulos y sus ejemplos ----------------------------------------------------

reading == "capítulo" && /^# / && !(chapter in chapter_title) {
    chapter_title[chapter] = substr($0, 3)
}

# Un error frecuente se enseña fallando: no es un ejemplo de cómo se usa nada.
reading == "capítulo" && /^## / {
    wrong = /^## Errores/
}

reading == "capítulo" && wrong && match($0, /^<!-- fragmento: [a-z_0-9]+\.c/) {
    bad[chapter "/" substr($0, 17, RLENGTH - 16)] = 1
}

reading == "capítulo" && /as_|AS_/ {
    text = $0
    while (match(text, /(as|AS)_[A-Za-z_0-9]+/)) {
        name = substr(text, RSTART, RLENGTH)
        if (RSTART > 3 && substr(text, RSTART - 3, 3) == "**`" && !(name in taught))
            taught[name] = chapter
        if (!(name in seen))
            seen[name] = chapter
        text = substr(text, RSTART + RLENGTH)
    }
}

# Una función entera de un ejemplo, para cada nombre que usa: la más corta de cada capítulo.
reading == "ejemplo" {
    if (block == "" && /^[a-z].*[,)]$/) {
        block = $0
        lines = 1
        next
    }
    if (block == "")
        next
    if (/^ *\/\* \[.*\] \*\/$/) # la marca de un fragmento
        next
    block = block "\n" $0
    lines++
    if (!/^}/) {
        if (/^$/ && block !~ /{/)
            block = ""
        next
    }
    text = block
    while (match(text, /as_[a-z_0-9]+\(/)) {
        name = substr(text, RSTART, RLENGTH - 1)
        if (lines >= 5 && lines <= 26 && !((chapter "/" base) in bad) && block !~ /\/\* mal/) {
            if (!((name, chapter) in size) || lines < size[name, chapter]) {
                size[name, chapter] = lines
                example[name, chapter] = block
                example_file[name, chapter] = chapter "/" base
            }
            if (!(name in any) || lines < size[name, any[name]])
                any[name] = chapter
        }
        text = substr(text, RSTART + RLENGTH)
    }
    block = ""
}

# ---- Lo que se sabe de un nombre ----------------------------------------------------------

# ¿Dice «suspende»? No cuentan «no suspende» ni «suspenderse». Como lessons/.check/suspends.c.
function says_suspends(text)
{
    text = " " text " "
    gsub(/[\n]/, " ", text)
    gsub(/[nN]o suspenden?/, "", text)
    return text ~ /[Ss]uspenden?[ .,;:)]/
}

function suspends(i)
{
    if (kinds[i] != "función")
        return 0
    return says_suspends(docs[i]) || notes[i] ~ /^Todas suspenden/ || intro[homes[i]] ~ /todas suspenden/
}

# La frase que empieza por «Equivale»; deja en `rest` lo demás.
function counterpart(doc,    text, start, stop)
{
    rest = doc
    if (!match(doc, /Equivalen?[ \n]a/))
        return ""
    start = RSTART
    text = substr(doc, start)
    stop = match(text, /\.[ \n]+[A-ZÁÉÍÓÚ]|\.[ \n]*$|\.\n\n/) ? RSTART : length(text)
    rest = substr(doc, 1, start - 1) substr(text, stop + 1)
    text = substr(text, 1, stop)
    gsub(/\n/, " ", text)
    sub(/^Equivalen? /, "", text)
    sub(/\.$/, "", text)
    return text
}

# ¿Devuelve un código? Las que dan un objeto, un sí o un no, o nada, no.
function gives_code(i)
{
    return kinds[i] == "función" && decls[i] ~ /^(int|int64_t|ssize_t) /
}

# Lo que un comentario dice de los errores: su lista de códigos, si la tiene; si no, lo que no es una
# muestra, ni aquello con que se cumple un futuro, que lo recibe quien lo espera.
function about_errors(doc,    i, list, text)
{
    list = text = ""
    split_blocks(doc)
    for (i = 1; i <= blocks; i++) {
        if (text_of[i] ~ /^\001(UV|AS)_E/)
            list = list substr(text_of[i], 2, index(text_of[i], "\002") - 2) " "
        if (kind_of[i] != "code")
            text = text text_of[i] " "
    }
    gsub(/`[^`]*`/, "", text)
    gsub(/[Cc]umple el futuro con UV_E[A-Z]+/, "", text)
    return list != "" ? list : text
}

# Los códigos que devuelve, por orden. Los de su apartado no cuentan si dice que siempre da uno.
function errors_of(i,    text, list, code, got)
{
    if (!gives_code(i))
        return ""
    text = about_errors(docs[i])
    if (docs[i] !~ /devuelve (UV|AS)_E/)
        text = text "\n" about_errors(notes[i])
    split("", got)
    list = ""
    while (match(text, /(UV_E[A-Z0-9_]+\*?|AS_E[A-Z]+)/)) {
        code = substr(text, RSTART, RLENGTH)
        if (!(code in got)) {
            got[code] = 1
            list = list (list == "" ? "" : " ") code
        }
        text = substr(text, RSTART + RLENGTH)
    }
    return list
}

# Lo primero que dice, sin cortar por dentro un paréntesis.
function first_sentence(doc,    text, head, open, shut)
{
    text = doc
    head = ""
    gsub(/\n/, " ", text)
    while (match(text, /[.;:]( |$)/)) {
        head = head substr(text, 1, RSTART)
        text = substr(text, RSTART + 1)
        open = head
        shut = head
        if (gsub(/\(/, "", open) <= gsub(/\)/, "", shut)) {
            text = substr(head, 1, length(head) - 1)
            gsub(/ +/, " ", text)
            return text
        }
    }
    gsub(/ +/, " ", head)
    return head text
}

# Los nombres que su comentario nombra y, si son pocos, los que tiene alrededor en su apartado.
function related(i,    text, list, n, got, name, j, far)
{
    split("", got)
    got[names[i]] = 1
    list = ""
    n = 0
    text = docs[i]
    while (match(text, /(as|AS)_[A-Za-z_0-9]+/)) {
        name = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        if (name in id && !(name in got)) {
            got[name] = 1
            list = list (n++ ? " " : "") name
        }
    }
    for (far = 1; far <= 4 && n < 6; far++)
        for (j = i - far; j <= i + far; j += 2 * far)
            if (homes[j] == homes[i] && sections[j] == sections[i] && !(names[j] in got)) {
                got[names[j]] = 1
                list = list (n++ ? " " : "") names[j]
            }
    return list
}

function taught_in(i,    name)
{
    name = names[i]
    return name in taught ? taught[name] : name in seen ? seen[name] : ""
}

function example_chapter(i,    name, where)
{
    name = names[i]
    where = taught_in(i)
    return (name, where) in size ? where : name in any ? any[name] : ""
}

function header_title(name,    text)
{
    text = first_sentence(intro[name])
    if (length(text) > 44)
        sub(/,.*/, "", text)
    return text == "" ? name : text
}

# ---- Un comentario, por bloques -----------------------------------------------------------

# Deja en kind_of[] y text_of[], de 1 a blocks, sus párrafos («p»), elementos de lista («li») y código («code»).
function split_blocks(doc,    n, line, i, l, open)
{
    blocks = 0
    open = ""
    n = split(doc, line, "\n")
    for (i = 1; i <= n; i++) {
        l = line[i]
        if (l ~ /^ *$/) {
            open = open == "code" ? "code?" : ""
            continue
        }
        if (l ~ /^    / && (open == "" || open == "code" || open == "code?")) {
            sub(/^    /, "", l)
            if (open == "code" || open == "code?") {
                text_of[blocks] = text_of[blocks] (open == "code?" ? "\n" : "") "\n" l
                open = "code"
                continue
            }
            open = "code"
            add_block("code", l)
        } else if (l ~ /^  [^ ]/) {
            sub(/^  (- )?/, "", l)
            if (match(l, /[^ ]   *[^ ]/))
                l = "\001" substr(l, 1, RSTART) "\002" substr(l, RSTART + RLENGTH - 1)
            else if (line[i] !~ /^  - /)
                l = "\001" l "\002"
            open = "li"
            add_block("li", l)
        } else if (l ~ /^   +/ && open == "li") {
            sub(/^ +/, "", l)
            text_of[blocks] = text_of[blocks] " " l
        } else if (open == "p") {
            text_of[blocks] = text_of[blocks] " " l
        } else {
            open = "p"
            add_block("p", l)
        }
    }
}

function add_block(kind, text)
{
    kind_of[++blocks] = kind
    text_of[blocks] = text
}

# ---- Markdown -----------------------------------------------------------------------------

function md_escape(text)
{
    gsub(/[\\*_<>\[\]]/, "\\\\&", text)
    return text
}

# Un texto del comentario: los nombres y los códigos, como código.
function md(text,    out, part, i, n, plain)
{
    n = split(text, part, "`")
    out = ""
    for (i = 1; i <= n; i++) {
        if (i % 2 == 0) {
            out = out "`" part[i] "`"
            continue
        }
        plain = part[i]
        while (match(plain, /(as_[a-z0-9_]+(\(\))?|AS_[A-Z0-9_]+|UV_[A-Z0-9_]+\*?|NULL|SIG[A-Z]+[0-9]?|[a-z]+\.h)/)) {
            out = out md_escape(substr(plain, 1, RSTART - 1)) "`" substr(plain, RSTART, RLENGTH) "`"
            plain = substr(plain, RSTART + RLENGTH)
        }
        out = out md_escape(plain)
    }
    return out
}

function md_blocks(doc, file,    i, text, term, stop)
{
    split_blocks(doc)
    for (i = 1; i <= blocks; i++) {
        if (kind_of[i] == "code")
            print "```c\n" text_of[i] "\n```\n" >file
        else if (kind_of[i] == "li") {
            text = text_of[i]
            stop = index(text, "\002")
            if (stop) {
                term = md(substr(text, 2, stop - 2))
                text = substr(text, stop + 1)
                text = term (text == "" ? "" : ": " md(text))
            } else
                text = md(text)
            print "- " text (i < blocks && kind_of[i + 1] == "li" ? "" : "\n") >file
        } else
            print md(text_of[i]) "\n" >file
    }
}

function md_codes(list,    n, part, i, out)
{
    n = split(list, part, " ")
    for (i = 1; i <= n; i++)
        out = out (i > 1 ? ", " : "") "`" part[i] "`" (part[i] in meaning ? " (" meaning[part[i]] ")" : "")
    return out
}

function md_names(list,    n, part, i, out)
{
    n = split(list, part, " ")
    for (i = 1; i <= n; i++)
        out = out (i > 1 ? ", " : "") "[`" part[i] "`](" page_of(homes[id[part[i]]]) "#" tolower(part[i]) ")"
    return out
}

function page_of(name)
{
    sub(/\.h$/, ".md", name)
    return name
}

function md_chapter(chapter, anchor)
{
    return "[capítulo " substr(chapter, 1, 2) "](../lessons/" chapter "/README.md" anchor ")"
}

function md_name(i, level, file,    chapter, twin, codes)
{
    print level " " names[i] "\n" >file
    print "```c\n" decls[i] "\n```\n" >file
    twin = counterpart(docs[i])
    md_blocks(rest, file)
    codes = errors_of(i)
    if (kinds[i] == "función")
        print "- **Suspende**: " (suspends(i) ? "sí" : "no") >file
    if (kinds[i] == "función" && codes != "")
        print "- **Errores**: " md_codes(codes) >file
    if (twin != "")
        print "- **Equivale** " md(twin) >file
    chapter = taught_in(i)
    if (chapter != "")
        print "- **Se enseña** en el " md_chapter(chapter, names[i] in taught ? "#ix-" names[i] : "") >file
    print "- **Véase también**: " md_names(related(i)) "\n" >file
    chapter = example_chapter(i)
    if (chapter != "" && kinds[i] == "función") {
        print "<details><summary>Un ejemplo</summary>\n" >file
        print "<!-- fragmento: ../lessons/" example_file[names[i], chapter] " -->" >file
        print "```c\n" example[names[i], chapter] "\n```\n\n</details>\n" >file
    }
}

function write_md(    h, i, file, name, sec, level, list, got)
{
    for (h = 1; h <= header_count; h++) {
        name = headers[h]
        if (name == "asinc.h" || !has[name])
            continue
        file = out "/" page_of(name)
        print "# " header_title(name) "\n" >file
        print "`#include <asinc/" name ">`, o `<asinc/asinc.h>`, que las trae todas.\n" >file
        list = intro[name]
        sub("^" header_title(name) "\\.\n+", "", list)
        md_blocks(list, file)
        sec = ""
        level = "##"
        for (i = 1; i <= count; i++) {
            if (homes[i] != name)
                continue
            if (sections[i] != sec) {
                sec = sections[i]
                print "## " sec "\n" >file
                level = "###"
            }
            if (notes[i] != "" && !((name, notes[i]) in got)) {
                got[name, notes[i]] = 1
                md_blocks(notes[i], file)
            }
            md_name(i, level, file)
        }
        close(file)
    }
    file = out "/index.md"
    print "# La biblioteca, función a función\n" >file
    print "Cada nombre de `asinc`: qué hace, qué devuelve, si suspende, a qué equivale en asyncio y en qué" >file
    print "capítulo se enseña. Sale de las cabeceras, que son el manual. Con la biblioteca instalada" >file
    print "(`make install`), lo mismo está en el terminal: `man as_queue_put`.\n" >file
    for (h = 1; h <= header_count; h++) {
        name = headers[h]
        if (name == "asinc.h" || !has[name])
            continue
        print "## " header_title(name) "\n" >file
        list = ""
        for (i = 1; i <= count; i++)
            if (homes[i] == name)
                list = list (list == "" ? "" : " ") names[i]
        print "En [`" name "`](" page_of(name) "): " md_names(list) ".\n" >file
    }
    md_blocks(after_list(intro["asinc.h"]), file)
}

# De la presentación de asinc.h, lo que va detrás de la lista de cabeceras.
function after_list(text,    at)
{
    at = index(text, "\n\nCómo se acaba")
    return at ? substr(text, at + 2) : ""
}

# ---- Páginas de manual --------------------------------------------------------------------

function man_escape(text)
{
    gsub(/\\/, "\\e", text)
    return text
}

function man_line(text)
{
    return text ~ /^[.']/ ? "\\&" text : text
}

function man(text,    out, part, i, n, plain)
{
    n = split(text, part, "`")
    out = ""
    for (i = 1; i <= n; i++) {
        plain = man_escape(part[i])
        if (i % 2 == 0) {
            out = out "\\fI" plain "\\fR"
            continue
        }
        while (match(plain, /(as_[a-z0-9_]+(\(\))?|AS_[A-Z0-9_]+|UV_[A-Z0-9_]+\*?)/)) {
            out = out substr(plain, 1, RSTART - 1) "\\fB" substr(plain, RSTART, RLENGTH) "\\fR"
            plain = substr(plain, RSTART + RLENGTH)
        }
        out = out plain
    }
    return man_line(out)
}

function man_code(text, file,    n, line, i)
{
    n = split(man_escape(text), line, "\n")
    print ".PP\n.RS 4\n.nf" >file
    for (i = 1; i <= n; i++)
        print man_line(line[i]) >file
    print ".fi\n.RE" >file
}

function man_blocks(doc, file,    i, text, stop)
{
    split_blocks(doc)
    for (i = 1; i <= blocks; i++) {
        text = text_of[i]
        if (kind_of[i] == "code")
            man_code(text, file)
        else if (kind_of[i] == "p")
            print ".PP\n" man(text) >file
        else if ((stop = index(text, "\002"))) {
            print ".TP\n" man(substr(text, 2, stop - 2)) >file
            print (stop == length(text) ? "\\&" : man(substr(text, stop + 1))) >file
        } else
            print ".IP \\(bu 2\n" man(text) >file
    }
}

function man_page(i,    file, name, twin, codes, n, part, j, chapter, list)
{
    name = names[i]
    file = out "/man3/" name ".3"
    print "'\\\" -*- coding: UTF-8 -*-" >file
    print ".TH " toupper(name) " 3 \"\" \"asinc " version "\" \"Manual de asinc\"" >file
    print ".nh\n.ad l" >file
    print ".SH NOMBRE\n" name " \\- " man_escape(what_is(i)) >file
    print ".SH SINOPSIS\n.nf\n\\fB#include <asinc/" homes[i] ">\\fR\n" >file
    n = split(man_escape(decls[i]), part, "\n")
    for (j = 1; j <= n; j++)
        print "\\fB" part[j] "\\fR" >file
    print ".fi" >file
    twin = counterpart(docs[i])
    print ".SH DESCRIPCIÓN" >file
    man_blocks(rest == "" ? header_title(homes[i]) "." : rest, file)
    if (notes[i] != "" && kinds[i] == "función")
        man_blocks(notes[i], file)
    if (kinds[i] == "función") {
        print ".SH SUSPENDE\n" (suspends(i) ? "Sí: mientras espera, corren las demás tareas." : "No.") >file
        codes = errors_of(i)
        n = split(codes, part, " ")
        if (n)
            print ".SH ERRORES" >file
        for (j = 1; j <= n; j++)
            print ".TP\n.B " part[j] "\n" (part[j] in meaning ? meaning[part[j]] : "\\&") >file
    }
    if (twin != "")
        print ".SH \"EN ASYNCIO\"\nEquivale " man(twin) "." >file
    chapter = example_chapter(i)
    if (chapter != "" && kinds[i] == "función") {
        print ".SH EJEMPLO\nDe lessons/" example_file[name, chapter] ":" >file
        man_code(example[name, chapter], file)
    }
    print ".SH \"VÉASE TAMBIÉN\"" >file
    list = related(i)
    n = split(list, part, " ")
    for (j = 1; j <= n; j++)
        print ".BR " part[j] " (3)," >file
    print ".BR asinc (7)" >file
    chapter = taught_in(i)
    if (chapter != "")
        print ".PP\nEn el curso, el capítulo " substr(chapter, 1, 2) ": " chapter_title[chapter] "." >file
    close(file)
}

function what_is(i,    text)
{
    text = first_sentence(docs[i])
    gsub(/`/, "", text)
    return text == "" ? header_title(homes[i]) : text
}

function write_man(    i, h, file, n)
{
    for (i = 1; i <= count; i++)
        man_page(i)
    file = out "/man7/asinc.7"
    print "'\\\" -*- coding: UTF-8 -*-" >file
    print ".TH ASINC 7 \"\" \"asinc " version "\" \"Manual de asinc\"" >file
    print ".nh\n.ad l" >file
    print ".SH NOMBRE\nasinc \\- " header_title("asinc.h") >file
    print ".SH SINOPSIS\n.nf\n\\fB#include <asinc/asinc.h>\\fR\n.PP\ncc programa.c $(pkg\\-config \\-\\-cflags \\-\\-libs asinc)\n.fi" >file
    print ".SH DESCRIPCIÓN" >file
    man_blocks(intro["asinc.h"], file)
    for (h = 1; h <= header_count; h++) {
        if (!has[headers[h]] || headers[h] == "asinc.h")
            continue
        print ".SS \"" header_title(headers[h]) " (" headers[h] ")\"" >file
        for (i = 1; i <= count; i++)
            if (homes[i] == headers[h])
                print ".BR " names[i] " (3)" >file
    }
}

# ---- Lo que falta -------------------------------------------------------------------------

function missing(i, what)
{
    printf "common/include/asinc/%s: %s: %s\n", homes[i], names[i], what
    lacking = 1
}

# Lo que en Python hace el recolector no tiene allí pareja.
function only_frees(name)
{
    return name ~ /_(clear|free|destroy|close)$/
}

function check(    i, doc)
{
    for (i = 1; i <= count; i++) {
        doc = docs[i] "\n" notes[i]
        if (docs[i] == "" && !(kinds[i] == "tipo" && decls[i] !~ /{/))
            missing(i, "no tiene comentario justo encima")
        else if (kinds[i] == "función" && decls[i] ~ /AS_MUST_CHECK/ && doc !~ /[Dd]evuelve|UV_|[. ]0[,. ]|^0/ && doc !~ /as_[a-z_]+/)
            missing(i, "hay que mirar lo que devuelve, y no dice qué es")
        else if (kinds[i] == "función" && counterpart(doc) == "" && doc !~ /Sin pareja/ && !only_frees(names[i]))
            missing(i, "no dice «Equivale a ...» ni «Sin pareja en asyncio»")
    }
    return lacking
}

# Las cabeceras, en el orden en que asinc.h propone leerlas; las que no nombra, al final.
function order_headers(    n, line, i, name, got, old, ordered)
{
    n = split(intro["asinc.h"], line, "\n")
    ordered = 0
    for (i = 1; i <= header_count; i++)
        old[i] = headers[i]
    for (i = 1; i <= n; i++)
        if (match(line[i], /^  [a-z]+\.h/)) {
            name = substr(line[i], 3, RLENGTH - 2)
            got[name] = 1
            headers[++ordered] = name
        }
    for (i = 1; i <= header_count; i++)
        if (!(old[i] in got))
            headers[++ordered] = old[i]
    header_count = ordered
}

END {
    order_headers()
    for (i = 1; i <= count; i++)
        has[homes[i]] = 1
    if (form == "md")
        write_md()
    else if (form == "man")
        write_man()
    else if (form == "nombres")
        for (i = 1; i <= count; i++)
            print names[i] "\t" homes[i]
    else if (form == "enlaces") {
        for (i = 1; i <= count; i++)
            print names[i] "\t" homes[i] "\t" tolower(names[i])
        for (name in value_of)
            print name "\t" homes[id[value_of[name]]] "\t" tolower(value_of[name]) | "sort"
        close("sort")
    } else if (form == "faltas")
        exit check()
}
