-- Las palabras del glosario, y la primera vez que cada una sale en una página.

local M = { rows = {}, longest = 1 }

local function trim(s)
   return (s:gsub('^%s+', ''):gsub('%s+$', ''))
end

-- «devolución de llamada» -> «devolución-de-llamada»
function M.anchor(term)
   return (term:lower():gsub('[%s,/]+', '-'):gsub('[`()]', ''))
end

local lower_accents = {
   ['Á'] = 'á', ['É'] = 'é', ['Í'] = 'í', ['Ó'] = 'ó', ['Ú'] = 'ú', ['Ñ'] = 'ñ', ['Ü'] = 'ü'
}

local function lower(s)
   return (s:lower():gsub('[\xC3][\x80-\xBF]', lower_accents))
end

-- «Tareas,» -> «tareas», «,». Los dígitos y los acentos son de la palabra.
local function split_word(s)
   local word, tail = s:match '^([%w\x80-\xFF_%-]+)(.*)$'
   return word, tail
end

local function forms(term)
   local word = lower(term)
   local plural = word:gsub('^[^%s]+', function(first)
      return first:match '[aeiouáéó]$' and first .. 's' or first .. 'es'
   end)
   plural = plural:gsub('ión?es', 'iones'):gsub('óes', 'ones')
   return { word, plural }
end

-- Lee la tabla de lessons/glosario.md.
function M.load(text)
   for line in text:gmatch '[^\n]+' do
      local term, english, what, where = line:match '^|([^|]+)|([^|]+)|([^|]+)|([^|]+)|%s*$'
      if term and not term:match '%-%-%-' and trim(term) ~= 'Término' then
         local row = { term = trim(term), english = trim(english), what = trim(what) }
         row.anchor = M.anchor(row.term)
         for _, form in ipairs(forms(row.term)) do M.rows[form] = row end
         local _, spaces = row.term:gsub(' ', '')
         M.longest = math.max(M.longest, spaces + 1)
      end
   end
end

-- La fila de un texto que es, entero, un término; nil si no lo es.
function M.find(text)
   return M.rows[lower(text)]
end

-- El término que empieza en la posición `i` de `inlines`: su fila, cuántos elementos ocupa,
-- y lo que sigue pegado a la última palabra.
local function match_at(inlines, i)
   local words, best = {}, nil
   for n = 0, M.longest - 1 do
      local e = inlines[i + 2 * n]
      if not e or e.t ~= 'Str' then break end
      if n > 0 then
         local gap = inlines[i + 2 * n - 1].t
         if gap ~= 'Space' and gap ~= 'SoftBreak' then break end
      end
      local word, tail = split_word(e.text)
      if not word then break end
      table.insert(words, lower(word))
      local row = M.rows[table.concat(words, ' ')]
      if row then best = { row = row, count = 2 * n + 1, tail = tail } end
      if tail ~= '' then break end
   end
   return best
end

-- Señala en una lista de inlines los términos que no están en `seen`, y los apunta en ella.
-- `show(row, shown)` dice qué se pone en su lugar.
function M.mark(inlines, seen, show)
   local out = pandoc.List()
   local i = 1
   while i <= #inlines do
      local found = inlines[i].t == 'Str' and match_at(inlines, i)
      if found and not seen[found.row.term] then
         seen[found.row.term] = true
         local shown = pandoc.List()
         for k = i, i + found.count - 1 do shown:insert(inlines[k]) end
         local word = split_word(shown[#shown].text)
         shown[#shown] = pandoc.Str(word)
         out:extend(show(found.row, shown))
         if found.tail ~= '' then out:insert(pandoc.Str(found.tail)) end
         i = i + found.count
      else
         out:insert(inlines[i])
         i = i + 1
      end
   end
   return out
end

return M
