/*
 * nombre.h: cómo se llama el archivo de una URL. Es parte del enunciado: se usa tal cual.
 */
#ifndef NOMBRE_H
#define NOMBRE_H

/*
 * El último tramo de la ruta de `url`, sin consulta ni fragmento y descodificado, en memoria que
 * libera quien llama. NULL si no vale como nombre de un archivo del directorio: el enunciado
 * dice cuáles no valen. No sabe qué otras URL hay: que dos den el mismo nombre es cosa tuya.
 */
char *nombre_de_url(const char *url);

#endif
