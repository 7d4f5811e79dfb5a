"""The step as a graph of ONNX Runtime: unrolled, as its users would have it, and its own dynamic int8 (MatMulInteger)."""

from __future__ import annotations

import logging
import os
from typing import Callable

import numpy as np

from checkpoint import EPSILON, Weights

PRECISIONS = ("fp32", "int8")


class Graph:
    """An ONNX graph that grows by function calls."""

    def __init__(self) -> None:
        from onnx import helper

        self.helper, self.nodes, self.constants, self.count = helper, [], {}, 0

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes: object):
        names = [f"v{self.count + i}" for i in range(outputs)]
        self.count += outputs
        self.nodes.append(self.helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, name: str, value: np.ndarray) -> str:
        from onnx import numpy_helper

        self.constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def norm(self, v: str) -> str:
        mean = self.node("ReduceMean", self.node("Mul", v, v), axes=[-1], keepdims=1)
        root = self.node("Sqrt", self.node("Add", mean, self.constant("epsilon", np.float32(EPSILON))))
        return self.node("Div", v, root)


def gated(g: Graph, w: Weights, layer: int, name: str, v: str) -> str:
    """SwiGLU over the last axis."""
    up = g.constant(f"{layer}.{name}.up", w.layer(layer, f"{name}.gate_up_proj").T)
    down = g.constant(f"{layer}.{name}.down", w.layer(layer, f"{name}.down_proj").T)
    gate, side = g.node("Split", g.node("MatMul", v, up), outputs=2, axis=-1)
    silu = g.node("Mul", gate, g.node("Sigmoid", gate))
    return g.node("MatMul", g.node("Mul", silu, side), down)


def attention(g: Graph, w: Weights, layer: int, v: str) -> str:
    heads, rows = int(w.config["num_heads"]), w.rows
    width = w.channels // heads
    qkv = g.node("MatMul", v, g.constant(f"{layer}.qkv", w.layer(layer, "self_attn.qkv_proj").T))
    shape = g.constant("heads", np.array([0, rows, 3 * heads, width], np.int64))
    parts = g.node(
        "Split", g.node("Transpose", g.node("Reshape", qkv, shape), perm=[0, 2, 1, 3]), outputs=3, axis=1
    )
    cosines, sines = (g.constant(name, value) for name, value in zip(("cos", "sin"), w.rotary()))

    def turned(x: str) -> str:
        first, second = g.node("Split", x, outputs=2, axis=-1)
        swapped = g.node("Concat", g.node("Neg", second), first, axis=-1)
        return g.node("Add", g.node("Mul", x, cosines), g.node("Mul", swapped, sines))

    query = g.node("Mul", turned(parts[0]), g.constant("scale", np.float32(width**-0.5)))
    keys = g.node("Transpose", turned(parts[1]), perm=[0, 1, 3, 2])
    mixed = g.node("MatMul", g.node("Softmax", g.node("MatMul", query, keys), axis=-1), parts[2])
    flat = g.constant("flat", np.array([0, rows, w.channels], np.int64))
    mixed = g.node("Reshape", g.node("Transpose", mixed, perm=[0, 2, 1, 3]), flat)
    return g.node("MatMul", mixed, g.constant(f"{layer}.o", w.layer(layer, "self_attn.o_proj").T))


def network(g: Graph, w: Weights, v: str) -> str:
    for layer in range(w.blocks):
        if w.mixes:
            turned = g.node("Transpose", v, perm=[0, 2, 1])
            turned = g.norm(g.node("Add", turned, gated(g, w, layer, "mlp_t", turned)))
            v = g.node("Transpose", turned, perm=[0, 2, 1])
        else:
            v = g.norm(g.node("Add", v, attention(g, w, layer, v)))
        v = g.norm(g.node("Add", v, gated(g, w, layer, "mlp", v)))
    return v


def write_graph(w: Weights, path: str) -> None:
    import onnx

    g = Graph()
    y, z = "y", "z"
    for _ in range(int(w.config["H_cycles"])):
        injection = g.node("Add", y, "x")
        for _ in range(int(w.config["L_cycles"])):
            z = network(g, w, g.node("Add", z, injection))
        y = network(g, w, g.node("Add", y, z))
    tail = g.node(
        "Slice",
        y,
        *(
            g.constant(n, np.array([v], np.int64))
            for n, v in (("from", w.prefix), ("to", w.rows), ("axis", 1))
        ),
    )
    logits = g.node("MatMul", tail, g.constant("head", w["lm_head.weight"].T))
    shape = ["batch", w.rows, w.channels]
    value = g.helper.make_tensor_value_info
    graph = g.helper.make_graph(
        g.nodes,
        "step",
        [value(n, onnx.TensorProto.FLOAT, shape) for n in ("x", "y", "z")],
        [value(n, onnx.TensorProto.FLOAT, None) for n in (logits, y, z)],
        list(g.constants.values()),
    )
    opset = [g.helper.make_opsetid("", 13)]
    onnx.save(g.helper.make_model(graph, opset_imports=opset, ir_version=8), path)


def graph_of(w: Weights, folder: str) -> str:
    """The file with the graph in fp32, made where it is not there."""
    path = os.path.join(folder, "fp32.onnx")
    if not os.path.exists(path):
        write_graph(w, path)
    return path


def prepare(w: Weights, folder: str) -> None:
    import onnxruntime.quantization as quantization

    logging.getLogger().setLevel(logging.ERROR)  # it recommends preparations that change nothing here
    graph, path = graph_of(w, folder), os.path.join(folder, "int8.onnx")
    if not os.path.exists(path):
        quantization.quantize_dynamic(graph, path, weight_type=quantization.QuantType.QInt8)


def step(
    w: Weights, folder: str, inputs: dict[str, np.ndarray], threads: int, precision: str
) -> Callable[[], np.ndarray]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    path = os.path.join(folder, f"{precision}.onnx")
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, inputs)[0]
