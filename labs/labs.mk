# Los programas de los laboratorios y de sus soluciones. El programa de labs/07-monitor se
# llama `monitor` y se hace con todos los .c de su carpeta.

##= ARGS='...'  los argumentos del programa, con `make run`

LAB_DIRS  := $(patsubst %/,%,$(wildcard labs/[0-9]*/ solutions/[0-9]*/))
lab_name   = $(shell echo $(notdir $(1)) | sed 's/^[0-9]*-//')
LAB_BINS  := $(foreach dir,$(LAB_DIRS),$(O)/$(dir)/$(call lab_name,$(dir)))
RUN_FROM  := $(or $(DESDE),labs)
RUN_BIN    = $(filter $(O)/$(RUN_FROM)/$(LAB)-%,$(LAB_BINS))

define lab_rule
$(O)/$(1)/$(call lab_name,$(1)): $(patsubst %.c,$(O)/%.o,$(wildcard $(1)/*.c)) $(O)/common/libasinc.a
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(LDLIBS_ASINC)
endef
$(foreach dir,$(LAB_DIRS),$(eval $(call lab_rule,$(dir))))

.PHONY: labs run
labs: $(LAB_BINS) ## Compila los programas de los laboratorios y de sus soluciones

# Con exec, Ctrl+C llega al programa y su código de salida es el de make.
run: $(if $(LAB),$(RUN_BIN)) ## Ejecuta un laboratorio: make run LAB=07 ARGS='http://...'
	@$(if $(RUN_BIN),exec $(RUN_BIN) $(ARGS),echo "make run: di qué laboratorio, por ejemplo: make run LAB=07 ARGS='http://localhost'" >&2; exit 2)

-include labs/.foreign/foreign.mk
