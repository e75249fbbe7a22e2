"""Lo que mide http.c, con los clientes de Python.

Uso: peticiones.py a-mano|aiohttp|httpx asyncio|uvloop URL PETICIONES
"""

import asyncio
import sys
from urllib.parse import urlsplit

from comun import Cronometro, cifra, elegir_bucle, importar

A_LA_VEZ, CUERPO = 100, 1024


def comprobar(estado, cuerpo):
    if estado != 200 or len(cuerpo) != CUERPO:
        raise RuntimeError(f"respuesta inesperada: estado {estado}, {len(cuerpo)} bytes")


async def repartir(peticiones, cliente):
    """Cien clientes se reparten las peticiones; `cliente` recibe cuándo seguir."""
    turnos = iter(range(peticiones))
    await asyncio.gather(*(cliente(turnos) for _ in range(A_LA_VEZ)))


async def a_mano(url, peticiones):
    """Solo la biblioteca estándar: asyncio no trae cliente HTTP, así que se escribe."""
    partes = urlsplit(url)
    pregunta = f"GET {partes.path} HTTP/1.1\r\nHost: {partes.netloc}\r\n\r\n".encode()

    async def cliente(turnos):
        lector, escritor = await asyncio.open_connection(partes.hostname, partes.port)
        for _ in turnos:
            escritor.write(pregunta)
            cabecera = await lector.readuntil(b"\r\n\r\n")
            largo = cabecera.lower().partition(b"\r\ncontent-length:")[2]
            cuerpo = await lector.readexactly(int(largo.partition(b"\r\n")[0]))
            comprobar(int(cabecera[9:12]), cuerpo)
        escritor.close()
        await escritor.wait_closed()

    await repartir(peticiones, cliente)


async def con_aiohttp(url, peticiones):
    aiohttp = importar("aiohttp")
    conector = aiohttp.TCPConnector(limit=A_LA_VEZ)
    async with aiohttp.ClientSession(connector=conector) as sesion:

        async def cliente(turnos):
            for _ in turnos:
                async with sesion.get(url) as respuesta:
                    comprobar(respuesta.status, await respuesta.read())

        await repartir(peticiones, cliente)


async def con_httpx(url, peticiones):
    httpx = importar("httpx")
    limites = httpx.Limits(max_connections=A_LA_VEZ, max_keepalive_connections=A_LA_VEZ)
    async with httpx.AsyncClient(limits=limites, timeout=30) as sesion:

        async def cliente(turnos):
            for _ in turnos:
                respuesta = await sesion.get(url)
                comprobar(respuesta.status_code, respuesta.content)

        await repartir(peticiones, cliente)


async def medir(funcion, url, peticiones):
    crono = Cronometro()
    await funcion(url, peticiones)
    cifra("http", peticiones / crono.segundos())
    cifra("http_cpu", crono.segundos_cpu() * 1e6 / peticiones)


if __name__ == "__main__":
    par, bucle, url, n = sys.argv[1:]
    funcion = {"a-mano": a_mano, "aiohttp": con_aiohttp, "httpx": con_httpx}[par]
    # Importar es del arranque: se hace antes de poner el reloj en marcha.
    if par != "a-mano":
        importar(par)
    elegir_bucle(bucle)
    asyncio.run(medir(funcion, url, int(n)))
