# La clase: `make grade-class`, los ajustes de las notas y sus pruebas.
#
#     $(CLASS)     asinc-class
#     test-class   pruebas, en TAP

###= ENTREGAS=dir  con `make grade-class`, la carpeta con las entregas: una carpeta o un archivo por persona
###= SALIDA=dir  con `make grade-class`, dónde van la base de datos y las notas (build/clase)
###= TRABAJOS=n  con `make grade-class`, cuántas calificaciones a la vez
###= MOTOR=slurm  con `make grade-class`, lo reparte entre las máquinas de un clúster
###= ALUMNO='...'  con `make nota`, de quién es; y además PUNTOS=85 MOTIVO='...', COMENTARIO='...' o QUITAR=1

CLASS     := $(O)/autograder/asinc-class
CLASS_OBJ := $(patsubst %.c,$(O)/%.o,$(filter-out %/main.c,$(wildcard autograder/class/*.c))) \
	$(filter-out %/main.o,$(GRADER_OBJ))
LDLIBS_CLASS = -larchive -lsqlite3 -lyaml -lcrypto -ljansson -lm $(LDLIBS_BOX)

$(CLASS): $(O)/autograder/class/main.o $(CLASS_OBJ) $(LIBCOURSE) $(LIBBOX)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS_CLASS)

CLASS_OUT  = $(if $(SALIDA),--salida $(call quoted,$(SALIDA)))
CLASS_WHAT = $(if $(ENTREGAS),--entregas $(call quoted,$(ENTREGAS))) \
	$(if $(LAB),--lab $(call quoted,$(LAB))) $(if $(CAJA),--caja $(call quoted,$(CAJA)))

.PHONY: grade-class nota
grade-class: setup-grade-class $(CLASS) $(GRADE_TOOLS) $(GRADE_SUITES) ### Califica las entregas de una clase y deja las notas
	@$(if $(filter slurm,$(MOTOR)),autograder/class/slurm.sh $(CLASS) $(call quoted,$(or $(SALIDA),build/clase)) $(CLASS_WHAT),\
	$(if $(MOTOR),echo "make grade-class: MOTOR puede ser slurm o nada" >&2; exit 2,\
	$(CLASS) $(CLASS_WHAT) $(CLASS_OUT) $(if $(TRABAJOS),--trabajos $(call quoted,$(TRABAJOS)))))

nota: setup-grade-class $(CLASS) ### Cambia una nota a mano, o le añade un comentario
	@$(CLASS) --nota $(call quoted,$(ALUMNO)) $(CLASS_OUT) $(if $(LAB),--lab $(call quoted,$(LAB))) \
		$(if $(PUNTOS),--puntos $(call quoted,$(PUNTOS))) $(if $(MOTIVO),--motivo $(call quoted,$(MOTIVO))) \
		$(if $(COMENTARIO),--comentario $(call quoted,$(COMENTARIO))) $(if $(filter-out 0,$(QUITAR)),--quitar)

# ---- pruebas -------------------------------------------------------------------------------

CLASS_TESTS := $(O)/autograder/class/tests
CLASS_TEST_NEEDS = $(CLASS) $(GRADER) $(O)/autograder/runner $(GRADE_LIBS) $(FIXTURE_SUITES)

$(CLASS_TESTS)/pruebas: $(patsubst %.c,$(O)/%.o,$(addprefix autograder/class/tests/,extraer.c notas.c)) $(CLASS_OBJ) $(LIBCOURSE) $(LIBBOX)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcriterion $(LDLIBS_CLASS)

TEST_STEPS += test-class
TEST_MORE  += test-class-more
.PHONY: test-class test-class-more
test-class: $(CLASS_TESTS)/pruebas $(CLASS_TEST_NEEDS)
	@$(CLASS_TESTS)/pruebas --tap=- -j$(TEST_JOBS)
	@autograder/class/tests/clase.sh build $(O)

test-class-more: $(CLASS_TEST_NEEDS) $(GRADE_TOOLS) $(GRADE_SUITES)
	@autograder/class/tests/larga.sh build $(O)

TEST_MORE  += test-class-slurm
.PHONY: test-class-slurm
test-class-slurm: $(CLASS_TEST_NEEDS)
	@autograder/class/tests/slurm.sh build $(O)
