#!/usr/bin/env python3
"""A supervision step of a relational model as an ONNX graph, for a peer to be timed. Needs onnx and NumPy.

    relational_onnx.py OUTPUT CHANNELS HIDDEN fp32|int8

From here it is that of a Sudoku of 9x9 with random weights, which cost the same as trained ones, without heads;
tests/bench/relational_steps.py makes those of shipped models. As libtrm does, each group's part of the product is made
once. int8 is what ONNX Runtime has for it: activations quantised as they come, one scale for a whole tensor where libtrm
has one for each row, products of integers, and one float multiplication."""

import math
import sys
from typing import NamedTuple

import numpy
from onnx import TensorProto, checker, helper, numpy_helper, save

BLOCKS, CYCLES, UPDATES = 2, 2, 3  # of the Sudoku


class Group(NamedTuple):
    """Who hears the same: nodes along axes of these sizes, some of which are heard as a whole."""

    sizes: tuple
    over: tuple


SUDOKU = [
    Group((9, 9, 9), (1,)),
    Group((9, 9, 9), (0,)),
    Group((3, 3, 3, 3, 9), (1, 3)),
    Group((81, 9), (1,)),
]
NODES = 729


class Graph:
    """States are [nodes, channels]. `tables` say who hears whom: groups, or who is heard at a distance (`moves`).
    `weights` has the matrices of block b by name: (b, "own"), (b, relation, aggregate), (b, "down")."""

    def __init__(self, tables, weights, blocks, quantised=False):
        self.tables, self.weights, self.blocks, self.quantised = tables, weights, blocks, quantised
        self.nodes, self.constants, self.count = [], {}, 0

    def constant(self, name, array):
        self.constants.setdefault(name, numpy_helper.from_array(numpy.ascontiguousarray(array), name))
        return name

    def sizes(self, *numbers):
        return self.constant("sizes." + ".".join(map(str, numbers)), numpy.array(numbers, numpy.int64))

    def add(self, kind, *inputs, outputs=1, **attributes):
        names = [f"n{self.count + i}" for i in range(outputs)]
        self.count += outputs
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names if outputs > 1 else names[0]

    def product(self, x, name, matrix):
        """x times inputs x outputs."""
        if not self.quantised:
            return self.add("MatMul", x, self.constant(name, matrix))
        scale = numpy.abs(matrix).max(0) / numpy.float32(127)
        integers = self.constant(name, numpy.rint(matrix / scale).astype(numpy.int8))
        codes, of_codes, zero = self.add("DynamicQuantizeLinear", x, outputs=3)
        sums = self.add("Cast", self.add("MatMulInteger", codes, integers, zero), to=TensorProto.FLOAT)
        return self.add("Mul", sums, self.add("Mul", of_codes, self.constant(name + ".scale", scale)))

    def norm(self, x):
        mean = self.add("ReduceMean", self.add("Mul", x, x), axes=[-1])
        root = self.add("Sqrt", self.add("Add", mean, self.constant("epsilon", numpy.float32(1e-5))))
        return self.add("Div", x, root)

    def grouped(self, v, table, block, relation):
        """What the groups say, multiplied once each: what broadcasts to the table's axes."""
        channels, count = len(self.weights[0, "own"]), math.prod(table.sizes[axis] for axis in table.over)
        laid, parts = self.add("Reshape", v, self.sizes(*table.sizes, channels)), []
        for how in ("sum", "max"):
            if how == "max":
                said = self.add("ReduceMax", laid, axes=list(table.over))
            else:
                said = self.add("ReduceSum", laid, self.sizes(*table.over))
                scale = numpy.float32(1 / math.sqrt(count))
                said = self.add("Mul", said, self.constant(f"scale.{count}", scale))
            parts.append(self.product(said, f"{block}.{relation}.{how}", self.weights[block, relation, how]))
        return self.add("Add", *parts)

    def shifted(self, v, table):
        """What each node hears at the distance, nothing beyond the edge: [nodes, channels]."""
        channels, axes = len(self.weights[0, "own"]), list(range(len(table.sizes)))
        laid = self.add("Reshape", v, self.sizes(*table.sizes, channels))
        begins = [max(move, 0) for move in table.moves]
        ends = [size + min(move, 0) for size, move in zip(table.sizes, table.moves)]
        kept = self.add("Slice", laid, self.sizes(*begins), self.sizes(*ends), self.sizes(*axes))
        before = [max(-move, 0) for move in table.moves]
        padded = self.add("Pad", kept, self.sizes(*before, 0, *begins, 0))
        return self.add("Reshape", padded, self.sizes(-1, channels))

    def inner(self, v, block):
        """[g, s]: one product of what nodes hear by themselves, and one of each group."""
        heard, matrices = [v], [self.weights[block, "own"]]
        for relation, table in enumerate(self.tables):
            if hasattr(table, "moves"):
                heard.append(self.shifted(v, table))
                matrices.append(self.weights[block, relation, "node"])
        whole = self.add("Concat", *heard, axis=-1) if len(heard) > 1 else v
        h = self.product(whole, f"{block}.own", numpy.concatenate(matrices))
        for relation, table in enumerate(self.tables):
            if not hasattr(table, "moves"):
                wide = matrices[0].shape[1]
                said = self.grouped(v, table, block, relation)
                spread = self.add("Add", self.add("Reshape", h, self.sizes(*table.sizes, wide)), said)
                h = self.add("Reshape", spread, self.sizes(-1, wide))
        return h

    def block(self, v, block):
        g, s = self.add("Split", self.inner(v, block), axis=-1, outputs=2)
        gated = self.add("Mul", self.add("Sigmoid", g), self.norm(self.add("Mul", g, s)))
        return self.norm(
            self.add("Add", v, self.product(gated, f"{block}.down", self.weights[block, "down"]))
        )

    def network(self, v):
        for block in range(self.blocks):
            v = self.block(v, block)
        return v

    def step(self, cycles, updates):
        x, y, z = "x", "y", "z"
        for _ in range(cycles):
            injection = self.add("Add", y, x)
            for _ in range(updates):
                z = self.network(self.add("Add", z, injection))
            y = self.network(self.add("Add", y, z))
        return y, z

    def write(self, output, nodes, *results):
        shape = [nodes, len(self.weights[0, "own"])]
        given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x", "y", "z")]
        made = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [nodes, None]) for name in results]
        graph = helper.make_graph(self.nodes, "step", given, made, list(self.constants.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        checker.check_model(model)
        save(model, output)


def random_weights(channels, hidden):
    random, weights = numpy.random.default_rng(1), {}

    def matrix(rows, columns):
        return (random.standard_normal((rows, columns)) / numpy.sqrt(rows)).astype(numpy.float32)

    for block in range(BLOCKS):
        weights[block, "own"] = matrix(channels, 2 * hidden)
        for relation in range(len(SUDOKU)):
            for how in ("sum", "max"):
                weights[block, relation, how] = matrix(channels, 2 * hidden)
        weights[block, "down"] = matrix(hidden, channels)
    return weights


def trained_weights(parameters):
    """Those of a model of trm.torch: parameters by name, as blocks.B.w0, blocks.B.sum.RELATION, blocks.B.down."""
    weights = {}
    for name, matrix in parameters.items():
        _, *words = name.split(".")
        if not name.startswith("blocks."):
            continue
        block, kind = int(words[0]), words[1]
        key = {"w0": (block, "own"), "down": (block, "down")}.get(kind) or (block, int(words[2]), kind)
        weights[key] = matrix.T
    return weights


def write_model(output, tables, parameters, configuration):
    """The step of a trained model with its heads: logits, what cells believe, y and z. Parameters are arrays by name."""
    graph = Graph(tables, trained_weights(parameters), configuration.blocks)
    y, z = graph.step(configuration.cycles, configuration.updates)
    heads = [
        graph.add(
            "Add",
            graph.product(y, f"{name}.w", parameters[f"{name}.w"].T),
            graph.constant(f"{name}.b", parameters[f"{name}.b"]),
        )
        for name in ("head", "halt")
    ]
    graph.write(output, math.prod(tables[0].sizes), *heads, y, z)


def main(output, channels, hidden, precision):
    graph = Graph(SUDOKU, random_weights(int(channels), int(hidden)), BLOCKS, precision == "int8")
    graph.write(output, NODES, *graph.step(CYCLES, UPDATES))


if __name__ == "__main__":
    main(*sys.argv[1:])
