# Lo que comparten la caja, el banco y el corrector: texto, memoria, carpetas, procesos y semillas.
#
#     $(LIBBASE)   biblioteca, sin dependencias
#     test-base    pruebas, en TAP

BASE_TESTS := $(O)/autograder/base/tests
LIBBASE    := $(O)/autograder/libbase.a

$(LIBBASE): $(patsubst %.c,$(O)/%.o,$(wildcard autograder/base/*.c))
	$(call say,AR,$@)
	$(Q)$(call archive,rcs)

$(BASE_TESTS)/pruebas: $(BASE_TESTS)/pruebas.o $(LIBBASE)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcriterion

TEST_STEPS += test-base
.PHONY: test-base
test-base: $(BASE_TESTS)/pruebas
	@$< --tap=-
