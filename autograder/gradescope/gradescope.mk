# Calificar en Gradescope: `make gradescope` hace el archivo que se sube a la tarea.

.PHONY: gradescope gradescope-ready
gradescope: setup-grade-class $(COURSE) $(GRADE_SUITES) ### Hace build/gradescope/07.zip, el corrector que se sube a Gradescope (con LAB=07)
	@ASINC_COURSE=$(COURSE) autograder/gradescope/pack.sh $(O) build/gradescope $(call quoted,$(LAB)) $(if $(CAJA),$(call quoted,$(CAJA)))

# Todo lo que hace falta para calificar, sin calificar nada: lo pide setup.sh, ya en Gradescope.
gradescope-ready: $(CLASS) $(GRADE_TOOLS) $(GRADE_SUITES)

TEST_MORE += test-gradescope
.PHONY: test-gradescope
test-gradescope: $(COURSE) $(GRADE_SUITES) $(BOX_TEST_ZONE)/ataques/contenedor
	@autograder/gradescope/tests/gradescope.sh $(O)
