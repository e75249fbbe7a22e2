-- Las diapositivas de un capítulo, sacadas de su Markdown. Cada cosa que se puede enseñar es una
-- diapositiva; el texto que la rodea son las notas de quien la enseña. Qué se elige y cómo está en
-- ../README.md. Se ejecuta en la raíz del curso.
--
--   SLIDES_FUENTE    el capítulo, por ejemplo lessons/07-colas/README.md

local book = 'lessons/.book'
-- Los del libro buscan a los demás junto al filtro que corre, que en él es el suyo.
PANDOC_SCRIPT_FILE = book .. '/page.lua'
local answers = dofile(book .. '/answers.lua')
local mark = dofile(book .. '/mark.lua')
local paths = dofile(book .. '/paths.lua')
local predict = dofile(book .. '/predict.lua')

local source = os.getenv 'SLIDES_FUENTE'
local text_of = pandoc.utils.stringify

-- Lo que cabe: una diapositiva son 1280 por 720 puntos, y el título se lleva los de arriba.
local HIGH, WIDE = 545, 1115
local LEAST, MOST = 17, 32 -- el tamaño de la letra del código
local LEADING, LETTER = 1.3, 0.602 -- lo que ocupa una línea y una letra, por punto de tamaño
local MAX_LINES = math.floor(HIGH / (LEAST * LEADING))
local MAX_COLUMNS = 100 -- lo que pasa de ahí baja a otra línea
local TOGETHER = 20 -- código y salida van juntos si no pasan de estas líneas
local MAX_TEXT = 650 -- letras de una lista

-- Apartados que son para leer, y no para enseñar.
local READ_ONLY = { ['En Python'] = true, ['También existe'] = true, ['Fuentes'] = true, ['Qué hacer ahora'] = true }

local function stop(...)
   io.stderr:write('diapositivas: ', source, ': ', string.format(...), '\n')
   os.exit(1)
end

-- ---- Las diapositivas que hay ----------------------------------------------------------------

local slides = pandoc.List()
local pending = pandoc.List() -- texto que espera a la diapositiva siguiente
local section = { title = '' } -- el apartado; `last` es su última diapositiva

local function add(body, options)
   options = options or {}
   local slide = { title = options.title or section.title, body = pandoc.List(body), notes = pending, class = options.class }
   pending = pandoc.List()
   slides:insert(slide)
   section.last = slide
   return slide
end

-- ---- Texto -------------------------------------------------------------------------------------

-- La primera frase. Lo que va en negrita al principio no la acaba: es de lo que se habla.
local function sentence(inlines)
   local out = pandoc.List()
   for i, inline in ipairs(inlines) do
      out:insert(inline)
      local after = inlines[i + 1]
      local word = inline.t == 'Str' and inline.text:gsub('»$', ''):gsub('%)$', '')
      local ends = word and word:match '[.?!]$' and not word:match '^%d+%.$'
      if ends and (not after or after.t == 'Space' or after.t == 'SoftBreak') then return out, after == nil end
   end
   return out, true
end

local function inlines_of(block)
   return (block.t == 'Para' or block.t == 'Plain') and block.content
end

-- La última frase del texto que espera, si anuncia lo que viene: acaba en dos puntos.
local function announcement()
   local content = #pending > 0 and inlines_of(pending[#pending])
   if not content or not text_of(content):match ':$' then return nil end
   local rest = pandoc.List(content)
   while true do
      local first = sentence(rest)
      if #first == #rest then return pandoc.Para(rest) end
      rest = pandoc.List { table.unpack(rest, #first + 2) }
   end
end

-- De cada elemento, su primera frase; y si con eso se ha dicho todo.
local function shorten(items)
   local out, whole = pandoc.List(), true
   for _, item in ipairs(items) do
      local content = item[1] and inlines_of(item[1])
      if content then
         local short, all = sentence(content)
         whole = whole and all and #item == 1
         out:insert { pandoc.Plain(short) }
      end
   end
   return out, whole
end

local function letters(items)
   local n = 0
   for _, item in ipairs(items) do n = n + #text_of(item) + 30 end
   return n
end

-- Una lista que no cabe en una diapositiva ocupa varias, parecidas.
local function add_list(items, build, options)
   local total = letters(items)
   local n = math.min(#items, math.ceil(total / MAX_TEXT))
   local parts, part = {}, pandoc.List()
   for i, item in ipairs(items) do
      part:insert(item)
      local more = i < #items and letters(part) + letters { items[i + 1] } / 2
      if more and #parts + 1 < n and more > total / n then
         table.insert(parts, part)
         part = pandoc.List()
      end
   end
   table.insert(parts, part)
   local at, each, lead = 1, total / n, announcement()
   local size = each < 220 and 38 or each < 340 and 34 or 30
   for i, piece in ipairs(parts) do
      local title = options and options.title or section.title
      if #parts > 1 then title = title .. ' (' .. i .. ' de ' .. #parts .. ')' end
      local body = pandoc.Div(lead and { lead, build(piece, at) } or { build(piece, at) }, pandoc.Attr('', { 'lista' }, { style = 'font-size: ' .. size .. 'px' }))
      add({ body }, { title = title, class = options and options.class })
      at = at + #piece
   end
end

local function bullets(items) return pandoc.BulletList(items) end
local function steps(items, at) return pandoc.OrderedList(items, pandoc.ListAttributes(at)) end

local function list(block, build, options)
   local items, whole = shorten(block.content)
   add_list(items, build, options)
   if not whole then section.last.notes:insert(block) end
end

-- ---- Código y salidas --------------------------------------------------------------------------

local function measure(text)
   local lines, columns = 0, 0
   for line in (text .. '\n'):gmatch '(.-)\n' do
      local n = utf8.len(line) or #line
      lines = lines + math.max(1, math.ceil(n / MAX_COLUMNS))
      columns = math.max(columns, math.min(n, MAX_COLUMNS))
   end
   return lines, columns
end

local function sized(block, size)
   return pandoc.Div({ block }, pandoc.Attr('', { 'bloque' }, { style = 'font-size: ' .. size .. 'px' }))
end

local function size_for(lines, columns)
   local fits = math.min(MOST, HIGH / (lines * LEADING), WIDE / (math.max(columns, 1) * LETTER))
   return math.max(LEAST, math.floor(fits))
end

-- Parte un texto en trozos que quepan: por la línea en blanco más cercana al corte ideal o, si no hay
-- ninguna que valga, por un cierre de llave; y si tampoco, por donde toque.
local function split(text)
   local lines = {}
   for line in (text .. '\n'):gmatch '(.-)\n' do table.insert(lines, line) end
   local parts, from = {}, 1
   while #lines - from + 1 > MAX_LINES do
      local left = #lines - from + 1
      local ideal = math.ceil(left / math.ceil(left / MAX_LINES))
      local cut, worst = from + ideal - 1, 1000
      for i = from + 3, math.min(from + MAX_LINES - 1, #lines - 3) do
         local cost = math.abs(i - from + 1 - ideal)
         if lines[i]:match '^%s*}' then cost = cost + 8 elseif lines[i]:match '%S' then cost = cost + 100 end
         if cost < worst then cut, worst = i, cost end
      end
      table.insert(parts, table.concat(lines, '\n', from, cut))
      from = cut + 1
   end
   table.insert(parts, table.concat(lines, '\n', from))
   return parts
end

local function program(name)
   return pandoc.Div({ pandoc.Plain { pandoc.Str(name) } }, pandoc.Attr('', { 'programa' }))
end

local function trim(text) return (text:gsub('^\n+', ''):gsub('%s+$', '')) end

local function code(block, from)
   local parts = split(trim(block.text))
   for i, part in ipairs(parts) do
      part = trim(part)
      local lines, columns = measure(part)
      local title = section.title
      if #parts > 1 then title = title .. ' (' .. i .. ' de ' .. #parts .. ')' end
      local body = pandoc.List()
      if from then body:insert(program(from)) end
      body:insert(sized(pandoc.CodeBlock(part, pandoc.Attr('', block.classes)), size_for(lines, columns)))
      local slide = add(body, { title = title, class = 'codigo' })
      slide.code = #parts == 1 and { lines = lines, columns = columns, block = block }
   end
end

-- La salida de lo que se acaba de enseñar va debajo, si caben los dos.
local function output(block)
   local lines, columns = measure(trim(block.text))
   local before = section.last and #pending == 0 and section.last.code
   if not before or before.lines + lines + 2 > TOGETHER then return code(block) end
   local size = size_for(before.lines + lines + 3, math.max(columns, before.columns))
   section.last.body[#section.last.body] = sized(pandoc.CodeBlock(trim(before.block.text), pandoc.Attr('', before.block.classes)), size)
   section.last.body:insert(sized(pandoc.CodeBlock(trim(block.text), pandoc.Attr('', block.classes)), size))
   section.last.code = nil
end

-- ---- Dibujos y tablas ----------------------------------------------------------------------------

local function draw(path, title)
   if not paths.exists(path) then stop('falta el dibujo %s: haz make dibujos', path) end
   local svg = paths.read(path):gsub('<%?xml.-%?>%s*', '')
   svg = svg:gsub('^%s*<svg[^>]*>', function(head) return (head:gsub(' width="[^"]*"', ''):gsub(' height="[^"]*"', '')) end, 1)
   add({ pandoc.RawBlock('html', '<div class="dibujo">' .. svg .. '</div>') }, { title = title, class = 'con-dibujo' })
end

local function mermaid(block)
   local told = block.text:match 'accDescr:%s*([^\n]+)'
   if told then pending:insert(pandoc.Para { pandoc.Str(told) }) end
   draw(book .. '/dibujos/' .. pandoc.utils.sha1(block.text) .. '.svg', block.text:match 'accTitle:%s*([^\n]+)')
end

local function image_of(block)
   local image = inlines_of(block)
   image = image and #image == 1 and image[1]
   return image and image.t == 'Image' and image.src:match '%.svg$' and image
end

local function picture(image)
   pending:insert(pandoc.Para(image.caption))
   draw(paths.resolve(source, image.src))
end

local function add_table(block)
   local n = #text_of(block)
   local size = n < 350 and 30 or n < 600 and 26 or n < 900 and 22 or n < 950 and 19 or 17
   add({ pandoc.Div({ block }, pandoc.Attr('', { 'tabla' }, { style = 'font-size: ' .. size .. 'px' })) }, { class = 'con-tabla' })
end

-- ---- Lo que se pregunta ----------------------------------------------------------------------------

-- Solo la primera línea, que es la orden.
local function command(block) return block.text:match '^[^\n]*' end

local function show_blocks(blocks)
   return blocks:filter(function(b) return b.t ~= 'RawBlock' end)
end

local walk

-- Primero la pregunta, con la respuesta en las notas; después, la salida.
local function prediction(div)
   local question = pending:remove()
   local mark_, out = div.content[1], div.content[2]
   local body = pandoc.List { pandoc.Div({ question }, pandoc.Attr('', { 'gran-pregunta' })) }
   if mark_.t == 'RawBlock' and out.t == 'CodeBlock' then
      body:insert(sized(pandoc.CodeBlock(command(out), pandoc.Attr('', out.classes)), 26))
   end
   local asked = add(body, { title = 'Decídelo antes de seguir', class = 'pregunta' })
   asked.notes:insert(pandoc.Para { pandoc.Strong { pandoc.Str 'Respuesta:' } })
   asked.notes:insert(out)
   section.last = nil -- la salida no va en la misma que la pregunta
   output(out)
   walk(div.content:filter(function(b) return b ~= mark_ and b ~= out end))
   section.last.notes:extend(pending)
   pending = pandoc.List()
end

-- Cada pregunta del final, con su respuesta en las notas.
local function quiz(block)
   for i, item in ipairs(block.content) do
      local asked, answer, inside = pandoc.List(), pandoc.List(), false
      for _, b in ipairs(item) do
         if b.t == 'RawBlock' then inside = inside or b.text:match '<details' ~= nil
         elseif inside then answer:insert(b) else asked:insert(b) end
      end
      pending = pandoc.List { pandoc.Para { pandoc.Strong { pandoc.Str 'Respuesta:' } } }
      pending:extend(answer)
      add({ pandoc.Div(asked, pandoc.Attr('', { 'gran-pregunta' })) }, { title = 'Compruébalo: ' .. i, class = 'pregunta' })
   end
end

-- ---- El capítulo, de arriba abajo ------------------------------------------------------------------

-- Lo que no ha encontrado diapositiva va con la última del apartado; si no la hay, se hace una.
local function close_section()
   if #pending == 0 then return end
   if section.last then
      section.last.notes:extend(pending)
      pending = pandoc.List()
      return
   end
   local items = pandoc.List()
   for _, block in ipairs(pending) do
      local content = inlines_of(block)
      if content and #items < 5 then items:insert { pandoc.Plain((sentence(content))) } end
   end
   if section.title ~= '' and #items > 0 then add_list(items, bullets) end
   pending = pandoc.List()
end

local function quote(block)
   local first = block.content[1]
   local lead = first.content and first.content[1]
   if #block.content == 1 and #first.content == 1 and lead.t == 'Strong' then
      add({ pandoc.Para(lead.content) }, { title = 'La pregunta', class = 'crucial' })
   else
      pending:insert(block)
   end
end

-- Qué hacer con cada clase de bloque que no lleva marca.
local visit = {
   BulletList = function(b) list(b, bullets) end,
   OrderedList = function(b)
      if section.title == 'Compruébalo' then quiz(b) else list(b, steps) end
   end,
   CodeBlock = function(b)
      if b.classes[1] == 'mermaid' then mermaid(b) elseif b.classes[1] == 'console' then output(b) else code(b) end
   end,
   Table = add_table,
   BlockQuote = quote,
   RawBlock = function() end,
   Div = prediction,
}

function walk(blocks)
   local i = 1
   while i <= #blocks do
      local block = blocks[i]
      local kind, text = mark.parse(block)
      local marked = kind and blocks[i + 1]
      if marked and marked.t == 'CodeBlock' and kind == 'fragmento' then
         code(marked, text:match '^([^#]*)')
         i = i + 1
      elseif block.t == 'Header' then
         close_section()
         local title = text_of(block)
         if block.level == 2 then section = { title = title, under = title }
         else section = { title = section.under == 'Errores frecuentes, vistos fallar' and 'Error: ' .. title or title, under = section.under } end
      elseif READ_ONLY[section.title] then
         pending = pandoc.List()
      elseif image_of(block) then
         picture(image_of(block))
      elseif visit[block.t] then
         visit[block.t](block)
      else
         pending:insert(block)
      end
      i = i + 1
   end
end

-- Lo de antes del primer apartado: el título, el tiempo, lo que se sabrá hacer.
local function cover(blocks, number)
   local title, time, goals = '', '', nil
   local crux = ''
   for _, block in ipairs(blocks) do
      if block.t == 'Header' and block.level == 1 then title = text_of(block) end
      if block.t == 'Header' and block.level == 2 then break end
      if block.t == 'Para' and text_of(block):match '^Tiempo:' then time = text_of(block):gsub('^Tiempo:%s*', '') end
      if block.t == 'BulletList' and not goals then goals = block end
   end
   for _, block in ipairs(blocks) do
      local first = block.t == 'BlockQuote' and #block.content == 1 and block.content[1]
      if first and #first.content == 1 and first.content[1].t == 'Strong' then crux = text_of(first) end
   end
   add({ pandoc.Para { pandoc.Str(crux) }, pandoc.Div({ pandoc.Plain { pandoc.Str('Capítulo ' .. number .. ' · ' .. time) } },
      pandoc.Attr('', { 'programa' })) }, { title = title, class = 'portada' })
   if goals then add_list(goals.content, bullets, { title = 'Al terminar vas a poder' }) end
   return title
end

local function body_of(blocks)
   for i, block in ipairs(blocks) do
      if block.t == 'Header' and block.level == 2 then return pandoc.List { table.unpack(blocks, i) } end
   end
   stop('no tiene ningún apartado')
end

function Pandoc(doc)
   doc = answers.unfold(doc, source, stop)
   -- Fuera de su página un enlace no lleva a nada.
   doc = doc:walk { Link = function(link) return link.content end }
   local number = source:match 'lessons/(%d+)-' or ''
   local title = cover(doc.blocks, number)
   local blocks = body_of(doc.blocks)
   predict.wrap(blocks)
   walk(blocks)
   close_section()
   local out = pandoc.List()
   for _, slide in ipairs(slides) do
      out:insert(pandoc.Header(2, { pandoc.Str(slide.title) }, pandoc.Attr('', slide.class and { slide.class } or {})))
      out:extend(slide.body)
      local notes = show_blocks(slide.notes)
      if #notes > 0 then out:insert(pandoc.Div(notes, pandoc.Attr('', { 'notes' }))) end
   end
   return pandoc.Pandoc(out, { pagetitle = pandoc.MetaString(number .. ' · ' .. title), lang = pandoc.MetaString 'es' })
end
