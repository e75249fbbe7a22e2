/* Que la entrega no apague desde su código la vigilancia de memoria (ASan, LSan y UBSan). */
#ifndef GR_GUARD_H
#define GR_GUARD_H

/* Un archivo de C que se compila con la entrega. Define lo que ella definiría para cambiar las
 * opciones de los vigilantes, y así el enlazador la rechaza; y al arrancar comprueba que malloc
 * es el de ASan y que el entorno no trae otras. Va el primero, y con esas opciones para gcc. */
extern const char gr_guard_source[];
extern const char *const gr_guard_flags[];

/* Busca en el texto ya preprocesado de la entrega (la salida de gcc -E) las palabras con las
 * que se apagan. 0 si no hay, 1 con el error como lo diría gcc en `*said`, en memoria nueva, o
 * -errno. */
int gr_guard_scan(const char *path, char **said);

#endif
