# Ayuda de make: ver en setup.mk qué comentarios la forman.
function add(list, name, text)
{
    count++
    lists[count] = list
    names[count] = name
    texts[count] = text
    if (length(name) > width)
        width = length(name)
}

function show(title, list,    i, shown)
{
    for (i = 1; i <= count; i++) {
        if (lists[i] != list)
            continue
        if (!shown++)
            print "\n" title
        printf "  %-*s  %s\n", width, names[i], texts[i]
    }
}

edition == "student" && /^([a-z][a-z-]*:.*)?###/ {
    next
}

/^[a-z][a-z-]*:.*##/ {
    text = substr($0, index($0, "##"))
    list = text ~ /^###/ ? "teacher" : "student"
    sub(/^#+ */, "", text)
    add(list, substr($0, 1, index($0, ":") - 1), text)
}

/^###?= / {
    text = $0
    sub(/^##+= [^ ]+ +/, "", text)
    add("option", $2, text)
}

END {
    print "Uso: make ORDEN [OPCIÓN=valor ...]"
    show("Para estudiar", "student")
    show("Para enseñar y mantener el curso", "teacher")
    show("Opciones", "option")
}
