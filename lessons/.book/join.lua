-- Junta en un documento las páginas del libro, ya hechas para papel, en su orden.
--   LIBRO_PAGINAS   la lista de páginas
--   LIBRO_OBRA      donde está el árbol de cada una, en papel/FUENTE.json
local here = PANDOC_SCRIPT_FILE:match '^(.*)/[^/]*$'
local paths = dofile(here .. '/paths.lua')

function Pandoc(doc)
   local blocks = pandoc.List()
   for _, p in ipairs(dofile(here .. '/pages.lua').load(os.getenv 'LIBRO_PAGINAS')) do
      local tree = os.getenv 'LIBRO_OBRA' .. '/papel/' .. p.source .. '.json'
      local page = pandoc.read(paths.read(tree), 'json').blocks
      if p.depth == 0 and page[1] then
         local number = p.source:match '^lessons/(%d%d)%-'
         if number then
            page[1].content = pandoc.List { pandoc.Str(tonumber(number) .. '.'), pandoc.Space() } .. page[1].content
         end
      end
      blocks:extend(page)
   end
   doc.blocks = blocks
   return doc
end
