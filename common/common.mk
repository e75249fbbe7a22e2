# La biblioteca asinc, sus pruebas y sus medidas.

ASINC_SRC := $(wildcard common/src/*.c)
ASINC_OBJ := $(ASINC_SRC:%.c=$(O)/%.o)

$(O)/common/libasinc.a: $(ASINC_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

.PHONY: lib
lib: $(O)/common/libasinc.a
