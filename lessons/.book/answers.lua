-- Las respuestas de un capítulo están en respuestas.md, y bajo cada pregunta hay un párrafo que solo
-- la enlaza: quien lee el Markdown en su editor no tropieza con ella. En el libro va donde se
-- pregunta, plegada, y respuestas.md no es una página.

local paths = dofile(PANDOC_SCRIPT_FILE:match '^(.*)/[^/]*$' .. '/paths.lua')

local M = {}

-- Las respuestas de un archivo: el ancla de su título -> sus bloques.
local function load(file)
   local answers, current = {}, nil
   for _, block in ipairs(pandoc.read(paths.read(file), 'gfm+footnotes').blocks) do
      if block.t == 'Header' and block.level <= 2 then
         current = pandoc.List()
         answers[block.identifier] = current
      elseif current then
         current:insert(block)
      end
   end
   return answers
end

-- Como si se hubiera leído: con su salto de línea.
local function html(line)
   return pandoc.RawBlock('html', line .. '\n')
end

-- La página `source` con cada respuesta plegada en su sitio. A la que falta la nombra `stop`.
function M.unfold(doc, source, stop)
   local file = paths.dirname(source) .. '/respuestas.md'
   if not source:match '^lessons/%d' or not paths.exists(file) then return doc end
   local answers = nil
   return doc:walk {
      Para = function(para)
         local link = #para.content == 1 and para.content[1]
         local anchor = link and link.t == 'Link' and link.target:match '^respuestas%.md#(.+)$'
         if not anchor then return nil end
         answers = answers or load(file)
         if not answers[anchor] then stop('no hay ninguna respuesta «%s»', anchor) end
         local out = pandoc.List { html('<details><summary>' .. pandoc.utils.stringify(link.content) .. '</summary>') }
         out:extend(answers[anchor])
         out:insert(html '</details>')
         return out
      end,
   }
end

return M
