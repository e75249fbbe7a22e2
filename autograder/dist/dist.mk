# La edición de estudiantes y las soluciones que se publican.

###= ARM64=1  en `make dist`, las suites también para arm64 (pide Internet la primera vez)
###= LIBRO=no  en `make dist` y `make publish`, sin el libro
###= FORZAR=1  en `make publish`, adelanta la solución de LAB; en `make grade-class`, sigue aunque se pierdan notas

DIST      := autograder/dist
DIST_NAME := programacion-asincrona-en-c
WITH_BOOK  = $(if $(filter no,$(LIBRO)),,build/book)

# Las suites para arm64 se compilan aquí, con las cabeceras y bibliotecas de un Debian 12 de arm64
# desempaquetado aparte: no se instala ni se ejecuta nada de él.
ARM64_BUILD  := build/arm64
ARM64_SYSTEM := build/debian-arm64
WITH_ARM64    = $(if $(filter-out 0,$(ARM64)),$(ARM64_BUILD))

$(ARM64_SYSTEM):
	$(call say,DEBIAN,$@)
	@mkdir -p $(@D) && rm -rf $@.nuevo
	@mmdebstrap --quiet --variant=extract --architectures=arm64 \
		--include=libc6-dev,libcriterion-dev,libuv1-dev,libjansson-dev,libpq-dev,libssl-dev,libseccomp-dev \
		bookworm $@.nuevo && mv $@.nuevo $@

.PHONY: dist-arm64
dist-arm64: setup-dist | $(ARM64_SYSTEM)
	+@PKG_CONFIG_SYSROOT_DIR='$(abspath $(ARM64_SYSTEM))' \
		PKG_CONFIG_LIBDIR='$(abspath $(ARM64_SYSTEM))/usr/lib/aarch64-linux-gnu/pkgconfig' \
		$(MAKE) --no-print-directory $(if $(Q),-s) O=$(ARM64_BUILD) PKG='libuv jansson libpq' \
		CC='aarch64-linux-gnu-gcc --sysroot=$(ARM64_SYSTEM)' $(GRADE_SUITES:$(O)/%=$(ARM64_BUILD)/%)

.PHONY: dist publish
dist: setup-grade $(if $(WITH_ARM64),dist-arm64) $(if $(filter no,$(LIBRO)),,book) $(COURSE) $(GRADE_SUITES) ### Hace en build/dist la edición de estudiantes, sin suites ni soluciones (LAB=07: solo con ese laboratorio)
	@ASINC_COURSE=$(COURSE) ARM64=$(WITH_ARM64) LAB=$(call quoted,$(LAB)) $(DIST)/dist.sh $(O) build/dist $(WITH_BOOK)
	@printf 'La edición de estudiantes está en build/dist/$(DIST_NAME).tar.gz (%s).\n' \
		"$$(du -h --apparent-size build/dist/$(DIST_NAME).tar.gz | cut -f1)"

# El libro va detrás: lo que se adelanta entra ya en él.
publish: setup-grade $(COURSE) ### Publica las soluciones cuya fecha ha pasado, en un archivo y en el libro (LAB=07: solo esa)
	@ASINC_COURSE=$(COURSE) FORZAR=$(call quoted,$(filter-out 0,$(FORZAR))) $(DIST)/publish.sh build/publish $(call quoted,$(LAB))
	$(if $(WITH_BOOK),+@$(MAKE) --no-print-directory book)

# En `make test`, qué lleva; con TODO=1, lo que lleva la de otros cursos; con TODO=2, que en ella todo
# funciona y las notas son las mismas.
TEST_STEPS += test-dist
TEST_MORE  += test-dist-others
TEST_DEEP  += test-dist-use
.PHONY: test-dist test-dist-others test-dist-use
test-dist: $(COURSE) $(GRADE_SUITES)
	@$(DIST)/tests/edition.sh $(O)

test-dist-others: $(COURSE) $(GRADE_SUITES)
	@$(DIST)/tests/others.sh $(O)

test-dist-use: $(COURSE) $(GRADE_TOOLS) $(GRADE_SUITES)
	@$(DIST)/tests/use.sh $(O)
