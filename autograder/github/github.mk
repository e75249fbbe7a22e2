# Calificar en GitHub Classroom: classroom.yml, que se copia en la plantilla de la tarea.

TEST_MORE += test-github
.PHONY: test-github
test-github: $(GRADER) $(O)/autograder/runner $(GRADE_LIBS) $(FIXTURE_SUITES) $(BOX_TEST_ZONE)/ataques/contenedor
	@autograder/github/tests/classroom.sh build $(O)
