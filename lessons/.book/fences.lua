-- Deja cada diagrama de mermaid de un archivo en LIBRO_DIBUJOS, como un texto de JavaScript y con
-- el nombre que le da lo que dice.
local quote = dofile(PANDOC_SCRIPT_FILE:match '^(.*)/[^/]*$' .. '/index.lua').quote

function CodeBlock(block)
   if block.classes[1] ~= 'mermaid' then return nil end
   local f = assert(io.open(os.getenv 'LIBRO_DIBUJOS' .. '/' .. pandoc.utils.sha1(block.text) .. '.mmd', 'w'))
   f:write(quote(block.text))
   f:close()
end
