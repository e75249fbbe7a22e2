"""El servidor de eco de echo.c, con asyncio o con uvloop.

Es un Protocol, la forma más rápida de escribirlo: los flujos de asyncio van más despacio.

Uso: eco.py asyncio|uvloop
"""

import asyncio
import sys

from comun import elegir_bucle


class Eco(asyncio.Protocol):
    def connection_made(self, transporte):
        self.transporte = transporte

    def data_received(self, datos):
        self.transporte.write(datos)


async def servir():
    bucle = asyncio.get_running_loop()
    servidor = await bucle.create_server(Eco, "127.0.0.1", 0)
    print(servidor.sockets[0].getsockname()[1], flush=True)
    await servidor.serve_forever()


if __name__ == "__main__":
    elegir_bucle(sys.argv[1])
    asyncio.run(servir())
