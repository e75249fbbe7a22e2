# Herramientas de la biblioteca: dibujar lo que hace un programa, instalarla y medir cuánto
# de ella recorren sus pruebas.

##= PROGRAMA='...'  en `make trace`, qué se ejecuta
##= TRAZA=traza.json  en `make trace`, dibuja esa traza en vez de ejecutar nada
##= DIBUJO=build/traza.svg  en `make trace`, dónde queda el dibujo

TRACE_SVG := $(O)/common/tools/trace_svg
TRACE_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard common/tools/*.c))
DIBUJO    ?= build/traza.svg

$(TRACE_SVG): $(TRACE_OBJ) $(O)/common/libasinc.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(TRACE_OBJ) $(LDLIBS_ASINC)

# Un ejemplo o un laboratorio se compila antes; cualquier otro programa es cosa de su dueño.
TRACED       := $(firstword $(PROGRAMA))
TRACED_OURS  := $(if $(wildcard $(TRACED:$(O)/%=%.c)),$(filter $(O)/%,$(TRACED)))

.PHONY: trace
trace: $(TRACE_SVG) $(TRACED_OURS) ## Dibuja en una línea de tiempo qué hace cada tarea: make trace PROGRAMA='...'
	$(said)
	@TRAZA='$(TRAZA)' common/tools/trace.sh $(TRACE_SVG) '$(DIBUJO)' $(PROGRAMA)

# ---- Usarla fuera del curso ---------------------------------------------------------------

##= PREFIX=/usr/local  dónde instala `make install`

ASINC_VERSION := 1.0.0
PREFIX        ?= /usr/local
DEST           = $(DESTDIR)$(PREFIX)
REFERENCE     := common/tools/reference.awk
INSTALL_FAILED = { echo "$@: no se pudo en $(DEST): ¿falta sudo, o PREFIX=\$$HOME/.local?" >&2; exit 1; }

.PHONY: install uninstall
install: $(O)/common/libasinc.a ## Instala la biblioteca para tus propios proyectos (PREFIX=/usr/local)
	$(Q)case '$(PREFIX)' in /*) ;; *) echo 'install: PREFIX debe ser una ruta que empiece por /' >&2; exit 2 ;; esac
	$(Q)install -d '$(DEST)/include/asinc' '$(DEST)/lib/pkgconfig' && \
	install -m 644 common/include/asinc/*.h '$(DEST)/include/asinc/' && \
	install -m 644 $< '$(DEST)/lib/' && \
	sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(ASINC_VERSION)|; s|@PKG@|$(PKG)|' common/asinc.pc.in \
		>'$(DEST)/lib/pkgconfig/asinc.pc' && \
	chmod 644 '$(DEST)/lib/pkgconfig/asinc.pc' && \
	install -d '$(DEST)/share/man/man3' '$(DEST)/share/man/man7' && \
	awk -v form=man -v out='$(DEST)/share/man' -v version=$(ASINC_VERSION) -f $(REFERENCE) \
		common/include/asinc/*.h common/src/core/strerror.c lessons/[0-9]*/README.md lessons/[0-9]*/*.c || $(INSTALL_FAILED)
	@echo 'Instalada en $(DEST). Para compilar con ella:'
	@echo '    cc programa.c $$(pkg-config --cflags --libs asinc)'
	@echo 'y el manual:  man as_run, man asinc'
	@case '$(PREFIX)' in /usr | /usr/local) ;; *) \
		echo 'y antes:  export PKG_CONFIG_PATH=$(PREFIX)/lib/pkgconfig' ;; esac

uninstall: ## Quita lo que instaló make install, con el mismo PREFIX
	$(Q)rm -f '$(DEST)/lib/libasinc.a' '$(DEST)/lib/pkgconfig/asinc.pc' && \
	rm -rf '$(DEST)/include/asinc' && rm -f '$(DEST)/share/man/man7/asinc.7' && \
	awk -v form=nombres -f $(REFERENCE) common/include/asinc/*.h | cut -f1 | \
		sed 's|.*|$(DEST)/share/man/man3/&.3|' | tr '\n' '\0' | xargs -0 rm -f || $(INSTALL_FAILED)

# ---- Qué recorren las pruebas --------------------------------------------------------------

.PHONY: coverage report-coverage
coverage: setup-test #### Cuenta qué líneas de la biblioteca no ejecuta ninguna prueba
	@$(MAKE) --no-print-directory VARIANT=coverage report-coverage

report-coverage: $(O)/common/pruebas
	@common/tools/coverage.sh $(O)/common/src $(MAKE) --no-print-directory VARIANT=$(VARIANT) test-common

# ---- Sus pruebas -----------------------------------------------------------------------

TRACE_PROGRAM := $(O)/common/tests/traza/programa
$(TRACE_PROGRAM): $(TRACE_PROGRAM).o $(O)/common/libasinc.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(LDLIBS_ASINC)

TEST_STEPS += test-trace test-install
.PHONY: test-trace test-install
test-trace: $(TRACE_SVG) $(TRACE_PROGRAM)
	@common/tests/test_trace.sh $(TRACE_SVG) $(TRACE_PROGRAM)

test-install: $(O)/common/libasinc.a
	@common/tests/test_install.sh
