# Las medidas: asinc frente a otros, en la misma máquina y a la vez.

####= SOLO=http  en `make bench`, solo ese grupo: salto, tarea, cola, paradas, eco, http, sitios, web o pg
####= RONDAS=5  cuántas veces repite `make bench` cada medida

BENCH_DIR   := $(O)/common/bench
BENCH_OURS  := $(addprefix $(BENCH_DIR)/,hop spawn queue parked echo echo_client http sites web inserts)
BENCH_PEERS := $(addprefix $(BENCH_DIR)/pares/,libuv_echo libuv_http)

$(BENCH_OURS): %: %.o $(BENCH_DIR)/bench.o $(O)/common/libasinc.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(BENCH_DIR)/bench.o $(LDLIBS_ASINC)

$(BENCH_PEERS): %: %.o $(BENCH_DIR)/bench.o
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs libuv)

# Lo que otros fragmentos quieran medir además (BENCH_STEPS) va detrás, sin estorbarse.
.PHONY: bench
bench: setup-grade $(BENCH_OURS) $(BENCH_PEERS) #### Mide la biblioteca frente a asyncio, aiohttp, curl y otros, y la espera de make grade
	@SOLO='$(SOLO)' RONDAS='$(RONDAS)' CC='$(CC)' \
		$(if $(filter-out pg,$(SOLO)),,common/tests/pg_cluster.sh) \
		common/bench/bench.sh $(BENCH_DIR) build/bench.json
	$(if $(SOLO),,@$(foreach step,$(BENCH_STEPS),$(MAKE) --no-print-directory $(step) &&) :)

TEST_MORE += test-bench
.PHONY: test-bench
test-bench: $(BENCH_OURS) $(BENCH_PEERS)
	@common/bench/tests.sh $(BENCH_DIR)
