/*
 * La línea de tiempo del paso a paso. Bajo el reloj virtual correr no dura nada: por eso el eje
 * suma al tiempo un poco por cada paso, y así se ve quién fue antes aunque fuera en el mismo
 * milisegundo.
 */
var Linea = (function () {
    'use strict';

    var SVG = 'http://www.w3.org/2000/svg';
    var ALTO = 26, ANCHO = 480, NOMBRES = 104, DERECHA = 12, LETRA = 6.1;
    var LINEA = 0, TAREA = 1, MS = 2, ESPERAS = 7;
    var g, tiempo, eje = [], ancho, aguja, rotulo, dibujo, alto, caja, tareas;

    function pon(padre, nombre, atributos, texto) {
        var e = document.createElementNS(SVG, nombre);
        for (var k in atributos) e.setAttribute(k, atributos[k]);
        if (texto) e.textContent = texto;
        padre.append(e);
        return e;
    }

    /* Dónde cae cada paso, y el final. */
    function calcularEje() {
        var n = g.pasos.length, total = g.pasos[n - 1][MS], util = ANCHO - NOMBRES - DERECHA;
        var paso = total > 0 ? Math.min(4, 0.45 * util / n) : Math.min(12, util / n);
        var escala = total > 0 ? (util - paso * n) / total : 0;
        for (var k = 0; k <= n; k++)
            eje.push(NOMBRES + k * paso + escala * g.pasos[Math.min(k, n - 1)][MS]);
        ancho = paso;
    }

    /* ¿Tenía el hilo esa tarea en ese momento? Con el reloj de verdad, una línea puede durar. */
    function corria(t, ms) {
        return g.franjas.some(function (f) { return f[0] === t && f[3] === 0 && f[1] < ms && ms < f[2]; });
    }

    /* Los trozos seguidos de una tarea: [primer paso, último]. */
    function turnos(t) {
        var hechos = [];
        g.pasos.forEach(function (p, k) {
            if (p[TAREA] !== t) return;
            var u = hechos[hechos.length - 1];
            var antes = k && g.pasos[k - 1][MS];
            if (u && u[1] === k - 1 && (antes === p[MS] || corria(t, (antes + p[MS]) / 2))) u[1] = k;
            else hechos.push([k, k]);
        });
        return hechos;
    }

    /* A qué esperaba una tarea detrás del paso k: lo dice el primero que corrió mientras tanto o,
       si no corrió nadie, la traza. Con cuánto tuvo que ver el mundo de fuera. */
    function espera(t, k) {
        var desde = g.pasos[k][MS];
        var franja = g.franjas.filter(function (f) { return f[0] === t && f[3] > 0 && f[1] >= desde - 0.001; })[0];
        for (var i = k + 1; i < g.pasos.length && g.pasos[i][TAREA] !== t; i++) {
            var suya = g.esperas[g.pasos[i][ESPERAS]].filter(function (e) { return e[0] === t; })[0];
            if (suya) return [suya[2], franja && franja[4] === suya[2] && franja[3] === 2];
            if (g.tareas[g.pasos[i][TAREA]] !== 'el bucle') return null;
        }
        return franja ? [franja[4], franja[3] === 2] : null;
    }

    function rotular(texto) {
        return texto.replace(/ · .*/, '').replace('que pase un plazo', 'plazo')
            .replace('a las tareas de su grupo', 'a su grupo');
    }

    function fila(t, y) {
        var nombre = g.tareas[t], mios = turnos(t), n = g.pasos.length;
        pon(dibujo, 'text', { x: 0, y: y + 13, 'class': 'nombre' }, nombre.length > 16 ? nombre.slice(0, 15) + '…' : nombre);
        mios.forEach(function (u, i) {
            var x = eje[u[1]] + ancho, sigue = mios[i + 1], que = espera(t, u[1]);
            var hasta = sigue ? eje[sigue[0]] : eje[n];
            if (que && hasta > x) {
                var caja = pon(dibujo, 'rect', { x: x, y: y, width: hasta - x, height: 18, 'class': que[1] ? 'fuera' : 'espera' });
                pon(caja, 'title', {}, nombre + ' espera: ' + que[0]);
                var letras = Math.floor((hasta - x - 8) / LETRA), texto = rotular(que[0]);
                if (letras > 4)
                    pon(dibujo, 'text', { x: x + 5, y: y + 13, 'class': que[1] ? 'dice-fuera' : 'dice' },
                        texto.length > letras ? texto.slice(0, letras - 1) + '…' : texto);
            }
        });
        mios.forEach(function (u) {
            pon(dibujo, 'rect', { x: eje[u[0]], y: y, width: Math.max(1.5, eje[u[1]] - eje[u[0]] + ancho), height: 18, 'class': 'corre' });
        });
    }

    /* Las horas que caben sin pisarse: la primera, la última y las de en medio que dejen sitio. */
    function horas(y) {
        var n = g.pasos.length, puestas = [[eje[n], tiempo(g.pasos[n - 1][MS])]];
        g.pasos.forEach(function (p, k) {
            if (k && p[MS] === g.pasos[k - 1][MS]) return;
            if (puestas.every(function (h, i) { return Math.abs(h[0] - eje[k]) > (i ? 52 : 75); })) puestas.push([eje[k], tiempo(p[MS])]);
        });
        puestas.forEach(function (h) {
            pon(dibujo, 'text', { x: h[0], y: y, 'class': 'hora', 'text-anchor': h[0] > ANCHO - 40 ? 'end' : h[0] < NOMBRES + 9 ? 'start' : 'middle' }, h[1]);
        });
    }

    /* El paso más cercano a una posición del dibujo. */
    function cercano(x) {
        var mejor = 0;
        eje.forEach(function (e, k) { if (Math.abs(e - x) < Math.abs(eje[mejor] - x)) mejor = k; });
        return mejor;
    }

    function preparar(grabacion, sitio, enTiempo, ir) {
        g = grabacion;
        tiempo = enTiempo;
        caja = sitio;
        /* Un punto del dibujo es un punto de la pantalla, también en un teléfono. */
        ANCHO = Math.max(280, Math.min(600, sitio.clientWidth || ANCHO));
        calcularEje();
        tareas = g.tareas.map(function (_, t) { return t; }).filter(function (t) {
            return g.tareas[t] !== 'main' && g.pasos.some(function (p) { return p[TAREA] === t; });
        });
        alto = 24 + tareas.length * ALTO;
        dibujo = pon(sitio, 'svg', { viewBox: '0 0 ' + ANCHO + ' ' + (alto + 22), role: 'img',
            'aria-label': 'Línea de tiempo: ' + tareas.length + ' tareas, ' + tiempo(g.pasos[g.pasos.length - 1][MS]) });
        tareas.forEach(function (t, i) { fila(t, 22 + i * ALTO); });
        horas(alto + 16);
        aguja = pon(dibujo, 'line', { y1: 16, y2: alto, 'class': 'ahora' });
        rotulo = pon(dibujo, 'text', { y: 11, 'class': 'ahora-dice' });
        dibujo.addEventListener('click', function (e) {
            var caja = dibujo.getBoundingClientRect();
            ir(cercano((e.clientX - caja.left) * ANCHO / caja.width));
        });
    }

    function pintar(k) {
        var n = g.pasos.length, x = eje[k] + (k < n ? ancho / 2 : 0);
        aguja.setAttribute('x1', x);
        aguja.setAttribute('x2', x);
        rotulo.setAttribute('x', Math.max(NOMBRES, Math.min(x, ANCHO - 45)));
        rotulo.setAttribute('text-anchor', 'middle');
        var fila = k < n ? tareas.indexOf(g.pasos[k][TAREA]) : -1;
        if (fila >= 0) caja.scrollTop = Math.max(0, 22 + fila * ALTO - caja.clientHeight / 2);
        rotulo.setAttribute('y', 11 + caja.scrollTop);
        rotulo.textContent = 'ahora: ' + tiempo(g.pasos[Math.min(k, n - 1)][MS]);
    }

    return { preparar: preparar, pintar: pintar };
})();
