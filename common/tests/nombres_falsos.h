/*
 * Un getaddrinfo de mentira que se adelanta al del sistema para los nombres acabados en
 * «.prueba»; los demás pasan al de verdad. El enlazador lo prefiere también para libuv y
 * libcurl, así que sirve para comprobar quién pregunta.
 *
 *   bien.prueba, *.bien.prueba   127.0.0.1
 *   dos.prueba                   ::1 y 127.0.0.1
 *   lento.prueba                 espera a nombres_suelta() y da 127.0.0.1
 *   los demás                    no existen
 */
#ifndef NOMBRES_FALSOS_H
#define NOMBRES_FALSOS_H

#include <stdatomic.h>

extern atomic_int nombres_preguntados;
extern atomic_int nombres_preguntados_por_libcurl;
extern atomic_int nombres_lentos_en_curso;

void nombres_suelta(void);

#endif
