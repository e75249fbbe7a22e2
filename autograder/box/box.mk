# La caja: biblioteca, runner y sus pruebas.
#
#     $(O)/autograder/libbox.a   biblioteca; enlaza con $(LDLIBS_BOX)
#     $(O)/autograder/runner     PID 1 de la caja interior, estático
#     test-box                   pruebas, en TAP

LDLIBS_BOX   = $(shell pkg-config --libs libseccomp) -pthread
BOX_DIR     := autograder/box
BOX_OBJECTS := $(patsubst %,$(O)/$(BOX_DIR)/%.o,box capture outer profile safe_read seccomp util)

$(O)/autograder/libbox.a: $(BOX_OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# Estático y siempre sin instrumentar: es PID 1 en la raíz del alumno, y ningún sanitizer
# enlaza con -static. Por eso tiene su propia orden y no pasa por la variante.
BOX_RUNNER := $(BOX_DIR)/runner.c $(BOX_DIR)/tree.c
$(O)/autograder/runner: $(BOX_RUNNER) $(BOX_DIR)/tree.h $(BOX_DIR)/wire.h $(BOX_DIR)/box.h
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(WARN) -O2 -g -static -o $@ $(BOX_RUNNER)
