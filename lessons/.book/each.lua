-- Hace muchas páginas en una sola ejecución: pandoc tarda más en arrancar, y en aprender los
-- colores de C, que en hacer casi todas. En la entrada, por cada una, su fuente, el archivo del que
-- se lee y el que se escribe, separados por tabuladores. Lo que no es Markdown es código.

local here = PANDOC_SCRIPT_FILE:match '^(.*)/[^/]*$'
local paths = dofile(here .. '/paths.lua')
local page = assert(loadfile(here .. '/page.lua')) -- cada página, con sus variables nuevas

local function read(source, text)
   if source:match '%.md$' then return pandoc.read(text, 'gfm+footnotes') end
   local language = source:match '%.sh$' and 'bash' or 'c'
   return pandoc.Pandoc { pandoc.CodeBlock(text:gsub('\n$', ''), pandoc.Attr('', { language })) }
end

local function write(doc)
   if os.getenv 'LIBRO_MODO' == 'papel' then return pandoc.write(doc, 'json') end
   return pandoc.write(doc, 'html5', PANDOC_WRITER_OPTIONS) -- la plantilla es una de sus opciones
end

local function each(nothing)
   for line in io.lines() do
      local source, input, output = line:match '^([^\t]*)\t([^\t]*)\t([^\t]*)$'
      local text = write(page(source)(read(source, paths.read(input))))
      local f = assert(io.open(output, 'w'))
      f:write(text)
      f:close()
   end
   return nothing
end

return { { Pandoc = each } }
