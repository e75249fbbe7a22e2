# De las metas y las cifras, la tabla (en la salida) y el JSON (en la variable `json`).
#
# Las cifras llegan así:   cifra RONDA GRUPO QUIÉN CLAVE VALOR
#                          sin GRUPO QUIÉN MOTIVO
#                          dato CLAVE VALOR
# Se ejecuta con LC_ALL=C: las anchuras se cuentan en `width`, que sabe de UTF-8.

# ---- Leer -------------------------------------------------------------------------------

/^#/ { next }
{ split($0, field, index($0, "|") ? "|" : " ") }
field[1] == "medida" {
    n_measures++
    group[n_measures] = field[2]; key[n_measures] = field[3]; title[n_measures] = field[4]
    unit[n_measures] = field[5]; more[n_measures] = (field[6] == "más")
}
field[1] == "meta" {
    goal_op[n_measures, field[2]] = field[3]
    goal_value[n_measures, field[2]] = field[4]
    n_goals[n_measures]++
}
field[1] == "quien" { name[field[2]] = field[3] }
field[1] == "cifra" {
    contender(field[3], field[4])
    value[field[3], field[4], field[5], field[2]] = field[6]
    if (field[2] > rounds) rounds = field[2]
}
field[1] == "sin" {
    contender(field[2], field[3])
    reason = $0
    sub(/^[^ ]+ [^ ]+ [^ ]+ /, "", reason)
    missing[field[2], field[3]] = reason
}
field[1] == "dato" {
    fact_key[++n_facts] = field[2]
    fact[n_facts] = substr($0, length("dato " field[2]) + 2)
    if (field[2] == "carga_al_empezar") load = field[3]
    if (field[2] == "nucleos") cores = field[3]
}

function contender(g, who) {
    if (!((g, who) in known)) {
        known[g, who] = 1
        order[g, ++count[g]] = who
    }
}

# ---- Calcular ---------------------------------------------------------------------------

# Ordena list[1..n] y deja en stat la mediana, el mínimo y el máximo.
function summarize(list, n,    i, j, x) {
    for (i = 2; i <= n; i++) {
        x = list[i]
        for (j = i - 1; j > 0 && list[j] > x; j--)
            list[j + 1] = list[j]
        list[j + 1] = x
    }
    stat["median"] = n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
    stat["min"] = list[1]
    stat["max"] = list[n]
    stat["n"] = n
}

# Las cifras de `who` en list, y cuántas son.
function figures_of(m, who, list,    r, n) {
    n = 0
    for (r = 1; r <= rounds; r++)
        if ((group[m], who, key[m], r) in value)
            list[++n] = value[group[m], who, key[m], r]
    return n
}

# Las veces que asinc gana a `who`, ronda a ronda: así el ruido de una ronda toca a los dos.
function ratios_of(m, who, list,    r, n, ours, theirs) {
    n = 0
    for (r = 1; r <= rounds; r++) {
        ours = value[group[m], "asinc", key[m], r]
        theirs = value[group[m], who, key[m], r]
        if (ours > 0 && theirs > 0)
            list[++n] = more[m] ? ours / theirs : theirs / ours
    }
    return n
}

function meets(x, op, limit) {
    return op == "<=" ? x <= limit : op == ">=" ? x >= limit : x > limit
}

# Lo que va de la ronda mejor a la peor, en tanto por ciento de la mediana.
function range() {
    return stat["median"] > 0 ? 100 * (stat["max"] - stat["min"]) / stat["median"] : 0
}

# El veredicto lo da la mediana, si la meta no pide más; el asterisco dice que las rondas no están
# de acuerdo.
function verdict(op, limit) {
    if (op == "siempre >")
        return stat["min"] > limit ? "cumple" : "no cumple"
    if (op == "varía <=")
        return stat["n"] < 2 ? "no se sabe" : range() <= limit ? "cumple" : "no cumple"
    return (meets(stat["median"], op, limit) ? "cumple" : "no cumple") \
        (meets(stat["min"], op, limit) == meets(stat["max"], op, limit) ? "" : "*")
}

# ---- Escribir ---------------------------------------------------------------------------

function width(text) {
    gsub(/[\200-\277]/, "", text)
    return length(text)
}

function left(text, n) {
    return text sprintf("%*s", n > width(text) ? n - width(text) : 0, "")
}

function right(text, n) {
    return sprintf("%*s", n > width(text) ? n - width(text) : 0, "") text
}

function figure(x,    text, out) {
    if (x < 99.95)
        return sprintf(x < 9.995 ? "%.2f" : "%.1f", x)
    text = sprintf("%.0f", x)
    for (out = ""; length(text) > 3; text = substr(text, 1, length(text) - 3))
        out = " " substr(text, length(text) - 2) out
    return text out
}

function spread() {
    return stat["median"] > 0 ? (stat["max"] - stat["min"]) / 2 / stat["median"] : 0
}

function quoted(text) {
    gsub(/\\/, "\\\\\\\\", text)
    gsub(/"/, "\\\"", text)
    gsub(/[\001-\037]/, " ", text)
    return "\"" text "\""
}

function number(x) {
    return sprintf("%.6g", x)
}

function json_stat(with) {
    return sprintf("%s: {\"mediana\": %s, \"min\": %s, \"max\": %s}", quoted(with), \
                   number(stat["median"]), number(stat["min"]), number(stat["max"]))
}

function goal_cells(m, who,    op, limit, mark, says) {
    if (!((m, who) in goal_op))
        return ""
    op = goal_op[m, who]
    limit = goal_value[m, who]
    mark = op ~ /^varía/ ? "%" : who == "asinc" ? "" : "x"
    says = verdict(op, limit)
    if (says ~ /\*/)
        unsure = 1
    judged[m] += says != "no se sabe"
    met += says ~ /^cumple/
    if (says ~ /^no cumple/)
        missed[++n_missed] = title[m] ", " named(who) ": " op " " limit (mark ? " " mark : "")
    row_json = row_json sprintf(", \"meta\": %s, \"veredicto\": %s", quoted(op " " limit mark), quoted(says))
    return left(op " " limit (mark ? " " mark : ""), 15) says
}

function named(who) {
    return who in name ? name[who] : who
}

# Una fila: quién, mediana, dispersión, cuánto le gana asinc y su meta.
function row(m, who,    n, list, i, cells, ratio, reason) {
    cells = "  " left(named(who), 18)
    row_json = "{\"quien\": " quoted(who)
    n = figures_of(m, who, list)
    if (n == 0 || (group[m], who) in missing) {
        reason = (group[m], who) in missing ? missing[group[m], who] : "sin cifras"
        row_json = row_json ", \"sin\": " quoted(reason) "}"
        if (reason ~ /^falta/)
            reason = "no medido: " reason " (instálalo con: make setup GRUPO=bench)"
        print cells "  " reason
        return
    }
    row_json = row_json ", \"valores\": ["
    for (i = 1; i <= n; i++)
        row_json = row_json (i > 1 ? ", " : "") number(list[i])
    row_json = row_json "]"
    summarize(list, n)
    row_json = row_json ", " json_stat("cifra")
    cells = cells right(figure(stat["median"]), 9) "  " left(sprintf("± %.0f %%", 100 * spread()), 8)
    ratio = ""
    if (who != "asinc" && (n = ratios_of(m, who, list)) > 0) {
        summarize(list, n)
        row_json = row_json ", " json_stat("gana")
        ratio = right(figure(stat["median"]) " x", 8) \
            "  (" figure(stat["min"]) "-" figure(stat["max"]) ")"
    }
    cells = cells left(ratio, 30)
    if (who == "asinc" || n > 0)
        cells = cells goal_cells(m, who)
    row_json = row_json "}"
    sub(/ +$/, "", cells)
    print cells
}

END {
    text = "{\n\"maquina\": {"
    for (i = 1; i <= n_facts; i++)
        text = text (i > 1 ? ", " : "") quoted(fact_key[i]) ": " quoted(fact[i])
    text = text "},\n\"medidas\": ["

    print left("", 20) right("mediana", 9) "  " left("ruido", 8) left("a favor de asinc (mín-máx)", 30) \
        left("meta", 15) "veredicto"
    for (m = 1; m <= n_measures; m++) {
        if (!(group[m] in count))
            continue
        printf "\n%s\n", left(title[m], 68) right(unit[m] ", " (more[m] ? "más" : "menos") " es mejor", 27)
        text = text (shown++ ? ",\n{" : "\n{") "\"clave\": " quoted(key[m]) ", \"grupo\": " quoted(group[m]) \
            ", \"titulo\": " quoted(title[m]) ", \"unidad\": " quoted(unit[m]) \
            ", \"mejor\": " quoted(more[m] ? "más" : "menos") ", \"quienes\": ["
        for (i = 1; i <= count[group[m]]; i++) {
            row(m, order[group[m], i])
            text = text (i > 1 ? "," : "") "\n  " row_json
        }
        text = text "]}"
        unjudged += n_goals[m] - judged[m]
    }
    print text "\n]\n}" >json
    close(json)

    print ""
    printf "Metas: %d se cumplen, %d no y %d sin medir.\n", met, n_missed, unjudged
    for (i = 1; i <= n_missed; i++)
        print "No se cumple: " missed[i]
    print "Ruido: media distancia entre la ronda mejor y la peor, sobre la mediana. Rondas: " rounds "."
    if (unsure)
        print "* La meta cae entre la peor ronda y la mejor: repite la medida con la máquina en calma."
    if (load > cores / 2)
        printf "La máquina ya estaba ocupada al empezar (carga %s en %s núcleos): mira las razones,\nno las cifras.\n", load, cores
}
