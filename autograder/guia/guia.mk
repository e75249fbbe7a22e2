# La guía de quien enseña: se prueba siguiéndola.

TEST_DEEP += test-guia
.PHONY: test-guia
test-guia: $(COURSE) $(CLASS) $(DAY) $(CALENDAR) $(RUBRIC) $(GRADE_TOOLS) $(GRADE_SUITES) $(O)/lessons/.check/check
	@autograder/guia/guia.sh build $(O) build/guia.log
