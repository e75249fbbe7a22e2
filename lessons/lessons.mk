# Los ejemplos de los capítulos y el programa que comprueba que los capítulos dicen la verdad.

LESSON_BIN   := $(patsubst %.c,$(O)/%,$(wildcard lessons/[0-9]*/*.c))
LESSON_CHECK := $(O)/lessons/.check/check
CHECK_OBJ    := $(patsubst %.c,$(O)/%.o,$(wildcard lessons/.check/*.c))
TEST_STEPS   += test-lessons

.PHONY: lessons test-lessons update-lessons

lessons: $(LESSON_BIN) ## Compila los ejemplos de los capítulos

$(LESSON_BIN): $(O)/%: $(O)/%.o $(O)/common/libasinc.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(LDLIBS_ASINC) $(LESSON_LIBS)

# Los ejemplos de cómo se prueba son programas de Criterion.
$(patsubst %.c,$(O)/%,$(wildcard lessons/[0-9]*/prueba_*.c)): LESSON_LIBS := -lcriterion

$(LESSON_CHECK): $(CHECK_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

test-lessons: $(LESSON_CHECK) $(LESSON_BIN)
	@CHECK=$(LESSON_CHECK) CC="$(CC)" lessons/.check/tests.sh; ok=$$?; \
	$(LESSON_CHECK) --veces 20 --programas $(O)/lessons && exit $$ok

update-lessons: $(LESSON_CHECK) $(LESSON_BIN) ### Pone al día el código y las salidas que enseñan los capítulos
	@$(LESSON_CHECK) --escribe --programas $(O)/lessons
