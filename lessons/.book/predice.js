/*
 * Predecir antes de mirar: donde el texto pregunta qué escribirá un programa, su salida y lo que la
 * explica esperan a que quien lee lo haya decidido. Lo que escribe se compara con ella aquí mismo
 * y se queda en el navegador. Donde se pregunta otra cosa, lo que espera es el apartado que lo cuenta. Sin JavaScript, y en papel, está todo abierto.
 */
(function () {
    'use strict';

    var crear = Libro.crear, memoria = Libro.memoria;
    var predicciones = Array.from(document.querySelectorAll('.prediccion'));
    if (!predicciones.length) return;

    function lineas(texto) {
        var l = texto.split('\n').map(function (x) { return x.replace(/\s+$/, ''); });
        while (l.length && !l[0]) l.shift();
        while (l.length && !l[l.length - 1]) l.pop();
        return l;
    }

    /* Dos líneas son la misma aunque cambien los espacios o las mayúsculas. */
    function llana(linea) { return linea.trim().replace(/\s+/g, ' ').toLowerCase(); }

    /* Las parejas de la subsecuencia común más larga; lo que queda entre dos se empareja por orden. */
    function emparejar(mias, suyas) {
        var largo = [], filas = [], i, j;
        for (i = mias.length; i >= 0; i--) {
            largo[i] = [];
            for (j = suyas.length; j >= 0; j--)
                largo[i][j] = i === mias.length || j === suyas.length ? 0
                    : llana(mias[i]) === llana(suyas[j]) ? 1 + largo[i + 1][j + 1]
                    : Math.max(largo[i + 1][j], largo[i][j + 1]);
        }
        for (i = j = 0; i < mias.length || j < suyas.length;) {
            var hayMia = i < mias.length, haySuya = j < suyas.length;
            if (hayMia && haySuya && llana(mias[i]) === llana(suyas[j])) filas.push([mias[i++], suyas[j++], true]);
            else if (hayMia && haySuya && largo[i + 1][j + 1] === largo[i][j]) filas.push([mias[i++], suyas[j++], false]);
            else if (hayMia && (!haySuya || largo[i + 1][j] === largo[i][j])) filas.push([mias[i++], null, false]);
            else filas.push([null, suyas[j++], false]);
        }
        return filas;
    }

    function comparar(mia, suya) {
        var filas = emparejar(lineas(mia), lineas(suya));
        var iguales = filas.filter(function (f) { return f[2]; }).length;
        var caja = crear('div', { 'class': 'comparacion' }), tabla = crear('table'), cabeza = crear('tr'), cuerpo = crear('tbody');
        cabeza.append(crear('th', { scope: 'col' }, 'Lo que decidiste'), crear('th', { scope: 'col' }, 'Lo que escribe'));
        filas.forEach(function (f) {
            var fila = crear('tr', f[2] ? {} : { 'class': 'distinta' });
            f.slice(0, 2).forEach(function (texto) {
                var celda = crear('td', texto === null ? { 'class': 'falta' } : {});
                if (!f[2]) celda.append(crear('span', { 'class': 'oculto' }, texto === null ? 'nada' : 'distinta: '));
                celda.append(texto || '');
                fila.append(celda);
            });
            cuerpo.append(fila);
        });
        var thead = crear('thead');
        thead.append(cabeza);
        tabla.append(thead, cuerpo);
        caja.append(tabla, crear('p', { 'class': 'cuenta' }, iguales === filas.length ? 'Todo coincide.'
            : (iguales === 0 ? 'No coincide ninguna línea' : iguales === 1 ? 'Coincide 1 línea' : 'Coinciden ' + iguales + ' líneas') +
              ' de ' + lineas(suya).length + '. Las distintas van marcadas.'));
        return caja;
    }

    /* Donde no hay una salida con que comparar, lo decidido queda delante de lo que se lee. */
    function recordar(mia) {
        var caja = crear('div', { 'class': 'comparacion' });
        caja.append(crear('p', { 'class': 'cuenta' }, 'Lo que decidiste'), crear('p', { 'class': 'mia' }, mia.trim()));
        return caja;
    }

    /* De la salida, lo que escribe el programa: sin la orden con que se ejecuta. */
    function loQueEscribe(bloque) {
        var copia = bloque.querySelector('pre').cloneNode(true);
        copia.querySelectorAll('.orden').forEach(function (o) { o.remove(); });
        return copia.textContent;
    }

    /* ---- Cada pregunta ---- */

    var todas = memoria.lee('salidas') === 'todas';
    var revisar = predicciones.map(function (p) {
        var clave = 'prediccion.' + PAGINA + '#' + p.dataset.pregunta;
        var guardada = memoria.lee(clave) || '-', decidido = guardada[0] === '+';
        var salida = p.querySelector('.bloque.salida'), comparada = null;
        var id = 'prediccion-' + p.dataset.pregunta;

        var decide = crear('form', { 'class': 'decide' });
        var campo = crear('textarea', { id: id, rows: '4', spellcheck: 'false', autocomplete: 'off' });
        campo.value = guardada.slice(1);
        var boton = crear('button', { type: 'submit', 'class': 'principal' }, 'Ya lo he decidido');
        var pie = crear('div', { 'class': 'pie' });
        pie.append(boton, crear('span', {}, 'No sale de tu navegador. ' +
            (salida ? 'Si lo dejas en blanco, solo se ve la salida.' : 'Detrás está la respuesta.')));
        decide.append(crear('label', { 'for': id }, salida ? 'Escribe lo que crees que saldrá' : 'Escribe tu respuesta'), campo, pie);

        var otraVez = crear('p', { 'class': 'otra-vez' });
        var ocultar = crear('button', { type: 'button' }, salida ? 'Ocultarla otra vez' : 'Ocultarlo otra vez');
        otraVez.append(ocultar);
        p.before(decide, otraVez);
        p.tabIndex = -1;

        function pintar() {
            var abierta = todas || decidido;
            decide.hidden = abierta;
            otraVez.hidden = todas || !decidido;
            if (abierta) p.removeAttribute('hidden'); else p.setAttribute('hidden', 'until-found');
            if (comparada) comparada.remove();
            comparada = !abierta || !campo.value.trim() ? null
                : salida ? comparar(campo.value, loQueEscribe(salida)) : recordar(campo.value);
            if (comparada && salida) salida.before(comparada); else if (comparada) p.prepend(comparada);
            if (salida) salida.classList.toggle('comparada', !!comparada);
        }
        function decidir(si) {
            decidido = si;
            memoria.guarda(clave, !si && !campo.value ? null : (si ? '+' : '-') + campo.value);
            pintar();
            (si ? p : campo).focus({ preventScroll: true });
        }
        decide.addEventListener('submit', function (e) { e.preventDefault(); decidir(true); });
        campo.addEventListener('keydown', function (e) {
            if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); decidir(true); }
        });
        ocultar.addEventListener('click', function () { decidir(false); });
        /* Quien busca en la página y la encuentra dentro, la ve. */
        p.addEventListener('beforematch', function () { decidir(true); });
        pintar();
        return pintar;
    });

    /* ---- Todas a la vez ---- */

    var ver = crear('button', { type: 'button', id: 'salidas' });
    function rotular() {
        ver.textContent = '';
        ver.append(crear('span', { 'aria-hidden': 'true', 'class': 'ojo' + (todas ? '' : ' cerrado') }),
            crear('span', { 'class': 'dice' }, 'Ver las salidas'));
        ver.setAttribute('aria-pressed', String(todas));
        ver.title = todas ? 'Ocultar las salidas hasta que las hayas decidido' : 'Enseñar todas las salidas, en todas las páginas';
    }
    ver.addEventListener('click', function () {
        todas = !todas;
        memoria.guarda('salidas', todas ? 'todas' : null);
        rotular();
        revisar.forEach(function (pintar) { pintar(); });
    });
    rotular();
    Libro.acciones.prepend(ver);
})();
