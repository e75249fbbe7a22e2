# El banco de las suites ocultas y sus pruebas.
#
#     $(O)/autograder/libharness.a   biblioteca; enlaza con $(LDLIBS_HARNESS)
#     test-harness                   pruebas, en TAP

HARNESS_OBJ    := $(patsubst %.c,$(O)/%.o,$(wildcard autograder/harness/*.c))
LDLIBS_HARNESS := -lcriterion -luv -ljansson

$(O)/autograder/libharness.a: $(HARNESS_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

HARNESS_TESTS  := $(O)/autograder/harness/tests
HARNESS_SUITES := $(patsubst %,$(HARNESS_TESTS)/%,programas servidor ejemplos historias)

$(HARNESS_SUITES): %: %.o $(O)/autograder/libharness.a $(O)/autograder/libbox.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS_HARNESS) $(LDLIBS_BOX)

$(HARNESS_TESTS)/prog: $(HARNESS_TESTS)/prog.o
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $<

# El mismo programa como lo construye el corrector para buscar errores de memoria.
$(HARNESS_TESTS)/prog-asan: autograder/harness/tests/prog.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(WARN) -O1 -g -w -fsanitize=address,undefined -o $@ $<

TEST_STEPS += test-harness
.PHONY: test-harness
test-harness: $(HARNESS_SUITES) $(HARNESS_TESTS)/prog $(HARNESS_TESTS)/prog-asan $(O)/autograder/runner
	@autograder/harness/tests/run.sh $(HARNESS_TESTS) $(O)/autograder/runner
