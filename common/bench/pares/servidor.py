"""El servidor HTTP de web.c, con aiohttp.

Uso: servidor.py asyncio|uvloop
"""

import asyncio
import sys

from comun import elegir_bucle, importar

CUERPO = b"x" * 1024


async def servir(web):
    async def responder(_):
        return web.Response(body=CUERPO, content_type="text/plain")

    aplicacion = web.Application()
    aplicacion.router.add_get("/cuerpo", responder)
    corredor = web.AppRunner(aplicacion, access_log=None)
    await corredor.setup()
    sitio = web.TCPSite(corredor, "127.0.0.1", 0)
    await sitio.start()
    print(corredor.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    elegir_bucle(sys.argv[1])
    importar("aiohttp")
    from aiohttp import web

    asyncio.run(servir(web))
