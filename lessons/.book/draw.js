/*
 * Dibuja con mermaid cada texto de DIAGRAMAS y lo aplana: los estilos pasan a ser atributos, y
 * los colores, variables con las que cada página los pone a su tema. Así valen también en el
 * EPUB y en el PDF, que no aplican hojas de estilo dentro de un SVG.
 */
var COLORES = {
    '#010101': 'var(--dg-text, #1f2328)',
    '#020202': 'var(--dg-line-strong, #57606a)',
    '#030303': 'var(--dg-box, #eef2f7)',
    '#040404': 'var(--dg-border, #8c96a3)',
    '#050505': 'var(--dg-note, #fff4d6)',
    '#060606': 'var(--dg-note-border, #c69a00)',
    '#070707': 'var(--dg-bg, #fdfdfb)',
    '#080808': 'var(--dg-run, #1a5fb4)',
};

function temaDeMermaid() {
    var texto = '#010101', linea = '#020202', caja = '#030303', borde = '#040404';
    return {
        background: '#070707', primaryColor: caja, primaryTextColor: texto, primaryBorderColor: borde,
        secondaryColor: caja, secondaryTextColor: texto, secondaryBorderColor: borde,
        tertiaryColor: '#070707', tertiaryTextColor: texto, tertiaryBorderColor: borde,
        lineColor: linea, textColor: texto, mainBkg: caja, nodeBorder: borde, nodeTextColor: texto,
        clusterBkg: '#070707', clusterBorder: borde, titleColor: texto, edgeLabelBackground: '#070707',
        actorBkg: caja, actorBorder: borde, actorTextColor: texto, actorLineColor: borde,
        signalColor: linea, signalTextColor: texto, labelBoxBkgColor: caja, labelBoxBorderColor: borde,
        labelTextColor: texto, loopTextColor: texto, noteBkgColor: '#050505', noteTextColor: texto,
        noteBorderColor: '#060606', activationBkgColor: caja, activationBorderColor: borde,
        sequenceNumberColor: '#070707',
        sectionBkgColor: '#070707', altSectionBkgColor: '#070707', sectionBkgColor2: '#070707',
        taskBkgColor: caja, taskBorderColor: borde, taskTextColor: texto, taskTextDarkColor: texto,
        taskTextLightColor: texto, taskTextOutsideColor: texto, activeTaskBkgColor: '#080808',
        activeTaskBorderColor: '#080808', doneTaskBkgColor: caja, doneTaskBorderColor: borde,
        critBkgColor: '#050505', critBorderColor: '#060606', gridColor: borde, todayLineColor: borde,
        fontFamily: 'Noto Sans, sans-serif', fontSize: '15px',
    };
}

function aHex(color) {
    var n = color.match(/^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/);
    if (!n) return color;
    if (n[4] === '0') return 'none';
    var hex = '#' + [n[1], n[2], n[3]].map(function (x) { return (+x).toString(16).padStart(2, '0'); }).join('');
    return hex;
}

function color(valor, otro) {
    var hex = aHex(valor);
    if (hex === 'none') return 'none';
    return COLORES[hex] || otro;
}

var CABE = 820; /* píxeles: más ancho, en la columna del libro no se lee */
var ALTO = 900;
var PIEZAS = 'rect,circle,ellipse,line,path,polygon,polyline,text,tspan';

function aplanar(svg) {
    svg.querySelectorAll('foreignObject, script, .today').forEach(function (e) { e.remove(); });
    svg.querySelectorAll(PIEZAS).forEach(function (e) {
        var s = getComputedStyle(e), nombre = e.tagName.toLowerCase();
        if (s.display === 'none' || s.visibility === 'hidden') { e.remove(); return; }
        var texto = nombre === 'text' || nombre === 'tspan';
        var puestos = { fill: color(s.fill, COLORES['#020202']) };
        var alfa = s.fill.match(/^rgba\(.*, (0?\.\d+)\)$/);
        if (alfa) puestos = { fill: COLORES['#010101'], 'fill-opacity': alfa[1] };
        if (nombre === 'tspan') {
            delete puestos.fill;
            if (s.fontWeight !== '400') puestos['font-weight'] = s.fontWeight;
            if (s.fontStyle !== 'normal') puestos['font-style'] = s.fontStyle;
        } else if (texto) {
            puestos.fill = COLORES['#010101'];
            puestos['font-size'] = parseFloat(s.fontSize);
            if (s.fontWeight !== '400') puestos['font-weight'] = s.fontWeight;
            puestos['text-anchor'] = s.textAnchor;
            if (s.dominantBaseline !== 'auto') puestos['dominant-baseline'] = s.dominantBaseline;
        } else {
            puestos.stroke = color(s.stroke, COLORES['#020202']);
            if (puestos.stroke !== 'none') puestos['stroke-width'] = parseFloat(s.strokeWidth);
            if (s.strokeDasharray !== 'none') puestos['stroke-dasharray'] = s.strokeDasharray.replace(/px/g, '');
            ['marker-start', 'marker-end'].forEach(function (m) {
                var url = (s.getPropertyValue(m).match(/#([^")]+)/) || [])[1];
                if (url) puestos[m] = 'url(#' + url + ')';
            });
        }
        e.ponerse = puestos;
    });
    svg.querySelectorAll(PIEZAS).forEach(function (e) {
        if (!e.ponerse) return;
        e.removeAttribute('style');
        for (var k in e.ponerse) e.setAttribute(k, e.ponerse[k]);
    });
    svg.querySelectorAll('style').forEach(function (e) { e.remove(); });
    svg.querySelectorAll('rect').forEach(function (e) {
        if (!+e.getAttribute('width') || !+e.getAttribute('height')) e.remove();
    });
    var usados = {};
    svg.querySelectorAll('[marker-end],[marker-start]').forEach(function (e) {
        ['marker-end', 'marker-start'].forEach(function (m) {
            var url = e.getAttribute(m);
            if (url) usados[url.slice(5, -1)] = true;
        });
    });
    svg.querySelectorAll('marker').forEach(function (m) { if (!usados[m.id]) m.remove(); });
    svg.querySelectorAll('symbol, filter').forEach(function (e) { e.remove(); });
    svg.querySelectorAll('*').forEach(function (e) {
        ['class', 'style', 'name', 'data-id', 'data-et', 'data-type', 'data-node', 'data-look', 'alignment-baseline',
            'filter', 'aria-roledescription', 'xml:space', 'transform-origin', 'text-height'].forEach(function (a) { e.removeAttribute(a); });
        Array.from(e.attributes).forEach(function (a) { if (/^data-/.test(a.name)) e.removeAttribute(a.name); });
        if (e.tagName !== 'marker') e.removeAttribute('id');
        if (e.tagName === 'g') { e.removeAttribute('width'); e.removeAttribute('height'); }
        if (!/^(svg|rect|image|marker)$/.test(e.tagName)) {
            e.removeAttribute('width'); e.removeAttribute('height');
        }
        if (e.tagName !== 'rect' && e.tagName !== 'text' && e.tagName !== 'tspan') {
            if (e.tagName === 'g') { e.removeAttribute('rx'); e.removeAttribute('ry'); }
        }
    });
    /* Un tspan por renglón: con más, quien imprime pega las palabras. */
    svg.querySelectorAll('text').forEach(function (t) {
        t.querySelectorAll('tspan').forEach(function (s) {
            if (!s.isConnected || s.closest('tspan') !== s && s.parentNode.tagName !== 'text') return;
            s.textContent = s.textContent.replace(/\s+/g, ' ').trim();
        });
    });
    for (var vacios; (vacios = svg.querySelectorAll('g:empty, defs:empty, text:empty, tspan:empty')).length;)
        vacios.forEach(function (e) { e.remove(); });
}

/* Las líneas de vida de una secuencia bajan hasta donde acaba lo demás. */
function recortarVidas(svg) {
    var fondo = 0, vidas = [];
    svg.querySelectorAll(PIEZAS).forEach(function (e) {
        if (e.tagName === 'line' && +e.getAttribute('y2') >= 2000) { vidas.push(e); return; }
        if (e.closest('marker')) return;
        var c = e.getBBox();
        fondo = Math.max(fondo, c.y + c.height);
    });
    vidas.forEach(function (v) { v.setAttribute('y2', Math.ceil(fondo) + 14); });
}

/* El rectángulo de lo dibujado, con un margen. */
function encuadrar(svg) {
    var c = svg.getBBox();
    var x = Math.floor(c.x) - 8, y = Math.floor(c.y) - 8;
    var ancho = Math.ceil(c.width) + 16, alto = Math.ceil(c.height) + 16;
    Array.from(svg.attributes).forEach(function (a) { svg.removeAttribute(a.name); });
    svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    svg.setAttribute('viewBox', [x, y, ancho, alto].join(' '));
    svg.setAttribute('width', ancho);
    svg.setAttribute('height', alto);
    svg.setAttribute('font-family', "system-ui, 'Noto Sans', sans-serif");
}

function medida(hecho) {
    var m = hecho.svg.match(/viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"/);
    return { ancho: +m[1], alto: +m[2] };
}

/* Un diagrama que no cabe en la columna se gira, entero o por dentro, hasta que quepa. */
async function elMejor(id, texto) {
    var mejor = null;
    for (var giro of [['$1', '$1'], ['TB', '$1'], ['LR', 'TB'], ['LR', '$1'], ['TB', 'TB']]) {
        var hecho = await mermaid.render(id, texto
            .replace(/^(\s*direction) (TB|LR)/gm, '$1 ' + giro[1].replace('$1', '$2'))
            .replace(/^(\s*)flowchart (TB|LR|TD)/, '$1flowchart ' + giro[0].replace('$1', '$2')));
        var tam = medida(hecho);
        if (!mejor || (tam.ancho < mejor.ancho && tam.alto < ALTO)) mejor = { hecho: hecho, ancho: tam.ancho };
        if (mejor.ancho <= CABE || !/^\s*flowchart/.test(texto)) break;
    }
    return mejor.hecho;
}

async function dibujar() {
    mermaid.initialize({
        startOnLoad: false, theme: 'base', themeVariables: temaDeMermaid(), securityLevel: 'loose',
        deterministicIds: true, htmlLabels: false, look: 'classic', layout: 'dagre',
        flowchart: { htmlLabels: false, curve: 'basis', useMaxWidth: false, padding: 10, nodeSpacing: 30, rankSpacing: 36,
            wrappingWidth: 150 },
        sequence: { useMaxWidth: false, mirrorActors: false, actorMargin: 30, messageMargin: 28, width: 120, height: 44 },
        gantt: { useMaxWidth: false, fontSize: 13, sectionFontSize: 14 },
    });
    for (var nombre in DIAGRAMAS) {
        try {
            /* Sin negritas ni cursivas: sin HTML en las etiquetas saldrían escritas. */
            var hecho = await elMejor('d' + nombre.slice(0, 8), DIAGRAMAS[nombre].replace(/<\/?[bi]>/g, ''));
            var caja = document.createElement('div');
            caja.innerHTML = hecho.svg;
            document.body.append(caja);
            var svg = caja.querySelector('svg');
            svg.querySelectorAll('title, desc').forEach(function (e) { e.remove(); });
            svg.querySelectorAll('.edgeLabel rect, .labelBkg').forEach(function (r) { r.setAttribute('fill', '#070707'); });
            aplanar(svg);
            recortarVidas(svg);
            encuadrar(svg);
            var texto = new XMLSerializer().serializeToString(svg).replace(/\u00a0/g, ' ')
                .replace(/(\.\d\d)\d+/g, '$1').replace(/></g, '>\n<');
            caja.remove();
            document.body.append('\n', document.createComment('dibujo ' + nombre), '\n');
            document.body.insertAdjacentHTML('beforeend', texto);
            document.body.append('\n', document.createComment('fin'), '\n');
        } catch (e) {
            var p = document.createElement('pre');
            p.className = 'fallo';
            p.textContent = (DIAGRAMAS[nombre].match(/accTitle: *(.*)/) || [nombre])[1] + ': ' + e.message;
            document.body.append(p);
        }
    }
    document.body.insertAdjacentHTML('beforeend', '<p id="fin">');
}
dibujar();
