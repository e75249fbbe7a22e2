"""asyncpg prepara la tabla del laboratorio 12 y lee lo que el programa dejó en ella.

Uso: usuarios.py PROGRAMA     con PGHOST, PGUSER y PGDATABASE de un servidor de pruebas
"""

import asyncio
import sys

import asyncpg

REGISTROS = 50
NOMBRE = "O'Higgins «ñandú» \"a\\b\" $1"


async def main():
    conexion = await asyncpg.connect()
    await conexion.execute("CREATE TABLE usuarios (id integer PRIMARY KEY, nombre text NOT NULL)")

    programa = await asyncio.create_subprocess_exec(
        sys.argv[1], "--registros", str(REGISTROS), "--nombre", NOMBRE
    )
    codigo = await asyncio.wait_for(programa.wait(), 30)
    assert codigo == 0, f"el programa salió con {codigo}"

    filas = await conexion.fetch("SELECT id, nombre FROM usuarios ORDER BY id")
    esperadas = [(i, f"{NOMBRE} {i}") for i in range(1, 2 * REGISTROS + 1)]
    leidas = [tuple(fila) for fila in filas]
    assert leidas == esperadas, f"hay {len(leidas)} filas; las primeras: {leidas[:3]}"

    tipos = [a.type.name for a in (await conexion.prepare("SELECT * FROM usuarios")).get_attributes()]
    assert tipos == ["int4", "text"], tipos
    await conexion.close()


asyncio.run(main())
