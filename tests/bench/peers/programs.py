"""Whom libtrm is compared with: a row for each, and beside this file the module that runs a step with it.

Such a module has PRECISIONS, what they are; prepare(weights, folder), which writes there what the program reads and takes
no time that is measured; and step(weights, folder, inputs, threads, precision), which makes a call that takes a step and
returns its logits. None of them is imported before it is known to be installed.
"""

from __future__ import annotations

import functools
import glob
import importlib
import importlib.metadata
import importlib.util
import os
import sys
from types import ModuleType
from typing import NamedTuple


class Program(NamedTuple):
    name: str
    module: str  # beside this file
    packages: tuple[str, ...]  # without which it is left out; the first is its own
    libraries: tuple[str, ...]  # in the folder of the first package: what does the work
    colour: str


PROGRAMS = (
    Program("ONNX Runtime", "onnx_peer", ("onnxruntime", "onnx"), ("capi/*pybind*.so",), "#8da0cb"),
    Program(
        "OpenVINO",
        "openvino_peer",
        ("openvino", "onnx", "onnxruntime"),  # onnxruntime quantises its graph
        ("libs/libopenvino.so*", "libs/*intel_cpu_plugin.so", "libs/*onnx_frontend.so*", "libs/libtbb.so*"),
        "#a6761d",
    ),
    Program("PyTorch", "torch_peer", ("torch",), ("lib/libtorch_cpu.so",), "#fc8d62"),
    Program("PyTorch compiled", "compiled_peer", ("torch",), ("lib/libtorch_cpu.so",), "#e7298a"),
)


def module_of(program: Program) -> ModuleType:
    return importlib.import_module(program.module)


def has(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def can_compile() -> bool:
    return tuple(map(int, importlib.metadata.version("torch").split(".")[:2])) >= (2, 0)


@functools.lru_cache
def installed() -> tuple[Program, ...]:
    """Those of PROGRAMS that are there; of the others it says once that they are not."""
    found = []
    for program in PROGRAMS:
        missing = [package for package in program.packages if not has(package)]
        if missing:
            print(f"{program.name} is left out: {missing[0]} is not installed here", file=sys.stderr)
        elif program.module == "compiled_peer" and not can_compile():
            print(f"{program.name} is left out: torch before 2.0 cannot compile", file=sys.stderr)
        else:
            found.append(program)
    return tuple(found)


def versions() -> list[str]:
    return list({f"{p.packages[0]} {importlib.metadata.version(p.packages[0])}": 0 for p in installed()})


def libraries(program: Program) -> list[str]:
    """The files that do the work."""
    place = importlib.util.find_spec(program.packages[0]).submodule_search_locations[0]
    return [path for pattern in program.libraries for path in glob.glob(os.path.join(place, pattern))]
