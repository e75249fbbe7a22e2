/* Lo que dice gcc de lo que se entrega. */
#ifndef GR_DIAG_H
#define GR_DIAG_H

/* Deja en memoria nueva lo útil de lo que dijo gcc: solo errores si los hay, si no los
 * avisos; rutas como las conoce el estudiante; longitud acotada. NULL si no dijo nada. */
char *gr_diag_trim(const char *gcc, const char *shown);

#endif
