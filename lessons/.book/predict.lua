-- Dónde pregunta el texto qué escribirá un programa: un párrafo que acaba preguntando, o que pide
-- decidirlo antes, y detrás la salida. Ella y lo que la explica van juntas, para que el sitio
-- (predice.js) pueda esconderlas hasta que quien lee lo haya decidido. Si lo que se pide es decidir
-- antes de leer un apartado, lo que espera es el que viene detrás, hasta que se pregunte otra cosa.

local mark = dofile(PANDOC_SCRIPT_FILE:match '^(.*)/[^/]*$' .. '/mark.lua')

local M = {}

local function asks(block)
   if not block or block.t ~= 'Para' then return false end
   local text = pandoc.utils.stringify(block)
   return text:match '%?$' or text:match 'antes de seguir' or text:match 'antes de mirar'
end

local function asks_to_read(block)
   return block and block.t == 'Para' and pandoc.utils.stringify(block):match 'ecídelo antes de leer'
end

-- Lo que sigue a una salida la explica, hasta el título o el código siguientes.
local function explains(block)
   local kind = mark.parse(block)
   if kind then return kind == 'traza' end
   if block.t == 'CodeBlock' then return block.classes[1] == 'mermaid' end
   return block.t ~= 'Header' and block.t ~= 'RawBlock'
end

-- Mete cada predicción de `blocks` en su caja, con un nombre que no tiene otra: el del programa y, a
-- partir de la segunda que pregunta por él, cuál es. Devuelve si hay alguna.
function M.wrap(blocks)
   local i, asked = 2, {}
   local function wrap(name, box)
      asked[name] = (asked[name] or 0) + 1
      if asked[name] > 1 then name = name .. '-' .. asked[name] end
      blocks[i] = pandoc.Div(box, pandoc.Attr('', { 'prediccion' }, { ['data-pregunta'] = name }))
   end
   while i < #blocks do
      local kind, text = mark.parse(blocks[i])
      if kind and kind:match '^salida' and asks(blocks[i - 1]) then
         local box = pandoc.List { blocks[i], blocks:remove(i + 1) }
         while blocks[i + 1] and explains(blocks[i + 1]) do box:insert(blocks:remove(i + 1)) end
         wrap(text:match '%./([%w_]+)' or 'orden', box)
      elseif blocks[i].t == 'Header' and asks_to_read(blocks[i - 1]) then
         i = i + 1
         local box = pandoc.List { blocks[i] }
         while blocks[i + 1] and blocks[i + 1].t ~= 'Header' and not asks(blocks[i + 1]) do box:insert(blocks:remove(i + 1)) end
         wrap(blocks[i - 1].identifier, box)
      end
      i = i + 1
   end
   return next(asked) ~= nil
end

return M
