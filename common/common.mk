# La biblioteca asinc y sus pruebas.

include common/tools/tools.mk
-include common/examples/examples.mk
-include common/bench/bench.mk

ASINC_SRC := $(wildcard common/src/*/*.c)
ASINC_OBJ := $(ASINC_SRC:%.c=$(O)/%.o) $(O)/common/src/core/jump.o

# Lo interno se incluye desde common/src: "core/loop_internal.h".
$(ASINC_OBJ): CPPFLAGS += -Icommon/src

# q: dos carpetas pueden tener archivos del mismo nombre.
$(O)/common/libasinc.a: $(ASINC_OBJ)
	$(call say,AR,$@)
	$(Q)$(call archive,qcs)

.PHONY: lib
lib: $(O)/common/libasinc.a

# Todas las pruebas de common/tests forman un solo programa. Con clang y con ucontext lo conduce
# Criterion; en lo demás, el corredor mínimo (ver la cabecera que pone en su lugar).
ASINC_TEST_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard common/tests/*.c common/tests/conformidad/*.c))
# Con ucontext solo cambia cómo se salta de una tarea a otra: basta con las del núcleo. Con
# ThreadSanitizer, salvo en TODO=2, con las de lo que usa hilos: que cada prueba dure veinte veces más no
# encuentra nada donde hay uno solo.
TESTS_ucontext := coro loop task group gather scope cancelado future sync barrier queue timer threadsafe work estres
TESTS_tsan     := $(if $(WITH_DEEP),,threadsafe work work_cancelado estres loop log signal ctrl_c resolve nombres dial connect \
	file file_cancelado file_entero file_error process process_matar)
ifneq ($(TESTS_$(VARIANT)),)
ASINC_TEST_OBJ := $(patsubst %.c,$(O)/%.o,$(filter-out common/tests/test_%,$(wildcard common/tests/*.c))) \
	$(TESTS_$(VARIANT):%=$(O)/common/tests/test_%.o)
endif
$(ASINC_TEST_OBJ): CPPFLAGS += -Icommon/src -Icommon/tests

# Optimizar las pruebas cuesta más que ejecutarlas: se optimiza lo que prueban. Con clang, también ellas.
ifneq ($(VARIANT),clang)
$(ASINC_TEST_OBJ): CFLAGS += -O0
endif

# Con estas herramientas cada tarea cuesta mucho más: se crean menos.
ifneq ($(filter asan tsan valgrind ucontext,$(VARIANT)),)
$(ASINC_TEST_OBJ): CPPFLAGS += -DPRUEBA_LIGERA
endif
ifeq ($(VARIANT),valgrind)
$(ASINC_TEST_OBJ): CPPFLAGS += -DPRUEBA_VALGRIND
endif
ifeq ($(VARIANT),coverage)
$(ASINC_TEST_OBJ): CPPFLAGS += -DPRUEBA_COBERTURA
endif
ifneq ($(filter normal asan tsan valgrind,$(VARIANT)),)
$(ASINC_TEST_OBJ) $(O)/common/tests/corredor/corredor.o: CPPFLAGS += -Icommon/tests/corredor
ASINC_TEST_OBJ += $(O)/common/tests/corredor/corredor.o
ASINC_TEST_LIBS :=
TAP_OPTION :=
else
ASINC_TEST_LIBS := -lcriterion
TAP_OPTION = --tap=- -j$(TEST_JOBS)
endif

# Para que libcurl llame a la de las pruebas: el enlazador solo publica las que ve pedir.
$(O)/common/pruebas: LDFLAGS += -Wl,--export-dynamic-symbol=X509_STORE_load_path

$(O)/common/pruebas: $(ASINC_TEST_OBJ) $(O)/common/libasinc.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(ASINC_TEST_OBJ) $(LDLIBS_ASINC) $(ASINC_TEST_LIBS)

# Cada prueba busca sus fugas en su cuerpo (prueba.h); las que se ven al salir no hacen fallar nada.
TEST_WRAPPER_asan := env ASAN_OPTIONS=leak_check_at_exit=0
TEST_WRAPPER_valgrind := valgrind --quiet --leak-check=full --error-exitcode=9 \
    --errors-for-leak-kinds=definite,indirect --show-leak-kinds=definite,indirect
TEST_WRAPPER_tsan := env TSAN_OPTIONS=halt_on_error=1:exitcode=66:suppressions=$(CURDIR)/common/tests/tsan.supp

.PHONY: test-common
test-common: $(O)/common/pruebas
	$(Q)common/tests/pg_cluster.sh $(TEST_WRAPPER_$(VARIANT)) $< $(TAP_OPTION)

# La misma batería, con cada compilador y cada herramienta.
TEST_VARIANTS := asan tsan clang ucontext valgrind
.PHONY: $(TEST_VARIANTS:%=test-common-%)
$(TEST_VARIANTS:%=test-common-%): test-common-%:
	$(Q)$(MAKE) --no-print-directory test-common VARIANT=$*
TEST_VARIANT += $(TEST_VARIANTS:%=test-common-%) test-common-cet
# Con ASan la biblioteca la pide además el corrector: que la haga una sola llamada a make.
ifneq ($(VARIANT),asan)
test-common-asan: | build/asan/common/libasinc.a
endif

# Como compilan Ubuntu y Fedora. Solo toca a cómo se salta, y eso es lo que se prueba.
CET_TEST_OBJ := $(patsubst %,$(O)/common/tests/%.o,prueba test_coro test_loop)
$(O)/common/pruebas_cet: $(CET_TEST_OBJ) $(O)/common/libasinc.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(CET_TEST_OBJ) $(LDLIBS_ASINC) $(ASINC_TEST_LIBS)

.PHONY: check-cet test-common-cet
check-cet: $(O)/common/pruebas_cet
	@common/tests/test_cet.sh $< $(O)/common/src/core
test-common-cet:
	$(Q)$(MAKE) --no-print-directory check-cet VARIANT=cet

-include common/tests/fuzz/fuzz.mk

.PHONY: test-table test-conformidad test-corredor
test-table:
	@common/tests/tabla.sh

# Las pruebas de conformidad van con las demás; esto comprueba la tabla que las explica.
test-conformidad:
	@common/tests/conformidad/tabla.sh

test-corredor:
	@CC='$(CC)' common/tests/corredor/tests.sh

TEST_STEPS += test-table test-conformidad test-common test-common-asan test-corredor
TEST_MORE  += $(patsubst %,test-common-%,$(filter-out asan clang valgrind,$(TEST_VARIANTS))) test-common-cet
TEST_DEEP  += test-common-clang test-common-valgrind
