# El banco de preguntas de examen: sus programas, lo que escriben y los archivos para Moodle.

BANK     := autograder/docente/banco
BANK_OUT := build/banco
BANK_CHECK := $(O)/lessons/.check/check
BANK_CAPS := $(notdir $(patsubst %/README.md,%,$(wildcard $(BANK)/[0-9]*/README.md)))
BANK_FIX := $(patsubst %.arreglo,$(O)/%.arreglado,$(wildcard $(BANK)/[0-9]*/*.arreglo))
BANK_BIN := $(patsubst %.c,$(O)/%,$(wildcard $(BANK)/[0-9]*/*.c)) $(BANK_FIX)

# Usan las cabeceras de su capítulo, del banco y de las lecciones.
bank_link = $(CC) $(CPPFLAGS) -I$(BANK)/$(notdir $(@D)) -Ilessons/$(notdir $(@D)) $(CFLAGS) $(PKG_CFLAGS) -MMD -MP -MF $@.d -MT $@ -o $@ $< $(LDFLAGS) $(LDLIBS_ASINC)

$(filter-out $(BANK_FIX),$(BANK_BIN)): $(O)/%: %.c $(O)/common/libasinc.a
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(bank_link)

$(BANK_FIX): $(O)/%.arreglado: $(O)/%.arreglado.c $(O)/common/libasinc.a
	$(Q)$(bank_link)

$(BANK_FIX:=.c): $(O)/%.arreglado.c: %.c %.arreglo
	$(call say,PATCH,$*.arreglo)
	@mkdir -p $(@D)
	$(Q)patch -s -o $@ $< $*.arreglo

# Un capítulo, para Moodle y en papel. De lo que se ve en el Markdown, solo cambia lo que se enseña.
bank_pandoc = pandoc -f markdown-smart -t html --wrap=none --no-highlight --lua-filter=$(BANK)/preguntas.lua -M carpeta=$(BANK)/$* -M modo=$(1)
bank_page   = $(call bank_pandoc,$(1)) -s --self-contained --css=$(BANK)/hoja.css -o $@ $<

$(BANK_OUT)/moodle/%.xml: $(BANK)/%/README.md $(BANK)/preguntas.lua $(BANK)/moodle.xml
	@mkdir -p $(@D)
	$(Q)$(call bank_pandoc,moodle) --template=$(BANK)/moodle.xml -o $@ $<
$(BANK_OUT)/hojas/%.html: $(BANK)/%/README.md $(BANK)/preguntas.lua $(BANK)/hoja.css
	@mkdir -p $(@D)
	$(Q)$(call bank_page,hoja)
$(BANK_OUT)/respuestas/%.html: $(BANK)/%/README.md $(BANK)/preguntas.lua $(BANK)/hoja.css
	@mkdir -p $(@D)
	$(Q)$(call bank_page,respuestas)
# También cuando cambia un programa o lo que escribe.
define bank_needs
$(foreach kind,moodle/$(1).xml hojas/$(1).html respuestas/$(1).html,$(BANK_OUT)/$(kind)): $(wildcard $(BANK)/$(1)/*.*)
endef
$(foreach cap,$(BANK_CAPS),$(eval $(call bank_needs,$(cap))))

BANK_XML   := $(BANK_CAPS:%=$(BANK_OUT)/moodle/%.xml)
BANK_PAGES := $(BANK_CAPS:%=$(BANK_OUT)/hojas/%.html) $(BANK_CAPS:%=$(BANK_OUT)/respuestas/%.html)

# Los capítulos, uno detrás de otro: solo sobran la primera línea y la última de cada uno.
$(BANK_OUT)/moodle/todo.xml: $(BANK_XML)
	@{ sed -n '1,2p' $<; sed '/^<?xml /d; /^<\/\?quiz>$$/d' $^; echo '</quiz>'; } >$@

bank_run = common/tests/pg_cluster.sh $(BANK)/banco.sh $(1) $(O)

.PHONY: banco update-banco test-banco
banco: setup-test $(BANK_BIN) $(BANK_CHECK) ### Hace en build/banco las preguntas de examen, para Moodle y en papel, tras probar sus programas
	$(said)
	@$(call bank_run) >$(BANK_OUT).log || { grep -A 20 '^not ok' $(BANK_OUT).log >&2; exit 1; }
	+@$(MAKE) --no-print-directory $(if $(Q),-s) $(BANK_XML) $(BANK_OUT)/moodle/todo.xml $(BANK_PAGES)
	@printf 'Para Moodle, build/banco/moodle; para imprimir, build/banco/hojas; para corregir, build/banco/respuestas.\n'

update-banco: $(BANK_BIN) $(BANK_CHECK) #### Guarda lo que escriben los programas del banco de preguntas
	@$(call bank_run,--escribe)

TEST_MORE += test-banco
test-banco: $(BANK_BIN) $(BANK_CHECK) $(BANK_XML) $(BANK_OUT)/moodle/todo.xml $(BANK_PAGES)
	@$(BANK)/tests.sh $(BANK_OUT); ok=$$?; $(call bank_run,--veces 3) && exit $$ok
