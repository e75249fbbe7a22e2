/*
 * El paso a paso: la grabación de una ejecución, que se recorre hacia delante y hacia atrás.
 *
 * La grabación está en la página, en #grabacion (la escribe record.py), y la fuente en #fuente.
 * Un paso es [línea, tarea, ms, letras, función, variables, globales, esperas]: quién iba a
 * ejecutar qué línea, cuándo, cuántas letras de la salida se habían escrito, y los números de
 * filas de las tablas «variables» y «esperas». Detrás del último hay uno más: el programa acabó.
 *
 * Lo que se ve está también, para las pruebas, en los atributos de <main>: data-paso (desde 0),
 * data-pasos, data-linea (0 al final), data-tarea, data-ms, data-escrito (letras), data-pregunta
 * («abierta» si se puede contestar) y data-veredicto («acierto», «fallo» o «vista», nada más llegar
 * de un cambio de manos).
 */
(function () {
    'use strict';

    var LINEA = 0, TAREA = 1, MS = 2, LETRAS = 3, FUNCION = 4, VARIABLES = 5, GLOBALES = 6, ESPERAS = 7;
    var crear = Libro.crear;
    var main = document.getElementById('contenido');
    var g = JSON.parse(document.getElementById('grabacion').textContent);
    var pasos = g.pasos, ultimo = pasos.length; /* el paso de más: ya acabó */
    var ahora = 0;
    var abierta = false, veredicto = '', candidata = 0;

    function $(id) { return document.getElementById(id); }
    function nombre(t) { return g.tareas[t]; }
    function linea(k) { return k < ultimo ? pasos[k][LINEA] : 0; }
    function tarea(k) { return k < ultimo ? pasos[k][TAREA] : -1; }
    function momento(k) { return pasos[Math.min(k, ultimo - 1)][MS]; }
    function esperas(k) { return k < ultimo ? g.esperas[pasos[k][ESPERAS]] : []; }
    function escrito(k) { return k < ultimo ? pasos[k][LETRAS] : g.salida.length; }

    /* El hilo cambia de manos entre k y k + 1. De main a la tarea principal no es un cambio. */
    function cambia(k) {
        return k + 1 < ultimo && tarea(k) !== tarea(k + 1) && nombre(tarea(k)) !== 'main' && nombre(tarea(k + 1)) !== 'main';
    }

    /* 1500 -> «1,5 s»; 40 -> «40 ms». */
    function tiempo(ms) {
        if (ms === 0) return '0';
        if (g.reloj === 'real') ms = Math.max(1, Math.round(ms)); /* las paradas gastan más que eso */
        var n = ms >= 1000 ? ms / 1000 : ms;
        return String(Math.round(n * 1000) / 1000).replace('.', ',') + (ms >= 1000 ? ' s' : ' ms');
    }

    /* ---- El código ---- */

    var COLORES = /(\/\*[\s\S]*?\*\/|\/\/.*)|("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|^([ \t]*#.*)|\b(if|else|for|while|do|return|switch|case|default|break|continue|goto|sizeof|static|const|struct|enum|typedef|union)\b|\b(void|int|char|bool|double|float|long|short|unsigned|signed|\w+_t|as_(?:task|group|scope|call|outcome|queue|lock|event|semaphore|barrier|condition|future|stream|listener|file|timer|rate))\b|\b(\d[\w.]*)\b/gm;
    var CLASES = ['', 'co', 'st', 'pp', 'kw', 'dt', 'dv'];

    /* La fuente, cortada en líneas de trozos [clase, texto]. */
    function colorear(texto) {
        var lineas = [[]], desde = 0, m;
        function poner(clase, trozo) {
            trozo.split('\n').forEach(function (t, i) {
                if (i > 0) lineas.push([]);
                if (t) lineas[lineas.length - 1].push([clase, t]);
            });
        }
        COLORES.lastIndex = 0;
        while ((m = COLORES.exec(texto))) {
            poner('', texto.slice(desde, m.index));
            for (var i = 1; i < CLASES.length; i++)
                if (m[i] !== undefined) poner(CLASES[i], m[0]);
            desde = COLORES.lastIndex;
        }
        poner('', texto.slice(desde));
        return lineas;
    }

    var fuente = $('fuente'), filas = [null];

    function ponerFuente() {
        var texto = fuente.textContent.replace(/\n$/, '');
        fuente.textContent = '';
        fuente.setAttribute('role', 'listbox');
        fuente.setAttribute('tabindex', '0');
        colorear(texto).forEach(function (trozos, i) {
            var fila = crear('div', { role: 'option', id: 'l' + (i + 1), 'class': 'linea', 'aria-selected': 'false' });
            var codigo = crear('code'), texto = crear('span', { 'class': 'texto' });
            texto.append(crear('span', { 'class': 'numero' }, String(i + 1)), codigo);
            trozos.forEach(function (t) {
                codigo.append(t[0] ? crear('span', { 'class': t[0] }, t[1]) : t[1]);
            });
            fila.append(texto, crear('span', { 'class': 'nota' }));
            fila.addEventListener('click', function () { contestar(i + 1); });
            filas.push(fila);
            fuente.append(fila);
        });
    }

    function textoDe(n) { return n ? filas[n].querySelector('code').textContent.trim() : ''; }

    function lista(nombres) {
        if (nombres.length > 3) nombres = nombres.slice(0, 2).concat((nombres.length - 2) + ' más');
        return nombres.length < 2 ? nombres.join('')
            : nombres.slice(0, -1).join(', ') + ' y ' + nombres[nombres.length - 1];
    }

    /* Lo que dice la biblioteca de una espera, detrás de «espera». */
    function aQue(que) { return que.replace(/^que /, 'a que '); }

    function loQueEspera(e) {
        if (e[2] === 'empezar') return 'aún no ha empezado';
        return 'espera ' + (e[2] === 'su turno' ? 'su turno: ya puede seguir' : aQue(e[2]));
    }

    function pintarFuente() {
        var notas = {};
        esperas(ahora).forEach(function (e) {
            if (!e[1]) return;
            var donde = notas[e[1]] = notas[e[1]] || {};
            (donde[e[2]] = donde[e[2]] || []).push(nombre(e[0]));
        });
        for (var n = 1; n < filas.length; n++) {
            var fila = filas[n], corre = n === linea(ahora), aqui = notas[n] || {};
            fila.className = 'linea' + (corre ? ' corre-aqui' : notas[n] ? ' espera-aqui' : '') +
                (abierta && n === candidata ? ' candidata' : '');
            fila.setAttribute('aria-selected', String(corre));
            var texto = Object.keys(aqui).map(function (que) {
                return lista(aqui[que]) + (aqui[que].length > 1 ? ' esperan ' : ' espera ') + aQue(que);
            });
            if (corre) texto.unshift(nombre(tarea(ahora)) + ' corre');
            fila.querySelector('.nota').textContent = texto.join(' · ');
        }
        var mira = abierta && candidata ? candidata : linea(ahora);
        if (mira) {
            fuente.setAttribute('aria-activedescendant', 'l' + mira);
            enseñar(filas[mira]);
        } else {
            fuente.removeAttribute('aria-activedescendant');
        }
    }

    /* Mueve lo justo la caja del código, y nunca la página. */
    function enseñar(fila) {
        var margen = 3 * fila.offsetHeight, arriba = fila.offsetTop - margen;
        var abajo = fila.offsetTop + fila.offsetHeight + margen - fuente.clientHeight;
        if (fuente.scrollTop > arriba) fuente.scrollTop = arriba;
        else if (fuente.scrollTop < abajo) fuente.scrollTop = abajo;
    }

    /* ---- La pregunta ---- */

    var preguntar = $('preguntar');

    function contestar(n) {
        if (!abierta) return;
        ir(ahora + 1, n === linea(ahora + 1) ? 'acierto' : 'fallo', n);
    }

    /* Por qué le toca a quien le toca. */
    function explicacion(k) {
        var antes = tarea(k - 1), texto = '«' + nombre(tarea(k)) + '» ejecuta la línea ' + linea(k) + '. ';
        var suya = esperas(k).filter(function (e) { return e[0] === antes; })[0];
        if (suya) return texto + '«' + nombre(antes) + '» ' + loQueEspera(suya) + '.';
        if (g.tareas[antes] === 'main' || g.tareas[antes] === 'el bucle') return texto;
        return texto + '«' + nombre(antes) + '» ' +
            (pasos.slice(k).some(function (p) { return p[TAREA] === antes; }) ? 'espera.' : 'ha terminado.');
    }

    function pintarPregunta(respuesta) {
        var caja = $('pregunta');
        var titulo = { acierto: 'Sí.', fallo: 'No, no es la ' + respuesta + '.', vista: 'El hilo cambia de manos.' }[veredicto];
        caja.className = 'pregunta-paso ' + (veredicto || (abierta ? 'abierta' : ''));
        caja.textContent = '';
        if (titulo) caja.append(crear('strong', {}, titulo), ' ' + explicacion(ahora) + ' ');
        if (abierta)
            caja.append(crear('strong', {}, '¿Qué línea se ejecutará después?'),
                ' Pulsa sobre ella, o elígela con ↑ y ↓ y pulsa Intro. Con → se ve la respuesta.');
        else if (titulo) return;
        else if (ahora === ultimo) caja.append(crear('strong', {}, 'Fin.'), ' ' + final());
        else caja.append('→ ejecuta la línea ' + linea(ahora) + '.');
    }

    function final() {
        var f = g.fin;
        if (f.senal) return 'Al programa lo mató la señal ' + f.senal + ' en la línea ' + linea(ultimo - 1) + '.';
        if (f.tope === 'pasos') return 'La grabación llega hasta aquí: ' + ultimo + ' pasos son el máximo. El programa seguía.';
        if (f.tope === 'tiempo') return 'La grabación llega hasta aquí: se agotó su tiempo. El programa seguía.';
        return f.codigo === 0 ? 'El programa terminó bien.' : 'El programa terminó con el código ' + f.codigo + '.';
    }

    /* ---- Los paneles ---- */

    function tabla(id, filas, vacio) {
        var sitio = $(id);
        sitio.textContent = '';
        if (!filas.length) {
            sitio.append(crear('p', { 'class': 'nada' }, vacio));
            return;
        }
        var t = crear('table');
        filas.forEach(function (f) {
            var tr = crear('tr'), td = crear('td');
            td.append(f[3] ? f[1] : crear('code', {}, f[1]));
            if (f[2]) td.append(' ', crear('span', { 'class': 'suave' }, f[2]));
            tr.append(crear('th', { scope: 'row' }, f[0]), td);
            t.append(tr);
        });
        sitio.append(t);
    }

    function pintarVariables() {
        var p = pasos[ahora], hay = p && g.variables[p[VARIABLES]].length;
        $('de-quien').textContent = !p ? (g.fin.tope ? 'Fin de la grabación' : 'El programa ha terminado')
            : (nombre(p[TAREA]) === 'main' || nombre(p[TAREA]) === 'el bucle' ? 'En ' : 'La tarea «') +
              nombre(p[TAREA]) + (nombre(p[TAREA]) === 'main' || nombre(p[TAREA]) === 'el bucle' ? '' : '»') +
              (g.funciones[p[FUNCION]] === nombre(p[TAREA]) ? '' : ', en ' + g.funciones[p[FUNCION]] + '()');
        tabla('variables', hay ? g.variables[p[VARIABLES]] : [], p ? 'Todavía no tiene variables con valor.' : final());
        var globales = p ? g.variables[p[GLOBALES]] : [];
        $('caja-globales').hidden = !globales.length;
        tabla('globales', globales, '');
    }

    function pintarSalida() {
        var viejo = ahora > 0 ? escrito(ahora - 1) : 0, hasta = escrito(ahora), caja = $('escrito');
        caja.textContent = '';
        if (!hasta) {
            caja.append(crear('span', { 'class': 'suave' }, 'Todavía nada.'));
            return;
        }
        caja.append(g.salida.slice(0, viejo));
        if (hasta > viejo) caja.append(crear('ins', {}, g.salida.slice(viejo, hasta)));
        caja.scrollTop = caja.scrollHeight;
    }

    function pintarEsperas() {
        tabla('esperas', esperas(ahora).map(function (e) {
            var ms = e[3] - momento(ahora), falta = ms >= 0 ? (ms === 1000 ? 'falta ' : 'faltan ') + tiempo(ms) : '';
            return [nombre(e[0]), loQueEspera(e).replace(/^espera /, ''), falta, true];
        }), 'Nadie más.');
    }

    /* ---- Moverse ---- */

    function decir() {
        var nuevo = g.salida.slice(ahora > 0 ? escrito(ahora - 1) : 0, escrito(ahora)).trim();
        $('dicho').textContent = (ahora === ultimo ? final()
            : 'Paso ' + (ahora + 1) + ', ' + nombre(tarea(ahora)) + ', línea ' + linea(ahora) + ': ' +
              textoDe(linea(ahora)) + '.') + (nuevo ? ' Se ha escrito: ' + nuevo : '');
    }

    function pintar(respuesta) {
        pintarFuente();
        pintarPregunta(respuesta);
        pintarVariables();
        pintarSalida();
        pintarEsperas();
        Linea.pintar(ahora);
        $('deslizar').value = ahora;
        $('deslizar').setAttribute('aria-valuetext', ahora === ultimo ? 'final' : 'paso ' + (ahora + 1));
        $('cuenta').textContent = ahora === ultimo ? 'final' : 'paso ' + (ahora + 1) + ' de ' + ultimo;
        ['principio', 'atras'].forEach(function (id) { $(id).disabled = ahora === 0; });
        ['paso', 'cambio', 'final'].forEach(function (id) { $(id).disabled = ahora === ultimo; });
        Object.assign(main.dataset, {
            paso: ahora, pasos: ultimo, linea: linea(ahora), tarea: ahora < ultimo ? nombre(tarea(ahora)) : '',
            ms: momento(ahora), escrito: escrito(ahora), pregunta: abierta ? 'abierta' : '', veredicto: veredicto,
        });
        decir();
    }

    function ir(k, como, respuesta) {
        ahora = Math.max(0, Math.min(ultimo, k));
        candidata = 0;
        veredicto = como || '';
        abierta = preguntar.checked && cambia(ahora);
        pintar(respuesta);
        if (RAIZ && ahora > 0)
            Libro.estoy(location.pathname.split('/').slice(-2).join('/') + '#paso-' + (ahora + 1),
                document.title.split(' · ')[0], 'paso ' + (ahora + 1));
    }

    function avanzar() {
        ir(ahora + 1, abierta ? 'vista' : '');
    }

    /* Hasta la última línea de quien corre: la siguiente es de otro. Si ya se está en ella, se pasa. */
    function hastaElCambio() {
        var k = cambia(ahora) ? ahora + 1 : ahora;
        while (k < ultimo && !cambia(k)) k++;
        ir(k);
    }

    function cambioAnterior() {
        var k = ahora - 1;
        while (k > 0 && !cambia(k)) k--;
        ir(k);
    }

    function elegir(delta) {
        var n = (candidata || linea(ahora)) + delta;
        while (n > 0 && n < filas.length && !textoDe(n)) n += delta;
        if (n < 1 || n >= filas.length) return;
        candidata = n;
        pintarFuente();
    }

    function tecla(e) {
        var enFuente = e.target === fuente;
        if (e.ctrlKey || e.altKey || e.metaKey || e.target.closest('dialog') || e.target.id === 'deslizar') return;
        if (abierta && enFuente && (e.key === 'ArrowDown' || e.key === 'ArrowUp'))
            elegir(e.key === 'ArrowDown' ? 1 : -1);
        else if (abierta && enFuente && e.key === 'Enter' && candidata) contestar(candidata);
        else if (e.key === 'ArrowRight') (e.shiftKey ? hastaElCambio : avanzar)();
        else if (e.key === 'ArrowLeft') { if (e.shiftKey) cambioAnterior(); else ir(ahora - 1); }
        else if (e.key === 'Home') ir(0);
        else if (e.key === 'End') ir(ultimo);
        else return;
        e.preventDefault();
    }

    function empezar() {
        $('reproductor').hidden = $('paneles').hidden = false;
        ponerFuente();
        Linea.preparar(g, $('tiempo'), tiempo, ir);
        preguntar.checked = Libro.memoria.lee('pasos.preguntar') !== 'no';
        preguntar.addEventListener('change', function () {
            Libro.memoria.guarda('pasos.preguntar', preguntar.checked ? null : 'no');
            ir(ahora);
        });
        $('deslizar').max = ultimo;
        $('deslizar').addEventListener('input', function () { ir(+this.value); });
        var hace = { principio: function () { ir(0); }, atras: function () { ir(ahora - 1); }, paso: avanzar,
            cambio: hastaElCambio, final: function () { ir(ultimo); } };
        Object.keys(hace).forEach(function (id) { $(id).addEventListener('click', hace[id]); });
        document.addEventListener('keydown', tecla);
        document.querySelectorAll('.sin-guion').forEach(function (e) { e.remove(); });
        var pedido = /^#paso-(\d+)$/.exec(location.hash); /* un enlace a un paso */
        ir(pedido ? pedido[1] - 1 : 0);
    }

    empezar();
})();
