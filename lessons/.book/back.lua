-- Lo que el PDF lleva además: la cubierta y, al final, el índice de términos y funciones, hecho de
-- lo que page.lua dejó señalado (Span «ix») y de la referencia. La página de cada uno la pone WeasyPrint.
local here = PANDOC_SCRIPT_FILE:match '^(.*)/[^/]*$'
local paths = dofile(here .. '/paths.lua')
local escape = dofile(here .. '/pages.lua').escape

local PLAIN = { ['á'] = 'a', ['é'] = 'e', ['í'] = 'i', ['ó'] = 'o', ['ú'] = 'u', ['ü'] = 'u', ['ñ'] = 'n~' }

-- Por lo que se ordena: sin acentos, y las funciones sin su prefijo.
local function key(name)
   return (name:lower():gsub('[\xC3][\x80-\xBF]', PLAIN):gsub('^as_', ''))
end

function Pandoc(doc)
   local places, names = {}, {}
   doc:walk {
      Span = function(span)
         if not span.classes:includes 'ix' then return nil end
         local name = span.attributes.de
         if not places[name] then
            places[name] = {}
            table.insert(names, name)
         end
         table.insert(places[name], span.identifier)
      end,
   }
   -- La referencia, detrás de donde se enseña.
   doc:walk {
      Header = function(header)
         local name = header.identifier:match '^referencia%-%-%w+%-%-as_' and pandoc.utils.stringify(header)
         if not name or not name:match '^[aA][sS]_' then return nil end
         if not places[name] then
            places[name] = {}
            table.insert(names, name)
         end
         table.insert(places[name], header.identifier)
      end,
   }
   table.sort(names, function(a, b) return key(a) == key(b) and a < b or key(a) < key(b) end)
   local out, letter = {}, nil
   for _, name in ipairs(names) do
      local first = key(name):sub(1, 1):upper()
      if first ~= letter then
         letter = first
         table.insert(out, '<p class="letra">' .. letter .. '</p>')
      end
      local links = {}
      for _, id in ipairs(places[name]) do table.insert(links, '<a href="#' .. id .. '"></a>') end
      local shown = name:find '_' and '<code>' .. name .. '</code>' or escape(name)
      table.insert(out, '<p>' .. shown .. ' &nbsp;' .. table.concat(links, ', ') .. '</p>')
   end
   doc.blocks:insert(pandoc.Header(1, 'Índice de términos y funciones', pandoc.Attr 'indice-final'))
   doc.blocks:insert(pandoc.RawBlock('html', '<div class="indice-final">' .. table.concat(out, '\n') .. '</div>'))
   doc.meta.cubierta = pandoc.MetaBlocks { pandoc.RawBlock('html', paths.read(here .. '/portada.svg')) }
   return doc
end
