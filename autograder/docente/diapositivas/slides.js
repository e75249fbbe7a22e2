// Con la tecla N, las notas de quien enseña se abren en otra ventana, que sigue a esta.
(function () {
  var notes;
  function tell() {
    if (!notes || notes.closed) return;
    var slide = document.querySelector('section[aria-selected]');
    var own = slide && slide.querySelector('[role="note"]'), next = slide && slide.nextElementSibling;
    var title = next && next.querySelector('h2');
    var body = notes.document.body;
    body.innerHTML = '<h1></h1><div></div><p class="sigue"></p>';
    body.querySelector('h1').textContent = slide.querySelector('h2').textContent;
    body.querySelector('div').innerHTML = own ? own.innerHTML : '';
    body.querySelector('.sigue').textContent = title ? 'Después: ' + title.textContent : 'Es la última.';
    notes.scrollTo(0, 0);
  }
  function open() {
    notes = window.open('', 'notas', 'width=760,height=900');
    if (!notes) return;
    notes.document.title = 'Notas: ' + document.title;
    notes.document.head.innerHTML = '<meta charset="utf-8"><style>body{font:20px/1.5 system-ui,sans-serif;margin:1.5em;max-width:42em}' +
      'pre{background:#f4f4f0;padding:.6em;white-space:pre-wrap;font-size:16px}.sigue{color:#57606a;border-top:1px solid #d8dee4;padding-top:.6em}</style>';
    tell();
  }
  addEventListener('keydown', function (e) {
    if (e.key === 'n' || e.key === 'N') open();
  });
  // dzslides cambia de diapositiva al oír lo mismo, después que esto.
  addEventListener('hashchange', function () { setTimeout(tell, 0); });
})();
