# El curso de este año: quien lee curso.json, y sus pruebas.
#
#     $(LIBCOURSE)   biblioteca; enlaza con $(LIBBASE) y -ljansson
#     $(COURSE)      asinc-course, para los guiones
#     test-course    pruebas, en TAP

LIBCOURSE := $(O)/autograder/libcourse.a
COURSE    := $(O)/autograder/asinc-course

COURSE_DIR := autograder/course
$(LIBCOURSE): $(patsubst %,$(O)/$(COURSE_DIR)/%.o,course locate)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(COURSE): $(O)/$(COURSE_DIR)/main.o $(LIBCOURSE) $(LIBBASE)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -ljansson

COURSE_TESTS := $(O)/$(COURSE_DIR)/tests/pruebas
$(COURSE_TESTS): $(COURSE_TESTS).o $(LIBCOURSE) $(LIBBASE)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcriterion -ljansson

TEST_STEPS += test-course
.PHONY: test-course
test-course: $(COURSE_TESTS) $(COURSE)
	@$< --tap=-
	@$(COURSE_DIR)/tests/orden.sh $(COURSE)
