# El día de quien estudia: seguir lo que guarda, darle una pista, empezar de nuevo y ver cómo va.

##= LEIDO=05  en `make progreso`, da por leído ese capítulo
##= EJERCICIO=nombre  en `make reset CAP=05`, solo ese ejercicio

$(DAY): $(patsubst %.c,$(O)/%.o,$(wildcard autograder/day/*.c)) $(LIBGRADER) $(LIBCOURSE) $(LIBBASE)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -luv -ljansson

# Lo que se guarda de una vez para otra: quien no puede escribirlo lo dice y no estorba.
day_note = $(DAY) anota $(1) || true

.PHONY: watch hint progreso reset
# Con exec, Ctrl+C y las señales llegan al programa. Las órdenes que lanza no heredan lo que se
# escribió en esta: dirían LAB= y CAP= dos veces.
watch: setup-grade $(DAY) $(GRADE_TOOLS) $(GRADE_SUITES) ## Prueba lo que guardas en cuanto lo guardas: make watch LAB=07, o CAP=05
	$(said)
	@exec env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL $(DAY) watch \
		$(call quoted,$(if $(LAB),LAB=$(LAB),$(if $(CAP),CAP=$(CAP)))) \
		$(GRADER) $(if $(CAJA),--caja $(call quoted,$(CAJA)))

hint: setup-grade $(DAY) $(if $(LAB),$(GRADE_TOOLS) $(GRADE_SUITES)) ## Da la pista siguiente de lo que falla ahora: make hint LAB=07
	$(said)
	@$(if $(LAB),$(DAY) hint $(call quoted,$(LAB)) $(GRADER) $(GRADE_ARGS),echo 'make hint: di de qué laboratorio, por ejemplo: make hint LAB=07' >&2; exit 2)

progreso: setup-grade $(DAY) ## Enseña lo que llevas hecho: capítulos, práctica y laboratorios
	$(said)
	@$(DAY) progreso $(if $(LEIDO),$(call quoted,$(LEIDO)))

# La carpeta que se nombra; ninguna si no se dice cuál, o no la hay.
RESET_DIR = $(patsubst %/,%,$(if $(LAB),$(filter labs/$(LAB)-% labs/0$(LAB)-%,$(call plain,$(wildcard labs/*/))),\
	$(if $(CAP),$(addsuffix /practica,$(filter lessons/$(CAP)-% lessons/0$(CAP)-%,$(call plain,$(wildcard lessons/*/)))))))
reset: ## Empieza de nuevo, con una copia de lo que había: make reset LAB=07, o CAP=05
	@$(if $(RESET_DIR),autograder/day/reset.sh $(RESET_DIR) $(if $(EJERCICIO),$(call quoted,$(EJERCICIO:.c=).c)),\
		echo 'make reset: di qué, por ejemplo: make reset LAB=07, o make reset CAP=05' >&2; exit 2)

.PHONY: update-originals
update-originals: #### Guarda los esqueletos y los ejercicios como lo que devuelve make reset
	@autograder/day/originals.sh

# ---- pruebas ---------------------------------------------------------------------------

DAY_TESTS := $(O)/autograder/day/tests/watch $(O)/autograder/day/tests/camino
$(DAY_TESTS): %: %.o $(O)/autograder/day/tests/mesa.o \
		$(O)/autograder/harness/program/emulator.o $(LIBBASE)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcriterion -lutil

TEST_STEPS += test-day
.PHONY: test-day
test-day: $(DAY) $(DAY_TESTS)
	@autograder/day/tests/run.sh $(DAY); ok=$$?; \
	ASINC_DAY=$(abspath $(DAY)) ASINC_DAY_CURSO=$(abspath autograder/day/tests/curso.sh) \
		$(O)/autograder/day/tests/watch --tap=- -j$(TEST_JOBS) && exit $$ok

# Lo mismo, con el curso de verdad y su corrector.
TEST_MORE += test-day-course
.PHONY: test-day-course
test-day-course: $(DAY) $(DAY_TESTS) $(GRADE_TOOLS) $(GRADE_SUITES)
	@ASINC_DAY=$(abspath $(DAY)) ASINC_DAY_CURSO=$(abspath autograder/day/tests/verdad.sh) \
		$(O)/autograder/day/tests/camino --tap=- -j1

# Y el camino entero, desde clonar hasta los 600 puntos: tarda minutos, así que se da a mano.
.PHONY: day-whole
day-whole: #### Recorre en una terminal el camino entero de quien estudia; tarda minutos
	@autograder/day/tests/entero.sh

BENCH_STEPS += bench-day
.PHONY: bench-day
bench-day: setup-grade $(COURSE) $(DAY) $(GRADE_TOOLS) $(GRADE_SUITES) #### Mide lo que pasa desde que se guarda hasta el veredicto
	@ASINC_COURSE=$(abspath $(COURSE)) autograder/day/bench.sh $(abspath $(DAY)) $(abspath $(GRADER)) $(call quoted,$(LAB))
