"""El servidor de eco de echo.c, con asyncio o con uvloop.

Uso: eco.py asyncio|uvloop flujos|protocolo

Con flujos se escribe como echo.c, leyendo y escribiendo; un Protocol es lo más rápido que
tiene Python, con un callback por cada lectura.
"""

import asyncio
import sys

from comun import elegir_bucle


class Eco(asyncio.Protocol):
    def connection_made(self, transporte):
        self.transporte = transporte

    def data_received(self, datos):
        self.transporte.write(datos)


async def atender(lector, escritor):
    while datos := await lector.read(4096):
        escritor.write(datos)
        await escritor.drain()


async def servir(forma):
    if forma == "protocolo":
        bucle = asyncio.get_running_loop()
        servidor = await bucle.create_server(Eco, "127.0.0.1", 0)
    else:
        servidor = await asyncio.start_server(atender, "127.0.0.1", 0)
    print(servidor.sockets[0].getsockname()[1], flush=True)
    await servidor.serve_forever()


if __name__ == "__main__":
    elegir_bucle(sys.argv[1])
    asyncio.run(servir(sys.argv[2]))
