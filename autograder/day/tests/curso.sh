#!/bin/sh
# Hace en DIR un curso de mentira: un laboratorio con sus pistas, dos capítulos con práctica, un
# corrector que decide por las palabras que hay en el programa y un `make practica` que hace lo mismo.
# Uso: curso.sh DIR
set -eu
here=$(realpath "$(dirname "$0")")
mkdir -p "$1/labs" "$1/lessons/01-uno/practica" "$1/lessons/02-dos/practica" "$1/autograder/day"
cd "$1"
cp -r "$here/../../grader/tests/curso/labs/01-eco" labs
cp "$here/../reset.sh" autograder/day
cat >labs/01-eco/pistas.md <<'EOF'
# Pistas

<details>
<summary>1. Por dónde empezar</summary>

Mira `argv` y [el capítulo 01](../../lessons/01-uno/README.md#aqui), que
lo cuenta.

- un punto, con `v[0]`

```text
tal   cual
```

</details>

<details>
<summary>2. Otra</summary>

Nada que ver.

</details>

<details>
<summary>Prueba a prueba</summary>

- `saluda`, `varios`,
  `termina` (pista 1): escribe con `puts` y
  acaba.
- `memoria` (pista 2): `free`.

</details>
EOF
echo '# Uno solo' >lessons/01-uno/README.md
echo '# Dos' >lessons/02-dos/README.md
echo a >lessons/01-uno/practica/a.c
echo b >lessons/01-uno/practica/b.c
echo c >lessons/02-dos/practica/c.c
for dir in lessons/01-uno/practica labs/01-eco; do ar rcD "$dir/.original.ar" "$dir"/*.c; done

# «lento» no acaba hasta que lo detienen, y deja atrás un nieto en otra sesión; «nocompila» no
# compila; «bien» lo pasa todo.
cat >corrector <<'EOF'
#!/bin/sh
echo "$*" >>llamadas
dir=build/informe alone= program=labs/01-eco/eco.c
while [ $# -gt 0 ]; do
    case $1 in
    --informe) dir=$2 ;;
    --prueba) alone=$2 ;;
    esac
    shift
done
if grep -q lento $program; then
    setsid sleep 1000 &
    echo $! >nieto
    trap 'echo TERM >>senales; exit 130' TERM
    echo $$ >corriendo
    while :; do sleep 0.05; done
fi
verdict=mal points=40
! grep -q bien $program || verdict=bien points=100
! grep -q nocompila $program || verdict=no_compila points=0
case $verdict in
mal) printf '\n 01  Eco  %s\n\n✗ Saluda\n    FALLO: debía decir hola y calla\n' "${COLUMNS:-sin columnas}" ;;
bien) printf '\n 01  Eco  completo\n' ;;
no_compila) printf '\n✗ El programa no compila\n    eco.c:3: error: esto no es C\n' ;;
esac
[ -z "${CLICOLOR_FORCE:-}" ] || [ -n "${NO_COLOR:-}" ] || printf '\033[31mrojo\033[0m\n'
one() { printf '{"nombre": "%s", "veredicto": "%s", "historia": ["FALLO: debía decir hola y calla"]}' "$1" $verdict; }
mkdir -p $dir
{
    printf '{"version": 2, "laboratorios": [{"lab": "01", "carpeta": "labs/01-eco", "puntos": %s, "maximo": 100, "veredicto": "%s", "segundos": {"compilar": 0.01, "probar": 0.02}, "pruebas": [' $points $verdict
    if [ -n "$alone" ]; then
        one "$alone"
    else
        one saluda && echo , && one varios && echo , && one memoria && echo , && one termina
    fi
    printf ']}]}\n'
} >$dir/resultados.nuevo
mv $dir/resultados.nuevo $dir/resultados.json
EOF
chmod +x corrector
cat >Makefile <<'EOF'
.PHONY: practica
practica:
	@./practica
EOF
cat >practica <<'EOF'
#!/bin/sh
mkdir -p build/informe
for name in a b; do
    built=build/normal/lessons/01-uno/practica/$name
    mkdir -p build/normal/lessons/01-uno/practica
    if grep -q nocompila lessons/01-uno/practica/$name.c; then
        rm -f $built
        echo "lessons/01-uno/practica/$name.c:1:1: error: esto no es C" >$built.err
    else
        : >$built && chmod +x $built
    fi
    if grep -q bien lessons/01-uno/practica/$name.c; then
        printf 'hecho\t01-uno\t1\t%s\tpredecir\t5\t\t\n' $name
    else
        printf 'falta\t01-uno\t2\t%s\tarreglar\t8\tlínea 1: debía decir «hola»\t\n' $name
    fi
done >build/informe/practica.txt
EOF
chmod +x practica
