# Una página del EPUB para quien la oye: su título es el de la página, y no el nombre del archivo, y dice en qué
# idioma está también donde lo buscan los lectores de pantalla. Lee el archivo dos veces:
#   awk -f epub_pages.awk PÁGINA PÁGINA >NUEVA
NR == FNR {
    if (!title) {
        text = text $0 " "
        if (match(text, /<h1[^>]*>.*<\/h1>/)) {
            title = substr(text, RSTART, RLENGTH)
            gsub(/<[^>]*>/, "", title)
            gsub(/^[ \t]+|[ \t]+$/, "", title)
        }
    }
    next
}
title && !titled && /<title>.*<\/title>/ {
    start = index($0, "<title>") + 6
    end = index($0, "</title>")
    $0 = substr($0, 1, start) title substr($0, end)
    titled = 1
}
/<html / && !/[ \t]lang=/ { sub(/ xml:lang="es"/, " lang=\"es\"&") }
{ print }
