"""Lo que miden hop.c, spawn.c, queue.c y parked.c, con asyncio o con uvloop.

Uso: tareas.py asyncio|uvloop salto|tarea|cola|paradas N
"""

import asyncio
import sys

from comun import Cronometro, cifra, elegir_bucle, ocupado_kib


async def ceder_muchas(vueltas):
    for _ in range(vueltas):
        await asyncio.sleep(0)


async def salto(vueltas):
    crono = Cronometro()
    await ceder_muchas(vueltas)
    cifra("ceder", crono.segundos_cpu() * 1e9 / vueltas)
    crono = Cronometro()
    await asyncio.gather(ceder_muchas(vueltas), ceder_muchas(vueltas))
    cifra("alternar", crono.segundos_cpu() * 1e9 / (2 * vueltas))


async def nada():
    pass


async def tarea(tareas):
    crono = Cronometro()
    for _ in range(tareas):
        await asyncio.create_task(nada())
    cifra("tarea", crono.segundos_cpu() * 1e9 / tareas)


async def pasar(clave, sitio, elementos):
    cola = asyncio.Queue(sitio)

    async def poner():
        for i in range(elementos):
            await cola.put(i)

    async def sacar():
        for _ in range(elementos):
            await cola.get()

    crono = Cronometro()
    await asyncio.gather(poner(), sacar())
    cifra(clave, crono.segundos_cpu() * 1e9 / elementos)


async def cola(elementos):
    await pasar("cola100", 100, elementos)
    await pasar("cola1", 1, elementos)


async def paradas(tareas):
    detenidas = 0
    salida = asyncio.get_running_loop().create_future()

    async def parar():
        nonlocal detenidas
        detenidas += 1
        await salida

    antes = ocupado_kib()
    todas = [asyncio.create_task(parar()) for _ in range(tareas)]
    while detenidas < tareas:
        await asyncio.sleep(0)
    durante = ocupado_kib()
    salida.set_result(None)
    await asyncio.gather(*todas)
    cifra("paradas_kib", (durante - antes) / tareas)


if __name__ == "__main__":
    bucle, medida, n = sys.argv[1:]
    elegir_bucle(bucle)
    crono = Cronometro()
    medidas = {"salto": salto, "tarea": tarea, "cola": cola, "paradas": paradas}
    asyncio.run(medidas[medida](int(n)))
    if medida == "paradas":
        cifra("paradas", crono.segundos_cpu() * 1e3)
