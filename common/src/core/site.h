/* El nombre de un lugar del código, para decir dónde se creó algo. */
#ifndef ASINC_SITE_H
#define ASINC_SITE_H

enum { AS__SITE_SIZE = 128 };

/* «archivo.c:12» del código que está en la dirección `site`, o la propia dirección. */
const char *as__site_text(const void *site, char text[AS__SITE_SIZE]);

#endif
