/* Ejecutar un programa en la caja y recoger lo que escribe, con tope. */
#ifndef BOX_CAPTURE_H
#define BOX_CAPTURE_H

#include "box/box.h"

struct box_output {
    char *out, *err;         /* acabadas en '\0' (puede haber más ceros dentro) */
    size_t out_len, err_len; /* bytes */
};

/* Arranca, escribe `input` (puede ser NULL) en la entrada, lee ambas salidas y espera. Ignora
 * stdin_fd, stdout_fd y stderr_fd de `options`. Si una salida pasa de `max_output` bytes mata
 * el programa y el resultado es BOX_LIMIT con BOX_LIMIT_OUTPUT; lo leído hasta ahí se
 * conserva. `output` se libera con box_output_free. < 0 como box_start. */
int box_capture(const struct box_options *options, const char *input, size_t max_output,
                struct box_output *output, struct box_result *result);
void box_output_free(struct box_output *output);

#endif
