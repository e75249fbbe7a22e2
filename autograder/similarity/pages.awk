# Las páginas: la de las parejas y, por cada una, los dos programas lado a lado. Lee las entregas
# (entrega LAB NÚMERO ALUMNO) y después lo que dijo asinc-similarity, con las parejas delante y de más a
# menos.
BEGIN {
    FS = "\t"
    # Quien mira no llega más allá; y una clase entera igual haría decenas de miles de páginas.
    most = 500
}

$1 == "entrega" { who[$3] = $4 }
$1 == "larga" { long_ones[++longs] = $2 }

$1 == "pareja" {
    pair = $3 SUBSEP $4
    join($3, $4)
    if (++pairs > most)
        next
    keep[++kept] = pair
    lab_of[pair] = $2
    percent[pair] = $5
    shared[pair] = $6
    runs[pair] = 0
}

$1 == "trozo" && ($2 SUBSEP $3) in runs {
    pair = $2 SUBSEP $3
    last = ++runs[pair]
    first[pair, last] = $4 SUBSEP $5 SUBSEP $6
    second[pair, last] = $7 SUBSEP $8 SUBSEP $9
}

END { index_page() }

function index_page(    i, pair, two, page, to) {
    to = pages "/index.html"
    head(to, "Programas parecidos")
    printf "<p class=\"datos\">%d entregas%s. Parejas con al menos un %d %% en común: %d.%s</p>\n", own, \
        (length(who) > own ? " y " length(who) - own " programas con que se comparan" : ""), threshold, pairs, \
        (pairs > kept ? " Estas son las " kept " que más se parecen." : "") > to
    print "<p class=\"aparte\">Parecerse no es copiar: dos personas que leyeron el mismo capítulo escriben cosas parecidas. Aquí se dice qué mirar, y decide quien lo mira.</p>" > to
    for (i = 1; i <= longs; i++)
        printf "<p class=\"aparte\">La entrega de %s es tan larga que solo se miró el principio.</p>\n", html(who[long_ones[i]]) > to
    groups(to)
    if (kept) {
        print "<div class=\"tabla\" tabindex=\"0\" role=\"group\" aria-label=\"Parejas\"><table><thead><tr><th>En común</th><th>Laboratorio</th><th>Entregas</th><th>Elementos</th></tr></thead><tbody>" > to
        for (i = 1; i <= kept; i++) {
            pair = keep[i]
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

# Quienes están unidos por parejas son un grupo. Los de dos ya se ven en la lista de las parejas.
function groups(to,    n, i, leader, members, size, order, total) {
    for (i = 1; i <= joined; i++) {
        leader = leader_of(in_pairs[i])
        if (!size[leader]++)
            order[++n] = leader
        members[leader] = members[leader] (size[leader] > 1 ? ", " : "") html(who[in_pairs[i]])
    }
    for (i = 1; i <= n; i++)
        if (size[order[i]] > 2) {
            if (!total++)
                print "<h2>Grupos</h2>\n<p>Cada programa se parece tanto al menos a otro de su grupo.</p>\n<ul>" > to
            printf "<li>Laboratorio %s, %d programas: %s</li>\n", lab_in[order[i]], size[order[i]], members[order[i]] > to
        }
    if (total)
        print "</ul>\n<h2>Parejas</h2>" > to
}

function join(a, b) {
    meet(a)
    meet(b)
    above[leader_of(a)] = leader_of(b)
}

function meet(number) {
    if (number in above)
        return
    above[number] = number
    lab_in[number] = $2
    in_pairs[++joined] = number
}

function leader_of(number) {
    while (above[number] != number)
        number = above[number] = above[above[number]]
    return number
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
