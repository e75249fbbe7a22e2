/*
 * Un servidor DNS de mentira, en un hilo de la prueba y en 127.0.0.1, al que va todo lo que la
 * biblioteca pregunta y no está en /etc/hosts:
 *
 *   bien.prueba, *.bien.prueba   127.0.0.1
 *   dos.prueba                   ::1 y 127.0.0.1
 *   seis.prueba                  solo ::1
 *   tres.prueba                  127.0.0.3, 127.0.0.2 y 127.0.0.1
 *   coja.prueba, coja6.prueba    127.0.0.1 o ::1; por la otra clase no contesta jamás
 *   tarde.prueba                 127.0.0.1, y ::1 cuando se llame a nombres_suelta()
 *   lento.prueba                 espera a nombres_suelta() y da 127.0.0.1
 *   *.mudo.prueba                no contesta jamás
 *   sin.prueba                   existe, pero no tiene dirección
 *   roto.prueba                  el servidor dice que no puede
 *   muchas.prueba                sesenta direcciones: no caben por UDP y se piden por TCP
 *   basura.prueba                contesta algo que no es DNS
 *   vacio.prueba                 contesta un datagrama vacío y, detrás, 127.0.0.1
 *   los demás                    no existen
 *
 * A cada pregunta se la espera nombres_plazo_ms, y al repetirla, el doble.
 */
#ifndef NOMBRES_FALSOS_H
#define NOMBRES_FALSOS_H

#include <stdatomic.h>
#include <stdbool.h>

extern atomic_int nombres_preguntados; /* por su IPv4: uno por nombre */
extern atomic_int nombres_por_tcp;
extern atomic_int nombres_lentos_en_curso;
extern atomic_int nombres_mudos_en_curso;

/* Los que alguien pidió a getaddrinfo, que bloquea: han de ser cero. */
extern atomic_int nombres_preguntados_por_libcurl;

extern int nombres_plazo_ms;
extern bool nombres_sin_servidor; /* se pregunta a un puerto en que no escucha nadie */

/* Lo que dicen esos archivos de /etc; NULL, lo que digan de verdad. */
extern const char *nombres_nsswitch, *nombres_resolv_conf;

void nombres_suelta(void);

#endif
