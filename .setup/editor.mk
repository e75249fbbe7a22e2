# Lo que un editor necesita saber del curso: cómo se compila cada archivo. clangd lo busca en
# build/compile_commands.json; los demás, se le dice a cada uno.

EDITOR_DB  := build/compile_commands.json
EDITOR_SRC  = $(filter %.c,$(PLAIN)) $(wildcard common/*/*.c common/*/*/*.c autograder/*/*.c autograder/*/*/*.c)

# Se pone al día con lo que se compila cada día: cuesta centésimas. Un aviso no es un error.
.PHONY: editor
editor: ## Pone al día lo que sabe tu editor de cómo se compila cada archivo
	@printf '%s\n' $(EDITOR_SRC) | .setup/editor.sh $(EDITOR_DB) '$(CC) $(CPPFLAGS) $(filter-out -Werror,$(CFLAGS)) $(PKG_CFLAGS)' || :
ifeq ($(VARIANT),normal)
grade practica watch run labs lessons: | editor
endif

TEST_STEPS += test-editor
.PHONY: test-editor
test-editor: editor
	@.setup/editor-tests.sh $(EDITOR_DB)
