"""Writes a text as a C array of characters: embed.py TEXT HEADER."""

import sys
from pathlib import Path

BYTES_A_LINE = 24

text, header = (Path(word) for word in sys.argv[1:])
name = header.stem
data = text.read_bytes() + b"\0"
lines = [data[at : at + BYTES_A_LINE] for at in range(0, len(data), BYTES_A_LINE)]
with header.open("w") as to:
    to.write(f"/* Made from {text.name}. */\nstatic const char {name}[] = {{\n")
    to.writelines("    " + ", ".join(f"'\\{byte:03o}'" for byte in line) + ",\n" for line in lines)
    to.write("};\n")
