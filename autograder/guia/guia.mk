# La guía de quien enseña: se prueba siguiéndola.

TEST_MORE += test-guia
.PHONY: test-guia
test-guia: $(COURSE) $(CLASS) $(DAY) $(GRADE_TOOLS) $(GRADE_SUITES)
	@autograder/guia/guia.sh build $(O) build/guia.log
