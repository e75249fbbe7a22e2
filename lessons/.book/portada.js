/* La portada: volver adonde se estaba, y parar o seguir lo que se mueve. */
(function () {
    'use strict';

    var crear = Libro.crear;

    var lugar = (Libro.memoria.lee('lugar') || '').split('\n');
    if (lugar[0]) {
        var a = crear('a', { 'class': 'seguir', href: lugar[0] });
        a.append(crear('strong', {}, 'Seguir donde estabas'), crear('span', {}, lugar[1] + (lugar[2] ? ': ' + lugar[2] : '')));
        document.getElementById('seguir').append(a);
    }

    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    var marcha = document.querySelector('.en-marcha'), parar = crear('button', { type: 'button', 'class': 'parar' }, 'Parar');
    marcha.classList.add('sin-fin');
    parar.addEventListener('click', function () {
        parar.textContent = marcha.classList.toggle('quieta') ? 'Seguir' : 'Parar';
    });
    document.querySelector('.reloj').prepend(parar);
})();
