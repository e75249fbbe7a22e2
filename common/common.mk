# La biblioteca asinc y sus pruebas.

include common/bench/bench.mk common/tools/tools.mk

ASINC_SRC := $(wildcard common/src/*.c)
ASINC_OBJ := $(ASINC_SRC:%.c=$(O)/%.o)

$(O)/common/libasinc.a: $(ASINC_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

.PHONY: lib
lib: $(O)/common/libasinc.a

# Todas las pruebas de common/tests forman un solo programa. Con ThreadSanitizer y con
# valgrind lo conduce el corredor mínimo en vez de Criterion (ver su cabecera).
ASINC_TEST_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard common/tests/*.c))

# Con estas herramientas cada tarea cuesta mucho más: se crean menos.
ifneq ($(filter asan tsan valgrind,$(VARIANT)),)
$(ASINC_TEST_OBJ): CPPFLAGS += -DPRUEBA_LIGERA
endif
ifeq ($(VARIANT),valgrind)
$(ASINC_TEST_OBJ): CPPFLAGS += -DPRUEBA_VALGRIND
endif
ifeq ($(VARIANT),coverage)
$(ASINC_TEST_OBJ): CPPFLAGS += -DPRUEBA_COBERTURA
endif
ifneq ($(filter tsan valgrind,$(VARIANT)),)
$(ASINC_TEST_OBJ) $(O)/common/tests/corredor/corredor.o: CPPFLAGS += -Icommon/tests/corredor
ASINC_TEST_OBJ += $(O)/common/tests/corredor/corredor.o
ASINC_TEST_LIBS :=
TAP_OPTION :=
else
ASINC_TEST_LIBS := -lcriterion
TAP_OPTION := --tap=-
endif

$(O)/common/pruebas: $(ASINC_TEST_OBJ) $(O)/common/libasinc.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(ASINC_TEST_OBJ) $(LDLIBS_ASINC) $(ASINC_TEST_LIBS)

TEST_WRAPPER_valgrind := valgrind --quiet --leak-check=full --error-exitcode=9 \
    --errors-for-leak-kinds=definite,indirect --show-leak-kinds=definite,indirect
TEST_WRAPPER_tsan := env TSAN_OPTIONS=halt_on_error=1:exitcode=66:suppressions=$(CURDIR)/common/tests/tsan.supp

.PHONY: test-common
test-common: $(O)/common/pruebas
	$(Q)common/tests/pg_cluster.sh $(TEST_WRAPPER_$(VARIANT)) $< $(TAP_OPTION)

# La misma batería, con cada compilador y cada herramienta.
TEST_VARIANTS := asan tsan clang ucontext valgrind fortify
.PHONY: $(TEST_VARIANTS:%=test-common-%)
$(TEST_VARIANTS:%=test-common-%): test-common-%:
	$(Q)$(MAKE) --no-print-directory test-common VARIANT=$*

include common/tests/fuzz/fuzz.mk

.PHONY: test-table
test-table:
	@common/tests/tabla.sh

TEST_STEPS += test-table test-common $(TEST_VARIANTS:%=test-common-%)
