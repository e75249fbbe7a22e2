/* Lo que dice gcc, y debajo, en claro y en español, lo que suele haber detrás. */
#ifndef AG_EXPLAIN_H
#define AG_EXPLAIN_H

/* Empieza cada línea añadida: gcc no escribe ninguna así. */
#define AG_EXPLAIN_MARK "  => "

/* Una copia de lo que dijo gcc, o el enlazador, con una línea detrás de cada error o aviso de los
 * más corrientes. Lo de gcc queda entero; lo que se repite se explica una vez. Un texto que ya la
 * tiene no cambia. En memoria nueva. */
char *ag_explain(const char *gcc);

#endif
