-- La tabla del laboratorio 12. Para empezar de nuevo: TRUNCATE usuarios;
CREATE TABLE usuarios (
    id integer PRIMARY KEY,
    nombre text NOT NULL
);
