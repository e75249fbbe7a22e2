#!/bin/bash
# Gradescope lo ejecuta una vez, como root, al hacer la imagen: instala lo que pide el corrector y
# lo compila. Con AUTOGRADER se dice otra carpeta en vez de /autograder.
set -eu
cd "${AUTOGRADER:-/autograder}/source/curso"
export DEBIAN_FRONTEND=noninteractive

packages() { awk -F'|' '!/^#/ && $1 ~ /(^|,)grade(-class)?(,|$)/ { gsub(/,/, "\n", $2); print $2 }' .setup/packages; }
# Los que ya están no se piden: quien prueba esto quizá no tenga red.
mapfile -t missing < <(packages | sort -u | while read -r package; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
done)
if [ ${#missing[@]} -gt 0 ]; then
    apt-get update
    apt-get install -y --no-install-recommends "${missing[@]}"
fi
make -j"$(nproc)" gradescope-ready
# Lo que se podrá donde se califica, que quizá deja más o menos que aquí.
echo "La caja, en esta imagen: $(build/normal/autograder/asinc-grade --comprobar 2>&1 || echo '(ninguna: se calificará en «ya-aislado»)')"
