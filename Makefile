# La única puerta del curso. `make` a secas muestra la ayuda.

# Con finales de línea de Windows, make se entiende y la shell no: dice que no encuentra lo que está ahí.
define newline


endef
SETUP_SH := $(file <.setup/setup.sh)
ifneq ($(findstring /bin/sh,$(SETUP_SH)),)
ifeq ($(findstring /bin/sh$(newline),$(SETUP_SH)),)
$(error Esta copia del curso tiene finales de línea de Windows, y así no funciona: los pone git en Windows, o quien la \
copió. Quítalos con esta orden, que no cambia nada más, y repite: grep -rlIZ --exclude-dir=.git "$$(printf '\r')" . | xargs -0 sed -i 's/\r$$//')
endif
endif

# Con ella, el «cd» de un guion va a otro sitio y dice adónde.
unexport CDPATH

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
# Se pregunta una vez, y solo si hace falta: la primera vez que se usa, la variable pasa a ser la respuesta.
PKG_CFLAGS    = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKG)))$(PKG_CFLAGS)
PKG_LIBS      = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKG)))$(PKG_LIBS)
LDLIBS_ASINC  = $(O)/common/libasinc.a $(PKG_LIBS) -pthread -lm

# Lo que se va haciendo: en una terminal, una sola línea que se escribe sobre sí misma y que borra
# `said`, antes de lo que diga la orden; en un archivo, una línea por paso; con V=1, la orden entera.
# MAKE_TERMOUT la hereda también un make cuya salida va a otro sitio: se mira adónde va la de este.
V ?= 0
TERMINAL := $(if $(MAKE_TERMOUT),$(shell [ "$$(readlink /proc/$$PPID/fd/1)" = '$(MAKE_TERMOUT)' ] && echo si))
ifneq ($(V),0)
Q :=
say = @:
else ifneq ($(TERMINAL),)
Q := @
say  = $(eval steps += x)@printf '  Compilando%s: %d\033[K\r' '$(if $(filter normal,$(VARIANT)),, ($(VARIANT)))' $(words $(steps))
said = @printf '\033[K'
else
Q := @
say = @printf '  %-8s %s\n' '$(1)' '$(2)'
endif

# Si el disco se llena a mitad, lo que dicen gcc y ar no lo entiende quien estudia.
or_full = || { .setup/lleno.sh $@; exit 1; }
archive = rm -f $@ && { said=$$($(AR) $(1) $@ $^ 2>&1) || { rm -f $@; .setup/lleno.sh $@ || printf '%s\n' "$$said" >&2; exit 1; }; }

$(O)/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(EXPLAIN) $(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS) -MMD -MP -c -o $@ $< $(or_full)

$(O)/%.o: %.S
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Lo que se escribe en la orden es texto: un `$(shell ...)` en un nombre de carpeta no se ejecuta.
$(foreach name,ALUMNO ALUMNOS ANONIMO ARGS ARM64 CAJA CAP COMENTARIO CONTRA CSV DESDE DE_NUEVO DIA DIBUJO EJERCICIO ENTREGAS FORZAR HISTORIA INICIO LAB LEIDO LIBRO MOTIVO MOTOR N NOMBRE PARECIDO \
	PASO PROGRAMA PRORROGA PRUEBA PRUEBAS PUNTOS QUITAR RELOJ RUBRICA SALIDA SEMANAS SEMILLA SISTEMA TRABAJOS TRAZA,\
	$(if $(filter command environment,$(firstword $(origin $(name)))),\
	$(eval override $(name) := $$(value $(name)))))

# Un laboratorio se pide por su número, con su cero o sin él, o por su nombre, y un capítulo igual; desde
# aquí es su número de dos cifras. Lo que no es ninguno queda como está, y lo dice quien lo usa.
number_of = $(firstword $(subst -, ,$(1)))
name_of   = $(patsubst $(call number_of,$(1))-%,%,$(1))
one_word  = $(if $(findstring %,$(1)),,$(filter 1,$(words $(1))))
is_asked  = $(filter $(1) 0$(1),$(2) $(call number_of,$(2)) $(call name_of,$(2)))
asked     = $(if $(call one_word,$(1)),$(foreach dir,$(notdir $(wildcard $(2)/[0-9]*)),$(if $(call is_asked,$(1),$(dir)),$(call number_of,$(dir)))))
override LAB := $(or $(firstword $(call asked,$(LAB),labs)),$(LAB))
override CAP := $(or $(firstword $(call asked,$(CAP),lessons)),$(CAP))

# Las opciones van en mayúsculas: `make grade lab=07` calificaría los seis.
$(foreach name,lab:LAB cap:CAP prueba:PRUEBA programa:PROGRAMA args:ARGS todo:TODO desde:DESDE v:V,\
	$(foreach small,$(call number_of,$(subst :,-,$(name))),$(if $(filter command,$(firstword $(origin $(small)))),\
	$(error «$(small)» se escribe con mayúsculas: make $(MAKECMDGOALS) $(call name_of,$(subst :,-,$(name)))=$(value $(small))))))

# En estas carpetas puede haber archivos de otra persona. De los que encuentra `wildcard` solo
# valen los que ni make ni la shell interpretan; y los makefiles van por su nombre.
PLAIN := $(shell find labs lessons solutions -regextype posix-extended -name alternativas -prune -o \
	-regex '[[:alnum:]_./-]+(\.[ch]|/[0-9]+-[[:alnum:]_-]+)' -print 2>/dev/null)
plain  = $(filter $(PLAIN),$(patsubst %/,%,$(1)))

# Lo que incluye cada .c de una carpeta compilada. Con `include`, make buscaría además cómo rehacer cada lista, y
# con todo compilado tardaría diez veces más en empezar.
read_lists = $(foreach list,$(shell find $(1) -name '*.d' 2>/dev/null),$(eval $(file <$(list))))

include .setup/setup.mk .setup/editor.mk autograder/autograder.mk common/common.mk labs/labs.mk lessons/lessons.mk lessons/.book/pasos/pasos.mk
# La edición de estudiantes trae el libro hecho.
-include lessons/.book/book.mk
# Con SIN_PRUEBAS=1 una etapa compila lo que pide y no se ejecuta: así lo compila .ci/test todo antes,
# con una sola llamada a make.
ifdef SIN_PRUEBAS
$(filter-out $(TEST_VARIANT),$(TEST_STEPS) $(TEST_MORE) $(TEST_DEEP)) check-cet: private SHELL := /bin/true
endif
$(call read_lists,$(O))
