/* Lo común a las pruebas de los archivos. */
#ifndef FILE_APOYO_H
#define FILE_APOYO_H

#include "prueba.h"

/* Cada prueba trabaja en un directorio suyo, que se borra al final. */
void entra_en_directorio(char dir[512]);
void borra_directorio(const char *dir);

/* Ejecuta `fn` en uno, con el reloj virtual. */
void en_directorio(as_fn *fn);

#define PRUEBA_FILE(suite, nombre, fn)                                                   \
    PRUEBA(suite, nombre)                                                                \
    {                                                                                    \
        en_directorio(fn);                                                               \
    }

/* Abre un archivo y exige que se pueda. */
as_file *abre(const char *ruta, const char *modo);

/* Exige que el archivo contenga ese texto; y lo escribe. */
void contiene(const char *ruta, const char *esperado);
void pon(const char *ruta, const char *texto);

/* El byte que va en la posición `i` de los archivos grandes. */
char octeto(size_t i);

/* Cuántos archivos hay en un directorio. */
int cuantos_hay(const char *dir);

#endif
