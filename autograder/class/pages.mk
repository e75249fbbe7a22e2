# Las páginas: las de la clase, sin navegador; y con uno, también la del informe.
#
#     test-class-pages     pruebas, en TAP
#     test-pages           en un navegador

PAGES_TESTS := $(O)/autograder/class/tests

$(PAGES_TESTS)/paginas: $(PAGES_TESTS)/paginas.o $(CLASS_OBJ) $(CLASS_LIBS)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcriterion $(LDLIBS_CLASS)

TEST_STEPS += test-class-pages
.PHONY: test-class-pages
test-class-pages: $(PAGES_TESTS)/paginas
	@$< --tap=-

TEST_MORE += test-pages
.PHONY: test-pages
test-pages: $(PAGES_TESTS)/paginas $(GRADE_TOOLS) $(GRADE_SUITES) $(O)/lessons/.book/tests/navegador
	@autograder/class/tests/paginas.sh $(GRADER) $< $(NAVEGADOR) build/test/paginas
