-- Lo que el Markdown del curso dice con marcas, visto como bloques de pandoc.
--
--   <!-- fragmento: archivo.c#region -->   delante de un bloque de código: de dónde sale
--   <!-- salida: ./programa -->            delante de una salida comprobada
--   <!-- traza: ./programa -->             delante de la línea de tiempo de esa ejecución
--   <!-- ilustrativo: por qué -->          código que no se compila, o salida que no se repite

local M = {}

-- La marca que hay en un bloque: su clase y su texto. nil si no lo es.
function M.parse(block)
   if block.t ~= 'RawBlock' or not block.format:match 'html' then return nil end
   local kind, text = block.text:match '^%s*<!%-%-%s*([%a ]+):%s*(.-)%s*%-%->%s*$'
   if not kind then return nil end
   return kind, text
end

-- Recorre los bloques y llama a `each(kind, text, block)` con cada uno que sigue a una marca;
-- lo que devuelva ocupa el sitio de los dos. Los demás comentarios desaparecen.
function M.walk(blocks, each)
   local out = pandoc.List()
   local i = 1
   while i <= #blocks do
      local kind, text = M.parse(blocks[i])
      if kind and blocks[i + 1] then
         out:extend(each(kind, text, blocks[i + 1]) or { blocks[i + 1] })
         i = i + 2
      elseif blocks[i].t == 'RawBlock' and blocks[i].text:match '^%s*<!%-%-.*%-%->%s*$' then
         i = i + 1
      else
         out:insert(blocks[i])
         i = i + 1
      end
   end
   return out
end

return M
