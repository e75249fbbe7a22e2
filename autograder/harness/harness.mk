# El banco de las suites ocultas y sus pruebas.
#
#     $(LIBHARNESS)                  biblioteca; enlaza con $(LDLIBS_HARNESS)
#     test-harness                   pruebas, en TAP

HARNESS_OBJ    := $(patsubst %.c,$(O)/%.o,$(wildcard autograder/harness/*.c autograder/harness/program/*.c))
LDLIBS_HARNESS := -lcriterion -luv -ljansson -lpq -lcrypto

LIBHARNESS := $(O)/autograder/libharness.a
$(LIBHARNESS): $(HARNESS_OBJ)
	$(call say,AR,$@)
	$(Q)$(call archive,rcs)

# La plantilla se rehace cuando cambia el PostgreSQL instalado. Sin él, o si no la usa ningún laboratorio
# de los que se piden, no la hay.
PG_TEMPLATE := $(O)/autograder/postgres.tar
PG_WANTED    = $(COURSE) base-de-datos $(if $(LAB),$(call quoted,$(LAB)))
test-harness: PG_WANTED := :
$(PG_TEMPLATE): autograder/harness/pg_template.sh \
		$(wildcard /usr/bin/postgres /usr/lib/postgresql/*/bin/postgres) | $(COURSE)
	$(Q)! $(PG_WANTED) 2>/dev/null || { $(subst @,,$(call say,INITDB,$@)); CC='$(CC)' $< $@; }

HARNESS_TESTS  := $(O)/autograder/harness/tests
HARNESS_SUITES := programas terminal archivos servidor cuerpos averias conexiones esperas postgres historias cronologias excesos
HARNESS_BUILT  := $(HARNESS_SUITES:%=$(HARNESS_TESTS)/%) $(HARNESS_TESTS)/ejemplos
$(HARNESS_TESTS)/ejemplos: $(HARNESS_TESTS)/ejemplos_excesos.o
HARNESS_TAP    := --tap=-

# Criterion no arranca bajo ThreadSanitizer: las pruebas de los hilos, que son las que
# importan ahí, van con el corredor mínimo de common.
ifeq ($(VARIANT),tsan)
HARNESS_SUITES := programas terminal archivos servidor cuerpos averias conexiones esperas
HARNESS_BUILT  := $(HARNESS_SUITES:%=$(HARNESS_TESTS)/%)
HARNESS_RUN    := $(O)/common/tests/corredor/corredor.o
HARNESS_TAP    :=
LDLIBS_HARNESS := $(filter-out -lcriterion,$(LDLIBS_HARNESS))
$(HARNESS_OBJ) $(HARNESS_BUILT:%=%.o) $(HARNESS_RUN): CPPFLAGS += -Icommon/tests/corredor
endif

$(HARNESS_BUILT): %: %.o $(HARNESS_RUN) $(LIBHARNESS) $(LIBBOX)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS_HARNESS) $(LDLIBS_BOX)

# Los programas que se prueban no llevan nunca las herramientas de la variante; el segundo
# es como lo construye el corrector para buscar errores de memoria.
HARNESS_PROGS := $(HARNESS_TESTS)/prog $(HARNESS_TESTS)/prog-asan $(HARNESS_TESTS)/abusa
$(HARNESS_TESTS)/prog-asan: PROG_FLAGS := -w -fsanitize=address,undefined -fno-sanitize-recover=all
$(HARNESS_TESTS)/prog-asan: CC := gcc
$(HARNESS_TESTS)/prog $(HARNESS_TESTS)/prog-asan: autograder/harness/tests/material/prog.c
$(HARNESS_TESTS)/abusa: autograder/harness/tests/material/abusa.c
$(HARNESS_PROGS):
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(WARN) -O1 -g $(PROG_FLAGS) -o $@ $<

.PHONY: test-harness
test-harness: $(HARNESS_BUILT) $(HARNESS_PROGS) $(O)/autograder/runner $(PG_TEMPLATE)
	@$(TEST_WRAPPER_$(VARIANT)) CRITERION_JOBS=$(TEST_JOBS) autograder/harness/tests/run.sh $(HARNESS_TESTS) $(O)/autograder/runner $(PG_TEMPLATE) '$(HARNESS_TAP)' $(HARNESS_SUITES)

HARNESS_VARIANTS := asan tsan
.PHONY: $(HARNESS_VARIANTS:%=test-harness-%)
$(HARNESS_VARIANTS:%=test-harness-%): test-harness-%:
	$(Q)$(MAKE) --no-print-directory test-harness VARIANT=$*

TEST_STEPS += test-harness
TEST_DEEP  += $(HARNESS_VARIANTS:%=test-harness-%)
TEST_VARIANT += $(HARNESS_VARIANTS:%=test-harness-%)
# Al compilarlo todo: las dos hacen el mismo corredor, y con una sola llamada a make no chocan.
ifdef SIN_PRUEBAS
test-harness-tsan: | test-common-tsan
endif
