# Entradas al azar, guiadas por lo que cubren (libFuzzer, con ASan y UBSan): las lecturas de
# un flujo, las respuestas HTTP, las peticiones y lo que envía PostgreSQL. Una entrada que falle queda
# en build/fuzz/fallos.

####= SEGUNDOS=60  cuánto dura `make fuzz` con cada programa

FUZZ_O     := build/fuzz
FUZZ_FLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
    -fno-sanitize-recover=all
FUZZ_LIB   := $(ASINC_SRC:%.c=$(FUZZ_O)/%.o) $(FUZZ_O)/common/src/core/jump.o
FUZZ_NAMES := lineas cabeceras peticiones postgres
FUZZ_BINS  := $(FUZZ_NAMES:%=$(FUZZ_O)/common/tests/fuzz/fuzz_%)

$(FUZZ_O)/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)clang $(CPPFLAGS) -Icommon/src $(WARN) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link $(PKG_CFLAGS) \
		-MMD -MP -c -o $@ $<

$(FUZZ_O)/%.o: %.S
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)clang $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(FUZZ_BINS): %: %.o $(FUZZ_LIB)
	$(call say,LD,$@)
	$(Q)clang $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^ \
		$(filter-out %.a,$(LDLIBS_ASINC))

.PHONY: fuzz $(FUZZ_NAMES:%=fuzz-%)
fuzz: setup-test-todo $(FUZZ_NAMES:%=fuzz-%) #### Busca con entradas al azar fallos al leer flujos, respuestas HTTP, peticiones y lo que envía PostgreSQL

$(FUZZ_NAMES:%=fuzz-%): fuzz-%: $(FUZZ_O)/common/tests/fuzz/fuzz_%
	@mkdir -p $(FUZZ_O)/corpus/$* $(FUZZ_O)/fallos
	@nice $< -max_total_time=$(or $(SEGUNDOS),60) -timeout=10 -max_len=4096 -print_final_stats=1 \
		-dict=common/tests/fuzz/http.dict -artifact_prefix=$(FUZZ_O)/fallos/$*- \
		$(FUZZ_O)/corpus/$* common/tests/fuzz/semillas/$*

$(call read_lists,$(FUZZ_O))
