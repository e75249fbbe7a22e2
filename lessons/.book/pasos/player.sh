#!/bin/sh
# Escribe la página del paso a paso de una grabación.
#   player.sh GRABACION.json FUENTE.c RAIZ [DIBUJO.svg [VOLVER TITULO]]
# RAIZ es el camino a la raíz del sitio («../»); vacía, la página lo lleva todo dentro. DIBUJO es
# la línea de tiempo que se ve sin JavaScript. VOLVER y TITULO, la página de la que cuelga.
set -eu
recording=$1 source=$2 root=$3 drawing=${4:-} back=${5:-} title=${6:-}
here=$(dirname "$0")
book=$here/..

escape() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'; }

name=$(basename "$source")
if grep -q '"reloj":"virtual"' "$recording"; then
    clock='con el reloj virtual: esperar no cuesta tiempo, y siempre sale igual'
else
    clock='con el reloj de verdad: otra vez puede salir distinta'
fi

cat <<FIN
<!DOCTYPE html>
<html lang="es">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Paso a paso: $name · Programación asíncrona en C</title>
<link rel="icon" href="data:,">
FIN
if [ -n "$root" ]; then
    printf '<link rel="stylesheet" href="%slibro.css">\n<link rel="stylesheet" href="%spasos.css">\n' "$root" "$root"
else
    printf '<style>\n'
    cat "$book/libro.css" "$here/pasos.css"
    printf '</style>\n'
fi
cat <<FIN
<script>
try { var tema = localStorage.getItem('asinc.tema'); if (tema) document.documentElement.dataset.tema = tema; } catch (e) {}
var RAIZ = '$root', PAGINA = '';
</script>
</head>
<body class="pasos">
<a class="saltar" href="#contenido">Ir al contenido</a>
<header class="barra">
FIN
if [ -n "$root" ]; then
    printf '<a class="titulo" href="%sindex.html">Programación asíncrona en C</a>\n' "$root"
else
    printf '<span class="titulo">Programación asíncrona en C</span>\n'
fi
cat <<FIN
<div class="acciones" id="acciones"></div>
</header>
<main id="contenido">
<h1>Paso a paso: $name</h1>
<p class="suave">Grabado de una ejecución real, $clock.
FIN
[ -z "$back" ] || printf '<a href="%s">Volver a «%s»</a>\n' "$back" "$(printf '%s' "$title" | sed 's/`//g' | escape)"
cat <<'FIN'
</p>
<div id="reproductor" hidden>
<div class="mandos" role="group" aria-label="Mandos">
<button type="button" id="principio" aria-label="Al principio (Inicio)" title="Inicio">⏮</button>
<button type="button" id="atras" title="←">← Atrás</button>
<button type="button" id="paso" title="→">Paso →</button>
<button type="button" id="cambio" title="Mayúsculas y →">Cambio de manos ⇥</button>
<button type="button" id="final" aria-label="Al final (Fin)" title="Fin">⏭</button>
<input type="range" id="deslizar" min="0" value="0" aria-label="Paso">
<span id="cuenta" class="suave"></span>
<label><input type="checkbox" id="preguntar"> Preguntar antes de cada cambio de manos</label>
</div>
<p class="suave teclas"><kbd>→</kbd> y <kbd>←</kbd> avanzan y retroceden una línea; <kbd>⇧</kbd> <kbd>→</kbd> salta al próximo momento en que el hilo cambia de manos; <kbd>Inicio</kbd> y <kbd>Fin</kbd> van a los extremos.</p>
<p id="dicho" class="oculto" aria-live="polite"></p>
</div>
FIN
if [ -e "$drawing" ]; then
    printf '<figure class="dibujo traza sin-guion"><div class="corre" tabindex="0" role="group" aria-label="Línea de tiempo de %s">\n' "$name"
    sed 's/<?xml.*?>//; s/ role="img"//; /<style>/,/<\/style>/d' "$drawing"
    printf '</div><figcaption>Qué hace cada tarea. Con JavaScript, esta página se recorre línea a línea.</figcaption></figure>\n'
else
    printf '<p class="sin-guion">Para recorrer la grabación hace falta JavaScript.</p>\n'
fi
printf '<div class="partes">\n<pre id="fuente" class="fuente" role="group" aria-label="%s">' "$name"
escape <"$source"
cat <<'FIN'
</pre>
<div class="paneles" id="paneles" hidden>
<p id="pregunta" class="pregunta-paso" role="status"></p>
<section><h2>Quién tiene el hilo</h2><div id="tiempo" tabindex="0" role="group" aria-label="Quién tiene el hilo"></div></section>
<section><h2 id="de-quien"></h2><div id="variables"></div></section>
<section id="caja-globales" hidden><h2>Variables del programa</h2><div id="globales"></div></section>
<section><h2>Lo que se ha escrito</h2><pre id="escrito" tabindex="0"></pre></section>
<section><h2>Quién espera, y a qué</h2><div id="esperas" tabindex="0" role="group" aria-label="Quién espera"></div></section>
</div>
</div>
</main>
FIN
printf '<script type="application/json" id="grabacion">'
sed 's/</\\u003c/g' "$recording"
printf '</script>\n'
if [ -n "$root" ]; then
    for script in libro buscar linea pasos; do
        printf '<script src="%s%s.js"></script>\n' "$root" "$script"
    done
else
    for script in "$book/libro.js" "$here/linea.js" "$here/pasos.js"; do
        printf '<script>\n'
        cat "$script"
        printf '</script>\n'
    done
fi
printf '</body>\n</html>\n'
