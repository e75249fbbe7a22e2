# Las páginas: la de las parejas y, por cada una, los dos programas lado a lado. Lee las entregas
# (LAB NÚMERO CLAVE ALUMNO) y después las filas de runs.awk.
BEGIN { FS = "\t" }

FNR == NR { who[$2] = $4; next }
$1 == "tamaño" { size[$3] = $4; next }

{
    # De sim_c no importa quién va primero.
    swap = $3 + 0 > $7 + 0
    pair = swap ? $7 SUBSEP $3 : $3 SUBSEP $7
    lab_of[pair] = $2
    shared[pair] += $11
    last = ++runs[pair]
    first[pair, last] = swap ? $8 SUBSEP $9 SUBSEP $10 : $4 SUBSEP $5 SUBSEP $6
    second[pair, last] = swap ? $4 SUBSEP $5 SUBSEP $6 : $8 SUBSEP $9 SUBSEP $10
}

END {
    for (pair in shared) {
        split(pair, two, SUBSEP)
        small = size[two[1]] < size[two[2]] ? size[two[1]] : size[two[2]]
        percent[pair] = small ? int(100 * shared[pair] / small) : 0
        if (percent[pair] > 100)
            percent[pair] = 100
        if (percent[pair] >= threshold)
            keep[++kept] = sprintf("%03d %09d %s", percent[pair], shared[pair], pair)
    }
    sort_down(keep, kept)
    index_page()
}

function index_page(    i, pair, two, page, to) {
    to = pages "/index.html"
    head(to, "Programas parecidos")
    printf "<p class=\"datos\">%d entregas. Parejas con al menos un %d %% en común: %d.</p>\n", length(who), threshold, kept > to
    print "<p class=\"aparte\">Parecerse no es copiar: dos personas que leyeron el mismo capítulo escriben cosas parecidas. Aquí se dice qué mirar, y decide quien lo mira.</p>" > to
    if (kept) {
        print "<div class=\"tabla\" tabindex=\"0\" role=\"group\" aria-label=\"Parejas\"><table><thead><tr><th>En común</th><th>Laboratorio</th><th>Entregas</th><th>Elementos</th></tr></thead><tbody>" > to
        for (i = 1; i <= kept; i++) {
            pair = substr(keep[i], 15)
            split(pair, two, SUBSEP)
            page = two[1] "-" two[2] ".html"
            printf "<tr><td class=\"puntos\">%d %%</td><td>%s</td><td><a href=\"%s\">%s y %s</a></td><td class=\"puntos\">%d</td></tr>\n", \
                percent[pair], lab_of[pair], page, html(who[two[1]]), html(who[two[2]]), shared[pair] > to
            pair_page(pages "/" page, pair, two[1], two[2])
        }
        print "</tbody></table></div>" > to
    } else
        print "<p>Ninguna pareja llega a tanto.</p>" > to
    foot(to)
}

function pair_page(to, pair, a, b) {
    head(to, who[a] " y " who[b])
    printf "<p class=\"datos\">Laboratorio %s: un %d %% en común, %d elementos en %d trozos. Lo que venía en el esqueleto no cuenta. <a href=\"index.html\">Todas las parejas</a></p>\n", \
        lab_of[pair], percent[pair], shared[pair], runs[pair] > to
    print "<div class=\"lados\">" > to
    side(to, pair, a, first)
    side(to, pair, b, second)
    print "</div>" > to
    foot(to)
    close(to)
}

function side(to, pair, number, where,    i, n, part, files, f, path, line, text, marks, order) {
    printf "<section><h2>%s</h2>\n", html(who[number]) > to
    n = 0
    for (i = 1; i <= runs[pair]; i++) {
        split(where[pair, i], part, SUBSEP)
        if (!(part[1] in files)) {
            files[part[1]] = 1
            order[++n] = part[1]
        }
        for (line = part[2]; line <= part[3]; line++)
            if (!((part[1], line) in marks))
                marks[part[1], line] = i
    }
    for (f = 1; f <= n; f++) {
        printf "<h3>%s</h3><pre tabindex=\"0\" role=\"group\" aria-label=\"%s, de %s\"><code>", html(order[f]), html(order[f]), html(who[number]) > to
        path = source "/" lab_of[pair] "/" number "." order[f]
        line = 0
        while ((getline text < path) > 0) {
            line++
            i = marks[order[f], line]
            printf "%s<span class=\"numero\">%4d</span> %s%s\n", i ? "<mark class=\"t" (i - 1) % 6 "\">" : "", line, html(text), i ? "</mark>" : "" > to
        }
        close(path)
        print "</code></pre>" > to
    }
    print "</section>" > to
}

function head(to, title) {
    printf "<!DOCTYPE html>\n<html lang=\"es\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n<link rel=\"stylesheet\" href=\"%s\">\n</head>\n<body>\n<main>\n<h1>%s</h1>\n", html(title), styles, html(title) > to
}

function foot(to) { print "</main>\n</body>\n</html>" > to }

# Texto de otros: ni etiquetas, ni caracteres que dan la vuelta a lo escrito o mandan en la pantalla.
function html(text) {
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    gsub(/>/, "\\&gt;", text)
    gsub(/"/, "\\&quot;", text)
    gsub(/\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xf3\xa0[\x80-\xbf][\x80-\xbf]/, "�", text)
    gsub(/\xc2[\x80-\x9f]|\xd8\x9c|\xef\xbb\xbf|\xef\xbf[\xbe\xbf]/, "�", text)
    gsub(/[\001-\010\013-\037\177]/, "�", text)
    return text
}

# Las parejas, de más a menos; son pocas.
function sort_down(list, n,    i, j, x) {
    for (i = 2; i <= n; i++) {
        x = list[i]
        for (j = i - 1; j > 0 && list[j] < x; j--)
            list[j + 1] = list[j]
        list[j + 1] = x
    }
}
