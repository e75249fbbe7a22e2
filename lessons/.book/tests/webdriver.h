/*
 * Un navegador de verdad, mandado por su protocolo, WebDriver: órdenes HTTP con JSON. Lo justo
 * para las pruebas del libro. Todo falla con un mensaje y acaba el programa: sin navegador no
 * hay nada que probar.
 */
#ifndef BOOK_WEBDRIVER_H
#define BOOK_WEBDRIVER_H

#include <jansson.h>
#include <stdbool.h>

struct browser;

/* Arranca chromedriver y con él un Chromium sin ventana ni caché, en un perfil nuevo. Suspende. */
struct browser *browser_open(void);
void browser_close(struct browser *b);

/* Va a una dirección y espera a que la página haya cargado. */
void browser_go(struct browser *b, const char *url);
/* Recarga la página. */
void browser_reload(struct browser *b);
/* Ejecuta el cuerpo de una función de JavaScript y devuelve lo que devuelva; si es una promesa,
 * lo que prometa. El resultado es de quien llama. */
json_t *browser_run(struct browser *b, const char *script);
/* Lo mismo, y espera a que lo que devuelve sea verdad. false si pasan diez segundos. */
bool browser_wait(struct browser *b, const char *script);
/* Pulsa teclas, una tras otra. Las que no son letras son las de WebDriver: KEY_... */
void browser_keys(struct browser *b, const char *keys);
/* El ancho de la pantalla, y su tema: «light» o «dark». */
void browser_screen(struct browser *b, int width, int height,
                    const char *scheme);
/* Una orden de las propias de Chromium (CDP); `params` pasa a ser suyo. */
void browser_cdp(struct browser *b, const char *command,
                 json_t *params);
/* Las direcciones que se han pedido desde la última vez. */
json_t *browser_requests(struct browser *b);

#define KEY_ENTER  "\uE007"
#define KEY_ESCAPE "\uE00C"
#define KEY_LEFT   "\uE012"
#define KEY_UP     "\uE013"
#define KEY_RIGHT  "\uE014"
#define KEY_DOWN   "\uE015"
#define KEY_END    "\uE010"
#define KEY_HOME   "\uE011"
#define KEY_TAB    "\uE004"

#endif
