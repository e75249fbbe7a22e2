# La única puerta del curso. `make` a secas muestra la ayuda.

VARIANT ?= normal
O       := build/$(VARIANT)
.DEFAULT_GOAL := help

WARN     := -std=gnu11 -Wall -Wextra -Wshadow -Werror
HARDEN   := -fstack-clash-protection
CPPFLAGS += -D_GNU_SOURCE -Icommon/include
PKG      := libuv libcurl jansson libpq libmicrohttpd

# Cada variante prueba el mismo código con otro compilador u otra herramienta.
ifeq ($(VARIANT),normal)
OPT := -O2 -g
else ifeq ($(VARIANT),asan)
OPT := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifeq ($(VARIANT),tsan)
OPT := -O1 -g -fsanitize=thread
else ifeq ($(VARIANT),clang)
CC  := clang
OPT := -O2 -g
else ifeq ($(VARIANT),ucontext)
OPT := -O2 -g -DAS_UCONTEXT
else ifeq ($(VARIANT),valgrind)
OPT := -O1 -g
else ifeq ($(VARIANT),fortify)
OPT := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
else ifeq ($(VARIANT),coverage)
OPT := -O0 -g --coverage -fprofile-update=atomic
else
$(error VARIANT=$(VARIANT) no existe: usa normal, asan, tsan, clang, ucontext, valgrind, fortify o coverage)
endif

ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS       := $(WARN) $(OPT) $(HARDEN)
LDFLAGS      += $(filter -fsanitize% --coverage,$(OPT)) -Wl,--as-needed
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
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

include .setup/setup.mk $(wildcard */*.mk)
-include $(shell find $(O) -name '*.d' 2>/dev/null)
