"""Writes the C source of the extension module trm._library.

What Python may call is what the headers declare: they are read here, so that the two cannot differ, and
compiled against.

    declare.py OUTPUT.c trm.h train.h trace.h listen.h
"""

import re
import sys
from pathlib import Path

import cffi


def without_preprocessor(header: str) -> str:
    """The declarations alone: no comments, no C++, no macros."""
    text = re.sub(r"/\*.*?\*/", " ", header, flags=re.S)
    text = re.sub(r"^#ifdef __cplusplus$.*?^#endif", "", text, flags=re.S | re.M)
    text = re.sub(r"^#(?:.*\\\n)*.*$", "", text, flags=re.M)
    return re.sub(r"\bTRM_(API|MUST_CHECK)\b", "", text)


def constants(header: str) -> str:
    """Macros that are whole numbers; the compiler fills in their values."""
    names = re.findall(r"^#define (TRM_\w+) \d+u?$", header, flags=re.M)
    return "\n".join(f"#define {name} ..." for name in names)


def initialised(header: str) -> "list[str]":
    """Structs with an _INIT macro."""
    return [f"trm_{name.lower()}" for name in re.findall(r"^#define TRM_(\w+)_INIT\b", header, flags=re.M)]


def initialiser(struct: str) -> str:
    """A function in place of the macro, which Python cannot expand."""
    return (
        f"static void initialise_{struct}({struct} *to)"
        f" {{ const {struct} initial = {struct.upper()}_INIT; *to = initial; }}"
    )


def main(output: str, *paths: str) -> None:
    headers = [Path(path).read_text(encoding="utf-8") for path in paths]
    structs = [struct for header in headers for struct in initialised(header)]
    ffi = cffi.FFI()
    for header in headers:
        ffi.cdef(constants(header))
        ffi.cdef(without_preprocessor(header))
    ffi.cdef("\n".join(f"void initialise_{struct}({struct} *);" for struct in structs))
    includes = ["#include <trm/train.h>", '#include "bindings/trace/trace.h"', '#include "bindings/python/listen.h"']
    source = "\n".join([*includes, *map(initialiser, structs)])
    ffi.set_source("trm._library", source)
    ffi.emit_c_code(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
