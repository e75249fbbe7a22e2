# Lo que no es de ninguna carpeta: la ayuda, preparar el sistema, probar todo y limpiar.
#
# La ayuda sale de los comentarios de los makefiles:
#   objetivo: requisitos  ## qué hace          para quien estudia
#   objetivo: requisitos  ### qué hace         para quien enseña o mantiene el curso
#   ##= NOMBRE=valor  qué cambia               una opción
# Una etapa de `make test` es un objetivo que escribe TAP. Cada carpeta añade las suyas con
# TEST_STEPS += test-nombre; todas deben servirse solas (`make test-nombre`).

##= LAB=07  solo ese laboratorio
##= V=1  enseña cada orden que se ejecuta

TEST_STEPS += test-setup test-runner test-lint
# Segundos que puede durar una etapa y que pueden durar todas.
TEST_LIMIT ?= 600
TEST_TOTAL ?= 2400

.PHONY: help setup setup-grade setup-test setup-bench test test-setup test-runner test-lint lint format clean

help:
	@awk -f .setup/help.awk $(filter Makefile %.mk,$(MAKEFILE_LIST))

setup: ## Instala en el sistema lo que falte para estudiar y calificar
	@.setup/setup.sh $(GRUPO)

# Callados si no falta nada: los ponen delante los objetivos que necesitan paquetes.
setup-grade setup-test setup-bench: setup-%:
	@.setup/setup.sh --callado $*

test: setup-test ### Ejecuta todas las pruebas del curso (PASO=test-x: solo una etapa)
	@TEST_LIMIT=$(TEST_LIMIT) TEST_TOTAL=$(TEST_TOTAL) .ci/test $(or $(PASO),$(TEST_STEPS))

test-setup:
	@.setup/tests.sh

test-runner:
	@.ci/tests.sh && .ci/lint-tests.sh

test-lint: export LINT_FLAGS = $(CPPFLAGS) -I. -Iautograder -Iautograder/harness $(PKG_CFLAGS)
test-lint:
	@.ci/lint

lint: setup-test ### Comprueba el estilo y busca errores sin ejecutar
	@.ci/test test-lint

format: setup-test ### Da a todo el C el mismo aspecto
	@.ci/lint --archivos | xargs clang-format -i

clean: ### Borra todo lo generado
	@rm -rf build
