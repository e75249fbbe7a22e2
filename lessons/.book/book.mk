# El libro: los capítulos, la práctica y los enunciados como sitio, EPUB y PDF.

BOOK := lessons/.book
.PHONY: book serve dibujos test-book test-book-paper

# Qué soluciones se pueden leer lo dice el programa que lee curso.json.
book serve test-book test-book-paper: export ASINC_COURSE = $(COURSE)

book: setup-grade setup-book $(COURSE) ## Hace el libro: un sitio que se abre sin red, un EPUB y un PDF
	@$(BOOK)/build.sh build/book todo
	@$(BOOK)/say.sh build/book

serve: setup-grade setup-book $(COURSE) #### Hace el sitio, y lo rehace cada vez que guardas un capítulo
	@$(BOOK)/serve.sh build/serve

dibujos: setup-dibujos #### Dibuja los diagramas de los capítulos que hayan cambiado
	@$(BOOK)/draw.sh

# Con TODO=1, el sitio, y todas sus páginas en el navegador; con TODO=2, el EPUB y el PDF, en otra carpeta:
# dos etapas pueden correr a la vez.
TEST_MORE += test-book
TEST_DEEP += test-book-paper
NAVEGADOR := $(O)/$(BOOK)/tests/navegador

$(NAVEGADOR): $(patsubst %,$(O)/$(BOOK)/tests/%.o,navegador portada predecir referencia webdriver) $(O)/common/libasinc.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LDLIBS_ASINC)

test-book: $(NAVEGADOR) $(COURSE)
	@NAVEGADOR=$(NAVEGADOR) $(BOOK)/tests/site.sh build/test/book

test-book-paper: $(COURSE)
	@$(BOOK)/tests/paper.sh build/test/book-paper
