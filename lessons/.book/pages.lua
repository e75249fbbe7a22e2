-- La lista de páginas del libro, que escribe pages.sh, y lo que de ella sale en cada página: el
-- índice de la izquierda y la anterior y la siguiente.

local M = {}

-- Cada línea: fuente, profundidad (0 un capítulo, 1 lo que va dentro de él), parte y título.
function M.load(path)
   local list = { by_source = {} }
   for line in io.lines(path) do
      local source, depth, part, title = line:match '^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)'
      local p = { source = source, depth = tonumber(depth), part = part, title = title, n = #list + 1 }
      table.insert(list, p)
      list.by_source[source] = p
   end
   list.metadata = function(...) return M.metadata(list, ...) end
   return list
end

-- Un texto, tal cual, dentro de HTML.
local function escape(s)
   return (s:gsub('[&<>"]', { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;' }))
end

M.escape = escape

-- El título de una página, con su número delante si lo tiene.
local function label(p)
   local number = p.depth == 0 and p.source:match '^l[^/]+/(%d%d)%-'
   local title = escape(p.title):gsub('`([^`]+)`', '<code>%1</code>'):gsub('^Laboratorio %d+: (%l)', string.upper)
   title = title:gsub('^Laboratorio %d+: ', '')
   return number and '<span class="numero">' .. number .. '</span> ' .. title or title
end

local function link(p, page, paths, extra)
   return '<a href="' .. paths.relative(page, paths.page(p.source)) .. '"' .. (extra or '') .. '>'
      .. label(p) .. '</a>'
end

-- Lo que va dentro de un capítulo solo se enseña cuando se está en él.
local function navigation(list, mine, page, paths)
   local out, part = {}, nil
   local folder = mine and paths.dirname(mine.source)
   for _, p in ipairs(list) do
      if p.part ~= part then
         if part then table.insert(out, '</ul>') end
         part = p.part
         table.insert(out, '<h2>' .. escape(part) .. '</h2><ul>')
      end
      if p.depth == 0 or paths.dirname(p.source) == folder then
         table.insert(out, '<li class="n' .. p.depth .. '">' .. link(p, page, paths,
            p == mine and ' aria-current="page"') .. '</li>')
      end
   end
   table.insert(out, '</ul>')
   return table.concat(out, '\n')
end

function M.metadata(list, source, page, paths)
   local mine = list.by_source[source]
   local raw = function(s) return pandoc.MetaBlocks { pandoc.RawBlock('html', s) } end
   local text = function(s) return pandoc.MetaInlines { pandoc.RawInline('html', s) } end
   local root = paths.relative(page, 'x'):gsub('x$', '')
   local title = mine and mine.title:gsub('`', '') or source:match '[^/]*$'
   local meta = {
      title = pandoc.MetaInlines { pandoc.Str(title) }, pagetitle = pandoc.MetaInlines { pandoc.Str(title) },
      pagina = text(page), raiz = text(root),
      nav = raw(navigation(list, mine, page, paths)),
   }
   local before, after = mine and list[mine.n - 1], mine and list[mine.n + 1]
   if before then meta.anterior = text(link(before, page, paths, ' rel="prev"')) end
   if after then meta.siguiente = text(link(after, page, paths, ' rel="next"')) end
   if mine then meta.leible = true else meta.archivo = true end
   return meta
end

return M
