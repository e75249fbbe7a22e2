# Ayuda de make: ver en setup.mk qué comentarios la forman. Sin `all`, la pantalla de quien estudia,
# que es el archivo `screen` sin las órdenes que esta edición no tiene; con él, todo, por lector.
function add(list, name, text)
{
    count++
    lists[count] = list
    names[count] = name
    texts[count] = text
}

function show(title, list,    i, shown, width)
{
    for (i = 1; i <= count; i++)
        if (lists[i] == list && length(names[i]) > width)
            width = length(names[i])
    for (i = 1; i <= count; i++) {
        if (lists[i] != list)
            continue
        if (!shown++)
            print "\n" title
        printf "  %-*s  %s\n", width, names[i], texts[i]
    }
}

# Cuántas almohadillas: 2, quien estudia; 3, quien enseña; 4, quien mantiene el curso.
function reader(marks)
{
    return marks == 2 ? "student" : marks == 3 ? "teacher" : "keeper"
}

match($0, /^([a-z][a-z-]*:[^#]*)?####?[ =]/) && edition == "student" {
    next
}

match($0, /^[a-z][a-z-]*:[^#]*/) && match($0, /##+ /) {
    add(reader(RLENGTH - 1), substr($0, 1, index($0, ":") - 1), substr($0, RSTART + RLENGTH))
    known[names[count]] = 1
}

match($0, /^##+= /) {
    text = $0
    sub(/^##+= [^ ]+ +/, "", text)
    add(reader(RLENGTH - 2) "-option", $2, text)
}

END {
    if (!all) {
        while ((getline line < screen) > 0) {
            split(line, word, " ")
            if (line !~ /^  make / || word[2] in known)
                print line
        }
        exit
    }
    print "Uso: make ORDEN [OPCIÓN=valor ...]"
    show("Para estudiar", "student")
    show("Sus opciones", "student-option")
    show("Para enseñar", "teacher")
    show("Sus opciones", "teacher-option")
    show("Para mantener el curso", "keeper")
    show("Sus opciones", "keeper-option")
}
