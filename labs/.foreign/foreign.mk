# Las soluciones frente a programas que no son nuestros: qué y cómo lo cuenta run.sh.

TEST_DEEP += test-foreign
.PHONY: test-foreign
test-foreign: $(filter $(O)/solutions/%,$(LAB_BINS))
	@labs/.foreign/run.sh $(O)
