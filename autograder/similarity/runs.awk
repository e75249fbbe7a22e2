# Lo que dijo sim_c de un laboratorio, como filas:
#   tamaño LAB NÚMERO ELEMENTOS
#   trozo LAB A ARCHIVO DESDE HASTA B ARCHIVO DESDE HASTA ELEMENTOS
BEGIN { OFS = "\t" }

/^File .*: [0-9]+ tokens?, / {
    split($2, name, /[.:]/)
    size[name[1]] += $3
    next
}

# 12.monitor.c: line 21-197   |13.monitor.c: line 21-197   [924]
/: line [0-9]+-[0-9]+ *\|/ {
    split($0, side, "|")
    read_side(side[1], a)
    read_side(side[2], b)
    tokens = $0
    sub(/.*\[/, "", tokens)
    sub(/\].*/, "", tokens)
    if (a["number"] != b["number"])
        print "trozo", lab, a["number"], a["file"], a["from"], a["to"], b["number"], b["file"], b["from"], b["to"], tokens
}

END { for (n in size) print "tamaño", lab, n, size[n] }

function read_side(text, into,    parts, lines) {
    split(text, parts, ": line ")
    into["number"] = parts[1]
    sub(/\..*/, "", into["number"])
    into["file"] = parts[1]
    sub(/^[0-9]+\./, "", into["file"])
    split(parts[2], lines, /[- ]/)
    into["from"] = lines[1]
    into["to"] = lines[2]
}
