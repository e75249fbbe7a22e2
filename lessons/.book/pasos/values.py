# Qué vale cada cosa, dicho con las palabras del programa: nunca una dirección. Una variable se
# enseña cuando ya ha corrido lo que le da valor; un puntero, como aquello a lo que apunta; un
# objeto de asinc, como lo que significa (lo dice state.c).
import hashlib
import os
import re

import gdb

MAX_TEXT, MAX_ITEMS, MAX_ROWS = 60, 8, 14
KNOWN = ('as_scope as_group as_task as_future as_lock as_queue as_event as_semaphore as_barrier '
         'as_condition as_timer').split()
OPAQUE = {'as_stream': 'un flujo', 'as_listener': 'un servidor', 'as_file': 'un archivo'}
# Lo que aún no tiene valor está lleno de UNSET: lo escribe poison en las variables, y malloc en lo
# que da; y con FREED lo que se libera (glibc.malloc.perturb, en record.py).
UNSET, FREED = b'\xa5', b'\x5a'
INTEGERS = (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_CHAR)


# ---- La fuente ------------------------------------------------------------------------------

class Source:
    def __init__(self, path):
        with open(path, 'rb') as f:
            data = f.read()
        self.hash = hashlib.sha1(data).hexdigest()
        text = data.decode('utf-8', 'replace')
        blank = lambda m: re.sub(r'[^\n]', ' ', m.group())  # noqa: E731
        self.text = re.sub(r'/\*.*?\*/|//[^\n]*', blank, text, flags=re.S)
        self.lines = self.text.split('\n')
        near = self.text
        for name in re.findall(r'#include "([^"]+)"', text):
            header = os.path.join(os.path.dirname(path), name)
            if os.path.exists(header):
                with open(header, encoding='utf-8', errors='replace') as f:
                    near += f.read()
        self.structs = set(re.findall(r'struct (\w+)\s*{', near)) | set(re.findall(r'}\s*(\w+)\s*;', near))

    def code(self, line):
        return self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ''

    def statement(self, line):
        """La sentencia que empieza en una línea, aunque ocupe varias."""
        text = ''
        for code in self.lines[line - 1:line + 11]:
            text += code.strip() + ' '
            done = text.rstrip()
            if done.count('(') <= done.count(')') and (not done or done[-1] in ';{}):'):
                break
        return text

    def has_initializer(self, name, line):
        return re.search(r'\b%s\s*(\[[^\]]*\]\s*)*=' % name, self.statement(line)) is not None

    def type_of(self, name):
        """Cómo se llama aquello a lo que apunta un void *, según dónde se usa."""
        found = re.search(r'\(\s*(?:const\s+)?((?:struct\s+)?\w+)\s*\*\s*\)\s*%s\b' % name, self.text)
        return found and found.group(1)


ENDED = 'salió de su grupo'


def touch(source, block, touched, line):
    """La sentencia de `line` ya ha corrido: las variables que nombra ya tienen valor."""
    text = source.statement(line)
    for symbol in symbols(block):
        name = symbol.name
        if not re.search(r'\b%s\b' % re.escape(name), text):
            continue
        if symbol.line == line and not source.has_initializer(name, line):
            continue
        touched[(name, symbol.line)] = text
    if 'as_group_leave(' in text:
        for symbol in symbols(block):
            if (symbol.name, symbol.line) in touched and 'as_task *' in str(symbol.type):
                touched[(symbol.name, symbol.line)] = ENDED


def forget(touched, line):
    """Al volver atrás, lo que se declara más abajo aún no existe."""
    for key in [k for k in touched if k[1] > line]:
        del touched[key]


# ---- Lo que dice la biblioteca --------------------------------------------------------------

def call(expression):
    return gdb.parse_and_eval(expression).string('utf-8', 'replace')


def state():
    """La hora (None fuera del bucle), la tarea que corre y las que viven."""
    lines = call('(char *)steps_tasks()').split('\n')
    if not lines[0]:
        return None, 0, []
    now, current = lines[0].split('\t')
    tasks = []
    for row in lines[1:]:
        if row:
            number, until, name, what, blocker = row.split('\t')
            tasks.append({'id': int(number), 'until': int(until), 'name': name, 'what': what,
                          'blocker': blocker})
    return int(now), int(current), tasks


def task_now():
    now, current, _ = state()
    return None if now is None else current


def object_text(name, address, since):
    text = call('(char *)steps_value("%s", (void *)%d)' % (name, address))
    return re.sub('@([0-9]+)@', lambda m: '%d ms' % round((int(m.group(1)) - since) / 1e6), text)


ERRORS = {}


def error_name(code):
    if code not in ERRORS:
        ERRORS[code] = call('(char *)steps_error(%d)' % code)
    return ERRORS[code]


# ---- Lo que aún no vale nada, y lo que ya no ----------------------------------------------

def poison(frame, names):
    """Al entrar en una función, sus variables locales quedan marcadas como sin valor."""
    for symbol in names:
        try:
            value = symbol.value(frame)
            gdb.selected_inferior().write_memory(int(value.address), UNSET * value.type.sizeof)
        except (gdb.error, TypeError, OverflowError):
            continue


def read(address, size):
    try:
        return bytes(gdb.selected_inferior().read_memory(address, size))
    except gdb.MemoryError:
        return b''


def is_unset(value):
    size = min(value.type.sizeof, 8)
    return size > 0 and value.address is not None and read(int(value.address), size) == UNSET * size


def is_freed(address):
    return FREED * 8 in (read(address + 8, 8), read(address + 16, 8))


# ---- Un valor -------------------------------------------------------------------------------

class Shower:
    def __init__(self, source, since):
        self.source, self.since = source, since

    def string(self, address, size=None):
        data = b''
        inferior = gdb.selected_inferior()
        while len(data) < 4 * MAX_TEXT and b'\0' not in data and (size is None or len(data) < size):
            try:
                data += bytes(inferior.read_memory(address + len(data), 1))
            except gdb.MemoryError:
                return None
        cut = data.split(b'\0')[0]
        if UNSET * 2 in cut:
            cut = cut[:cut.index(UNSET * 2)]
            if not cut:
                return None
        try:
            text = cut.decode('utf-8')
        except UnicodeDecodeError as error:
            text = cut[:error.start].decode('utf-8')
            if len(cut) - error.start > 3:
                return None
        if not all(c.isprintable() or c in '\n\t\r' for c in text):
            return None
        more = len(text) > MAX_TEXT
        text = text[:MAX_TEXT].replace('\\', '\\\\').replace('"', '\\"')
        text = text.replace('\n', '\\n').replace('\t', '\\t').replace('\r', '\\r')
        return '"%s%s"' % (text, '…' if more else '')

    def integer(self, value, kind):
        number = int(value)
        if kind.name == 'char' or kind.name == 'signed char':
            return "'%s'" % chr(number) if 32 <= number < 127 and chr(number) not in "'\\" else str(number)
        if number < -1 and kind.sizeof >= 4 and kind.is_signed:
            return error_name(number) or str(number)
        return str(number)

    def pointer(self, value, kind):
        """Lo de un puntero que cabe en una casilla; None si hay que seguirlo o no se sabe."""
        if int(value) == 0:
            return 'NULL'
        if is_freed(int(value)):
            return 'liberado'
        target = kind.target().unqualified()
        if target.name in OPAQUE:
            return OPAQUE[target.name]
        if target.name in KNOWN:
            return object_text(target.name, int(value), self.since) or None
        bare = target.strip_typedefs()
        if bare.code == gdb.TYPE_CODE_FUNC:
            found = re.search(r'<(\w+)>', str(value))
            return found and found.group(1)
        if bare.code in INTEGERS and bare.sizeof == 1:
            return self.string(int(value))
        return None

    def one(self, value):
        """Un valor en una casilla, o None."""
        if value.type.strip_typedefs().code != gdb.TYPE_CODE_ARRAY and is_unset(value):
            return None
        kind = value.type.unqualified()
        if kind.name in KNOWN:
            return object_text(kind.name, int(value.address), self.since) or None
        bare = kind.strip_typedefs().unqualified()
        if bare.code == gdb.TYPE_CODE_BOOL:
            return 'true' if int(value) else 'false'
        if bare.code in INTEGERS:
            return self.integer(value, bare)
        if bare.code == gdb.TYPE_CODE_ENUM:
            text = str(value)
            return text if re.match(r'\w+$', text) else None
        if bare.code == gdb.TYPE_CODE_FLT:
            return '%g' % float(value)
        if bare.code == gdb.TYPE_CODE_PTR:
            return self.pointer(value, bare)
        if bare.code == gdb.TYPE_CODE_ARRAY:
            return self.array(value, bare)
        if bare.code == gdb.TYPE_CODE_STRUCT and self.is_ours(kind, bare):
            fields = [(f.name, self.one(value[f.name])) for f in bare.fields() if f.name]
            fields = ', '.join('.%s = %s' % f for f in fields if f[1] is not None)
            return '{%s}' % fields if fields else None
        return None

    def array(self, value, kind):
        item = kind.target().strip_typedefs()
        low, high = kind.range()
        if item.code in INTEGERS and item.sizeof == 1:
            return self.string(int(value.address), high - low + 1)
        count = high - low + 1
        shown = [self.one(value[i]) for i in range(low, low + min(count, MAX_ITEMS))]
        if not any(shown):
            return None
        text = ', '.join(s or '–' for s in shown) + (', …' if count > MAX_ITEMS else '')
        return '{%s}' % text if len(text) <= 2 * MAX_TEXT else '{%s …}' % text[:2 * MAX_TEXT]

    def is_ours(self, kind, bare):
        return (bare.tag or kind.name) in self.source.structs or kind.name in ('as_call', 'as_outcome')

    def rows(self, name, value):
        """Una variable en una o varias filas."""
        kind = value.type.unqualified()
        bare = kind.strip_typedefs().unqualified()
        if is_unset(value) and bare.code != gdb.TYPE_CODE_ARRAY and bare.code != gdb.TYPE_CODE_STRUCT:
            return []
        if bare.code == gdb.TYPE_CODE_PTR and int(value) != 0:
            target = bare.target().unqualified()
            if target.strip_typedefs().code == gdb.TYPE_CODE_VOID:
                guess = self.source.type_of(name)
                if not guess:
                    return []
                try:
                    value = value.cast(gdb.lookup_type(guess).pointer())
                except gdb.error:
                    return []
                bare = value.type.strip_typedefs()
                target = bare.target().unqualified()
            text = self.pointer(value, bare)
            if text is not None:
                return [[name, text]]
            inner = target.strip_typedefs()
            if inner.sizeof == 1:
                return []
            if inner.code == gdb.TYPE_CODE_STRUCT and self.is_ours(target, inner):
                return self.fields(name + '->', value.dereference(), inner)
            if inner.code in INTEGERS + (gdb.TYPE_CODE_BOOL, gdb.TYPE_CODE_FLT, gdb.TYPE_CODE_PTR):
                text = self.one(value.dereference())
                return [['*' + name, text]] if text is not None else []
            return []
        if bare.code == gdb.TYPE_CODE_STRUCT and kind.name not in KNOWN and self.is_ours(kind, bare):
            text = self.one(value)
            if text is None or len(text) <= MAX_TEXT:
                return [[name, text]] if text else []
            return self.fields(name + '.', value, bare)
        if bare.code == gdb.TYPE_CODE_ARRAY and bare.target().strip_typedefs().code == gdb.TYPE_CODE_STRUCT:
            low, high = bare.range()
            found = [['%s[%d]' % (name, i), self.one(value[i])]
                     for i in range(low, low + min(high - low + 1, MAX_ITEMS))]
            return [f for f in found if f[1] not in (None, '{}')]
        text = self.one(value)
        return [[name, text]] if text is not None else []

    def fields(self, prefix, value, kind):
        found = []
        for field in kind.fields():
            if field.name:
                text = self.one(value[field.name])
                if text is not None:
                    found.append([prefix + field.name, text])
        return found[:MAX_ROWS]


# ---- Las variables de un marco --------------------------------------------------------------

def block_of(frame):
    try:
        return frame.block()
    except RuntimeError:
        return None


def own_symbols(pcs):
    """Las variables locales de una función, también las de sus bloques; sin argumentos ni static."""
    found = {}
    for pc in pcs:
        for symbol in symbols(gdb.block_for_pc(pc)):
            if not symbol.is_argument and symbol.addr_class != gdb.SYMBOL_LOC_STATIC:
                found[(symbol.name, symbol.line)] = symbol
    return list(found.values())


def symbols(block):
    """Las de dentro tapan a las de fuera."""
    found = {}
    while block and not block.is_global and not block.is_static:
        for symbol in block:
            if (symbol.is_variable or symbol.is_argument) and symbol.name not in found:
                found[symbol.name] = symbol
        if block.function:
            break
        block = block.superblock
    return sorted(found.values(), key=lambda s: s.line)


def note_of(name, text):
    found = re.search(r'\b%s\s*=\s*(as_\w+)\s*\(' % re.escape(name), text)
    return ['lo que devolvió ' + found.group(1)] if found else []


def gone(name, text):
    """Qué fue de lo que apunta una variable, si lo último que se hizo con ella fue soltarlo."""
    if text == ENDED:
        return 'ya no existe'
    if re.search(r'\bfree\(\s*%s\s*\)' % re.escape(name), text):
        return 'liberado'
    if re.search(r'\bas_(?:stream|listener|file)\w*_(?:close|abort)\(\s*%s\s*\)' % re.escape(name), text):
        return 'cerrado'
    return None


def locals_of(source, frame, block, touched, line, since):
    shower, rows = Shower(source, since), []
    aliased = set(re.findall(r'\*\s*\w+\s*=\s*(\w+)\s*;', source.text))
    for symbol in symbols(block):
        static = symbol.addr_class == gdb.SYMBOL_LOC_STATIC
        text = touched.get((symbol.name, symbol.line))
        if not symbol.is_argument and (symbol.line > line or not (static or text)):
            continue
        if symbol.line == line and not source.code(line).startswith('for'):
            continue
        try:
            value = symbol.value(frame)
            if str(value.type.strip_typedefs()) == 'char **':
                continue
            is_void = str(value.type.strip_typedefs()) in ('void *', 'const void *')
            if is_void and symbol.is_argument and (symbol.name in aliased or int(value) == 0):
                continue
            lost = text and gone(symbol.name, text)
            found = [[symbol.name, lost]] if lost else shower.rows(symbol.name, value)
        except (gdb.MemoryError, gdb.error):
            continue
        if text and len(found) == 1 and found[0][0] == symbol.name:
            found[0] += note_of(symbol.name, text)
        rows += found
    return rows


def globals_of(source, frame, since):
    """Las de la fuente que pueden cambiar."""
    symtab, rows = frame.find_sal().symtab, []
    if not symtab:
        return rows
    shower = Shower(source, since)
    found = [s for block in (symtab.static_block(), symtab.global_block()) for s in block
             if s.is_variable and s.symtab and s.symtab.filename == symtab.filename]
    for symbol in sorted(found, key=lambda s: s.line):
        kind = symbol.type.strip_typedefs()
        if 'const' in str(symbol.type) and kind.code != gdb.TYPE_CODE_PTR:
            continue
        try:
            rows += shower.rows(symbol.name, symbol.value())
        except (gdb.MemoryError, gdb.error):
            continue
    return rows
