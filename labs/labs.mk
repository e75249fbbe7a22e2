# Los programas de los laboratorios y de sus soluciones. El programa de labs/07-monitor se
# llama `monitor` y se hace con todos los .c de su carpeta. El de solutions/07-monitor, con los de
# la suya y con los archivos que da el laboratorio, que los dice asinc-course.

##= ARGS='...'  los argumentos del programa, con `make run`

LAB_DIRS  := $(call plain,$(wildcard labs/[0-9]*/ solutions/[0-9]*/))
lab_name   = $(word 2,$(subst -, ,$(notdir $(1))))
LAB_BINS  := $(foreach dir,$(LAB_DIRS),$(O)/$(dir)/$(call lab_name,$(dir)))
RUN_FROM  := $(or $(DESDE),labs)
RUN_BIN    = $(filter $(O)/$(RUN_FROM)/$(LAB)-%,$(LAB_BINS))

# Los .c que da el laboratorio de la carpeta $(1): los demás que tenga son de quien lo hace. Solo vale
# dentro de una receta, con $(COURSE) ya hecho.
lab_given  = $(call plain,$(filter %.c,$(shell $(COURSE) archivos $(call number_of,$(notdir $(1))) dados)))

# En el programa de un laboratorio, los avisos de gcc no impiden ejecutarlo, como no restan puntos.
define lab_rule
$(O)/$(1)/%.o: CPPFLAGS += -Ilabs/$(notdir $(1))
$(patsubst %.c,$(O)/%.o,$(filter labs/%,$(call plain,$(wildcard $(1)/*.c)))): CFLAGS := $(filter-out -Werror,$(CFLAGS))
$(patsubst %.c,$(O)/%.o,$(call plain,$(wildcard $(1)/*.c))): private EXPLAIN := $$(ASINC_GCC)
$(patsubst %.c,$(O)/%.o,$(call plain,$(wildcard $(1)/*.c))): | $$(ASINC_GCC)
$(O)/$(1)/$(call lab_name,$(1)): $(patsubst %.c,$(O)/%.o,$(sort $(call plain,$(wildcard $(1)/*.c)))) $(O)/common/libasinc.a | $$(ASINC_GCC)
$(if $(filter solutions/%,$(1)),$(O)/$(1)/$(call lab_name,$(1)): $(call plain,$(wildcard labs/$(notdir $(1))/*.[ch])))
endef
$(foreach dir,$(LAB_DIRS),$(eval $(call lab_rule,$(dir))))

$(filter $(O)/labs/%,$(LAB_BINS)):
	$(call say,LD,$@)
	$(Q)$(ASINC_GCC) $(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LDLIBS_ASINC) $(or_full)

# Lo que da el laboratorio se compila al enlazar: hasta entonces no se sabe qué es.
$(filter $(O)/solutions/%,$(LAB_BINS)): | $(COURSE)
	$(call say,LD,$@)
	$(Q)$(ASINC_GCC) $(CC) $(CPPFLAGS) $(filter-out -Werror,$(CFLAGS)) $(PKG_CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
		$(call lab_given,$(@D)) $(LDLIBS_ASINC) $(or_full)

.PHONY: labs run
labs: setup-grade $(LAB_BINS) ## Compila los programas de los laboratorios, y las soluciones que haya
	$(said)

# Con exec, Ctrl+C llega al programa y su código de salida es el de make.
run: setup-grade $(if $(LAB),$(RUN_BIN)) ## Ejecuta un laboratorio: make run LAB=07 ARGS='http://...'
	$(said)
	@$(if $(RUN_BIN),exec $(RUN_BIN) $(ARGS),echo "make run: di qué laboratorio, por ejemplo: make run LAB=07 ARGS='http://localhost'" >&2; exit 2)

-include labs/.foreign/foreign.mk
