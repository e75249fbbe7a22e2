# Programas parecidos: `make similarity`.

###= PARECIDO=40  en `make similarity`, desde qué porcentaje en común se enseña una pareja

SIMILARITY := autograder/similarity

.PHONY: similarity test-similarity
similarity test-similarity: export PAGE_CSS := $(PAGE_CSS)
similarity: setup-grade-class $(CLASS) $(PAGE_CSS) ### Enseña qué entregas de una clase se parecen demasiado
	@$(SIMILARITY)/similarity.sh $(CLASS) $(call quoted,$(ENTREGAS)) $(call quoted,$(or $(SALIDA),build/clase)) \
		$(call quoted,$(or $(PARECIDO),40)) $(call quoted,$(LAB))

TEST_STEPS += test-similarity
test-similarity: $(CLASS) $(PAGE_CSS)
	@$(SIMILARITY)/tests/tests.sh $(CLASS)
