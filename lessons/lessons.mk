# Los ejemplos de los capítulos y el programa que comprueba que los capítulos dicen la verdad.

LESSON_BIN   := $(patsubst %.c,$(O)/%,$(call plain,$(wildcard lessons/[0-9]*/*.c)))
LESSON_CHECK := $(O)/lessons/.check/check
PRACTICE_TOOL := $(O)/lessons/.check/practica
CHECK_OBJ    := $(patsubst %.c,$(O)/%.o,$(filter-out %/practica.c %/exercise.c %/sanitizer.c,$(wildcard lessons/.check/*.c)))
# Los ejemplos de bases de datos hablan todos con un mismo PostgreSQL de usar y tirar.
CHECK        := common/tests/pg_cluster.sh $(LESSON_CHECK) --programas $(O)/lessons --dibujante $(TRACE_SVG)
TEST_STEPS   += test-lessons test-practica test-lessons-real
# Sus programas miden el tiempo de verdad: nadie más corre mientras tanto.
TEST_ALONE   += test-lessons-real

.PHONY: lessons test-lessons test-lessons-real update-lessons lessons-table

lessons: setup-grade $(LESSON_BIN) ## Compila los ejemplos de los capítulos
	$(said)

# Los que enseñan lo que ve AddressSanitizer lo llevan siempre.
LESSON_ASAN := $(patsubst %.c,$(O)/%,$(call plain,$(wildcard lessons/[0-9]*/asan_*.c)))
ifeq ($(VARIANT),normal)
$(LESSON_ASAN): $(O)/%: %.c $(O)/common/libasinc.a
	@mkdir -p $(@D)
	+$(Q)$(MAKE) --no-print-directory -s VARIANT=asan build/asan/$* && cp -f build/asan/$* $@
LESSON_PLAIN := $(filter-out $(LESSON_ASAN),$(LESSON_BIN))
else
LESSON_PLAIN := $(LESSON_BIN)
endif

$(LESSON_PLAIN:=.o): private EXPLAIN := $(ASINC_GCC)
$(LESSON_PLAIN:=.o): | $(ASINC_GCC)
$(LESSON_PLAIN): $(O)/%: $(O)/%.o $(O)/common/libasinc.a
	$(call say,LINK,$@)
	$(Q)$(ASINC_GCC) $(CC) $(LDFLAGS) -o $@ $< $(LDLIBS_ASINC) $(LESSON_LIBS) $(or_full)

# Los ejemplos de cómo se prueba son programas de Criterion.
$(patsubst %.c,$(O)/%,$(call plain,$(wildcard lessons/[0-9]*/prueba_*.c))): LESSON_LIBS := -lcriterion

# El capítulo 16 compila los programas del 03, sin tocarlos, con su biblioteca de un archivo.
MINI_BIN := $(patsubst lessons/03-corrutinas-y-tareas/%.c,$(O)/lessons/16-por-dentro/%,$(call plain,$(wildcard lessons/03-corrutinas-y-tareas/*.c)))

$(MINI_BIN): $(O)/lessons/16-por-dentro/%: lessons/03-corrutinas-y-tareas/%.c lessons/16-por-dentro/mini.h
	$(call say,CC,$< con mini.h)
	@mkdir -p $(@D)
	$(Q)$(CC) -Ilessons/16-por-dentro/mini $(CPPFLAGS) $(CFLAGS) -o $@ $<

lessons test-lessons test-lessons-real update-lessons lessons-table: $(MINI_BIN)

$(LESSON_CHECK): $(CHECK_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

# De los laboratorios responde asinc-course.
test-lessons update-lessons lessons-table: export ASINC_COURSE = $(COURSE)
test-lessons update-lessons lessons-table: $(COURSE)

test-lessons: $(LESSON_CHECK) $(PRACTICE_TOOL) $(LESSON_BIN) $(TRACE_SVG)
	@CHECK=$(LESSON_CHECK) PRACTICE=$(PRACTICE_TOOL) CC="$(CC)" lessons/.check/tests.sh; ok=$$?; \
	$(CHECK) --reloj virtual --veces $(if $(WITH_DEEP),20,3) || ok=1; \
	CHECK=$(LESSON_CHECK) lessons/.check/ortografia.sh && exit $$ok

test-lessons-real: $(LESSON_CHECK) $(LESSON_BIN)
	@$(LESSON_CHECK) --programas $(O)/lessons --reloj real --veces $(if $(WITH_MORE),2,1)

update-lessons: $(LESSON_CHECK) $(LESSON_BIN) $(TRACE_SVG) #### Pone al día el código, las salidas y los dibujos que enseñan los capítulos
	@$(CHECK) --escribe

####= NOMBRE=red-segura  en `make capitulo`, cómo se llama su carpeta
.PHONY: capitulo
capitulo: $(O)/common/libasinc.a #### Empieza un capítulo, con sus partes y su fila: make capitulo NOMBRE=red-segura
	@CAPITULO_CC="$(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS)" CAPITULO_LIBS="$(LDFLAGS) $(LDLIBS_ASINC)" \
		lessons/.check/capitulo.sh $(call quoted,$(NOMBRE))

lessons-table: $(LESSON_CHECK) $(LESSON_BIN) $(TRACE_SVG) #### Enseña lo que pesa cada capítulo, y qué sección manda leer cada prueba de un laboratorio
	@$(CHECK) --tabla | sed -n 's/^# |/|/p'

# ---- La práctica ------------------------------------------------------------------------

##= CAP=05  en `make practica`, solo ese capítulo

PRACTICE_SRC  := $(call plain,$(wildcard lessons/[0-9]*/practica/*.c))
ANSWER_SRC    := $(call plain,$(wildcard solutions/practica/*/*.c))
PRACTICE_BIN  := $(PRACTICE_SRC:%.c=$(O)/%)
ANSWER_BIN    := $(ANSWER_SRC:%.c=$(O)/%)

$(PRACTICE_TOOL): $(patsubst %,$(O)/lessons/.check/%.o,practica exercise sanitizer strings run)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

# El ejercicio de alguien que está aprendiendo: los avisos no impiden probarlo, y si no compila
# no hay programa y el porqué queda en .err. Con «· sanitizers» en su cabecera, los lleva. Lo que
# comparte con su capítulo lo incluye por su ruta desde la raíz.
$(PRACTICE_BIN) $(ANSWER_BIN): $(O)/%: %.c $(O)/common/libasinc.a | $(ASINC_GCC)
	@mkdir -p $(@D)
	+$(Q)if [ $(VARIANT) = normal ] && head -n 2 $< | grep -q '· sanitizers'; then \
		$(MAKE) --no-print-directory -s VARIANT=asan build/asan/$* && cp -f build/asan/$* $@ 2>/dev/null || \
		{ rm -f $@; cp -f build/asan/$*.err $@.err; }; \
	else $(ASINC_GCC) $(CC) $(CPPFLAGS) -I. $(filter-out -Werror,$(CFLAGS)) $(PKG_CFLAGS) -o $@ $< $(LDFLAGS) $(LDLIBS_ASINC) 2>$@.err || \
		rm -f $@; fi

# Cómo va cada uno, para quien lleva la cuenta.
PRACTICE_STATE := build/informe/practica.txt
# Solo lo del capítulo que se pide.
PRACTICE_CAP = $(filter $(O)/lessons/$(CAP)-%,$(PRACTICE_BIN))
.PHONY: practica test-practica update-practica
practica: setup-grade $(DAY) $(PRACTICE_TOOL) $(if $(CAP),$(PRACTICE_CAP),$(PRACTICE_BIN)) ## Prueba tus ejercicios de un capítulo y dice cuál toca: make practica CAP=05
	$(said)
	@mkdir -p $(dir $(PRACTICE_STATE))
	@$(PRACTICE_TOOL) --estado $(PRACTICE_STATE) $(if $(CAP),--capitulo $(call quoted,$(CAP))); \
		rc=$$?; $(call day_note,$(PRACTICE_STATE)); exit $$rc

# Quien prueba lo que se guarda no espera además a que se compile esto.
watch: $(PRACTICE_TOOL)
bench-day test-day-course: $(PRACTICE_TOOL) $(PRACTICE_BIN)

test-practica: $(PRACTICE_TOOL) $(PRACTICE_BIN) $(ANSWER_BIN)
	@$(PRACTICE_TOOL) --comprueba --programas $(O)

update-practica: $(PRACTICE_TOOL) $(ANSWER_BIN) #### Guarda lo que escriben las respuestas de la práctica como lo esperado
	@$(PRACTICE_TOOL) --escribe --programas $(O)

# Lo que lleva ASan se compila con otra llamada a make: que la biblioteca esté hecha antes, o dos
# llamadas a la vez la harían una encima de otra.
ifeq ($(VARIANT),normal)
LESSON_SANITIZED := $(shell grep -ls '· sanitizers' $(PRACTICE_SRC) $(ANSWER_SRC))
$(LESSON_ASAN) $(LESSON_SANITIZED:%.c=$(O)/%): | build/asan/common/libasinc.a
endif
