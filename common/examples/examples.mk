# Los ejemplos: programas enteros que usan la biblioteca como la usaría otro proyecto.

EXAMPLES := $(patsubst %.c,$(O)/%,$(wildcard common/examples/*.c))

$(EXAMPLES): %: %.o $(O)/common/libasinc.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(LDLIBS_ASINC)

.PHONY: examples
examples: $(EXAMPLES)

# Las pruebas los ejecutan desde fuera y les hacen de todo; sin ellas, esto no añade nada.
ifneq ($(wildcard common/tests/ejemplos),)
EXAMPLE_TEST_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard common/tests/ejemplos/*.c)) \
	$(patsubst %,$(O)/common/tests/ejemplos/%.o,prueba servidor)
$(EXAMPLE_TEST_OBJ): CPPFLAGS += -Icommon/tests
$(EXAMPLE_TEST_OBJ): CFLAGS += -O0

# Lo que comparten con las demás pruebas se compila aparte: dos make a la vez no hacen lo mismo.
$(O)/common/tests/ejemplos/%.o: common/tests/%.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/common/pruebas_ejemplos: $(EXAMPLE_TEST_OBJ) $(O)/common/libasinc.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(EXAMPLE_TEST_OBJ) $(LDLIBS_ASINC) -lcriterion

TEST_MORE    += test-examples test-examples-asan
TEST_VARIANT += test-examples-asan
.PHONY: test-examples test-examples-asan
test-examples: $(O)/common/pruebas_ejemplos $(EXAMPLES)
	$(Q)EJEMPLOS=$(O)/common/examples common/tests/pg_cluster.sh $< --tap=- -j$(TEST_JOBS)
test-examples-asan:
	$(Q)$(MAKE) --no-print-directory test-examples VARIANT=asan
ifneq ($(VARIANT),asan)
test-examples-asan: | build/asan/common/libasinc.a
endif
endif
