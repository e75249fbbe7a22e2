# El banco de las suites ocultas y sus pruebas.

HARNESS_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard autograder/harness/*.c))

$(O)/autograder/libharness.a: $(HARNESS_OBJ)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)ar rcs $@ $^
