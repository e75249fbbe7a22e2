-- El índice de búsqueda de una página: sus secciones, una por línea, como JavaScript.

local M = {}

-- Un texto, entre comillas de JavaScript.
local function quote(s)
   return '"' .. s:gsub('[%c"\\]', function(c)
      return string.format('\\u%04x', c:byte())
   end):gsub('</', '<\\/') .. '"'
end

M.quote = quote

-- El texto de un bloque, con un espacio donde acaba cada uno de los que lleva dentro.
local function words(block)
   local parts = {}
   if block.t == 'CodeBlock' then
      return block.classes[1] == 'mermaid' and '' or block.text
   end
   if block.t == 'RawBlock' then
      return block.text:match '^%s*<!%-%-' and '' or (block.text:gsub('<[^>]*>', ' '))
   end
   pandoc.walk_block(block, {
      Plain = function(p) table.insert(parts, pandoc.utils.stringify(p)) end,
      Para = function(p) table.insert(parts, pandoc.utils.stringify(p)) end,
      CodeBlock = function(c) table.insert(parts, c.text) end,
   })
   if #parts == 0 then return pandoc.utils.stringify(block) end
   return table.concat(parts, ' ')
end

-- Una línea por sección: [dirección, título de la página, título, prosa, código].
function M.sections(doc, title, page)
   local lines, current = {}, nil
   local function close()
      if not current then return end
      table.insert(lines, '[' .. table.concat({
         quote(page .. current.fragment), quote(title), quote(current.title),
         quote((table.concat(current.prose, ' '):gsub('%s+', ' '))),
         quote((table.concat(current.code, ' '):gsub('%s+', ' '))),
      }, ',') .. '],')
   end
   for _, block in ipairs(doc.blocks) do
      if block.t == 'Header' and block.level <= 3 then
         close()
         current = { fragment = block.level > 1 and '#' .. block.identifier or '',
            title = pandoc.utils.stringify(block), prose = {}, code = {} }
      elseif current then
         local text = words(block)
         table.insert(block.t == 'CodeBlock' and current.code or current.prose, text)
      end
   end
   close()
   return lines
end

return M
