/*
 * La raíz de una palabra española, para que «bloquea», «bloqueado» y «bloquear» se encuentren.
 * Es un recorte ligero, en la línea de los de Savoy: quita plurales, terminaciones verbales y
 * algunos sufijos, sin diccionario. Dos palabras se tienen por la misma si su raíz, sin acentos,
 * lo es.
 */
var Raiz = (function () {
    'use strict';

    function llana(palabra) {
        return palabra.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
    }

    /* De más larga a más corta: se quita la primera que deje al menos tres letras. */
    var FINALES = ('amientos imientos amiento imiento aciones uciones adoras adores ancias encias ' +
        'ándose iéndose aríamos eríamos iríamos iéramos iésemos ábamos áramos ásemos ' +
        'acion ucion adora ador ancia encia mente ación ución ' +
        'aremos eremos iremos aríais eríais iríais arían erían irían arías erías irías aría ería iría ' +
        'ieron ieras iesen ieses arais aseis abais isteis asteis ' +
        'ándo iéndo ando iendo yendo arán erán irán arás erás irás aréis eréis iréis ' +
        'adas idas ados idos amos emos imos aban abas aste iste aron asen ases aran aras ' +
        'aba ara ase ada ida ado ido ían ías íais ará erá irá aré eré iré ' +
        'ar er ir an en as es ía os is ' +
        'a e o í é á ó').split(' ').map(llana)
        .sort(function (a, b) { return b.length - a.length; });

    function raiz(palabra) {
        var p = llana(palabra.toLowerCase());
        if (/[_\d]/.test(p) || p.length < 4) return p;
        p = p.replace(/(ar|er|ir|ando|iendo)(se|me|te|lo|la|le|los|las|les|nos|selo|sela)$/, '$1');
        for (var i = 0; i < FINALES.length; i++) {
            var f = FINALES[i];
            if (p.length - f.length >= 3 && p.endsWith(f)) return p.slice(0, -f.length);
        }
        return p;
    }

    return { raiz: raiz, llana: llana };
})();
