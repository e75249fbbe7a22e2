# Ayuda de make: ver en setup.mk qué comentarios la forman.
function add(list, name, text)
{
    lines[list] = lines[list] sprintf("  %-13s %s\n", name, text)
}

/^[a-z][a-z-]*:.*##/ {
    name = substr($0, 1, index($0, ":") - 1)
    at = index($0, "##")
    text = substr($0, at)
    list = text ~ /^###/ ? "teacher" : "student"
    sub(/^#+ */, "", text)
    add(list, name, text)
}

/^##= / {
    text = $0
    sub(/^##= [^ ]+ +/, "", text)
    add("option", $2, text)
}

END {
    print "Uso: make ORDEN [OPCIÓN=valor ...]\n"
    printf "Para estudiar\n%s", lines["student"]
    if (lines["teacher"])
        printf "\nPara enseñar y mantener el curso\n%s", lines["teacher"]
    if (lines["option"])
        printf "\nOpciones\n%s", lines["option"]
}
