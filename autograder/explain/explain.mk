# Los errores de gcc, explicados: el compilador con que se hace lo que escribe quien estudia.

ASINC_GCC := $(O)/autograder/asinc-gcc

$(ASINC_GCC): $(O)/autograder/explain/main.o $(LIBBASE)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

TEST_STEPS += test-explain
.PHONY: test-explain
test-explain: $(ASINC_GCC)
	@autograder/explain/tests/run.sh $(ASINC_GCC)
