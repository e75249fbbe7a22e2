# Lo que no es de ninguna carpeta: la ayuda, preparar el sistema, probar todo y limpiar.
#
# `make` a secas enseña .setup/ayuda.txt, que cabe en una pantalla. `make ayuda TODO=1`, todo lo
# que dicen los comentarios de los makefiles, según de quién sea:
#   objetivo: requisitos  ## qué hace          de quien estudia
#   objetivo: requisitos  ### qué hace         de quien enseña; con ####, de quien mantiene el curso
#   ##= NOMBRE=valor  qué cambia               una opción; también con ###= y ####=
# La edición de estudiantes no trae las pruebas del curso, y su ayuda es solo la suya.
# Una etapa de `make test` es un objetivo que escribe TAP y se vale solo (`make test-nombre`).
# Cada carpeta añade las suyas a una de tres listas:
#   TEST_STEPS  lo que comprueba quien llega, y decide si un cambio entra: cada una tiene su fila en .ci/README.md
#   TEST_MORE   lo que añade TODO=1: los otros compiladores, las otras herramientas, el navegador y el estilo
#   TEST_DEEP   lo que añade TODO=2, que no cabe en lo que se espera por un cambio: valgrind, la
#               biblioteca con clang, el banco con los sanitizers, los ataques largos al corrector, una
#               clase grande, un clúster, la guía y la edición seguidas al pie de la letra, el PDF, los
#               programas que no son nuestros, el analizador de clang-tidy, ThreadSanitizer donde no hay hilos, los
#               peldaños de en medio de la caja, y todos los mutantes y las alternativas
# Lo que compila una etapa son sus requisitos; la que es de otra variante está además en
# TEST_VARIANT, y los compila el make de esa variante.

##= LAB=07  solo ese laboratorio; también LAB=7 o LAB=monitor
##= V=1  enseña cada orden que se ejecuta, y qué se compila
##= TODO=1  en `make ayuda`, todas las órdenes

####= TODO=1  en `make test`, también con los otros compiladores y las demás herramientas; en `make systems`, todo también como root
####= TODO=2  en `make test`, además, con clang y valgrind, todos los mutantes y cada programa veinte veces: dos horas
####= SISTEMA=trixie  en `make systems`, solo ese: bookworm, trixie, forky, bookworm-arm64 o trixie-arm64

TEST_STEPS += test-setup test-doctor test-house
TEST_MORE  += test-systems test-runner test-lint-rules test-lint
# Las que más tardan, de más a menos: .ci/test las empieza antes.
test: export TEST_LONG := test-grader test-common-asan test-labs test-class test-lessons test-harness test-box test-common
# Segundos que puede durar una etapa y que pueden durar todas: a lo que se cuelga lo para quien sabe su
# nombre, y no quien espera fuera. Es más del doble de lo que tardan: en una máquina ocupada caben.
TEST_LIMIT ?= $(if $(WITH_MORE),2700,300)
TEST_TOTAL ?= $(if $(WITH_DEEP),10800,$(if $(WITH_MORE),3600,850))

# Cuántos programas de prueba a la vez tiene cada etapa: lo dice .ci/test, que reparte los de todas.
TEST_JOBS ?= $(shell echo $$(( 4 * $$(nproc) )))

# Con = se expande al ejecutar: las listas las completan los makefiles que vienen después.
WITH_MORE   = $(filter-out 0,$(TODO))$(filter $(PASO),$(TEST_MORE) $(TEST_DEEP))
WITH_DEEP   = $(filter-out 0 1,$(TODO))$(filter $(PASO),$(TEST_DEEP))

.PHONY: ayuda help setup doctor setup-grade setup-test setup-test-todo setup-bench setup-book setup-dibujos setup-pasos setup-grade-class setup-dist setup-systems
.PHONY: test systems test-setup test-doctor test-systems test-runner test-lint-rules test-house test-lint lint format clean

help: ayuda
ayuda: ## Enseña lo de cada día; con TODO=1, todas las órdenes
	@awk -v edition=$(if $(wildcard .ci/test),teacher,student) -v screen=.setup/ayuda.txt $(if $(filter-out 0,$(TODO)),-v all=1) -f .setup/help.awk $(filter Makefile %.mk,$(MAKEFILE_LIST))

setup: ## Instala en el sistema lo que falte para estudiar y calificar
	@.setup/setup.sh $(GRUPO)

doctor: ## Mira si esta máquina sirve para el curso, y dice qué hacer con lo que no
	@CC='$(CC)' CAJA='$(CAJA)' .setup/doctor.sh

# Callados si no falta nada: los ponen delante los objetivos que necesitan paquetes.
setup-grade setup-test setup-test-todo setup-bench setup-book setup-dibujos setup-pasos setup-grade-class setup-dist setup-systems: setup-%:
	@.setup/setup.sh --callado $*

test: #### Prueba el curso entero en esta máquina (TODO=1 y TODO=2: con más; PASO=test-x: solo esa etapa)
	@.setup/setup.sh --callado test$(if $(WITH_MORE),-todo)
	@TEST_LIMIT=$(TEST_LIMIT) TEST_TOTAL=$(TEST_TOTAL) TEST_ALONE='$(TEST_ALONE)' $(if $(WITH_MORE)$(filter true,$(CI)),WERROR=1) .ci/test \
		$(or $(PASO),$(TEST_STEPS) $(if $(WITH_MORE),$(TEST_MORE)) $(if $(WITH_DEEP),$(TEST_DEEP)))

systems: setup-systems #### Prueba el curso en otros Debian recién instalados, y en arm64 (como root)
	@TODO='$(filter-out 0,$(TODO))' LIBRO='$(filter no,$(LIBRO))' PRUEBAS='$(filter no,$(PRUEBAS))' .setup/systems/systems.sh $(call quoted,$(SISTEMA))

test-setup:
	@.setup/tests.sh

test-doctor:
	@.setup/doctor-tests.sh

test-systems:
	@.setup/systems/tests.sh

test-runner:
	@.ci/tests.sh

test-lint-rules:
	@.ci/lint-tests.sh

test-lint: export LINT_FLAGS = $(filter -W%,$(filter-out -Werror,$(WARN))) $(CPPFLAGS) -I. -Icommon/src -Iautograder -DGR_LIBRARIES="" $(PKG_CFLAGS)
test-lint:
	@$(if $(WITH_MORE),$(if $(WITH_DEEP),,SIN_ANALIZAR=1)) .ci/lint --herramientas

# Las reglas de la casa no piden ningún paquete: las ve también quien llega.
test-house:
	@.ci/lint --casa

lint: setup-test-todo #### Comprueba el estilo y busca errores sin ejecutar
	@.ci/test test-house test-lint

format: setup-test-todo #### Da a todo el C el mismo aspecto
	@.ci/lint --archivos | xargs clang-format -i

clean: #### Borra todo lo generado, menos las notas de una clase
	@[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name clase -exec rm -rf {} + 2>/dev/null || \
		{ echo 'make clean: queda en build algo que no es tuyo, como lo que hace make systems: bórralo con sudo make clean.' >&2; exit 1; }
	@rmdir build 2>/dev/null || [ ! -e build ] || echo 'Quedan las notas de la clase, en build/clase: bórralas tú si no las quieres.'
