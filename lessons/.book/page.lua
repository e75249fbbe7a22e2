-- Una página del libro: lo que el Markdown de un capítulo, un enunciado o una práctica tiene de
-- particular, dicho como lo entiende pandoc. Corre igual para el sitio y para lo que se
-- imprime; LIBRO_MODO dice cuál. Se carga una vez por página (each.lua), con el archivo del curso que
-- se está leyendo, y da la función que la hace.
--
--   LIBRO_MODO      «sitio», o «papel» para el EPUB y el PDF
--   LIBRO_PAGINAS   la lista de páginas, como la escribe pages.sh
--   LIBRO_APUNTES   en el sitio, carpeta donde dejar el índice de búsqueda y qué código se enlaza

local here = PANDOC_SCRIPT_FILE:match '^(.*)/[^/]*$'
local paths = dofile(here .. '/paths.lua')
local answers = dofile(here .. '/answers.lua')
local mark = dofile(here .. '/mark.lua')
local glossary = dofile(here .. '/glossary.lua')
local predict = dofile(here .. '/predict.lua')
local index = dofile(here .. '/index.lua')
local menu = dofile(here .. '/pages.lua')
local cover = dofile(here .. '/portada.lua')
local pages, escape = menu.load(os.getenv 'LIBRO_PAGINAS'), menu.escape

local source = ...
local page = paths.page(source)
local site = os.getenv 'LIBRO_MODO' == 'sitio'
local linked = {} -- el código que esta página enlaza, y que necesita página

local function html(s)
   return pandoc.RawBlock('html', s)
end

local function stop(...)
   io.stderr:write('libro: ', source, ': ', string.format(...), '\n')
   os.exit(1)
end

-- ---- Enlaces ------------------------------------------------------------------------------

-- En papel todo es un documento: cada página tiene su prefijo, y sus anclas lo llevan delante.
local function prefix(p)
   return (p:gsub('/index%.html$', ''):gsub('%.html$', ''):gsub('/', '--'))
end

local function paper_anchor(p, fragment)
   return '#' .. prefix(p) .. (fragment ~= '' and '--' .. fragment or '')
end

-- A qué página lleva un enlace. Un ejercicio de la práctica está en la página de la práctica.
local function destination(target, fragment)
   local lesson, exercise = target:match '^(lessons/[^/]+)/practica/([%w_]+)%.c$'
   if lesson then return lesson .. '/practica.md', exercise end
   if pages.by_source[target .. '/README.md'] then return target .. '/README.md', fragment end
   return target, fragment
end

function fix_link(link)
   local target = link.target
   if target:match '^%a+:' then return nil end
   local path, fragment = target:match '^([^#]*)#?(.*)$'
   local to = path == '' and source or paths.resolve(source, path)
   to, fragment = destination(to, fragment)
   local known = pages.by_source[to]
   local solution = to:match '^solutions/[^/]+'
   if solution and not pages.by_source[solution .. '/README.md'] then return link.content end
   if not known and (not site or to:match '%.md$' or not paths.exists(to)) then
      -- Lo que no está en el libro (un archivo, en papel; una solución sin publicar) se nombra.
      return link.content
   end
   if not known then linked[to] = true end
   if site then
      local url = to == source and '' or paths.relative(page, paths.page(to))
      link.target = url .. (fragment ~= '' and '#' .. fragment or '')
   else
      link.target = paper_anchor(paths.page(to), fragment)
   end
   return link
end

-- El comentario del problema abierto va en el libro con las respuestas de la práctica.
local function open_problem(code)
   if not code.text:match '^solutions/practica/[^/]+/abierto%.md$' then return nil end
   return pandoc.Link('la página de la práctica', 'practica.md#el-problema-abierto')
end

-- ---- Código, salidas y dibujos --------------------------------------------------------------

-- Los estilos de una traza son los de libro.css; en papel valen los colores de sus atributos.
local function svg_of(path)
   local svg = paths.read(path):gsub('<%?xml.-%?>%s*', ''):gsub('<style>.-</style>%s*', '')
   if not site then svg = svg:gsub('var%(%-%-[%w-]+, *(#%x+)%)', '%1') end
   return svg
end

-- Un dibujo, ya como SVG, en una figura que se puede recorrer de lado en un teléfono.
local function drawing(svg, caption, kind)
   svg = svg:gsub(' role="img"', '', 1)
   local label = escape(caption)
   if not site then
      return { html('<figure class="dibujo ' .. kind .. '"><div role="img" aria-label="' .. label .. '">'
         .. svg .. '</div></figure>') }
   end
   return { html('<figure class="dibujo ' .. kind .. '"><div class="corre" tabindex="0" role="group" '
      .. 'aria-label="' .. label .. '">' .. svg .. '</div><figcaption>' .. label .. '</figcaption></figure>') }
end

local function mermaid(block)
   local hash = pandoc.utils.sha1(block.text)
   local path = 'lessons/.book/dibujos/' .. hash .. '.svg'
   local title = block.text:match 'accTitle:%s*([^\n]+)'
   if not title then stop('a un dibujo de mermaid le falta «accTitle:»') end
   if not paths.exists(path) then
      stop('el dibujo «%s» ha cambiado y no está dibujado: haz make dibujos', title)
   end
   return drawing(svg_of(path), title, 'mermaid')
end

local function image_of(block)
   local image = block.content and #block.content == 1 and block.content[1]
   return image and image.t == 'Image' and image
end

-- Con una orden de consola delante, lo que se copia son las órdenes.
local function console(block)
   local lines = {}
   for line in (block.text .. '\n'):gmatch '(.-)\n' do
      local command = line:match '^%$ (.*)$'
      table.insert(lines, command
         and '<span class="orden"><span class="aviso" aria-hidden="true">$ </span>' .. escape(command) .. '</span>'
         or escape(line))
   end
   return '<pre class="console" tabindex="0"><code>' .. table.concat(lines, '\n') .. '</code></pre>'
end

-- La grabación del ejemplo «nombre» de este capítulo, sin su extensión; nil si no la tiene.
local function recording(name)
   if not name or source:match 'practica%.md$' then return nil end
   local path = paths.dirname(source) .. '/pasos/' .. name
   return paths.exists(path .. '.json') and path or nil
end

-- Junto a un programa grabado, su paso a paso.
local offered = {}
local function steps_button(name)
   if not site or not recording(name) then return '' end
   offered[name] = true
   return '<a class="boton" href="' .. name .. '.pasos.html" title="' .. name
      .. ': una ejecución, línea a línea y tarea a tarea">Paso a paso</a>'
end

local function code(block, kind, text)
   local class, caption, steps = 'codigo', nil, ''
   if kind == 'fragmento' then
      local file = text:match '^[^#]*'
      local to = paths.resolve(source, file)
      steps = steps_button(file:match '^([%w_]+)%.c$')
      if site and paths.exists(to) then
         linked[to] = true
         caption = '<a href="' .. paths.relative(page, paths.page(to)) .. '">' .. escape((file:gsub('^%.%./lessons/', ''))) .. '</a>'
      else
         caption = escape(file)
      end
   elseif kind and kind:match '^salida' then
      class, caption = 'salida', 'Salida comprobada'
      steps = steps_button(text:match '%./([%w_]+)')
   elseif block.classes[1] == 'console' then
      class, caption = 'consola', 'En un terminal'
   end
   -- En papel, lo que cabe en una página no se parte entre dos, mientras no deje casi una en blanco.
   if not site and select(2, block.text:gsub('\n', '')) < 50 then class = class .. ' entero' end
   local label = kind and kind:match '^salida' and 'Salida de ' .. text or 'Código'
   local out = pandoc.List { html('<div class="bloque ' .. class .. '" role="group" aria-label="' .. escape(label) .. '">') }
   if caption then out:insert(html('<div class="rotulo"><span>' .. caption .. '</span>' .. steps .. '</div>')) end
   if block.classes[1] == 'console' then
      out:insert(html(console(block)))
   else
      out:insert(block)
   end
   out:insert(html '</div>')
   return out
end

-- El de un programa que la página solo enlaza, junto a su primer enlace.
local function steps_beside_links(doc)
   if not pages.by_source[source] then return doc end
   return doc:walk {
      Link = function(link)
         local name = link.target:match '^([%w_]+)%.c%.html$'
         local button = name and not offered[name] and steps_button(name) or ''
         return button ~= '' and { link, pandoc.RawInline('html', ' ' .. button) } or nil
      end,
   }
end

-- En papel, bajo la primera salida de un ejemplo grabado, su línea de tiempo, si el capítulo no la
-- dibuja ya.
local drawn = {}
local function timeline(text)
   local name = text:match '^%./([%w_]+)'
   local path = recording(name)
   if site or not path or drawn[name] then return {} end
   drawn[name] = true
   if not paths.exists(path .. '.svg') or paths.read(source):find('<!-- traza: ./' .. name, 1, true) then return {} end
   return drawing(svg_of(path .. '.svg'), 'Línea de tiempo de ' .. name, 'traza')
end

local function marked(kind, text, block)
   if block.t == 'CodeBlock' then
      local out = code(block, kind, text)
      if kind:match '^salida' then
         out:extend(timeline(text))
      end
      return out
   end
   local image = image_of(block)
   if kind == 'traza' and image then
      return drawing(svg_of(paths.resolve(source, image.src)), pandoc.utils.stringify(image.caption), 'traza')
   end
   return nil
end

local function plain(block)
   if block.t == 'CodeBlock' then
      if block.classes[1] == 'mermaid' then return mermaid(block) end
      return code(block)
   end
   local image = image_of(block)
   if image and image.src:match '%.svg$' then
      return drawing(svg_of(paths.resolve(source, image.src)), pandoc.utils.stringify(image.caption), 'traza')
   end
   return nil
end

-- Primero lo que lleva marca delante; luego el resto. Lo ya hecho son RawBlock y no se repite,
-- salvo el código que pandoc resalta, que va entre dos de ellos.
function fix_blocks(blocks)
   local out, opened = pandoc.List(), false
   for _, block in ipairs(mark.walk(blocks, marked)) do
      if block.t == 'RawBlock' and block.text:match '^<div class="bloque' then opened = true end
      local done = not opened and plain(block)
      if done then out:extend(done) else out:insert(block) end
      if opened and block.t == 'RawBlock' and block.text == '</div>' then opened = false end
   end
   return out
end

-- ---- Prosa ----------------------------------------------------------------------------------

-- Una cita que es una sola pregunta en negrita es la del capítulo; la que abre con unas palabras
-- en negrita y un punto, un aparte.
function fix_quote(quote)
   local first = quote.content[1]
   local lead = first and first.content and first.content[1]
   if not lead or lead.t ~= 'Strong' then return nil end
   local alone = #quote.content == 1 and #first.content == 1
   return pandoc.Div(quote.content, pandoc.Attr('', { alone and 'pregunta' or 'aparte' },
      { role = 'note' }))
end

-- En un teléfono, una tabla de tres columnas o más son tarjetas: cada casilla lleva el nombre de
-- su columna.
local function fix_table(t)
   if not site then return nil end
   local names = {}
   for _, row in ipairs(t.head.rows) do
      for i, cell in ipairs(row.cells or row[2]) do names[i] = pandoc.utils.stringify(cell.contents or cell.content or cell[5]) end
   end
   local cards = #names > 2
   for _, body in ipairs(cards and t.bodies or {}) do
      for _, row in ipairs(body.body) do
         for i, cell in ipairs(row.cells or row[2]) do
            if i > 1 and names[i] ~= '' then cell.attr.attributes['data-de'] = names[i] end
         end
      end
   end
   return { html('<div class="corre tabla' .. (cards and ' tarjetas' or '')
      .. '" tabindex="0" role="group" aria-label="Tabla">'), t, html '</div>' }
end

-- En el sitio, la primera vez que sale un término, su explicación al señalarlo.
local function explain(row, shown)
   local id = 'gl-' .. row.anchor
   local url = paths.relative(page, paths.page 'lessons/glosario.md') .. '#' .. row.anchor
   local what = row.what:gsub('%[([^%]]+)%]%([^)]*%)', '%1'):gsub('`', '')
   return {
      pandoc.RawInline('html', '<span class="termino"><a href="' .. url .. '" aria-describedby="' .. id .. '">'),
      pandoc.Span(shown),
      pandoc.RawInline('html', '</a><span role="tooltip" id="' .. id .. '"><b>' .. escape(row.english)
         .. '</b> ' .. escape(what) .. '</span></span>'),
   }
end

-- Solo en los párrafos y listas, y fuera de negritas, enlaces y títulos: ahí ya se explican.
local function explain_terms(blocks)
   local seen = {}
   local function inside(list)
      for _, block in ipairs(list) do
         if block.t == 'Para' or block.t == 'Plain' then
            block.content = glossary.mark(block.content, seen, explain)
         elseif block.t == 'BulletList' or block.t == 'OrderedList' then
            for _, item in ipairs(block.content) do inside(item) end
         end
      end
   end
   inside(blocks)
   return blocks
end

-- En el glosario cada término es un destino.
local function anchor_terms(doc)
   return doc:walk {
      Table = function(t)
         for _, body in ipairs(t.bodies) do
            for _, row in ipairs(body.body) do
               local cells = row.cells or row[2]
               local cell = cells[1]
               local content = cell.contents or cell.content or cell[5]
               local term = pandoc.utils.stringify(content)
               content[1] = pandoc.Plain { pandoc.Span(content[1].content, pandoc.Attr(
                  (site and '' or prefix(page) .. '--') .. glossary.anchor(term))) }
            end
         end
         return t
      end,
   }
end

-- ---- La referencia ---------------------------------------------------------------------------

-- Dónde está cada nombre público de la biblioteca: su cabecera y, en su página, su apartado.
local headers, anchors = {}, {}
for line in io.lines(os.getenv 'LIBRO_OBRA' .. '/referencia/nombres') do
   local name, header, anchor = line:match '^([^\t]+)\t([%w_]+)%.h\t(.+)$'
   headers[name], anchors[name] = header, anchor
end

-- La primera vez que una página nombra algo de la biblioteca, lleva a su referencia; dentro de un
-- título o de otro enlace, no.
local function link_names(doc)
   local quiet = { Code = function(code) code.classes:insert 'quieto' return code end }
   doc = doc:walk {
      Header = function(header) return pandoc.walk_block(header, quiet) end,
      Link = function(link) return pandoc.walk_inline(link, quiet) end,
   }
   local seen = {}
   return doc:walk {
      Code = function(code)
         if code.classes:includes 'quieto' then return pandoc.Code(code.text) end
         local name = code.text:match '^[aA][sS]_[%w_]+'
         local target = name and headers[name] and 'referencia/' .. headers[name] .. '.md'
         if not target or seen[name] or not pages.by_source[target] then return nil end
         seen[name] = true
         local to, fragment = paths.page(target), anchors[name]
         local url = site and (target == source and '' or paths.relative(page, to)) .. '#' .. fragment or paper_anchor(to, fragment)
         return pandoc.Link({ code }, url, '', { class = 'ref' })
      end,
   }
end

-- Lo que una página presenta en negrita, la primera vez: las funciones, y en papel también los
-- términos. Es adonde lleva la referencia y lo que reúne en su índice back.lua.
local function index_terms(doc)
   local seen = {}
   if not pages.by_source[source] or source:match '^referencia/' then return doc end
   return doc:walk {
      Strong = function(strong)
         local first = strong.content[1]
         if first and first.t == 'Link' then first = first.content[1] end
         local name = first and first.t == 'Code' and first.text:match '^[%a_]*_[%w_]+'
         if site and not (name and headers[name]) then return nil end
         if not name then
            local row = glossary.find(pandoc.utils.stringify(strong))
            name = row and row.term
         end
         if not name or seen[name] then return nil end
         seen[name] = true
         if site then return pandoc.Span({ strong }, pandoc.Attr('ix-' .. name)) end
         return pandoc.Span({ strong }, pandoc.Attr(prefix(page) .. '--ix-' .. glossary.anchor(name), { 'ix' }, { de = name }))
      end,
   }
end

-- En papel la referencia va más apretada: sin ejemplos, que están en los capítulos; lo que se sabe
-- de cada nombre, en un párrafo, y el título junto a la declaración.
local function tighten(doc)
   local out, inside = pandoc.List(), false
   for _, block in ipairs(doc.blocks) do
      local raw = block.t == 'RawBlock' and block.text or ''
      local last = out[#out]
      if raw:match '^<details' then inside = true end
      if inside then
         inside = not raw:match '^</details'
      elseif block.t == 'CodeBlock' and last and last.t == 'Header' then
         out[#out] = pandoc.Div({ last, block }, pandoc.Attr('', { 'junto' }))
      elseif block.t == 'BulletList' and pandoc.utils.stringify(block.content[#block.content]):match '^Véase' then
         local facts = pandoc.List()
         for i = 1, #block.content - 1 do
            if i > 1 then facts:extend { pandoc.Str '.', pandoc.Space() } end
            facts:extend(block.content[i][1].content)
         end
         if #facts > 0 then out:insert(pandoc.Div({ pandoc.Para(facts) }, pandoc.Attr('', { 'ficha' }))) end
      else
         out:insert(block)
      end
   end
   doc.blocks = out
end

-- ---- La página entera -----------------------------------------------------------------------

-- Las secciones de la página, para el índice de la derecha.
local function sections(doc)
   local out = {}
   for _, h in ipairs(doc.blocks) do
      if h.t == 'Header' and (h.level == 2 or h.level == 3) then
         table.insert(out, '<li class="n' .. h.level .. '"><a href="#' .. h.identifier .. '">'
            .. pandoc.write(pandoc.Pandoc { pandoc.Plain(h.content) }, 'html5') .. '</a></li>')
      end
   end
   return #out > 1 and '<ul>' .. table.concat(out, '\n') .. '</ul>' or nil
end

-- En papel, lo que va dentro de un capítulo baja un nivel.
local function fix_headings(doc)
   if site then return doc end
   local mine = pages.by_source[source]
   return doc:walk {
      Header = function(h)
         local id = prefix(page) .. '--' .. h.identifier
         local top = h.level == 1
         h.identifier = top and prefix(page) or id
         h.level = h.level + mine.depth
         if not top then return h end
         -- Entre un título y lo suyo no va nada: se quedaría solo al pie de una página.
         local anchor = pandoc.Div({}, pandoc.Attr(id))
         return mine.depth == 0 and { h, anchor } or { anchor, h }
      end,
   }
end

local function write_lines(path, lines)
   local f = assert(io.open(path, 'w'))
   for _, line in ipairs(lines) do f:write(line, '\n') end
   f:close()
end

return function(doc)
   doc = answers.unfold(doc, source, stop)
   local mine = pages.by_source[source] or { title = source:match '[^/]*$' }
   local notes = os.getenv 'LIBRO_APUNTES'
   local file = notes and notes .. '/' .. prefix(page)
   if site and pages.by_source[source] then
      write_lines(file .. '.indice', index.sections(doc, mine.title, page))
   end
   if pages.by_source['lessons/glosario.md'] then
      glossary.load(paths.read 'lessons/glosario.md')
   end
   if source == 'lessons/glosario.md' then
      doc = anchor_terms(doc)
   elseif site and pages.by_source[source] and not source:match '^referencia/' then
      doc.blocks = explain_terms(doc.blocks)
   end
   -- El código de un ejemplo grabado también lleva a su paso a paso.
   local example = steps_button(source:match '([%w_]+)%.c$')
   if example ~= '' then doc.blocks:insert(1, html('<p>' .. example .. '</p>')) end
   local asked = site and mine.n and predict.wrap(doc.blocks)
   local home = site and source == 'lessons/README.md'
   if home then cover.cover(doc) end
   if not site and source:match '^referencia/' then tighten(doc) end
   doc = fix_headings(doc)
   doc = doc:walk { Code = open_problem }
   doc = doc:walk { Link = fix_link, BlockQuote = fix_quote }
   if pages.by_source[source] then doc = link_names(doc) end
   doc = doc:walk { Blocks = fix_blocks }
   doc = steps_beside_links(doc)
   doc = doc:walk { Table = fix_table }
   doc = index_terms(doc)
   if not site then return doc end
   local sources = {}
   for path in pairs(linked) do table.insert(sources, path) end
   table.sort(sources)
   write_lines(file .. '.enlaza', sources)
   local contents = not home and sections(doc)
   doc.meta = pages.metadata(source, page, paths)
   if asked then doc.meta.predice = true end
   if home then
      local frames, hero = cover.hero()
      doc.meta.movimiento = pandoc.MetaInlines { pandoc.RawInline('html', frames) }
      doc.meta.portada = pandoc.MetaBlocks { html(hero) }
   end
   if os.getenv 'LIBRO_RECARGA' then doc.meta.recarga = true end
   if contents then doc.meta.secciones = pandoc.MetaBlocks { html(contents) } end
   return doc
end
