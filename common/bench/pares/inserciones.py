"""Lo que mide inserts.c, con el pool de asyncpg.

Uso: inserciones.py asyncio|uvloop con-reset|sin-reset LOTES

Al devolver una conexión, asyncpg la deja como nueva con otra consulta (RESET ALL y otras);
`sin-reset` se la quita, para comparar lo mismo con lo mismo.
"""

import asyncio
import sys

from comun import Cronometro, cifra, elegir_bucle, importar

INSERCIONES, CONEXIONES = 100, 10


def sin_reset(asyncpg):
    class SinReset(asyncpg.Connection):
        async def reset(self, *, timeout=None):
            pass

    return SinReset


async def medir(asyncpg, clase, lotes):
    async def insertar(numero):
        await pool.execute(
            "INSERT INTO medida (numero, texto) VALUES ($1, $2)",
            numero,
            "una fila de la medida",
        )

    async def lote():
        await asyncio.gather(*(insertar(i) for i in range(INSERCIONES)))

    async with asyncpg.create_pool(
        min_size=CONEXIONES, max_size=CONEXIONES, connection_class=clase
    ) as pool:
        await pool.execute("DROP TABLE IF EXISTS medida")
        await pool.execute("CREATE TABLE medida (numero int, texto text)")
        await lote()
        crono = Cronometro()
        for _ in range(lotes):
            await lote()
        cifra("pg", crono.segundos() * 1e3 / lotes)
        cifra("pg_cpu", crono.segundos_cpu() * 1e6 / (lotes * INSERCIONES))
        filas = await pool.fetchval("SELECT count(*) FROM medida")
        if filas != (lotes + 1) * INSERCIONES:
            raise RuntimeError(f"faltan o sobran filas: hay {filas}")


if __name__ == "__main__":
    bucle, reset, lotes = sys.argv[1:]
    asyncpg = importar("asyncpg")
    elegir_bucle(bucle)
    clase = sin_reset(asyncpg) if reset == "sin-reset" else asyncpg.Connection
    asyncio.run(medir(asyncpg, clase, int(lotes)))
