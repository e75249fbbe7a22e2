# El material de quien enseña: calendario, diapositivas, exámenes, rúbrica y cómo se explica cada
# capítulo. Nada de esto va en la edición de estudiantes.
#
#     $(CALENDAR)    asinc-calendario
#     $(RUBRIC)      asinc-rubrica
#     test-docente   pruebas, en TAP

###= SEMANAS=5  en `make calendario`, las que dura el curso: 15, si no se dice
###= INICIO=2027-01-11  en `make calendario`, su primer día: las fechas de curso.json se ponen en su semana
###= RUBRICA=archivo  en `make rubrica`, la hoja rellena: la junta con la nota del corrector
###= CAP=05  en `make slides`, solo ese capítulo

DOCENTE       := autograder/docente
CALENDAR      := $(O)/autograder/asinc-calendario
RUBRIC        := $(O)/autograder/asinc-rubrica

$(CALENDAR): $(patsubst %.c,$(O)/%.o,$(wildcard $(DOCENTE)/calendario/*.c)) $(LIBGRADER) $(LIBCOURSE) $(LIBBOX)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -ljansson $(LDLIBS_BOX) -lm

$(RUBRIC): $(patsubst %.c,$(O)/%.o,$(wildcard $(DOCENTE)/rubrica/*.c)) $(CLASS_OBJ) $(CLASS_LIBS)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS_CLASS)

.PHONY: calendario slides rubrica
calendario: setup-grade $(CALENDAR) ### Hace el calendario del curso, en 15 semanas o en las que se diga
	@mkdir -p build/docente
	@$(CALENDAR) $(call quoted,$(or $(SEMANAS),15)) $(if $(INICIO),$(call quoted,$(INICIO))) >build/docente/calendario.nuevo
	@mv build/docente/calendario.nuevo build/docente/calendario.md
	@echo 'El calendario está en build/docente/calendario.md'

SLIDES_OF = $(call plain,$(wildcard lessons/$(if $(CAP),$(CAP),[0-9]*)-*/))
slides: setup-book ### Hace las diapositivas de los capítulos, con las notas de quien los explica (CAP=05: solo ese)
	@$(if $(SLIDES_OF),$(DOCENTE)/diapositivas/slides.sh build/docente/diapositivas $(SLIDES_OF),\
		echo 'make slides: no hay ningún capítulo que sea «'$(call quoted,$(CAP))'»' >&2; exit 2)

rubrica: setup-grade-class $(RUBRIC) ### Da la hoja de la rúbrica de LAB para rellenarla, o con RUBRICA=hoja la junta con la nota del corrector
	@$(if $(LAB),$(RUBRIC) $(call quoted,$(or $(SALIDA),build/clase)) $(call quoted,$(LAB)) $(if $(RUBRICA),$(call quoted,$(RUBRICA))),\
		echo 'make rubrica: di de qué laboratorio, por ejemplo LAB=07' >&2; exit 2)

# Los programas de los exámenes. Lo que comparten con un capítulo lo incluyen por su ruta desde la raíz.
EXAM_BIN := $(patsubst %.c,$(O)/%,$(wildcard $(DOCENTE)/examenes/*/*.c))
$(EXAM_BIN): $(O)/%: $(O)/%.o $(O)/common/libasinc.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(LDLIBS_ASINC)
$(EXAM_BIN:=.o): CPPFLAGS += -I.

# ---- pruebas -------------------------------------------------------------------------------

TEST_MORE += test-docente
.PHONY: test-docente
test-docente: $(CALENDAR) $(RUBRIC) $(EXAM_BIN) $(CLASS_TEST_NEEDS) $(O)/lessons/.check/check
	@$(DOCENTE)/tests/docente.sh $(O) build/test/diapositivas; ok=$$?; $(DOCENTE)/tests/examenes.sh $(O) || ok=1; \
	$(DOCENTE)/tests/rubrica.sh build $(O) && exit $$ok
