/* Para compilar los programas del capítulo 03 contra mini.h. */
#include "../../mini.h"
