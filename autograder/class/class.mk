# La clase: `make grade-class`, los ajustes de las notas y sus pruebas.
#
#     $(CLASS)     asinc-class
#     test-class   pruebas, en TAP

###= ENTREGAS=dir  con `make grade-class`, la carpeta con las entregas: una carpeta o un archivo por persona
###= ALUMNOS=archivo  con `make grade-class`, la lista de la clase, si no está con las entregas
###= SALIDA=dir  con `make grade-class`, dónde van la base de datos y las notas (build/clase)
###= TRABAJOS=n  con `make grade-class`, cuántas calificaciones a la vez
###= CSV=excel  con `make grade-class` y `make nota`, las notas como las abre una hoja de cálculo en español; CSV=normal lo quita
###= ANONIMO=si  con `make grade-class` y `make nota`, en las páginas un alias en vez del nombre; ANONIMO=no lo quita
###= MOTOR=slurm  con `make grade-class`, lo reparte entre las máquinas de un clúster
###= ALUMNO='...'  con `make nota`, de quién es; y además una cosa: PUNTOS=85 MOTIVO='...', COMENTARIO='...', QUITAR=1,
###= PRORROGA=fecha  con `make nota`, hasta cuándo puede entregar, como 2027-02-01T23:59:59+01:00
###= DE_NUEVO=1  con `make nota`, la califica otra vez; HISTORIA=1 enseña lo que ha sido esa nota
###= DIA=2027-01-25  con `make nota`, deja las notas como ese día; con ALUMNO o LAB, solo esas

CLASS     := $(O)/autograder/asinc-class
CLASS_OBJ := $(patsubst %.c,$(O)/%.o,$(filter-out %/main.c,$(wildcard autograder/class/*.c)))
CLASS_LIBS = $(LIBGRADER) $(LIBCOURSE) $(LIBBOX)
LDLIBS_CLASS = -larchive -lsqlite3 -lyaml -lcrypto -ljansson -lm $(LDLIBS_BOX)

$(CLASS): $(O)/autograder/class/main.o $(CLASS_OBJ) $(CLASS_LIBS)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS_CLASS)

CLASS_OUT  = $(if $(SALIDA),--salida $(call quoted,$(SALIDA))) $(CLASS_HOW)
CLASS_HOW  = $(if $(CSV),--csv $(call quoted,$(CSV))) $(if $(ANONIMO),--anonimo $(call quoted,$(ANONIMO)))
CLASS_WHAT = $(if $(ENTREGAS),--entregas $(call quoted,$(ENTREGAS))) \
	$(if $(ALUMNOS),--alumnos $(call quoted,$(ALUMNOS))) $(if $(filter-out 0,$(FORZAR)),--forzar) \
	$(if $(LAB),--lab $(call quoted,$(LAB))) $(if $(CAJA),--caja $(call quoted,$(CAJA)))

.PHONY: grade-class nota
grade-class: setup-grade-class $(CLASS) $(GRADE_TOOLS) $(GRADE_SUITES) ### Califica las entregas de una clase y deja las notas
	@$(if $(filter slurm,$(MOTOR)),autograder/class/slurm.sh $(CLASS) $(call quoted,$(or $(SALIDA),build/clase)) $(CLASS_WHAT) $(CLASS_HOW),\
	$(if $(MOTOR),echo "make grade-class: MOTOR puede ser slurm o nada" >&2; exit 2,\
	$(CLASS) $(CLASS_WHAT) $(CLASS_OUT) $(if $(TRABAJOS),--trabajos $(call quoted,$(TRABAJOS)))))

# Para calificar de nuevo hace falta lo mismo que para calificar.
nota: setup-grade-class $(CLASS) $(if $(DE_NUEVO),$(GRADE_TOOLS) $(GRADE_SUITES)) ### Cambia una nota a mano, o le añade un comentario
	@$(CLASS) $(if $(ALUMNO)$(if $(DIA),,x),--nota $(call quoted,$(ALUMNO))) $(CLASS_OUT) $(if $(LAB),--lab $(call quoted,$(LAB))) \
		$(if $(PUNTOS),--puntos $(call quoted,$(PUNTOS))) $(if $(MOTIVO),--motivo $(call quoted,$(MOTIVO))) \
		$(if $(COMENTARIO),--comentario $(call quoted,$(COMENTARIO))) $(if $(filter-out 0,$(QUITAR)),--quitar) \
		$(if $(PRORROGA),--prorroga $(call quoted,$(PRORROGA))) $(if $(filter-out 0,$(DE_NUEVO)),--de-nuevo) \
		$(if $(DIA),--dia $(call quoted,$(DIA))) $(if $(filter-out 0,$(HISTORIA)),--historia) \
		$(if $(filter-out 0,$(FORZAR)),--forzar) $(if $(CAJA),--caja $(call quoted,$(CAJA)))

# ---- pruebas -------------------------------------------------------------------------------

CLASS_TESTS := $(O)/autograder/class/tests
CLASS_TEST_NEEDS = $(CLASS) $(COURSE) $(GRADER) $(O)/autograder/runner $(GRADE_LIBS) $(FIXTURE_SUITES)

$(CLASS_TESTS)/pruebas: $(patsubst %.c,$(O)/%.o,$(addprefix autograder/class/tests/,alfabeto.c extraer.c notas.c)) $(CLASS_OBJ) $(CLASS_LIBS)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcriterion $(LDLIBS_CLASS)

TEST_STEPS += test-class
TEST_DEEP  += test-class-more
.PHONY: test-class test-class-more
test-class: $(CLASS_TESTS)/pruebas $(CLASS_TEST_NEEDS)
	@$(CLASS_TESTS)/pruebas --tap=- -j$(TEST_JOBS)
	@autograder/class/tests/clase.sh build $(O); ok=$$?; autograder/class/tests/puertas.sh build $(O) && exit $$ok

test-class-more: $(CLASS_TEST_NEEDS) $(GRADE_TOOLS) $(GRADE_SUITES)
	@autograder/class/tests/larga.sh build $(O)

# A solas: llenan la máquina de procesos.
.PHONY: neighbours
neighbours: $(CLASS_TEST_NEEDS) ### Califica a la vez programas hostiles y honrados: cada honrado saca lo suyo (VECES=5, CAJA=minima)
	@VECES='$(VECES)' CAJA='$(CAJA)' autograder/class/tests/larga.sh build $(O) vecinos

TEST_DEEP  += test-class-slurm
.PHONY: test-class-slurm
test-class-slurm: $(CLASS_TEST_NEEDS)
	@autograder/class/tests/slurm.sh build $(O)
