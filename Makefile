# La única puerta del curso. `make` a secas muestra la ayuda.

VARIANT ?= normal
O       := build/$(VARIANT)
.DEFAULT_GOAL := help

# Un aviso para la compilación solo a quien desarrolla (`make test TODO=1`): el compilador siguiente
# siempre trae uno nuevo, y quien estudia o enseña compila con el que tiene.
WARN     := -std=gnu11 -Wall -Wextra -Wshadow $(if $(WERROR),-Werror)
HARDEN   := -fstack-clash-protection
CPPFLAGS += -D_GNU_SOURCE -Icommon/include
PKG      := libuv libcares libcurl zlib jansson libpq

# Cada variante prueba el mismo código con otro compilador u otra herramienta; clang, además, con
# los avisos de glibc en marcha, como compilan Ubuntu y Fedora.
ifeq ($(VARIANT),normal)
OPT := -O2 -g
else ifeq ($(VARIANT),asan)
OPT := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifeq ($(VARIANT),tsan)
OPT := -O1 -g -fsanitize=thread
else ifeq ($(VARIANT),clang)
CC  := clang
OPT := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
else ifeq ($(VARIANT),ucontext)
OPT := -O2 -g -DAS_UCONTEXT
else ifeq ($(VARIANT),valgrind)
OPT := -O1 -g
else ifeq ($(VARIANT),cet)
OPT := -O2 -g -fcf-protection=full
else ifeq ($(VARIANT),debug)
OPT := -O0 -g -Wno-error
else ifeq ($(VARIANT),coverage)
OPT := -O0 -g --coverage -fprofile-update=atomic
else
$(error VARIANT=$(VARIANT) no existe: usa normal, asan, tsan, clang, ucontext, valgrind, cet, debug o coverage)
endif

ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS       := $(WARN) $(OPT) $(HARDEN)
# Que a libcurl o a libpq no les falte nada es cosa del sistema, que las empaquetó juntas: mirarlo en cada
# programa sería más de la mitad de lo que se tarda en enlazarlo.
LINK         := -Wl,--as-needed -Wl,--allow-shlib-undefined
LDFLAGS      += $(filter -fsanitize% --coverage,$(OPT)) $(LINK)
PKG_CFLAGS    = $(shell pkg-config --cflags $(PKG))
LDLIBS_ASINC  = $(O)/common/libasinc.a $(shell pkg-config --libs $(PKG)) -pthread -lm

V ?= 0
ifeq ($(V),0)
Q := @
say = @printf '  %-8s %s\n' '$(1)' '$(2)'
else
Q :=
say = @:
endif

$(O)/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(EXPLAIN) $(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/%.o: %.S
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Lo que se escribe en la orden es texto: un `$(shell ...)` en un nombre de carpeta no se ejecuta.
$(foreach name,ALUMNO ARGS ARM64 CAJA CAP COMENTARIO CONTRA DESDE DIBUJO EJERCICIO ENTREGAS FORZAR LAB LEIDO LIBRO MOTIVO MOTOR N PARECIDO \
	PASO PROGRAMA PRUEBA PRUEBAS PUNTOS QUITAR RELOJ SALIDA SEMILLA SISTEMA TRABAJOS TRAZA,\
	$(if $(filter command environment,$(firstword $(origin $(name)))),\
	$(eval override $(name) := $$(value $(name)))))

# En estas carpetas puede haber archivos de otra persona. De los que encuentra `wildcard` solo
# valen los que ni make ni la shell interpretan; y los makefiles van por su nombre.
PLAIN := $(shell find labs lessons solutions -regextype posix-extended -name alternativas -prune -o \
	-regex '[[:alnum:]_./-]+(\.c|/[0-9]+-[[:alnum:]_-]+)' -print 2>/dev/null)
plain  = $(filter $(PLAIN),$(patsubst %/,%,$(1)))

include .setup/setup.mk .setup/editor.mk autograder/autograder.mk common/common.mk labs/labs.mk lessons/lessons.mk lessons/.book/pasos/pasos.mk
# La edición de estudiantes trae el libro hecho.
-include lessons/.book/book.mk
# Con SIN_PRUEBAS=1 una etapa compila lo que pide y no se ejecuta: así lo compila .ci/test todo antes,
# con una sola llamada a make.
ifdef SIN_PRUEBAS
$(filter-out $(TEST_VARIANT),$(TEST_STEPS) $(TEST_MORE)) check-cet: private SHELL := /bin/true
endif
-include $(shell find $(O) -name '*.d' 2>/dev/null)
