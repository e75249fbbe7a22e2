/*
 * El buscador. El índice es otro archivo, indice.js, que se carga la primera vez que se busca:
 * una página abierta desde el disco no puede leer archivos, pero sí cargar guiones.
 */
(function () {
    'use strict';

    var crear = Libro.crear, MAXIMO = 20;
    var palabras = null; /* raíz -> { sección: peso } */
    var completas = []; /* todas las palabras, para completar la última */

    function trocear(texto) {
        return texto.toLowerCase().match(/[\p{L}\p{N}_]+/gu) || [];
    }

    function apuntar(texto, seccion, peso) {
        trocear(texto).forEach(function (p) {
            var clave = Raiz.raiz(p), llana = Raiz.llana(p);
            [clave].concat(llana === clave ? [] : ['=' + llana]).forEach(function (c) {
                var fila = palabras.get(c);
                if (!fila) palabras.set(c, fila = new Map());
                fila.set(seccion, (fila.get(seccion) || 0) + peso);
            });
        });
    }

    function preparar() {
        if (palabras) return;
        palabras = new Map();
        SECCIONES.forEach(function (s, i) {
            apuntar(s[1], i, 3);
            apuntar(s[2], i, 8);
            apuntar(s[3], i, 1);
            apuntar(s[4], i, 0.5);
        });
        completas = Array.from(palabras.keys()).sort();
    }

    function filas(palabra, ultima) {
        var raiz = Raiz.raiz(palabra), llana = Raiz.llana(palabra), claves = [[raiz, 1], ['=' + llana, 1]];
        if (ultima && llana.length > 2)
            completas.forEach(function (c) {
                if (c !== raiz && c.replace('=', '').startsWith(llana)) claves.push([c, 0.4]);
            });
        var suma = new Map();
        claves.forEach(function (par) {
            var fila = palabras.get(par[0]);
            if (!fila) return;
            var rareza = Math.log(1 + SECCIONES.length / fila.size);
            fila.forEach(function (veces, s) {
                var peso = par[1] * rareza * veces / (veces + 2);
                suma.set(s, Math.max(suma.get(s) || 0, peso));
            });
        });
        return suma;
    }

    function buscar(consulta) {
        preparar();
        var pedidas = trocear(consulta), total = null;
        pedidas.forEach(function (p, i) {
            var fila = filas(p, i === pedidas.length - 1);
            if (!total) { total = fila; return; }
            total.forEach(function (peso, s) {
                if (fila.has(s)) total.set(s, peso + fila.get(s)); else total.delete(s);
            });
        });
        /* Quien escribe un nombre entero quiere lo que se llama así. */
        if (total && pedidas.length === 1) total.forEach(function (peso, s) {
            if (SECCIONES[s][2].toLowerCase() === pedidas[0]) total.set(s, peso + 1000);
        });
        return Array.from(total || []).sort(function (a, b) { return b[1] - a[1] || a[0] - b[0]; })
            .map(function (par) { return par[0]; });
    }

    /* Un trozo del texto alrededor de la primera palabra encontrada, con las encontradas marcadas. */
    function trozo(seccion, pedidas) {
        var raices = pedidas.map(Raiz.raiz), llanas = pedidas.map(Raiz.llana);
        var encontrada = function (p) {
            return raices.indexOf(Raiz.raiz(p)) >= 0 ||
                llanas.some(function (l) { return l.length > 2 && Raiz.llana(p.toLowerCase()).startsWith(l); });
        };
        var caja = crear('span', { 'class': 'trozo' });
        for (var campo = 3; campo <= 4; campo++) {
            var texto = seccion[campo], sitio = -1, m, busca = /[\p{L}\p{N}_]+/gu;
            while ((m = busca.exec(texto))) if (encontrada(m[0])) { sitio = m.index; break; }
            if (sitio < 0 && campo === 3) continue;
            var desde = Math.max(0, texto.lastIndexOf(' ', Math.max(0, sitio - 60)));
            var parte = texto.slice(desde, desde + 190);
            if (desde) caja.append('…');
            var fin = 0;
            busca.lastIndex = 0;
            while ((m = busca.exec(parte))) {
                if (!encontrada(m[0])) continue;
                caja.append(parte.slice(fin, m.index), crear('mark', {}, m[0]));
                fin = m.index + m[0].length;
            }
            caja.append(parte.slice(fin));
            if (desde + 190 < texto.length) caja.append('…');
            break;
        }
        return caja;
    }

    /* ---- La ventana ---- */

    var ventana = crear('dialog', { 'class': 'buscar', 'aria-label': 'Buscar en el libro' });
    var campo = crear('input', { type: 'text', inputmode: 'search', placeholder: 'Buscar', 'aria-label': 'Buscar en el libro',
        autocomplete: 'off', spellcheck: 'false' });
    var cerrar = crear('button', { type: 'button' }, 'Cerrar');
    var cuenta = crear('p', { 'class': 'cuenta', role: 'status' });
    var lista = crear('ol', { 'aria-label': 'Resultados' });
    var barra = crear('div', { 'class': 'campo' });
    barra.append(campo, cerrar);
    ventana.append(barra, cuenta, lista);
    document.body.append(ventana);

    function pintar() {
        var consulta = campo.value, pedidas = trocear(consulta);
        lista.textContent = '';
        if (!pedidas.length) { cuenta.textContent = ''; return; }
        if (typeof SECCIONES === 'undefined') { cuenta.textContent = 'Preparando el índice…'; return; }
        var halladas = buscar(consulta);
        cuenta.textContent = !halladas.length ? 'Nada con «' + consulta + '». Prueba con otra palabra, o con menos.'
            : halladas.length === 1 ? '1 sección'
            : halladas.length + ' secciones' + (halladas.length > MAXIMO ? '; estas son las ' + MAXIMO + ' primeras' : '');
        halladas.slice(0, MAXIMO).forEach(function (n) {
            var s = SECCIONES[n], li = crear('li'), a = crear('a', { href: RAIZ + s[0] });
            a.append(crear('strong', {}, s[2]));
            if (s[1] !== s[2]) a.append(crear('span', { 'class': 'donde' }, s[1]));
            a.append(trozo(s, pedidas));
            li.append(a);
            lista.append(li);
        });
    }

    function abrir() {
        if (typeof SECCIONES === 'undefined' && !document.getElementById('indice-js')) {
            var guion = crear('script', { id: 'indice-js', src: RAIZ + 'indice.js' });
            guion.onload = pintar;
            guion.onerror = function () { cuenta.textContent = 'No encuentro indice.js, que va junto a index.html.'; };
            document.head.append(guion);
        }
        if (!ventana.open) ventana.showModal();
        campo.select();
    }

    var boton = crear('button', { type: 'button', id: 'buscar', 'aria-keyshortcuts': '/ Control+K' }, 'Buscar ');
    boton.append(crear('kbd', {}, '/'));
    boton.addEventListener('click', abrir);
    Libro.acciones.prepend(boton);
    cerrar.addEventListener('click', function () { ventana.close(); });
    ventana.addEventListener('click', function (e) { if (e.target === ventana) ventana.close(); });
    campo.addEventListener('input', pintar);

    /* Las flechas recorren los resultados; Intro en el campo va al primero. */
    ventana.addEventListener('keydown', function (e) {
        var enlaces = Array.from(lista.querySelectorAll('a'));
        var n = enlaces.indexOf(document.activeElement);
        if (e.key === 'ArrowDown' && enlaces[n + 1]) { e.preventDefault(); enlaces[n + 1].focus(); }
        else if (e.key === 'ArrowUp' && n >= 0) { e.preventDefault(); (enlaces[n - 1] || campo).focus(); }
        else if (e.key === 'Enter' && document.activeElement === campo && enlaces[0]) { e.preventDefault(); enlaces[0].click(); }
    });
    lista.addEventListener('click', function (e) { if (e.target.closest('a')) ventana.close(); });

    document.addEventListener('keydown', function (e) {
        var k = (e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k';
        var escribiendo = /^(input|textarea|select)$/i.test(e.target.tagName);
        if (k || (e.key === '/' && !escribiendo)) { e.preventDefault(); abrir(); }
    });
})();
