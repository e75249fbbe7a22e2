-- La portada del sitio: qué es el curso, un programa con su línea de tiempo en marcha, por dónde
-- se entra, y el camino como un mapa. Lo que se mueve sale de la grabación de ese programa, y el
-- mapa, de la tabla de lessons/README.md.

local here = PANDOC_SCRIPT_FILE:match '^(.*)/[^/]*$'
local paths = dofile(here .. '/paths.lua')
local escape = dofile(here .. '/pages.lua').escape

local M = {}

local CHAPTER, PROGRAM = 'lessons/03-corrutinas-y-tareas', 'panel_2'
local SWEEP = 66 -- qué parte de cada vuelta, en %, está en marcha; el resto, quieta

-- ---- El programa en marcha ----------------------------------------------------------------

-- De la grabación: los nombres de las tareas, cuándo acaba de esperar cada una, y cuándo se
-- escribe cada línea. Cada clave está en una línea del archivo.
local function recording()
   local r = { tasks = {}, ends = {}, lines = {}, total = 0 }
   local fields = {}
   for line in io.lines(CHAPTER .. '/pasos/' .. PROGRAM .. '.json') do
      local key, value = line:match '^"(%w+)":(.-),?$'
      if key then fields[key] = value end
   end
   local output = fields.salida:match '^"(.*)"$'
   for name in fields.tareas:gmatch '"([^"]*)"' do table.insert(r.tasks, name) end
   for task, finish in fields.franjas:gmatch '%[(%d+),%d+,(%d+),1,' do
      r.ends[task + 1] = tonumber(finish)
      r.total = math.max(r.total, tonumber(finish))
   end
   local letters
   for at, count in fields.pasos:gmatch '%[%d+,%d+,(%d+),(%d+),' do
      if tonumber(count) ~= letters then
         letters = tonumber(count)
         table.insert(r.lines, tonumber(at))
      end
   end
   table.remove(r.lines, 1) -- el primer paso, aún sin escribir nada
   local n = 0
   for text in output:gmatch '(.-)\\n' do
      n = n + 1
      r.lines[n] = { at = r.lines[n] or r.total, text = text }
   end
   return r
end

local function fragment(region)
   local text = paths.read(CHAPTER .. '/' .. PROGRAM .. '.c')
   local code = text:match('/%* %[' .. region .. '%] %*/\n(.-)\n/%* %[/' .. region .. '%] %*/')
   local block = pandoc.CodeBlock(code, pandoc.Attr('', { 'c' }))
   return pandoc.write(pandoc.Pandoc { block }, 'html5')
end

local function percent(n)
   return (string.format('%.2f', n):gsub('%.?0+$', '')) .. '%'
end

local function timeline(r)
   local rows, frames = {}, {}
   local waits = 0
   for i, name in ipairs(r.tasks) do
      if r.ends[i] then
         local part = r.ends[i] / r.total
         if i > 2 then waits = waits + r.ends[i] end
         table.insert(frames, ('@keyframes b%d{0%%{width:0}%s,to{width:%s}}'):format(
            i, percent(part * SWEEP), percent(part * 100)))
         table.insert(rows, ('<div class="fila%s"><span>%s</span><div class="via"><div class="barra-t" '
            .. 'style="width:%s;animation-name:b%d"></div></div></div>'):format(
            i == 2 and ' principal' or '', escape(name), percent(part * 100), i))
      end
   end
   local lines = {}
   for i, line in ipairs(r.lines) do
      local at = line.at / r.total * SWEEP
      table.insert(frames, ('@keyframes l%d{0%%{opacity:0;animation-timing-function:step-end}%s,to{opacity:1}}'):format(
         i, percent(at)))
      table.insert(lines, ('<span style="animation-name:l%d">%s</span>'):format(i, escape(line.text)))
   end
   table.insert(frames, ('@keyframes ahora{0%%{left:0}%d%%,to{left:100%%}}'):format(SWEEP))
   table.insert(frames, ('@keyframes ms{0%%{--ms:0}%d%%,to{--ms:%d}}'):format(SWEEP, r.total))
   local summary = ('Cuatro consultas que tardan 160, 40, 100 y 260 milisegundos: una detrás de otra serían %d; '
      .. 'a la vez, %d.'):format(waits, r.total)
   return table.concat(frames), '<div class="linea"><div class="filas" role="img" aria-label="' .. summary .. '">'
      .. table.concat(rows) .. '<div class="pista"><div class="ahora"></div></div></div>'
      .. '<div class="reloj"><span class="ms" style="--ms:' .. r.total .. '"></span></div></div>'
      .. '<pre class="escribe" tabindex="0"><code>' .. table.concat(lines, '\n') .. '</code></pre>'
      .. '<p class="pie">' .. summary .. ' <a href="' .. paths.relative('index.html', paths.page(CHAPTER .. '/README.md'))
      .. '">Capítulo 03</a></p>'
end

local function door(href, title, text)
   return '<a class="puerta" href="' .. href .. '"><strong>' .. title .. '</strong><span>' .. text .. '</span></a>'
end

-- El movimiento, para la cabecera de la página, y la presentación.
function M.hero()
   local frames, moving = timeline(recording())
   local folder = paths.page(CHAPTER .. '/README.md'):gsub('index%.html$', '')
   -- En líneas: slim.sed mira el código línea a línea.
   return frames, '<section class="portada" aria-label="Presentación"><div class="presenta">'
      .. '<h1>Programación asíncrona en C</h1>'
      .. '<p class="lema">Un programa que espera muchas cosas a la vez, en un solo hilo y sin perder ninguna: '
      .. 'cómo se escribe, cómo se entiende y cómo se prueba.</p>'
      .. '<p>Para quien sabe C: punteros, estructuras, <code>malloc</code>. No hace falta saber Python ni haber usado '
      .. 'hilos. Dieciséis capítulos y seis laboratorios que se corrigen en tu máquina, sin red.</p></div>'
      .. '<nav class="puertas" aria-label="Por dónde entrar"><div id="seguir"></div>'
      .. door('01-por-que-asincronia/index.html', 'Empezar', 'El capítulo 01: por qué tu programa está parado si no hace nada. Media hora.')
      .. door('#los-laboratorios', 'Los laboratorios', 'Seis programas que escribes tú, y <code>make grade</code> te dice qué falla.')
      .. door('referencia/index.html', 'Consultar', 'Cada función de la biblioteca: qué hace, qué devuelve y dónde se enseña.')
      .. '</nav><div class="programa"><div class="bloque codigo" role="group" aria-label="Un programa del capítulo 03">'
      .. '<div class="rotulo"><span><a href="' .. folder .. PROGRAM .. '.c.html">' .. PROGRAM .. '.c</a></span>'
      .. '<a class="boton" href="' .. folder .. PROGRAM .. '.pasos.html">Paso a paso</a></div>'
      .. fragment 'ronda' .. '\n</div></div><div class="en-marcha">' .. moving .. '</div></section>'
end

-- ---- El mapa ------------------------------------------------------------------------------

local STAGES = { { 5, 'Esperar' }, { 10, 'Compartir y hablar' }, { 16, 'Servir y sostener' } }

local function text_of(cell)
   return pandoc.utils.stringify(cell.contents or cell.content or cell[5])
end

local function link_of(cell, each)
   pandoc.Div(cell.contents or cell.content or cell[5]):walk { Link = each }
end

local function address(target)
   return paths.relative('index.html', paths.page(paths.resolve('lessons/README.md', target)))
end

-- El mapa, de la tabla del camino: número, capítulo, pregunta, leer, hacer, necesita, abre. También
-- da lo que suma el camino, que es la fila sin número: leer y hacer.
local function map(t)
   local out, stage, last = { '<div class="mapa">' }, 0, 0
   local reading, doing
   for _, row in ipairs(t.bodies[1].body) do
      local cells = row.cells or row[2]
      local number = tonumber(text_of(cells[1]))
      if number then
         if number > last and STAGES[stage + 1] then -- el que se añada va con los últimos
            stage = stage + 1
            last = STAGES[stage][1]
            if stage > 1 then table.insert(out, '</ol></section>') end
            table.insert(out, '<section><h3>' .. STAGES[stage][2] .. '</h3><ol>')
         end
         local title, href
         link_of(cells[2], function(l) title, href = pandoc.utils.stringify(l), address(l.target) end)
         table.insert(out, ('<li><a class="parada" href="%s"><span class="numero">%02d</span>'
            .. '<strong>%s</strong><span class="que">%s</span><span class="cuanto">%s min de lectura y %s de práctica · necesita %s</span></a>'):format(
            href, number, escape(title), escape(text_of(cells[3])), text_of(cells[4]), text_of(cells[5]),
            escape(text_of(cells[6]))))
         local labs = {}
         link_of(cells[7], function(l)
            table.insert(labs, '<a href="' .. address(l.target) .. '">laboratorio ' .. pandoc.utils.stringify(l) .. '</a>')
         end)
         if #labs > 0 then table.insert(out, '<p class="abre">abre ' .. table.concat(labs, ' ') .. '</p>') end
         table.insert(out, '</li>')
      else
         reading, doing = text_of(cells[4]), text_of(cells[5])
      end
   end
   table.insert(out, '</ol></section></div>')
   return table.concat(out), reading, doing
end

-- La página del camino, como portada: sin su título, que ya lo da el de arriba, y con el mapa en
-- el lugar de su primera tabla.
function M.cover(doc)
   if doc.blocks[1].t == 'Header' then doc.blocks:remove(1) end
   for i, block in ipairs(doc.blocks) do
      if block.t == 'Table' then
         local html, reading, doing = map(block)
         doc.blocks[i] = pandoc.RawBlock('html', html)
         -- Lo que explica las columnas de la tabla, aquí explica el mapa.
         assert(doc.blocks[i - 1].t == 'Para', 'lessons/README.md: la tabla del camino no tiene delante un párrafo')
         doc.blocks[i - 1] = pandoc.Para { pandoc.Str(('Debajo de cada capítulo están los capítulos que hay que haber '
            .. 'leído antes y los laboratorios que puedes empezar al terminarlo. En total son %s de lectura y %s de '
            .. 'práctica.'):format(reading, doing)) }
         break
      end
   end
end

return M
