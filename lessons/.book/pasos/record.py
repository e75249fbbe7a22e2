# La grabadora: corre dentro de gdb, ejecuta un programa parándolo en cada línea de su fuente y
# escribe qué tarea la ejecuta, qué valen sus variables, a qué espera cada una de las demás y
# cuánto se ha escrito. La llama record.sh; lo que necesita llega en el entorno, PASOS_*.
#
#   PASOS_FUENTE    el .c que se enseña, desde la raíz del curso
#   PASOS_OBRA      carpeta de trabajo, con los datos que lee el programa en datos/
#   PASOS_DESTINO   el archivo que se hace
#   PASOS_ARGS      los argumentos del programa, tal como se escribirían en la orden
#   PASOS_VECES     2: lo que no salga igual las dos veces no se enseña
#   PASOS_TOPE      cuántas paradas como mucho     PASOS_PLAZO   cuántos segundos
import json
import os
import shutil
import signal
import sys
import threading

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import values  # noqa: E402

ENV = {k[6:]: v for k, v in os.environ.items() if k.startswith('PASOS_')}
SOURCE, WORK = ENV['FUENTE'], ENV['OBRA']
OUT, TRACE = os.path.join(WORK, 'salida'), os.path.join(WORK, 'traza')
RUN = ENV.get('CORRE') or os.path.join(WORK, 'corre')
LIMIT, SECONDS = int(ENV['TOPE']), float(ENV['PLAZO'])
WAKE = signal.SIGRTMAX  # con ella se para al que agota su tiempo
FATAL = ('SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSYS')


class Stop(gdb.Breakpoint):
    """Un punto de parada por dirección, que sabe si es la entrada de una función."""

    def __init__(self, address, line, entry):
        super().__init__('*%#x' % address, internal=True)
        self.silent = True
        self.line, self.entry = line, entry


class Call:
    """Una función de la fuente en marcha: qué líneas lleva y qué variables ha tocado."""

    def __init__(self):
        self.last = None
        self.touched = {}


class Recording:
    own = {}

    def __init__(self):
        self.steps, self.names, self.end = [], {}, None
        self.calls, self.entered, self.last_line = {}, set(), {}
        self.stop_event = self.exit_event = None
        self.start_ns = None
        self.out_of_time = False

    # ---- Lo que pasa en gdb --------------------------------------------------------------

    def on_stop(self, event):
        self.stop_event = event

    def on_exit(self, event):
        self.exit_event = event

    def run(self, source):
        if os.path.exists(OUT):
            os.remove(OUT)
        # Cada vez, una carpeta nueva con los datos del ejemplo.
        if 'CORRE' not in ENV:
            shutil.rmtree(RUN, ignore_errors=True)
            shutil.copytree(os.path.join(WORK, 'datos'), RUN)
        gdb.events.stop.connect(self.on_stop)
        gdb.events.exited.connect(self.on_exit)
        try:
            gdb.execute('tbreak main', to_string=True)
            gdb.execute('run', to_string=True)
            if self.exit_event:
                raise gdb.error('el programa acabó antes de llegar a main')
            places, self.own = set_stops()
            watchdog = threading.Timer(SECONDS, self.time_is_up, [gdb.selected_inferior().pid])
            watchdog.daemon = True
            watchdog.start()
            try:
                self.follow(source)
            finally:
                watchdog.cancel()
                for place in places:
                    place.delete()
        finally:
            gdb.events.stop.disconnect(self.on_stop)
            gdb.events.exited.disconnect(self.on_exit)
        self.read_output()
        self.spans = self.read_trace()
        return self

    def time_is_up(self, pid):
        self.out_of_time = True
        try:
            os.kill(pid, WAKE)
        except OSError:
            pass

    def follow(self, source):
        # Lo primero que se ejecuta de main es donde ya está parado.
        frame = gdb.newest_frame()
        self.entered.add((None, 'main'))
        self.step(source, frame, frame.find_sal().line)
        while not self.end:
            self.stop_event = None
            gdb.execute('set scheduler-locking off')
            gdb.execute('continue', to_string=True)
            gdb.execute('set scheduler-locking on') if not self.exit_event else None
            event = self.stop_event
            if self.exit_event:
                if not self.end:
                    code = getattr(self.exit_event, 'exit_code', None)
                    self.end = {'codigo': int(code)} if code is not None else {'senal': self.killed}
            elif isinstance(event, gdb.BreakpointEvent):
                here = [b for b in event.breakpoints if isinstance(b, Stop)]
                self.arrive(source, here[0])
            elif isinstance(event, gdb.SignalEvent) and event.stop_signal in FATAL:
                self.killed = event.stop_signal
            elif self.out_of_time:
                self.cut('tiempo')

    killed = 'SIGKILL'

    def arrive(self, source, place):
        frame = gdb.newest_frame()
        if place.entry:
            self.entered.add((values.task_now(), frame.name()))
            return
        self.step(source, frame, place.line)
        if len(self.steps) >= LIMIT:
            self.cut('pasos')

    def cut(self, why):
        values.state()  # deja escrita la salida
        self.flush_trace()
        self.end = {'tope': why}
        gdb.execute('kill', to_string=True)

    def flush_trace(self):
        try:
            gdb.execute('call (int)fflush(0)', to_string=True)
        except gdb.error:
            pass

    # ---- Un paso -------------------------------------------------------------------------

    def step(self, source, frame, line):
        now, current, tasks = values.state()
        in_loop = now is not None
        if in_loop and self.start_ns is None:
            self.start_ns = now
        ms = (now - self.start_ns) / 1e6 if in_loop else (self.steps[-1]['ms'] if self.steps else 0)
        who = current if current else ('bucle' if in_loop else 'main')
        function = frame.name()
        for task in tasks:
            self.names[task['id']] = task['name']

        call = self.call_of(current if in_loop else None, function, frame)
        block = values.block_of(frame)
        call_line = call.last
        if call_line is not None:
            values.touch(source, block, call.touched, call_line)
        values.forget(call.touched, line)
        call.last = line

        # Tras un return, la llave que cierra la función no dice nada nuevo.
        if source.code(line) == '}' and call_line and source.code(call_line).startswith('return'):
            return
        previous = self.steps[-1] if self.steps else None
        size = os.path.getsize(OUT) if os.path.exists(OUT) else 0
        key = (line, who, function)
        if previous and previous['key'] == key and previous['ms'] == ms and previous['call'] is call \
                and previous['size'] == size:
            self.steps.pop()
        self.last_line[who] = line
        since = self.start_ns or 0
        waits = [[t['id'], self.last_line.get(t['id'], 0), t['what'], t['blocker'],
                  (t['until'] - since) / 1e6 if t['until'] else None]
                 for t in tasks if t['id'] != current]
        self.steps.append({
            'key': key, 'line': line, 'who': who, 'ms': ms, 'size': size, 'function': function,
            'call': call, 'waits': waits,
            'locals': values.locals_of(source, frame, block, call.touched, line, since),
            'globals': values.globals_of(source, frame, since),
        })

    def call_of(self, task, function, frame):
        key = (task, function, int(gdb.parse_and_eval('(long)$fp')))
        if (task, function) in self.entered:
            self.entered.discard((task, function))
            self.calls.pop(key, None)
            values.poison(frame, self.own.get(function, []))
        return self.calls.setdefault(key, Call())

    # ---- Lo que dejó ---------------------------------------------------------------------

    def read_output(self):
        with open(OUT, 'rb') as f:
            self.output = f.read()

    def read_trace(self):
        """Los tramos de la traza: tarea, desde, hasta (ms), qué y, si espera, a qué."""
        if not os.path.exists(TRACE):
            return []
        spans, kinds = [], {'corre': 0, 'espera': 1, 'fuera': 2}
        with open(TRACE, encoding='utf-8', errors='replace') as f:
            for row in f:
                try:
                    event = json.loads(row.strip().strip(','))
                except ValueError:
                    continue
                if not isinstance(event, dict):
                    continue
                if event.get('name') == 'thread_name':
                    self.names.setdefault(event['tid'], event['args']['name'])
                if event.get('ph') == 'X' and event['cat'] in kinds:
                    spans.append([event['tid'], event['ts'] / 1e3, (event['ts'] + event['dur']) / 1e3,
                                  kinds[event['cat']], '' if event['cat'] == 'corre' else event['name']])
        first = min((s[1] for s in spans), default=0)
        spans = [[s[0], s[1] - first, s[2] - first] + s[3:] for s in spans]
        spans.sort(key=lambda s: (s[1], s[0], s[2]))
        return spans


def set_stops():
    """Un punto de parada en cada dirección donde empieza una línea de la fuente."""
    symtab = gdb.newest_frame().find_sal().symtab
    made, seen, own = [], set(), {}
    for entry in symtab.linetable():
        if entry.line == 0 or entry.pc in seen:
            continue
        seen.add(entry.pc)
        block = gdb.block_for_pc(entry.pc)
        while block and not block.function:
            block = block.superblock
        if not block:
            continue
        is_entry = block.start == entry.pc
        made.append(Stop(entry.pc, entry.line, is_entry))
        own.setdefault(block.function.name, []).append(entry.pc)
    return made, {name: values.own_symbols(pcs) for name, pcs in own.items()}


def units(data):
    """Cuántas unidades de JavaScript ocupan unos bytes de salida."""
    return len(data.decode('utf-8', 'replace').encode('utf-16-le')) // 2


class Table(list):
    def __init__(self):
        super().__init__()
        self.seen = {}

    def index_of(self, item):
        key = repr(item)
        if key not in self.seen:
            self.seen[key] = len(self)
            self.append(item)
        return self.seen[key]


def short(ms):
    ms = round(ms, 3)
    return int(ms) if ms == int(ms) else ms


def compact(first, source):
    """La grabación, con lo que se repite escrito una vez."""
    order = ['main'] + sorted(k for k in first.names if isinstance(k, int))
    if any(s['who'] == 'bucle' for s in first.steps):
        order.append('bucle')
    names = {'main': 'main', 'bucle': 'el bucle', **first.names}
    labels = []
    for i, who in enumerate(order):
        same = [w for w in order if names[w] == names[who]]
        labels.append(names[who] if len(same) == 1 else '%s (%d)' % (names[who], same.index(who) + 1))
    number = {who: i for i, who in enumerate(order)}
    functions, variables, waits = Table(), Table(), Table()
    steps = []
    for s in first.steps:
        w = [[number[t], line, what + (' · depende de «%s»' % blocker if blocker else '')]
             + ([short(until)] if until is not None else []) for t, line, what, blocker, until in s['waits']]
        steps.append([s['line'], number[s['who']], short(s['ms']), units(first.output[:s['size']]),
                      functions.index_of(s['function']), variables.index_of(s['locals']),
                      variables.index_of(s['globals']), waits.index_of(w)])
    spans = [[number[t], short(a), short(b), kind, what] for t, a, b, kind, what in first.spans
             if t in number]
    return {
        'version': 1, 'programa': SOURCE, 'huella': source.hash, 'reloj': ENV['RELOJ'],
        'orden': ('./' + os.path.basename(SOURCE)[:-2] + ' ' + ENV['ARGS']).strip(),
        'fin': first.end, 'salida': first.output.decode('utf-8', 'replace'),
        'tareas': labels, 'funciones': functions, 'variables': variables, 'esperas': waits,
        'franjas': spans, 'pasos': steps,
    }


def last_words(r):
    text = r.output.decode('utf-8', 'replace').strip()
    code = r.end.get('codigo')
    ended = ' y lo mató la señal ' + r.end['senal'] if 'senal' in r.end else \
        '' if code is None else ' y acabó con el código %d' % code
    return ended + ('. Escribió:\n' + text[-600:] if text else '')


def write(recording, path):
    """JSON con una clave en cada línea, que es lo que leen quienes no leen JSON."""
    def dump(x):
        return json.dumps(x, ensure_ascii=False, separators=(',', ':'))
    with open(path, 'w', encoding='utf-8') as f:
        f.write('{\n' + ',\n'.join('%s:%s' % (dump(k), dump(v)) for k, v in recording.items()) + '\n}\n')


def tell(recording, path):
    """Lo que record.sh dice a quien lo llama: cuántos pasos son y cómo acabó."""
    (how, detail), = recording['fin'].items()
    with open(path, 'w', encoding='utf-8') as f:
        f.write('%d %s %s\n' % (len(recording['pasos']), how, detail))


def difference(a, b):
    """En qué no se parecen dos grabaciones; None si solo en lo que valen las variables."""
    def shape(s):
        return s['key'], s['ms'], s['size'], s['waits'], [v[0] for v in s['locals'] + s['globals']]
    for i, (mine, other) in enumerate(zip(a.steps, b.steps)):
        if shape(mine) != shape(other):
            return 'en el paso %d, %r y %r' % (i + 1, shape(mine), shape(other))
    if len(a.steps) != len(b.steps):
        return 'una vez dio %d pasos, y otra %d' % (len(a.steps), len(b.steps))
    return None if a.output == b.output and a.end == b.end else 'no escribió o no acabó igual'


def agree(a, b):
    """Lo que vale distinto cada vez (un puerto, un descriptor) se dice, en vez de un valor."""
    for mine, other in zip(a.steps, b.steps):
        for kind in ('locals', 'globals'):
            for v, w in zip(mine[kind], other[kind]):
                if v[1] != w[1]:
                    v[1] = 'distinto cada vez'


def main():
    for command in ('set pagination off', 'set confirm off', 'set startup-with-shell on',
                    'set debuginfod enabled off', 'set print thread-events off', 'set width 0',
                    'set language c', 'set unwindonsignal on', 'unset environment LINES', 'unset environment COLUMNS',
                    'unset environment LD_PRELOAD',  # es de gdb, ver ptrace.c
                    'handle all nostop noprint pass', 'handle SIGINT nostop noprint pass', 'handle SIGTRAP stop print nopass',
                    'handle SIG%d stop print nopass' % WAKE):
        gdb.execute(command, to_string=True)
    for name in FATAL:
        gdb.execute('handle %s stop print pass' % name, to_string=True)
    source = values.Source(SOURCE)
    gdb.execute('set cwd %s' % RUN)
    # Lo que da malloc y lo que se libera queda marcado, ver UNSET en values.py.
    gdb.execute('set environment GLIBC_TUNABLES glibc.malloc.perturb=90:glibc.malloc.tcache_count=0')
    gdb.execute('set args %s </dev/null >%s 2>&1' % (ENV['ARGS'], OUT))
    if ENV['VECES'] == '1':
        gdb.execute('set environment AS_TRACE %s' % TRACE)
    for name in [k for k in os.environ if k.startswith('PASOS_')]:
        gdb.execute('unset environment %s' % name)
    first = Recording().run(source)
    if not first.names:
        raise gdb.error('el programa no llegó a crear ninguna tarea de asinc%s' % last_words(first))
    if ENV['VECES'] == '2' and first.end.get('tope') == 'tiempo':
        raise gdb.error('no acaba en %g segundos' % SECONDS)
    if ENV['VECES'] == '2':
        again = Recording().run(source)
        apart = difference(first, again)
        if apart:
            raise gdb.error('no sale igual dos veces, así que no se puede grabar: ' + apart)
        agree(first, again)
    recording = compact(first, source)
    tell(recording, os.path.join(WORK, 'resumen'))
    write(recording, ENV['DESTINO'])


try:
    main()
except gdb.error as error:
    if 'extended state status' in str(error):  # lo que ptrace.c no haya podido remediar
        error = ('gdb %s no sabe guardar los registros de este procesador, que tiene AMX: '
                 'instala gdb 14 o más nuevo, como el de Debian 13' % gdb.VERSION.split()[-1])
    print('pasos: %s' % error, file=sys.stderr)
    gdb.execute('quit 1')
