"""Colours three graphs of different sizes with one model: who borders on whom comes with each question.

python examples/python/graph.py colouring.trm
"""

import sys

import numpy as np

import trm

# Colours that are given, edges, and how many colours there are. Vertices are A, B, C and so on.
GRAPHS = {
    "Australia": ("12....", "AB AC BC BD CD CE CF DE EF", 3),  # WA NT SA Q NSW V
    "Petersen's graph": ("12.3......", "AB BC CD DE EA AF BG CH DI EJ FH HJ JG GI IF", 3),
    "twelve provinces": (
        "1234........",
        "AB AC AD BC BD CD AE BE CE BF CF DF AG CG DG EH BH CH FI CI DI GJ AJ CJ EK HK BK FL IL DL",
        4,
    ),
}


def main(path: str) -> None:
    with trm.Model(path) as model:
        for name, (given, edges, colours) in GRAPHS.items():
            one_way = np.array([[ord(vertex) - ord("A") for vertex in edge] for edge in edges.split()])
            edge = np.concatenate([one_way, one_way[:, ::-1]])  # each hears the other
            answer = model.solve(given, relations={"edge": edge}, fields=colours)
            proper = all(answer.text[a] != answer.text[b] for a, b in one_way)
            verdict = "right" if proper else "wrong"
            print(f"{name:17} {given} -> {answer.text}, {verdict} after {answer.steps} steps")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} MODEL.trm")
    try:
        main(*sys.argv[1:])
    except trm.Error as error:
        sys.exit(str(error))
