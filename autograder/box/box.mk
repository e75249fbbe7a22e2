# La caja: biblioteca, runner y sus pruebas.
#
#     $(LIBBOX)                  la caja y lo que hay debajo; enlaza con $(LDLIBS_BOX)
#     $(O)/autograder/runner     PID 1 de la caja interior, estático
#     test-box                   pruebas, en TAP

LDLIBS_BOX   = $(shell pkg-config --libs libseccomp) -pthread
BOX_DIR     := autograder/box
BOX_OBJECTS := $(patsubst %,$(O)/$(BOX_DIR)/%.o,box capture cgroup cgroup_place confine counters identity options outer profile rung seccomp util)
LIBBOX      := $(O)/autograder/libbox.a $(LIBBASE)

$(O)/autograder/libbox.a: $(BOX_OBJECTS)
	$(call say,AR,$@)
	$(Q)$(call archive,rcs)

# Estático y siempre sin instrumentar: es PID 1 en la raíz del alumno, y ningún sanitizer
# enlaza con -static. Por eso tiene su propia orden y no pasa por la variante.
BOX_RUNNER := $(patsubst %,$(BOX_DIR)/%.c,runner confine counters disk executioner held identity rlimits tree wire) $(patsubst %,autograder/base/%.c,dir memory)
$(O)/autograder/runner: $(BOX_RUNNER) $(wildcard $(BOX_DIR)/*.h autograder/base/*.h)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -Iautograder $(WARN) -O2 -g -static -o $@ $(BOX_RUNNER)

# ---- pruebas -------------------------------------------------------------------------------

BOX_TESTS       := $(BOX_DIR)/tests
BOX_ATTACKS     := $(filter-out uvcurl,$(patsubst $(BOX_TESTS)/ataques/%.c,%,\
	$(wildcard $(BOX_TESTS)/ataques/*.c)))
BOX_TEST_ZONE   := $(O)/$(BOX_TESTS)
BOX_TEST_BINS   := $(patsubst %,$(BOX_TEST_ZONE)/ataques/%,$(BOX_ATTACKS) uvcurl uvcurl-asan)
BOX_TEST_OBJECT := $(patsubst %.c,$(O)/%.o,$(wildcard $(BOX_TESTS)/*.c))

$(BOX_TEST_ZONE)/pruebas: $(BOX_TEST_OBJECT) $(LIBBOX)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS_BOX) -lcriterion

# Los ataques van sin sanitizer: lo que se prueba es la caja, no a ellos.
BOX_ATTACK_CC = @mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(WARN) -O1 -g -o $@ $<

$(patsubst %,$(BOX_TEST_ZONE)/ataques/%,como_root contenedor sin_cajas): \
$(BOX_TEST_ZONE)/ataques/%: $(BOX_TEST_ZONE)/ataques/%.o $(LIBBOX)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS_BOX)

$(BOX_TEST_ZONE)/ataques/%: $(BOX_TESTS)/ataques/%.c $(BOX_TESTS)/ataques/limite.h
	$(BOX_ATTACK_CC) -pthread

$(BOX_TEST_ZONE)/ataques/uvcurl: $(BOX_TESTS)/ataques/uvcurl.c
	$(BOX_ATTACK_CC) -luv -lcurl -pthread

$(BOX_TEST_ZONE)/ataques/uvcurl-asan: $(BOX_TESTS)/ataques/uvcurl.c
	$(BOX_ATTACK_CC) -fsanitize=address,undefined -luv -lcurl -pthread

# Todo se copia a una carpeta aparte: empezando como root, las pruebas corren con otro usuario,
# que quizá no pueda leer este repositorio.
# El más alto y el más bajo; los de en medio, que tienen de uno y de otro, con TODO=2.
BOX_RUNGS    ?= completa $(if $(WITH_DEEP),parcial) minima $(if $(WITH_DEEP),ya-aislado)
BOX_RUN_TESTS = @zona=$$(mktemp -d) && trap 'rm -rf "$$zona"' EXIT && \
	cp $^ "$$zona" && printf 'esto no es un ejecutable' > "$$zona/no_ejecutable" && \
	chmod -R a+rX "$$zona" && chmod a+x "$$zona/no_ejecutable" && mal=0 && \
	mkdir -m 1777 "$$zona/tmp" && \
	for peldano in $(BOX_RUNGS); do \
		TMPDIR="$$zona/tmp" ASINC_BOX=$$peldano "$$zona/pruebas" $(1) || mal=1; \
		$(if $(2),TMPDIR="$$zona/tmp" ASINC_BOX=$$peldano ASINC_CON_GRUPO=1 "$$zona/pruebas" $(2) || mal=1;) \
	done; \
	[ $$mal -eq 0 ]
BOX_TEST_NEEDS = $(BOX_TEST_ZONE)/pruebas $(BOX_TEST_BINS) $(O)/autograder/runner

TEST_STEPS += test-box
BENCH_STEPS += bench-box
.PHONY: test-box bench-box
# Todo en cada peldaño de la caja, el más alto primero; y los límites, otra vez con grupo de control.
test-box: $(BOX_TEST_NEEDS)
	$(call BOX_RUN_TESTS,$(if $(PRUEBA),--filter '*/$(PRUEBA)') --tap=- -j$(TEST_JOBS),$(if $(PRUEBA),--filter '*/$(PRUEBA)',--filter '@(limites|nucleo|vida)/*') --tap=- -j$(TEST_JOBS))

# En TAP la cifra no se ve.
bench-box: $(BOX_TEST_NEEDS) ### Mide cuánto tarda una caja en arrancar y acabar
	@echo 'Arrancar y acabar una caja, en cada peldaño:'
	$(call BOX_RUN_TESTS,--filter '*/coste_de_arranque' --verbose 2>&1 | grep 'arrancar y',--filter '*/coste_de_arranque' --verbose 2>&1 | grep 'arrancar y' | sed 's/$$/ (con grupo de control)/')
