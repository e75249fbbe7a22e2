# Los ejemplos: programas enteros que usan la biblioteca como la usaría otro proyecto.

EXAMPLES := $(patsubst %.c,$(O)/%,$(wildcard common/examples/*.c))

$(EXAMPLES): %: %.o $(O)/common/libasinc.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(LDLIBS_ASINC)

.PHONY: examples
examples: $(EXAMPLES)
