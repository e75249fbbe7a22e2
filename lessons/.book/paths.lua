-- Dónde acaba en el libro cada archivo del curso, y cómo se escribe un enlace entre dos.
-- Todas las rutas son relativas a la raíz del curso, o a la del libro, y usan «/».

local M = {}

-- «a/b/../c/./d» -> «a/c/d»
function M.normalize(path)
   local parts = {}
   for part in path:gmatch '[^/]+' do
      if part == '..' then
         table.remove(parts)
      elseif part ~= '.' then
         table.insert(parts, part)
      end
   end
   return table.concat(parts, '/')
end

function M.dirname(path)
   return path:match '^(.*)/[^/]*$' or ''
end

-- La ruta a la que apunta `target`, escrito en el archivo `source`.
function M.resolve(source, target)
   return M.normalize(M.dirname(source) .. '/' .. target)
end

-- El archivo del curso -> su página. Los capítulos son la raíz del libro.
function M.page(source)
   local out = source:gsub('^lessons/', ''):gsub('^labs/', 'laboratorios/')
   out = out:gsub('^solutions/', 'soluciones/')
   if out:match '%.md$' then
      return (out:gsub('README%.md$', 'index.md'):gsub('%.md$', '.html'))
   end
   return out .. '.html'
end

-- El camino de la página `from` a la página `to`.
function M.relative(from, to)
   local a, b = {}, {}
   for part in from:gmatch '[^/]+' do table.insert(a, part) end
   for part in to:gmatch '[^/]+' do table.insert(b, part) end
   local i = 1
   while i < #a and i < #b and a[i] == b[i] do i = i + 1 end
   return string.rep('../', #a - i) .. table.concat(b, '/', i)
end

function M.exists(path)
   local f = io.open(path, 'rb')
   if not f then return false end
   local readable = f:read(0) ~= nil or f:seek('end') == 0
   f:close()
   return readable
end

function M.read(path)
   local f = assert(io.open(path, 'rb'))
   local all = f:read 'a'
   f:close()
   return all
end

return M
