-- Una página del libro: lo que el Markdown de un capítulo, un enunciado o una práctica tiene de
-- particular, dicho como lo entiende pandoc. Corre igual para el sitio y para lo que se
-- imprime; LIBRO_MODO dice cuál.
--
--   LIBRO_FUENTE    el archivo del curso que se está leyendo
--   LIBRO_MODO      «sitio», o «papel» para el EPUB y el PDF
--   LIBRO_PAGINAS   la lista de páginas, como la escribe pages.sh
--   LIBRO_APUNTES   en el sitio, carpeta donde dejar el índice de búsqueda y qué código se enlaza

local here = PANDOC_SCRIPT_FILE:match '^(.*)/[^/]*$'
local paths = dofile(here .. '/paths.lua')
local mark = dofile(here .. '/mark.lua')
local glossary = dofile(here .. '/glossary.lua')
local index = dofile(here .. '/index.lua')
local menu = dofile(here .. '/pages.lua')
local pages, escape = menu.load(os.getenv 'LIBRO_PAGINAS'), menu.escape

local source = os.getenv 'LIBRO_FUENTE'
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

local function code(block, kind, text)
   local class, caption = 'codigo', nil
   if kind == 'fragmento' then
      local file = text:match '^[^#]*'
      local to = paths.resolve(source, file)
      if site and paths.exists(to) then
         linked[to] = true
         caption = '<a href="' .. paths.relative(page, paths.page(to)) .. '">' .. escape(file) .. '</a>'
      else
         caption = escape(file)
      end
   elseif kind and kind:match '^salida' then
      class, caption = 'salida', 'Salida comprobada'
   elseif block.classes[1] == 'console' then
      class, caption = 'consola', 'En un terminal'
   end
   local label = kind and kind:match '^salida' and 'Salida de ' .. text or 'Código'
   local out = pandoc.List { html('<div class="bloque ' .. class .. '" role="group" aria-label="' .. escape(label) .. '">') }
   if caption then out:insert(html('<div class="rotulo"><span>' .. caption .. '</span></div>')) end
   if block.classes[1] == 'console' then
      out:insert(html(console(block)))
   else
      out:insert(block)
   end
   out:insert(html '</div>')
   return out
end

-- Bajo la primera salida de un ejemplo grabado, su paso a paso; en papel, su línea de tiempo, si
-- el capítulo no la dibuja ya.
local recorded = {}
local function steps(text)
   local name = text:match '^%./([%w_]+)'
   if not name or recorded[name] or source:match 'practica%.md$' then return {} end
   local path = paths.dirname(source) .. '/pasos/' .. name
   if not paths.exists(path .. '.json') then return {} end
   recorded[name] = true
   if site then
      return { html('<p class="paso-a-paso"><a href="' .. name .. '.pasos.html">Paso a paso</a>: '
         .. 'una ejecución, línea a línea y tarea a tarea.</p>') }
   end
   if not paths.exists(path .. '.svg') or paths.read(source):find('<!-- traza: ./' .. name, 1, true) then return {} end
   return drawing(svg_of(path .. '.svg'), 'Línea de tiempo de ' .. name, 'traza')
end

local function marked(kind, text, block)
   if block.t == 'CodeBlock' then
      local out = code(block, kind, text)
      if kind:match '^salida' then
         for _, b in ipairs(steps(text)) do out:insert(b) end
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

local function fix_table(t)
   if not site then return nil end
   return { html '<div class="corre tabla" tabindex="0" role="group" aria-label="Tabla">', t, html '</div>' }
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
         return top and { h, pandoc.Div({}, pandoc.Attr(id)) } or h
      end,
   }
end

local function write_lines(path, lines)
   local f = assert(io.open(path, 'w'))
   for _, line in ipairs(lines) do f:write(line, '\n') end
   f:close()
end

function Pandoc(doc)
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
   elseif site and pages.by_source[source] then
      doc.blocks = explain_terms(doc.blocks)
   end
   -- El código de un ejemplo grabado también lleva a su paso a paso.
   local example = source:match '([%w_]+)%.c$'
   if example then doc.blocks:extend(steps('./' .. example)) end
   doc = fix_headings(doc)
   doc = doc:walk { Link = fix_link, BlockQuote = fix_quote }
   doc = doc:walk { Blocks = fix_blocks }
   doc = doc:walk { Table = fix_table }
   if not site then return doc end
   local sources = {}
   for path in pairs(linked) do table.insert(sources, path) end
   table.sort(sources)
   write_lines(file .. '.enlaza', sources)
   local contents = sections(doc)
   doc.meta = pages.metadata(source, page, paths)
   if os.getenv 'LIBRO_RECARGA' then doc.meta.recarga = true end
   if contents then doc.meta.secciones = pandoc.MetaBlocks { html(contents) } end
   return doc
end
