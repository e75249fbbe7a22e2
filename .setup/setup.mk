# Lo que no es de ninguna carpeta: la ayuda, preparar el sistema, probar todo y limpiar.
#
# La ayuda sale de los comentarios de los makefiles:
#   objetivo: requisitos  ## qué hace          para quien estudia
#   objetivo: requisitos  ### qué hace         para quien enseña o mantiene el curso
#   ##= NOMBRE=valor  qué cambia               una opción; con ###=, para quien enseña
# La edición de estudiantes no trae las pruebas del curso, y su ayuda es solo la suya.
# Una etapa de `make test` es un objetivo que escribe TAP y se vale solo (`make test-nombre`).
# Cada carpeta añade las suyas a una de dos listas:
#   TEST_STEPS  lo que comprueba quien llega: que todo le funciona, con un compilador y con ASan
#   TEST_MORE   lo que añade TODO=1: los otros compiladores, las otras herramientas, el estilo y
#               los programas que no son nuestros
# Lo que compila una etapa son sus requisitos; la que es de otra variante está además en
# TEST_VARIANT, y los compila el make de esa variante.

##= LAB=07  solo ese laboratorio
##= V=1  enseña cada orden que se ejecuta

###= TODO=1  en `make test`, también con los demás compiladores y herramientas; en `make systems`, todo también como root
###= SISTEMA=trixie  en `make systems`, solo ese: bookworm, trixie, forky, bookworm-arm64 o trixie-arm64

TEST_STEPS += test-setup test-doctor test-systems test-runner
TEST_MORE  += test-lint-rules test-lint
# Las que más tardan, de más a menos: .ci/test las empieza antes.
test: export TEST_LONG := test-labs test-grader test-common-asan test-lessons test-book test-box
# Segundos que puede durar una etapa y que pueden durar todas.
TEST_LIMIT ?= $(if $(WITH_MORE),1200,600)
TEST_TOTAL ?= $(if $(WITH_MORE),3600,2400)

# Las pruebas de Criterion casi siempre esperan: van a la vez más que procesadores.
TEST_JOBS := $(shell n=$$(( 4 * $$(nproc) )); echo $$(( n > 16 ? 16 : n )))

# Con = se expande al ejecutar: las listas las completan los makefiles que vienen después.
WITH_MORE   = $(filter-out 0,$(TODO))$(filter $(PASO),$(TEST_MORE))

.PHONY: help setup doctor setup-grade setup-test setup-test-todo setup-bench setup-book setup-dibujos setup-pasos setup-grade-class setup-dist setup-systems
.PHONY: test systems test-setup test-doctor test-systems test-runner test-lint-rules test-lint lint format clean

help:
	@awk -v edition=$(if $(wildcard .ci/test),teacher,student) -f .setup/help.awk $(filter Makefile %.mk,$(MAKEFILE_LIST))

setup: ## Instala en el sistema lo que falte para estudiar y calificar
	@.setup/setup.sh $(GRUPO)

doctor: ## Mira si esta máquina sirve para el curso, y dice qué hacer con lo que no
	@CC='$(CC)' CAJA='$(CAJA)' .setup/doctor.sh

# Callados si no falta nada: los ponen delante los objetivos que necesitan paquetes.
setup-grade setup-test setup-test-todo setup-bench setup-book setup-dibujos setup-pasos setup-grade-class setup-dist setup-systems: setup-%:
	@.setup/setup.sh --callado $*

test: ### Prueba el curso entero en esta máquina (TODO=1: con todo; PASO=test-x: solo esa etapa)
	@.setup/setup.sh --callado test$(if $(WITH_MORE),-todo)
	@TEST_LIMIT=$(TEST_LIMIT) TEST_TOTAL=$(TEST_TOTAL) $(if $(WITH_MORE),WERROR=1) .ci/test \
		$(or $(PASO),$(TEST_STEPS) $(if $(WITH_MORE),$(TEST_MORE)))

systems: setup-systems ### Prueba el curso en otros Debian recién instalados, y en arm64 (como root)
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

test-lint: export LINT_FLAGS = $(CPPFLAGS) -I. -Icommon/src -Iautograder -DGR_LIBRARIES="" $(PKG_CFLAGS)
test-lint:
	@.ci/lint

lint: setup-test-todo ### Comprueba el estilo y busca errores sin ejecutar
	@.ci/test test-lint

format: setup-test-todo ### Da a todo el C el mismo aspecto
	@.ci/lint --archivos | xargs clang-format -i

clean: ### Borra todo lo generado, menos las notas de una clase
	@[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name clase -exec rm -rf {} + 2>/dev/null || \
		{ echo 'make clean: queda en build algo que no es tuyo, como lo que hace make systems: bórralo con sudo make clean.' >&2; exit 1; }
	@rmdir build 2>/dev/null || [ ! -e build ] || echo 'Quedan las notas de la clase, en build/clase: bórralas tú si no las quieres.'
