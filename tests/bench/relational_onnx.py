#!/usr/bin/env python3
"""A supervision step of a relational Sudoku of 9x9 as an ONNX graph, for a peer to be timed: random weights, which
cost the same as trained ones. As libtrm does, each group's part of the product is made once. Needs onnx and NumPy.

    relational_onnx.py OUTPUT CHANNELS HIDDEN fp32|int8

int8 is what ONNX Runtime has for it: activations quantised as they come, one scale for a whole tensor where libtrm has
one for each row, products of integers, and one float multiplication."""

import sys

import numpy
from onnx import TensorProto, checker, helper, numpy_helper, save

SIDE, BLOCKS, CYCLES, UPDATES = 9, 2, 2, 3
GROUPS = {"row": [1], "column": [0], "box": [1, 3], "cell": [2]}


class Graph:
    def __init__(self, channels, hidden, quantised):
        self.channels, self.hidden, self.quantised = channels, hidden, quantised
        self.nodes, self.constants, self.count = [], {}, 0
        self.random = numpy.random.default_rng(1)
        self.weights = [self.block_weights(block) for block in range(BLOCKS)]

    def constant(self, name, array):
        self.constants.setdefault(name, numpy_helper.from_array(numpy.asarray(array), name))
        return name

    def add(self, kind, *inputs, outputs=1, **attributes):
        names = [f"n{self.count + i}" for i in range(outputs)]
        self.count += outputs
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names if outputs > 1 else names[0]

    def matrix(self, name, rows, columns):
        numbers = (self.random.standard_normal((rows, columns)) / numpy.sqrt(rows)).astype(numpy.float32)
        if not self.quantised:
            return self.constant(name, numbers)
        scale = numpy.abs(numbers).max(0) / numpy.float32(127)
        self.constant(name + ".scale", scale)
        return self.constant(name, numpy.rint(numbers / scale).astype(numpy.int8))

    def block_weights(self, block):
        wide = {part: self.matrix(f"{block}.{part}", self.channels, 2 * self.hidden)
                for part in ["own"] + [f"{group}.{how}" for group in GROUPS for how in ("sum", "max")]}
        return {**wide, "down": self.matrix(f"{block}.down", self.hidden, self.channels)}

    def product(self, x, weight):
        if not self.quantised:
            return self.add("MatMul", x, weight)
        codes, scale, zero = self.add("DynamicQuantizeLinear", x, outputs=3)
        sums = self.add("Cast", self.add("MatMulInteger", codes, weight, zero), to=TensorProto.FLOAT)
        return self.add("Mul", sums, self.add("Mul", scale, weight + ".scale"))

    def norm(self, x):
        mean = self.add("ReduceMean", self.add("Mul", x, x), axes=[-1])
        root = self.add("Sqrt", self.add("Add", mean, self.constant("epsilon", numpy.float32(1e-5))))
        return self.add("Div", x, root)

    def heard(self, v, group, how, weight):
        """What the group says, multiplied once, and spread to its members: [9, 9, 9, 2 H] or what broadcasts to it."""
        shape = [3, 3, 3, 3, SIDE, self.channels] if group == "box" else [SIDE, SIDE, SIDE, self.channels]
        laid = self.add("Reshape", v, self.constant(f"as.{group == 'box'}", numpy.array(shape)))
        said = (self.add("ReduceSum", laid, self.constant(f"axes.{group}", numpy.array(GROUPS[group]))) if how == "sum"
                else self.add("ReduceMax", laid, axes=GROUPS[group]))
        if how == "sum":
            said = self.add("Mul", said, self.constant("third", numpy.float32(1 / 3)))
        said = self.product(said, weight)
        if group != "box":
            return said
        whole = self.constant("boxes", numpy.array([3, 3, 3, 3, SIDE, 2 * self.hidden]))
        return self.add("Reshape", self.add("Expand", said, whole),
                        self.constant("wide", numpy.array([SIDE, SIDE, SIDE, 2 * self.hidden])))

    def block(self, v, weights):
        h = self.product(v, weights["own"])
        for group in GROUPS:
            for how in ("sum", "max"):
                h = self.add("Add", h, self.heard(v, group, how, weights[f"{group}.{how}"]))
        g, s = self.add("Split", h, axis=-1, outputs=2)
        gated = self.add("Mul", self.add("Sigmoid", g), self.norm(self.add("Mul", g, s)))
        return self.norm(self.add("Add", v, self.product(gated, weights["down"])))

    def network(self, v):
        for weights in self.weights:
            v = self.block(v, weights)
        return v

    def step(self):
        x, y, z = "x", "y", "z"
        for _ in range(CYCLES):
            for _ in range(UPDATES):
                z = self.network(self.add("Add", z, self.add("Add", y, x)))
            y = self.network(self.add("Add", y, z))
        return y, z


def main(output, channels, hidden, precision):
    graph = Graph(int(channels), int(hidden), precision == "int8")
    last = graph.step()
    shape = [SIDE, SIDE, SIDE, graph.channels]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x", "y", "z", *last)]
    made = helper.make_graph(graph.nodes, "step", values[:3], values[3:], list(graph.constants.values()))
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    checker.check_model(model)
    save(model, output)


main(*sys.argv[1:])
