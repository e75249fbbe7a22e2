# Programas parecidos: `make similarity`, y sus pruebas.
#
#     $(SIMILAR)        asinc-similarity
#     test-similarity   pruebas, en TAP

###= PARECIDO=40  en `make similarity`, desde qué porcentaje en común se enseña una pareja
###= CONTRA=dir  en `make similarity`, compara también con estos: otro año, o CONTRA=solutions

SIMILARITY  := autograder/similarity
SIMILAR     := $(O)/autograder/asinc-similarity
SIMILAR_OBJ := $(patsubst %,$(O)/$(SIMILARITY)/%.o,tokens compare)

$(SIMILAR): $(O)/$(SIMILARITY)/main.o $(SIMILAR_OBJ) $(LIBBASE)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

.PHONY: similarity test-similarity
similarity test-similarity: export PAGE_CSS := $(PAGE_CSS)
similarity: setup-grade-class $(CLASS) $(SIMILAR) $(GRADE_TOOLS) $(GRADE_SUITES) $(PAGE_CSS) ### Enseña qué entregas de una clase se parecen demasiado
	@$(SIMILARITY)/similarity.sh $(CLASS) $(SIMILAR) $(call quoted,$(ENTREGAS)) $(call quoted,$(or $(SALIDA),build/clase)) \
		$(call quoted,$(or $(PARECIDO),40)) $(call quoted,$(LAB)) $(call quoted,$(CONTRA))

# ---- pruebas -------------------------------------------------------------------------------

SIMILAR_TESTS := $(O)/$(SIMILARITY)/tests/pruebas
$(SIMILAR_TESTS): $(SIMILAR_TESTS).o $(SIMILAR_OBJ) $(LIBBASE)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcriterion

TEST_STEPS += test-similarity
test-similarity: $(SIMILAR_TESTS) $(CLASS) $(SIMILAR) $(GRADE_TOOLS) $(GRADE_SUITES) $(PAGE_CSS)
	@$< --tap=- -j$(TEST_JOBS)
	@$(SIMILARITY)/tests/tests.sh $(CLASS) $(SIMILAR)
