# El corrector: `make grade`, sus piezas y sus pruebas.

-include autograder/box/box.mk
-include autograder/harness/harness.mk

##= DESDE=dir  califica otro árbol igual que labs/, por ejemplo DESDE=solutions
##= PRUEBA=nombre  solo esa prueba
##= SEMILLA=n  repite los datos al azar de otra ejecución
##= ESTRICTO=1  termina con error si falta algún punto

GRADER     := $(O)/autograder/asinc-grade
GRADER_SRC := $(wildcard autograder/grader/*.c)
GRADER_OBJ := $(GRADER_SRC:%.c=$(O)/%.o)

# Los dos programas del estudiante, el normal y el de ASan, llevan cada uno su biblioteca.
GRADE_LIBS   := build/normal/common/libasinc.a build/asan/common/libasinc.a
GRADE_SUITES := $(patsubst %/.grader/suite.c,$(O)/%/suite,$(wildcard labs/*/.grader/suite.c))
GRADE_TOOLS  := $(GRADER) $(O)/autograder/runner $(GRADE_LIBS) $(PG_TEMPLATE)

LIBBOX     := $(O)/autograder/libbox.a
LIBHARNESS := $(O)/autograder/libharness.a

$(GRADER): $(GRADER_OBJ) $(LIBBOX)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -ljansson $(LDLIBS_BOX)

# La biblioteca de otra variante la hace un make con esa variante: sus opciones son suyas.
.PHONY: grade-libs-always
$(filter-out $(O)/%,$(GRADE_LIBS)): grade-libs-always
	+@$(MAKE) --no-print-directory $(if $(Q),-s) VARIANT=$(word 2,$(subst /, ,$@)) $@

SUITE_LIBS = $(LIBHARNESS) $(LIBBOX) -lcriterion -luv -ljansson -lpq $(LDLIBS_BOX) -lm

$(O)/labs/%.o: CPPFLAGS += -Iautograder -Iautograder/harness
# Una suite es suite.c y los demás .c que tenga al lado.
suite_objects = $(patsubst %.c,$(O)/%.o,$(wildcard $(1)/.grader/*.c))
define suite_rule
$(O)/$(1)/suite: $(call suite_objects,$(1)) $(LIBHARNESS) $(LIBBOX)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(SUITE_LIBS)
endef
$(foreach lab,$(patsubst $(O)/%/suite,%,$(GRADE_SUITES)),$(eval $(call suite_rule,$(lab))))

quoted     = '$(subst ','\'',$(1))'
GRADE_ARGS = $(if $(LAB),--lab $(call quoted,$(LAB))) \
	$(if $(DESDE),--desde $(call quoted,$(DESDE))) \
	$(if $(PRUEBA),--prueba $(call quoted,$(PRUEBA))) \
	$(if $(SEMILLA),--semilla $(call quoted,$(SEMILLA))) \
	$(if $(filter-out 0,$(ESTRICTO)),--estricto)

.PHONY: grade
grade: setup-grade $(GRADE_TOOLS) $(GRADE_SUITES) ## Califica lo que hay en labs/ y dice qué hacer ahora
	@$(GRADER) $(GRADE_ARGS)

N ?= 100
##= N=100  cuántas veces, con `make flaky`
.PHONY: flaky
flaky: setup-grade $(GRADE_TOOLS) $(GRADE_SUITES) ### Califica N veces la solución con la máquina ocupada
	@autograder/flaky.sh $(GRADER) $(N) $(if $(LAB),--lab $(call quoted,$(LAB)))

BENCH_STEPS += bench-grade
.PHONY: bench-grade
bench-grade: setup-grade $(GRADE_TOOLS) $(GRADE_SUITES) ### Mide cuánto tarda en calificar
	@RONDAS='$(RONDAS)' autograder/bench.sh $(GRADER)

# ---- pruebas del corrector -------------------------------------------------------------

GRADER_TESTS   := $(O)/autograder/grader/tests
FIXTURE_SUITES := $(patsubst autograder/grader/tests/%/.grader/suite.c,$(GRADER_TESTS)/%/suite,\
	$(wildcard autograder/grader/tests/curso/labs/*/.grader/suite.c))

$(O)/autograder/grader/tests/%.o: CPPFLAGS += -I.

$(GRADER_TESTS)/unit: $(GRADER_TESTS)/unit.o $(filter-out %/main.o,$(GRADER_OBJ)) $(LIBBOX)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcriterion -ljansson $(LDLIBS_BOX)

$(FIXTURE_SUITES): $(GRADER_TESTS)/curso/%/suite: $(GRADER_TESTS)/curso/%/.grader/suite.o $(LIBBOX)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcriterion -ljansson $(LDLIBS_BOX)

TEST_STEPS += test-grader test-labs
.PHONY: test-grader test-labs
test-grader: $(GRADER_TESTS)/unit $(FIXTURE_SUITES) $(GRADE_TOOLS)
	@$(GRADER_TESTS)/unit --tap=-
	@autograder/grader/tests/cli.sh build $(O)

test-labs: $(GRADE_TOOLS) $(GRADE_SUITES)
	@$(GRADER) --autoprueba $(if $(LAB),--lab $(call quoted,$(LAB))) \
		$(if $(SEMILLA),--semilla $(call quoted,$(SEMILLA)))

.PHONY: update-stories
update-stories: $(GRADE_TOOLS) $(GRADE_SUITES) ### Guarda las historias de los mutantes, para leerlas en el diff
	@$(GRADER) --historias $(if $(LAB),--lab $(call quoted,$(LAB)))
