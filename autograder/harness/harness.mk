# El banco de las suites ocultas y sus pruebas.
#
#     $(O)/autograder/libharness.a   biblioteca; enlaza con $(LDLIBS_HARNESS)
#     test-harness                   pruebas, en TAP

HARNESS_OBJ    := $(patsubst %.c,$(O)/%.o,$(wildcard autograder/harness/*.c))
LDLIBS_HARNESS := -lcriterion -luv -ljansson -lpq

$(O)/autograder/libharness.a: $(HARNESS_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# La plantilla se rehace cuando cambia el PostgreSQL instalado; sin él, no hay.
PG_TEMPLATE := $(O)/autograder/postgres.tar
$(PG_TEMPLATE): autograder/harness/pg_template.sh \
		$(wildcard /usr/bin/postgres /usr/lib/postgresql/*/bin/postgres)
	$(call say,INITDB,$@)
	$(Q)$< $@

HARNESS_TESTS  := $(O)/autograder/harness/tests
HARNESS_SUITES := programas terminal archivos servidor cuerpos averias conexiones postgres historias
HARNESS_BUILT  := $(HARNESS_SUITES:%=$(HARNESS_TESTS)/%) $(HARNESS_TESTS)/ejemplos
HARNESS_TAP    := --tap=-

# Criterion no arranca bajo ThreadSanitizer: las pruebas de los hilos, que son las que
# importan ahí, van con el corredor mínimo de common.
ifeq ($(VARIANT),tsan)
HARNESS_SUITES := programas terminal archivos servidor cuerpos averias conexiones
HARNESS_BUILT  := $(HARNESS_SUITES:%=$(HARNESS_TESTS)/%)
HARNESS_RUN    := $(O)/common/tests/corredor/corredor.o
HARNESS_TAP    :=
LDLIBS_HARNESS := -luv -ljansson -lpq
$(HARNESS_OBJ) $(HARNESS_BUILT:%=%.o) $(HARNESS_RUN): CPPFLAGS += -Icommon/tests/corredor
endif

$(HARNESS_BUILT): %: %.o $(HARNESS_RUN) $(O)/autograder/libharness.a $(O)/autograder/libbox.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS_HARNESS) $(LDLIBS_BOX)

# Los programas que se prueban no llevan nunca las herramientas de la variante; el segundo
# es como lo construye el corrector para buscar errores de memoria.
HARNESS_PROGS := $(HARNESS_TESTS)/prog $(HARNESS_TESTS)/prog-asan
$(HARNESS_TESTS)/prog-asan: PROG_FLAGS := -w -fsanitize=address,undefined
$(HARNESS_PROGS): autograder/harness/tests/material/prog.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(WARN) -O1 -g $(PROG_FLAGS) -o $@ $<

.PHONY: test-harness
test-harness: $(HARNESS_BUILT) $(HARNESS_PROGS) $(O)/autograder/runner $(PG_TEMPLATE)
	@autograder/harness/tests/run.sh $(HARNESS_TESTS) $(O)/autograder/runner $(PG_TEMPLATE) '$(HARNESS_TAP)' $(HARNESS_SUITES)

HARNESS_VARIANTS := asan tsan clang
.PHONY: $(HARNESS_VARIANTS:%=test-harness-%)
$(HARNESS_VARIANTS:%=test-harness-%): test-harness-%:
	$(Q)$(MAKE) --no-print-directory test-harness VARIANT=$*

TEST_STEPS += test-harness $(HARNESS_VARIANTS:%=test-harness-%)
