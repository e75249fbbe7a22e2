/*
 * Lo que hace una página del libro además de leerse: cambiar de tema, copiar, recordar lo leído,
 * pasar página con las flechas. Sin nada de esto, o sin JavaScript, se lee igual.
 */
(function () {
    'use strict';

    function crear(nombre, atributos, texto) {
        var e = document.createElement(nombre);
        for (var k in atributos || {}) e.setAttribute(k, atributos[k]);
        if (texto) e.textContent = texto;
        return e;
    }

    /* Algunos navegadores no dejan guardar nada a una página de disco. */
    var memoria = {
        lee: function (clave) { try { return localStorage.getItem('asinc.' + clave); } catch (e) { return null; } },
        guarda: function (clave, valor) {
            try {
                if (valor === null) localStorage.removeItem('asinc.' + clave);
                else localStorage.setItem('asinc.' + clave, valor);
            } catch (e) { /* se olvida al cerrar */ }
        },
    };

    var acciones = document.getElementById('acciones');

    /* ---- El tema: el del sistema, claro u oscuro ---- */

    var TEMAS = [['', 'Tema: el del sistema', '◐'], ['claro', 'Tema: claro', '☀'], ['oscuro', 'Tema: oscuro', '☾']];
    var tema = crear('button', { type: 'button', id: 'tema' });

    function poner(n) {
        var t = TEMAS[n];
        if (t[0]) document.documentElement.dataset.tema = t[0];
        else delete document.documentElement.dataset.tema;
        tema.textContent = t[2];
        tema.setAttribute('aria-label', t[1]);
        tema.title = t[1];
        tema.dataset.n = n;
        memoria.guarda('tema', t[0] || null);
    }
    var guardado = memoria.lee('tema') || '';
    poner(TEMAS.findIndex(function (t) { return t[0] === guardado; }) || 0);
    tema.addEventListener('click', function () { poner((+tema.dataset.n + 1) % TEMAS.length); });
    acciones.append(tema);

    /* ---- Copiar ---- */

    /* De una consola se copian las órdenes; de lo demás, todo. */
    function loQueSeCopia(pre) {
        if (!pre.classList.contains('console')) return pre.textContent;
        var ordenes = Array.from(pre.querySelectorAll('.orden'), function (o) {
            return o.textContent.replace(/^\$ /, '');
        });
        return ordenes.length ? ordenes.join('\n') : pre.textContent;
    }

    function copiar(texto) {
        if (navigator.clipboard && window.isSecureContext)
            return navigator.clipboard.writeText(texto);
        return new Promise(function (bien, mal) {
            var t = crear('textarea', { 'class': 'oculto', 'aria-hidden': 'true' });
            t.value = texto;
            document.body.append(t);
            t.select();
            var hecho = document.execCommand('copy');
            t.remove();
            if (hecho) bien(); else mal();
        });
    }

    document.querySelectorAll('.bloque').forEach(function (bloque) {
        var pre = bloque.querySelector('pre');
        if (!pre) return;
        var b = crear('button', { type: 'button', 'class': 'copiar' }, 'Copiar');
        b.addEventListener('click', function () {
            copiar(loQueSeCopia(pre)).then(function () { b.textContent = 'Copiado'; },
                function () { b.textContent = 'No se pudo'; });
            setTimeout(function () { b.textContent = 'Copiar'; }, 1500);
        });
        (bloque.querySelector('.rotulo') || bloque).append(b);
    });

    /* ---- Lo leído ---- */

    var leidas = {};
    (memoria.lee('leidas') || '').split('\n').forEach(function (p) { if (p) leidas[p] = true; });

    /* La página a la que lleva un enlace, desde la raíz del libro. */
    var raiz = new URL(RAIZ || './', location.href).href;
    function paginaDe(a) { return a.href.split('#')[0].slice(raiz.length); }

    function marcarIndice() {
        document.querySelectorAll('nav.indice a, .mapa .parada').forEach(function (a) {
            var leida = !!leidas[paginaDe(a)];
            a.classList.toggle('leida', leida);
            if (leida) a.setAttribute('title', 'Leída'); else a.removeAttribute('title');
        });
    }
    var sitio = document.getElementById('leida');
    if (sitio) {
        var boton = crear('button', { type: 'button', 'aria-pressed': 'false' });
        var pintar = function () {
            boton.textContent = leidas[PAGINA] ? '✓ Leída' : 'Marcar como leída';
            boton.setAttribute('aria-pressed', String(!!leidas[PAGINA]));
            marcarIndice();
        };
        boton.addEventListener('click', function () {
            if (leidas[PAGINA]) delete leidas[PAGINA]; else leidas[PAGINA] = true;
            memoria.guarda('leidas', Object.keys(leidas).join('\n'));
            pintar();
        });
        sitio.append(boton);
        pintar();
    } else {
        marcarIndice();
    }

    /* Cada sección enseña su dirección al señalarla. */
    document.querySelectorAll('main :is(h2, h3, h4)[id]').forEach(function (h) {
        h.append(' ', crear('a', { 'class': 'ancla', href: '#' + h.id, 'aria-label': 'Enlace a esta sección' }, '#'));
    });

    /* En un teléfono, el índice empieza cerrado. */
    var indice = document.querySelector('.plegable');
    if (indice && matchMedia('(max-width: 52rem)').matches) indice.open = false;
    var actual = document.querySelector('nav.indice [aria-current]');
    if (actual && !matchMedia('(max-width: 52rem)').matches)
        actual.closest('nav').scrollTop = Math.max(0, actual.offsetTop - 200);

    /* ---- Por dónde ibas: la página y su sección, para que la portada te devuelva a ella ---- */

    function estoy(direccion, titulo, detalle) {
        memoria.guarda('lugar', [direccion, titulo, detalle || ''].join('\n'));
    }
    if (document.getElementById('leida')) {
        var titulos = Array.from(document.querySelectorAll('main > h2[id], main > h3[id]'));
        var apuntar = function () {
            var en = titulos.filter(function (h) { return h.getBoundingClientRect().top < innerHeight / 2; }).pop();
            estoy(PAGINA + (en ? '#' + en.id : ''), document.title.split(' · ')[0],
                en && en.textContent.replace(/#$/, '').trim());
        };
        addEventListener('scrollend', apuntar);
        addEventListener('pagehide', apuntar);
        apuntar();
    }

    /* ---- El teclado ---- */

    /* Escape calla la explicación de un término hasta que se sale de él. */
    document.querySelectorAll('.termino').forEach(function (t) {
        function hablar() { t.classList.remove('callado'); }
        t.addEventListener('mouseleave', hablar);
        t.addEventListener('focusout', hablar);
    });

    function ocupado(e) {
        return e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || e.shiftKey ||
            /^(input|textarea|select|pre)$/i.test(e.target.tagName) ||
            e.target.closest && e.target.closest('dialog, .corre, [data-flechas]');
    }
    document.addEventListener('keydown', function (e) {
        if (e.key === 'Escape')
            document.querySelectorAll('.termino').forEach(function (t) { t.classList.add('callado'); });
        if (ocupado(e)) return;
        var a = e.key === 'ArrowLeft' ? document.querySelector('a[rel=prev]')
            : e.key === 'ArrowRight' ? document.querySelector('a[rel=next]') : null;
        if (a) location.href = a.href;
    });

    /* ---- Mientras se escribe (make serve): recargar al rehacer el sitio ---- */

    if (document.documentElement.dataset.recarga) {
        var vista = null;
        setInterval(function () {
            var guion = crear('script', { src: RAIZ + 'version.js?' + Date.now() });
            guion.onload = function () {
                guion.remove();
                if (vista && vista !== VERSION) location.reload();
                vista = VERSION;
            };
            guion.onerror = function () { guion.remove(); };
            document.head.append(guion);
        }, 1000);
    }

    window.Libro = { crear: crear, memoria: memoria, acciones: acciones, copiar: copiar, estoy: estoy };
})();
