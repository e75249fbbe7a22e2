# El paso a paso: grabar un programa con gdb y recorrerlo en una página.

PASOS := lessons/.book/pasos

##= PROGRAMA=labs/07-monitor/monitor.c  en `make pasos`, qué se graba
####= PROGRAMA=lessons/07-colas/barra.c  en `make record`, qué se graba
##= RELOJ=real  en `make pasos`, con el reloj de verdad

.PHONY: pasos record test-pasos test-pasos-record

# Con qué se compila lo que se graba; -O0 y -g los pone record.sh.
PASOS_ENV = PASOS_CC="$(CC) $(CPPFLAGS) $(filter-out -Werror -O%,$(CFLAGS)) $(PKG_CFLAGS)" PASOS_LIBS="$(LDFLAGS) $(LDLIBS_ASINC)"

# Lo de un laboratorio se compila con los demás archivos de su carpeta y los que él da.
PASOS_SRC    = $(filter %.c,$(call plain,$(PROGRAMA)))
PASOS_DIR    = $(patsubst %/,%,$(dir $(PASOS_SRC)))
PASOS_LAB    = $(filter $(LAB_DIRS),$(PASOS_DIR))
PASOS_OTHERS = $(filter-out $(PASOS_SRC),$(sort $(call plain,$(wildcard $(PASOS_LAB)/*.c)) $(if $(PASOS_LAB),$(call lab_given,$(PASOS_LAB)))))
PASOS_CLOCK  = $(or $(filter real,$(RELOJ)),virtual)

pasos: $(if $(PRUEBA),,setup-pasos $(O)/common/libasinc.a $(if $(PASOS_LAB),$(COURSE))) ## Graba tu programa y lo recorres línea a línea: make pasos PROGRAMA=labs/07-monitor/monitor.c
	$(said)
	@$(if $(PRUEBA),echo 'make pasos: graba sin los servidores de ninguna prueba; con ellos se va línea a línea en make debug LAB=$(or $(LAB),07) PRUEBA='$(call quoted,$(PRUEBA)) >&2; exit 2,:)
	@$(if $(PASOS_SRC),:,echo "make pasos: di qué archivo de C del curso, por ejemplo: make pasos PROGRAMA=labs/07-monitor/monitor.c ARGS='http://localhost'" >&2; exit 2)
	@$(PASOS_ENV) PASOS_INCLUDE="$(if $(PASOS_OTHERS),-Ilabs/$(notdir $(PASOS_DIR)))" \
		$(PASOS)/student.sh $(PASOS_CLOCK) $(PASOS_SRC) $(PASOS_OTHERS) -- $(call quoted,$(ARGS))

record: setup-pasos $(O)/common/libasinc.a $(TRACE_SVG) $(if $(PASOS_LAB),$(COURSE)) #### Graba los ejemplos de los capítulos para el libro (PROGRAMA=...: solo ese)
	@$(PASOS_ENV) PASOS_DIBUJANTE=$(TRACE_SVG) $(PASOS)/record-all.sh $(PASOS_SRC)

# En `make test`, que las grabaciones son de los ejemplos de hoy; con TODO=1, grabar unos otra vez.
TEST_STEPS += test-pasos
TEST_MORE  += test-pasos-record
test-pasos:
	@$(PASOS)/tests.sh
test-pasos-record: $(O)/common/libasinc.a $(TRACE_SVG)
	@$(PASOS_ENV) PASOS_DIBUJANTE=$(TRACE_SVG) $(PASOS)/tests.sh graba
