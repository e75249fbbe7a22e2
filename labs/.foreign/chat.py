"""Dos clientes de asyncio que conversan en el chat del laboratorio 09.

Uso: chat.py PUERTO
"""

import asyncio
import sys


class Cliente:
    """Un cliente: dice su nombre al entrar, escribe líneas y espera las que debe leer."""

    @classmethod
    async def entrar(cls, nombre):
        self = cls()
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
        await self.espera("* ¿Cómo te llamas?")
        await self.escribe(nombre)
        await self.espera(f"* Hola, {nombre}")
        return self

    async def escribe(self, linea):
        self.writer.write(f"{linea}\n".encode())
        await self.writer.drain()

    async def lee(self):
        return (await asyncio.wait_for(self.reader.readline(), 100)).decode().removesuffix("\n")

    async def espera(self, esperada):
        linea = await self.lee()
        assert linea == esperada, f"esperaba «{esperada}» y llegó «{linea}»"

    async def lista(self):
        await self.escribe("/list")
        cuantos, nombres = (await self.lee()).split(": ")
        return cuantos, sorted(nombres.split(", "))

    async def irse(self):
        await self.escribe("/quit")
        await self.espera("* Adiós")
        assert await self.reader.read() == b"", "tras despedirse aún llegó algo"
        self.writer.close()
        await self.writer.wait_closed()


async def main():
    ana = await Cliente.entrar("ana")
    jose = await Cliente.entrar("José")
    await ana.espera("* José ha entrado")

    await ana.escribe("¡hola a todos! 👋")
    await jose.espera("ana: ¡hola a todos! 👋")
    await jose.escribe("hola, ana")
    await ana.espera("José: hola, ana")

    assert await ana.lista() == ("* Conectados (2)", ["José", "ana"]), "la lista de los dos"

    await jose.irse()
    await ana.espera("* José ha salido")
    assert await ana.lista() == ("* Conectados (1)", ["ana"]), "la lista de una"
    await ana.irse()


asyncio.run(main())
