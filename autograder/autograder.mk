# El corrector: `make grade`, sus piezas y sus pruebas.

# Dentro de autograder/ un include empieza en su carpeta: "box/box.h".
$(O)/autograder/%.o: CPPFLAGS += -Iautograder

include autograder/base/base.mk autograder/course/course.mk autograder/box/box.mk autograder/harness/harness.mk autograder/explain/explain.mk

##= DESDE=dir  califica otro árbol igual que labs/
###= DESDE=solutions  en `make grade`, califica las soluciones
##= PRUEBA=nombre  solo esa prueba
##= TODO=1  en `make grade`, enseña las pruebas de todas las etapas
##= SEMILLA=n  repite los datos al azar de otra ejecución
##= CAJA=no  califica sin encerrar al programa: solo con código tuyo; CAJA=parcial o minima, en una caja menor
####= CAJA=ya-aislado  para un contenedor que ya está aislado y es solo para calificar: el programa corre con otro usuario
##= SANITIZE=1  en `make grade`, todas las pruebas con ASan y UBSan: para buscar errores de memoria
##= ESTRICTO=1  termina con error si falta algún punto

GRADER     := $(O)/autograder/asinc-grade
DAY        := $(O)/autograder/asinc-day
# El corrector como biblioteca, grader/grader.h: la usan también la clase y el día. Enlaza con $(LIBCOURSE),
# $(LIBBOX), -ljansson, -lm y $(LDLIBS_BOX).
LIBGRADER  := $(O)/autograder/libgrader.a

# Los dos programas del estudiante, el normal y el de ASan, llevan cada uno su biblioteca.
GRADE_LIBS   := build/normal/common/libasinc.a build/asan/common/libasinc.a
# Hay suite donde hay manifiesto. En la edición de estudiantes viene ya compilada.
GRADED       := $(call plain,$(patsubst %/.grader/lab.json,%,$(wildcard labs/*/.grader/lab.json)))
GRADE_SUITES := $(GRADED:%=$(O)/%/suite)
OWN_SUITES   := $(patsubst %/.grader/suite.c,$(O)/%/suite,$(call plain,$(wildcard labs/*/.grader/suite.c)))
GRADE_TOOLS  := $(GRADER) $(O)/autograder/runner $(GRADE_LIBS) $(PG_TEMPLATE)

$(O)/autograder/grader/build.o: CPPFLAGS += -DGR_LIBRARIES='"$(LINK) $(shell pkg-config --libs $(PKG)) -pthread -lm"'
$(O)/autograder/grader/build.o: Makefile

# Los informes llevan dentro su aspecto: los colores del libro, que son lo primero de su hoja de
# estilo, y lo suyo.
PAGE_CSS := $(O)/autograder/grader/informe.css
$(PAGE_CSS): lessons/.book/libro.css autograder/grader/informe.css
	@mkdir -p $(@D)
	@sed '/^\* {/,$$d' $< | cat - autograder/grader/informe.css >$@
$(O)/autograder/grader/html.o: CPPFLAGS += -DGR_CSS='"$(PAGE_CSS)"'
$(O)/autograder/grader/html.o: $(PAGE_CSS)

$(LIBGRADER): $(patsubst %.c,$(O)/%.o,$(filter-out %/main.c,$(wildcard autograder/grader/*.c)))
	$(call say,AR,$@)
	$(Q)$(call archive,rcs)

$(GRADER): $(O)/autograder/grader/main.o $(LIBGRADER) $(LIBCOURSE) $(LIBBOX)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -ljansson $(LDLIBS_BOX) -lm

# La biblioteca de otra variante la hace un make con esa variante: sus opciones son suyas.
.PHONY: grade-libs-always
$(filter-out $(O)/%,$(GRADE_LIBS)): grade-libs-always
	+@$(MAKE) --no-print-directory $(if $(Q),-s) VARIANT=$(word 2,$(subst /, ,$@)) $@

SUITE_LIBS = $(LIBHARNESS) $(LIBBOX) $(LDLIBS_HARNESS) $(LDLIBS_BOX) -lm

$(O)/labs/%.o: CPPFLAGS += -Iautograder
# Una suite es suite.c y los demás .c que tenga al lado.
suite_objects = $(patsubst %.c,$(O)/%.o,$(call plain,$(wildcard $(1)/.grader/*.c)))
define suite_rule
$(O)/$(1)/suite: $(call suite_objects,$(1)) $(LIBHARNESS) $(LIBBOX)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(SUITE_LIBS)
endef
$(foreach lab,$(patsubst $(O)/%/suite,%,$(OWN_SUITES)),$(eval $(call suite_rule,$(lab))))

$(filter-out $(OWN_SUITES),$(GRADE_SUITES)): $(O)/%/suite: autograder/prebuilt.sh $(wildcard labs/*/.grader/suite.*)
	@autograder/prebuilt.sh $*/.grader $@

quoted     = '$(subst ','\'',$(1))'
GRADE_ARGS = $(if $(LAB),--lab $(call quoted,$(LAB))) \
	$(if $(DESDE),--desde $(call quoted,$(DESDE))) \
	$(if $(PRUEBA),--prueba $(call quoted,$(PRUEBA))) \
	$(if $(filter-out 0,$(TODO)),--todo) \
	$(if $(filter-out 0,$(SANITIZE)),--sanitize) \
	$(if $(SEMILLA),--semilla $(call quoted,$(SEMILLA))) \
	$(if $(CAJA),--caja $(call quoted,$(CAJA))) \
	$(if $(filter-out 0,$(ESTRICTO)),--estricto)

.PHONY: grade
grade: setup-grade $(DAY) $(GRADE_TOOLS) $(GRADE_SUITES) ## Califica lo que hay en labs/ y dice qué hacer ahora
	$(said)
	@.setup/doctor.sh --rapido || :
	@$(GRADER) $(GRADE_ARGS); rc=$$?; $(call day_note); exit $$rc

include autograder/day/day.mk autograder/debug/debug.mk

N ?= 100
####= N=100  cuántas veces, con `make flaky`
.PHONY: flaky
flaky: setup-grade $(GRADE_TOOLS) $(GRADE_SUITES) #### Califica N veces la solución con la máquina ocupada
	@autograder/flaky.sh $(GRADER) $(N) $(if $(LAB),--lab $(call quoted,$(LAB)))

BENCH_STEPS += bench-grade
.PHONY: bench-grade
bench-grade: setup-grade $(COURSE) $(GRADE_TOOLS) $(GRADE_SUITES) #### Mide cuánto tarda en calificar
	@ASINC_COURSE=$(COURSE) RONDAS='$(RONDAS)' autograder/bench.sh $(GRADER)

# ---- pruebas del corrector -------------------------------------------------------------

GRADER_TESTS   := $(O)/autograder/grader/tests
FIXTURE_SUITES := $(patsubst autograder/grader/tests/%/.grader/suite.c,$(GRADER_TESTS)/%/suite,\
	$(wildcard autograder/grader/tests/curso/labs/*/.grader/suite.c))

$(GRADER_TESTS)/unit: $(patsubst %.c,$(O)/%.o,$(wildcard autograder/grader/tests/*.c)) $(COURSE_GOOD) $(LIBGRADER) $(LIBCOURSE) $(LIBBOX)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcriterion -ljansson $(LDLIBS_BOX) -lm

$(FIXTURE_SUITES): $(GRADER_TESTS)/curso/%/suite: $(GRADER_TESTS)/curso/%/.grader/suite.o $(LIBBOX)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcriterion -ljansson $(LDLIBS_BOX) -lm

TEST_STEPS += test-grader test-labs
.PHONY: test-grader test-labs
# Lo que prueba quien mantiene el curso y quien quiere engañarlo: con TODO=2.
GRADER_LONG := en_cada_caja|autoprueba|historias|dados_en_la_autoprueba|arrasar|falsificar|no_se_puede_ser_otro|opciones_que_apagan|otras_opciones|atributos_que_apagan|gcc_no_admite|suite_que_no_acaba
test-grader: $(GRADER_TESTS)/unit $(COURSE) $(FIXTURE_SUITES) $(GRADE_TOOLS) $(BOX_TEST_ZONE)/ataques/contenedor
	@$(GRADER_TESTS)/unit --tap=-
	@ASINC_COURSE=$(COURSE) autograder/grader/tests/contrato.sh
	@autograder/grader/tests/cli.sh build $(O) '' $(if $(WITH_DEEP),,'$(GRADER_LONG)')

# Lo que se repite para explicarlo: compila cada vez con los sanitizadores.
TEST_MORE += test-sanitize
.PHONY: test-sanitize
test-sanitize: $(GRADE_TOOLS) $(GRADE_SUITES)
	@autograder/grader/tests/sanitize.sh $(GRADER)

# Las máquinas a las que les falta algo.
TEST_MORE += test-doors
.PHONY: test-doors
test-doors: $(FIXTURE_SUITES) $(GRADER) $(O)/autograder/runner $(GRADE_LIBS) $(BOX_TEST_ZONE)/ataques/contenedor
	@autograder/grader/tests/puertas.sh build $(O) $(if $(PRUEBA),$(call quoted,$(PRUEBA)))

test-labs: $(GRADE_TOOLS) $(GRADE_SUITES)
	@$(GRADER) --autoprueba $(if $(LAB),--lab $(call quoted,$(LAB))) \
		$(if $(WITH_DEEP),--todo,$(if $(LAB),--correctos,$(if $(WITH_MORE),,--breve))) $(if $(SEMILLA),--semilla $(call quoted,$(SEMILLA)))

.PHONY: update-stories
update-stories: $(GRADE_TOOLS) $(GRADE_SUITES) #### Guarda la historia de cada prueba, para leerla en el diff
	@$(GRADER) --historias $(if $(LAB),--lab $(call quoted,$(LAB)))

-include autograder/class/class.mk autograder/class/pages.mk autograder/similarity/similarity.mk
-include autograder/dist/dist.mk
-include autograder/gradescope/gradescope.mk
-include autograder/github/github.mk
-include autograder/docente/docente.mk
-include autograder/guia/guia.mk
-include autograder/docente/banco/banco.mk
