"""Lo que comparten los pares en Python: el bucle que se pide, el reloj y las cifras."""

import asyncio
import sys
import time

AUSENTE = 77  # el código con que un par avisa de que no está instalado


def importar(nombre):
    try:
        return __import__(nombre)
    except ModuleNotFoundError as error:
        if error.name != nombre:  # está, pero roto: eso sí es un fallo
            raise
        sys.exit(AUSENTE)


def elegir_bucle(nombre):
    if nombre == "uvloop":
        asyncio.set_event_loop_policy(importar("uvloop").EventLoopPolicy())


def cifra(clave, valor):
    print(f"{clave} {valor:.6g}")


def ocupado_kib():
    """KiB en memoria, con las tablas de páginas que paga el núcleo."""
    with open("/proc/self/status") as estado:
        return sum(
            int(linea.split()[1])
            for linea in estado
            if linea.startswith(("VmRSS:", "VmPTE:"))
        )


class Cronometro:
    def __init__(self):
        self.reloj, self.cpu = time.perf_counter(), time.process_time()

    def segundos(self):
        return time.perf_counter() - self.reloj

    def segundos_cpu(self):
        return time.process_time() - self.cpu
