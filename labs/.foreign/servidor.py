"""Un servidor de aiohttp con lo que consultan los laboratorios 07, 10 y 11.

Uso: servidor.py CARPETA REGISTRO

Escribe su puerto en cuanto escucha y vive hasta que se cierra su entrada. En REGISTRO apunta
cada petición: el método, la ruta y la cabecera Range, o un guion si no la trae.
"""

import asyncio
import sys
from pathlib import Path

from aiohttp import web

CARPETA = Path(sys.argv[1])

# Las tres formas del laboratorio 10: 14.34, 14.1 y 13.7 grados.
TIEMPO = {
    "openweathermap": {"weather": [{"main": "Clouds"}], "main": {"temp": 287.49}, "cod": 200},
    "weatherapi": {"location": {"name": "Quito"}, "current": {"temp_c": 14.1, "temp_f": 57.4}},
    "open-meteo": {"latitude": -0.125, "current_weather": {"temperature": 13.7}},
}


def anotar(registro):
    @web.middleware
    async def middleware(peticion, handler):  # aiohttp lo pasa por ese nombre
        rango = peticion.headers.get("Range", "-")
        print(peticion.method, peticion.path, rango, file=registro, flush=True)
        return await handler(peticion)

    return middleware


async def estado(peticion):
    return web.Response(status=int(peticion.match_info["codigo"]), text="dicho y hecho\n")


async def lento(peticion):
    await asyncio.sleep(60)
    return web.Response(text="por fin\n")


async def tiempo(peticion):
    return web.json_response(TIEMPO[peticion.match_info["proveedor"]])


async def mudanza(peticion):
    raise web.HTTPFound(f"/tiempo/{peticion.match_info['proveedor']}")


async def archivo(peticion):
    """aiohttp atiende Range por su cuenta."""
    ruta = CARPETA / peticion.match_info["nombre"]
    if not ruta.exists():
        raise web.HTTPNotFound()
    return web.FileResponse(ruta)


async def sin_longitud(peticion):
    """El mismo archivo, a trozos y sin decir cuánto medirá."""
    respuesta = web.StreamResponse()
    await respuesta.prepare(peticion)
    contenido = (CARPETA / peticion.match_info["nombre"]).read_bytes()
    for i in range(0, len(contenido), 10_000):
        await respuesta.write(contenido[i : i + 10_000])
    await respuesta.write_eof()
    return respuesta


async def esperar_fin_de_la_entrada():
    lector = asyncio.StreamReader()
    bucle = asyncio.get_running_loop()
    await bucle.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lector), sys.stdin)
    await lector.read()


async def main():
    with open(sys.argv[2], "a", encoding="utf-8") as registro:
        app = web.Application(middlewares=[anotar(registro)])
        app.add_routes(
            [
                web.get("/estado/{codigo}", estado),
                web.get("/lento", lento),
                web.get("/tiempo/{proveedor}", tiempo),
                web.get("/mudanza/{proveedor}", mudanza),
                web.get("/archivo/{nombre}", archivo),
                web.get("/sin-longitud/{nombre}", sin_longitud),
            ]
        )
        servidor = web.AppRunner(app)
        await servidor.setup()
        await web.TCPSite(servidor, "127.0.0.1", 0).start()
        print(servidor.addresses[0][1], flush=True)
        await esperar_fin_de_la_entrada()


asyncio.run(main())
