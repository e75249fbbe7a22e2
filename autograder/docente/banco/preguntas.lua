-- Lee el README.md de un capítulo del banco y hace de él lo que pide `modo`:
--
--   moodle      los datos de cada pregunta, que la plantilla moodle.xml pone en su sitio
--   hoja        la página que se reparte, sin nada que diga las respuestas
--   respuestas  la página de quien corrige
--
-- Cómo se escribe una pregunta lo cuenta README.md. Lo que le falte a una se dice, y no se hace nada.
-- El HTML y los escapes del XML son de pandoc.

local stringify = pandoc.utils.stringify
local dir, modo = '', ''

local function fail(title, what)
  io.stderr:write(string.format('%s/README.md: «%s»: %s\n', dir, title, what))
  os.exit(1)
end

local function read(name)
  local file = io.open(dir .. '/' .. name)
  if not file then return nil end
  local text = file:read('a')
  file:close()
  return (text:gsub('\n+$', ''))
end

local function lines(text)
  local list = {}
  for line in (text .. '\n'):gmatch('(.-)\n') do table.insert(list, line) end
  return list
end

-- ---- leer --------------------------------------------------------------------------------------

-- «- [x] texto», con su porqué debajo: pandoc deja la casilla dibujada delante.
local function option(title, item)
  local first = item[1]
  local mark = first and first.content and first.content[1] and first.content[1].text
  if mark ~= '☒' and mark ~= '☐' then fail(title, 'una opción empieza por «- [ ]» o «- [x]»') end
  local text = pandoc.List(first.content):clone()
  text:remove(1)
  text:remove(1)
  local why = pandoc.List(item):clone()
  why:remove(1)
  if #why == 0 then fail(title, 'una opción no dice por qué: ' .. stringify(text)) end
  return { right = mark == '☒', text = pandoc.Plain(text), why = why, key = stringify(text) }
end

-- Lo que escribe un programa, sin su nombre, que a menudo dice qué le pasa, ni qué reloj pide.
local function anonymous(output, base)
  return output and output:gsub('%./' .. base, './programa'):gsub(base .. '%.c:', 'programa.c:'):gsub(' # %a+\n', '\n', 1)
end

-- El programa de una pregunta y lo que hay a su lado: lo que escribe y, de un fallo, el arreglo.
local function attach(q, target)
  q.program = read(target)
  if not q.program then fail(q.title, 'no está ' .. target) end
  local base = target:gsub('%.c$', '')
  q.output = anonymous(read(base .. '.salida'), base)
  if not q.output then fail(q.title, 'falta lo que escribe ' .. target .. ': make update-banco') end
  if q.kind ~= 'Fallo' then return end
  local fix = read(base .. '.arreglo')
  q.fixed = anonymous(read(base .. '.arreglo.salida'), base)
  if not fix or not q.fixed then fail(q.title, 'falta el arreglo de ' .. target .. ', o lo que escribe') end
  q.fix = fix:gsub('^%-%-%-.-\n%+%+%+.-\n', '')
end

local function question(header)
  local kind, title = stringify(header):match('^(%a+) · (.+)$')
  if kind ~= 'Predecir' and kind ~= 'Fallo' and kind ~= 'Elegir' then
    fail(stringify(header), 'el título empieza por «Predecir · », «Fallo · » o «Elegir · »')
  end
  local q = { kind = kind, title = title, statement = pandoc.List(), options = pandoc.List(), answer = pandoc.List() }
  header:walk { Link = function(link) attach(q, link.target) end }
  return q
end

local function complete(q)
  if #q.statement == 0 then fail(q.title, 'no tiene enunciado') end
  if #q.answer == 0 then fail(q.title, 'no tiene respuesta') end
  if q.kind == 'Predecir' then
    if not q.program then fail(q.title, 'no tiene programa') end
    if #q.options > 0 then fail(q.title, 'una predicción no lleva opciones') end
    q.expected = lines(q.output)
    table.remove(q.expected, 1)
    if #q.expected == 0 or #q.expected > 8 then fail(q.title, 'se piden de una a ocho líneas') end
    for _, line in ipairs(q.expected) do
      if line:find('[}#~\\*"]') or line == '' then
        fail(q.title, 'esta línea no se puede preguntar en Moodle: ' .. line)
      end
    end
    return
  end
  if q.kind == 'Fallo' and not q.program then fail(q.title, 'no tiene programa') end
  if #q.options < 3 then fail(q.title, 'tiene menos de tres opciones') end
  local right = q.options:filter(function(o) return o.right end)
  if #right ~= 1 then fail(q.title, 'tiene que haber una sola opción buena, y hay ' .. #right) end
  -- El orden en que se escribieron dice a menudo cuál es la buena.
  q.options:sort(function(a, b) return a.key < b.key end)
end

local function parse(blocks)
  local chapter, list, q, part = nil, pandoc.List(), nil, nil
  for _, block in ipairs(blocks) do
    local level = block.t == 'Header' and block.level
    if level == 1 then
      chapter = block
    elseif level == 2 then
      q = question(block)
      part = q.statement
      list:insert(q)
    elseif level == 3 then
      part = ({ Opciones = q.options, Respuesta = q.answer })[stringify(block)]
      if not part then fail(q.title, 'solo hay «### Opciones» y «### Respuesta»') end
    elseif q and rawequal(part, q.options) then
      if block.t ~= 'BulletList' then fail(q.title, 'entre las opciones hay otra cosa') end
      for _, item in ipairs(block.content) do part:insert(option(q.title, item)) end
    elseif q then
      part:insert(block)
    end
  end
  list:map(complete)
  return chapter, list
end

-- ---- escribir ----------------------------------------------------------------------------------

local function code(text, class) return pandoc.CodeBlock(text, pandoc.Attr('', { class })) end

-- Lo que ve quien responde, menos dónde lo escribe.
local function shown(q)
  local blocks = q.statement:clone()
  if q.program then blocks:insert(code(q.program, 'c')) end
  if q.kind == 'Fallo' then blocks:insert(code(q.output, 'console')) end
  return blocks
end

-- Una línea que escribir por cada línea de la salida; `blank` hace de una salida su hueco.
local function blanks(q, blank)
  local items = pandoc.List(q.expected):map(function(line) return { pandoc.Plain { pandoc.Str(blank(line)) } } end)
  return pandoc.OrderedList(items)
end

-- La explicación y, de un fallo, el arreglo y lo que escribe con él.
local function explained(q)
  local blocks = q.answer:clone()
  if q.fix then
    blocks:insert(pandoc.Para(pandoc.Str 'El arreglo:'))
    blocks:insert(code(q.fix, 'diff'))
    blocks:insert(pandoc.Para(pandoc.Str 'Arreglado, escribe:'))
    blocks:insert(code(q.fixed, 'console'))
  end
  return blocks
end

local function moodle(chapter, list)
  local number = dir:match('(%d+)-[^/]*$')
  local questions = list:map(function(q)
    local text = shown(q)
    if q.expected then
      text:insert(blanks(q, function(line) return '{1:SHORTANSWER:=' .. line:gsub('^ +', '') .. '}' end))
    end
    return {
      tipo = q.expected and 'cloze' or 'multichoice',
      clase = q.kind:lower(),
      nombre = number .. ' · ' .. q.kind .. ' · ' .. q.title,
      capitulo = number,
      texto = pandoc.MetaBlocks(text),
      porque = pandoc.MetaBlocks(explained(q)),
      eligiendo = #q.options > 0,
      opciones = q.options:map(function(o)
        return {
          fraccion = o.right and '100' or '0',
          texto = pandoc.MetaBlocks { o.text },
          porque = pandoc.MetaBlocks(o.why),
        }
      end),
    }
  end)
  return pandoc.Pandoc({}, { pagetitle = number, categoria = number .. ' · ' .. stringify(chapter), preguntas = questions })
end

local function letters(list) return pandoc.OrderedList(list, pandoc.ListAttributes(1, 'LowerAlpha', 'OneParen')) end

local function sheet(blocks, q)
  blocks:extend(shown(q))
  if q.expected then
    blocks:insert(blanks(q, function() return string.rep('_', 40) end))
  else
    blocks:insert(letters(q.options:map(function(o) return { o.text } end)))
  end
end

local function answers(blocks, q)
  if q.expected then blocks:insert(code(q.output, 'console')) end
  if #q.options > 0 then
    blocks:insert(letters(q.options:map(function(o)
      local text = o.right and pandoc.Plain(pandoc.Strong(o.text.content)) or o.text
      return pandoc.List { text }:__concat(o.why)
    end)))
  end
  blocks:extend(explained(q))
end

local function page(chapter, list)
  local blocks = pandoc.List { pandoc.Header(1, chapter.content) }
  for i, q in ipairs(list) do
    local title = i .. '. ' .. q.kind .. (modo == 'respuestas' and ' · ' .. q.title or '')
    blocks:insert(pandoc.Header(2, pandoc.Str(title)))
    if modo == 'respuestas' then answers(blocks, q) else sheet(blocks, q) end
  end
  return pandoc.Pandoc(blocks, { pagetitle = stringify(chapter), lang = 'es' })
end

function Pandoc(doc)
  dir, modo = stringify(doc.meta.carpeta), stringify(doc.meta.modo)
  local chapter, list = parse(doc.blocks)
  return modo == 'moodle' and moodle(chapter, list) or page(chapter, list)
end
