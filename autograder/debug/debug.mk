# `make debug`: una prueba de un laboratorio con el programa dentro de gdb.

GATE := $(O)/autograder/debug/gate
$(GATE): $(O)/autograder/debug/gate.o
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -s -o $@ $<

# El programa, sin optimizar, para que cada línea esté donde se escribió.
DEBUG_BIN   = $(firstword $(RUN_BIN:$(O)/%=build/debug/%))
DEBUG_SUITE = $(firstword $(filter $(O)/labs/$(LAB)-%,$(GRADE_SUITES)))

.PHONY: debug
debug: setup-pasos $(GRADE_TOOLS) $(DEBUG_SUITE) $(GATE) ## Abre gdb en una prueba, con sus servidores en marcha: make debug LAB=07 PRUEBA=nombre
	@$(if $(and $(RUN_BIN),$(DEBUG_SUITE),$(PRUEBA)),:,echo 'make debug: di qué laboratorio y qué prueba: make debug LAB=07 PRUEBA=escribe_al_momento' >&2; exit 2)
	+@$(MAKE) --no-print-directory $(if $(Q),-s) VARIANT=debug $(DEBUG_BIN)
	$(said)
	@autograder/debug/debug.sh $(call quoted,$(PRUEBA)) $(DEBUG_BIN) $(DEBUG_SUITE) $(GRADER) $(O)/autograder/runner $(PG_TEMPLATE) \
		$(GATE) $(if $(SEMILLA),$(call quoted,$(SEMILLA)))

TEST_MORE += test-debug
.PHONY: test-debug
test-debug: $(GRADE_TOOLS) $(O)/labs/07-monitor/suite $(GATE)
	@autograder/debug/tests/run.sh
