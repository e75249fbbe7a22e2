# El curso: quien lee curso.json y cada lab.json, y sus pruebas.
#
#     $(LIBCOURSE)   biblioteca; enlaza con $(LIBBASE) y -ljansson
#     $(COURSE)      asinc-course, para make y los guiones
#     test-course    pruebas, en TAP

LIBCOURSE := $(O)/autograder/libcourse.a
COURSE    := $(O)/autograder/asinc-course

COURSE_DIR := autograder/course
$(LIBCOURSE): $(patsubst %,$(O)/$(COURSE_DIR)/%.o,course lab labs locate mentions)
	$(call say,AR,$@)
	$(Q)$(call archive,rcs)

$(COURSE): $(O)/$(COURSE_DIR)/main.o $(LIBCOURSE) $(LIBBASE)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -ljansson

# Un lab.json sin errores, también para las pruebas de quien lo usa.
COURSE_GOOD  := $(O)/$(COURSE_DIR)/tests/bueno.o
COURSE_TESTS := $(O)/$(COURSE_DIR)/tests/pruebas
$(COURSE_TESTS): $(COURSE_TESTS).o $(O)/$(COURSE_DIR)/tests/laboratorio.o $(COURSE_GOOD) $(LIBCOURSE) $(LIBBASE)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcriterion -ljansson

.PHONY: update-labs
update-labs: $(COURSE) #### Pone al día las tablas y los menús que nombran los laboratorios
	@$(COURSE) anota

# Y a quien prueba otros sistemas.
systems: $(COURSE)
systems: export ASINC_COURSE = $(COURSE)

TEST_STEPS += test-course
.PHONY: test-course
test-course: $(COURSE_TESTS) $(COURSE) $(O)/common/libasinc.a $(ASINC_GCC)
	@$< --tap=-
	@$(COURSE_DIR)/tests/orden.sh $(COURSE)
	@$(COURSE_DIR)/tests/formato.sh $(O)
