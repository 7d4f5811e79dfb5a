"""A supervision step of libtrm, of ONNX Runtime and of PyTorch: the same weights, in turns, on the same cores.

    infer_peer.py TRM [--turns 5] [--seconds 2] [--block mixer|attention] [--batch 1,8] [--threads 1,2] [--json FILE]

TRM is the trm command of a release build. ONNX Runtime gets the step unrolled into one graph (fp32, and its own
dynamic int8, MatMulInteger), PyTorch the eager module; either is left out when it is not installed. First the
answers of all are compared. The table has the median milliseconds of a step and the median, over the turns, of each
peer's time by libtrm's of the same precision: above 1, libtrm is faster.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from typing import Callable, Optional

import numpy as np

SIZES = {  # the published settings: Sudoku-Extreme, and Maze-Hard
    "mixer": ["--block", "mixer"],
    "attention": ["--block", "attention", "--positions", "900", "--vocabulary", "6", "--updates", "4",
                  "--position-encoding", "rotary", "--grid", "30x30"],
}
EPSILON = 1e-5


# ---------------------------------------------------------------------------------------------- the model


class Weights:
    """A checkpoint that `trm convert` wrote: tensors by name, and the configuration."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
            data = file.read()
        metadata = header.pop("__metadata__")
        self.tensors = {
            name.split("model.inner.")[-1]: np.frombuffer(data[entry["data_offsets"][0] : entry["data_offsets"][1]], np.float32)
            .reshape(entry["shape"])
            for name, entry in header.items()
        }
        config = json.loads(metadata["config"])
        self.config = {**config, **config.get("arch", {})}
        self.channels = self.tensors["H_init"].shape[0]
        self.blocks = sum(name.endswith(".mlp.down_proj.weight") for name in self.tensors)
        self.mixes = any("mlp_t" in name for name in self.tensors)
        self.positions = int(self.config["seq_len"])

    def __getitem__(self, name: str) -> np.ndarray:
        return self.tensors[name]

    def layer(self, index: int, name: str) -> np.ndarray:
        return self.tensors[f"L_level.layers.{index}.{name}.weight"]

    @property
    def prefix(self) -> int:
        return self.tensors["embed_registers.weight"].shape[0]

    @property
    def rows(self) -> int:
        return self.prefix + self.positions

    def embedded(self, tokens: np.ndarray) -> np.ndarray:
        prefix = np.broadcast_to(self["embed_registers.weight"], (len(tokens), self.prefix, self.channels))
        rows = np.concatenate((prefix, self["embed_tokens.embedding_weight"][tokens]), 1)
        return (np.sqrt(np.float32(self.channels)) * rows).astype(np.float32)

    def rotary(self) -> tuple[np.ndarray, np.ndarray]:
        width = self.channels // int(self.config["num_heads"])
        angles = np.outer(np.arange(self.rows), 10000.0 ** (-np.arange(0, width, 2) / width))
        angles = np.concatenate((angles, angles), 1)
        return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


# ---------------------------------------------------------------------------------------------- ONNX Runtime


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
    parts = g.node("Split", g.node("Transpose", g.node("Reshape", qkv, shape), perm=[0, 2, 1, 3]), outputs=3, axis=1)
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
    tail = g.node("Slice", y, *(g.constant(n, np.array([v], np.int64)) for n, v in
                                (("from", w.prefix), ("to", w.rows), ("axis", 1))))
    logits = g.node("MatMul", tail, g.constant("head", w["lm_head.weight"].T))
    shape = ["batch", w.rows, w.channels]
    value = g.helper.make_tensor_value_info
    graph = g.helper.make_graph(
        g.nodes, "step", [value(n, onnx.TensorProto.FLOAT, shape) for n in ("x", "y", "z")],
        [value(n, onnx.TensorProto.FLOAT, None) for n in (logits, y, z)], list(g.constants.values()))
    opset = [g.helper.make_opsetid("", 13)]
    onnx.save(g.helper.make_model(graph, opset_imports=opset, ir_version=8), path)


def onnx_step(path: str, inputs: dict[str, np.ndarray], threads: int) -> Callable[[], np.ndarray]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, inputs)[0]


# ---------------------------------------------------------------------------------------------- PyTorch


def torch_step(w: Weights, inputs: dict[str, np.ndarray], threads: int) -> Callable[[], np.ndarray]:
    import torch
    from torch.nn.functional import linear, silu

    torch.set_num_threads(threads)
    t = {name: torch.from_numpy(tensor.copy()) for name, tensor in w.tensors.items()}
    x, y0, z0 = (torch.from_numpy(inputs[name]) for name in ("x", "y", "z"))

    def norm(v: "torch.Tensor") -> "torch.Tensor":
        return v * torch.rsqrt(v.square().mean(-1, keepdim=True) + EPSILON)

    def unit(layer: int, name: str, v: "torch.Tensor") -> "torch.Tensor":
        base = f"L_level.layers.{layer}.{name}."
        gate, up = linear(v, t[base + "gate_up_proj.weight"]).chunk(2, -1)
        return linear(silu(gate) * up, t[base + "down_proj.weight"])

    def attend(layer: int, v: "torch.Tensor") -> "torch.Tensor":
        heads, base = int(w.config["num_heads"]), f"L_level.layers.{layer}.self_attn."
        cosines, sines = (torch.from_numpy(value) for value in w.rotary())
        qkv = linear(v, t[base + "qkv_proj.weight"]).unflatten(-1, (3 * heads, -1)).transpose(1, 2)
        query, key, value = qkv.chunk(3, 1)

        def turn(part: "torch.Tensor") -> "torch.Tensor":
            first, second = part.chunk(2, -1)
            return part * cosines + torch.cat((-second, first), -1) * sines

        scores = turn(query) @ turn(key).transpose(-1, -2) * query.shape[-1] ** -0.5
        return linear((scores.softmax(-1) @ value).transpose(1, 2).flatten(-2), t[base + "o_proj.weight"])

    def net(v: "torch.Tensor") -> "torch.Tensor":
        for layer in range(w.blocks):
            if w.mixes:
                v = v.transpose(1, 2)
                v = norm(v + unit(layer, "mlp_t", v)).transpose(1, 2)
            else:
                v = norm(v + attend(layer, v))
            v = norm(v + unit(layer, "mlp", v))
        return v

    def step() -> np.ndarray:
        with torch.no_grad():
            y, z = y0, z0
            for _ in range(int(w.config["H_cycles"])):
                for _ in range(int(w.config["L_cycles"])):
                    z = net(z + y + x)
                y = net(y + z)
            return linear(y[:, w.prefix :], t["lm_head.weight"]).numpy()

    return step


# ---------------------------------------------------------------------------------------------- measuring


def milliseconds(step: Callable[[], np.ndarray], seconds: float) -> float:
    times, end = [], time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        begin = time.perf_counter()
        step()
        times.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(times)


def our_milliseconds(trm: str, model: str, precision: str, batch: int, threads: int, seconds: float) -> float:
    words = [trm, "bench", model, "--precision", precision, "--batch", str(batch), "--threads", str(threads),
             "--seconds", str(seconds), "--json"]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)["step_ms_median"]


def peers_of(w: Weights, work: str, inputs: dict[str, np.ndarray], threads: int) -> dict[str, Callable[[], np.ndarray]]:
    peers: dict[str, Callable[[], np.ndarray]] = {}
    try:
        import logging

        import onnxruntime.quantization as quantization

        logging.getLogger().setLevel(logging.ERROR)  # it recommends preparations that change nothing here
        plain, integers = os.path.join(work, "step.onnx"), os.path.join(work, "int8.onnx")
        if not os.path.exists(integers):
            write_graph(w, plain)
            quantization.quantize_dynamic(plain, integers, weight_type=quantization.QuantType.QInt8)
        peers["ONNX Runtime fp32"] = onnx_step(plain, inputs, threads)
        peers["ONNX Runtime int8"] = onnx_step(integers, inputs, threads)
    except ImportError:
        print("ONNX Runtime is not installed here", file=sys.stderr)
    try:
        peers["PyTorch fp32"] = torch_step(w, inputs, threads)
    except ImportError:
        print("PyTorch is not installed here", file=sys.stderr)
    return peers


def check_answers(trm: str, model: str, w: Weights, peers: dict[str, Callable[[], np.ndarray]], tokens: np.ndarray) -> None:
    """The likeliest tokens of one step are those of `trm solve`. (Random weights amplify what int8 rounds away.)"""
    alphabet = "abcdefghijklmnop"[: w.tensors["lm_head.weight"].shape[0]]
    lines = ["".join(alphabet[token] for token in row) for row in tokens]
    said = subprocess.run([trm, "solve", "-q", model, "--steps", "1", "--all-steps", *lines], check=True, capture_output=True,
                          text=True).stdout.split()
    wanted = np.array([[alphabet.index(c) for c in line] for line in said])
    for name, step in peers.items():
        same = float((step().argmax(-1) == wanted).mean())
        if "fp32" in name and same < 0.999:
            sys.exit(f"{name} answers {100 * same:.1f} % of the cells as libtrm does; is it the same model?")


def measure(options: argparse.Namespace, work: str, block: str, batch: int, threads: int) -> list[dict]:
    model, checkpoint = os.path.join(work, f"{block}.trm"), os.path.join(work, f"{block}.safetensors")
    if not os.path.exists(checkpoint):
        vocabulary = 6 if block == "attention" else 11
        subprocess.run([options.trm, "init", "-q", model, *SIZES[block], "--alphabet", "abcdefghijklmnop"[:vocabulary]], check=True)
        subprocess.run([options.trm, "convert", "-q", model, checkpoint], check=True)
    w = Weights(checkpoint)
    tokens = np.random.default_rng(1).integers(0, w.tensors["lm_head.weight"].shape[0], (batch, w.positions))
    shape = (batch, w.rows, w.channels)
    inputs = {"x": w.embedded(tokens), "y": np.broadcast_to(w["H_init"], shape).copy(),
              "z": np.broadcast_to(w["L_init"], shape).copy()}
    folder = os.path.join(work, block)
    os.makedirs(folder, exist_ok=True)
    peers = peers_of(w, folder, inputs, threads)
    check_answers(options.trm, model, w, peers, tokens)
    times: dict[str, list[float]] = {}
    for _ in range(options.turns):
        for precision in ("fp32", "int8"):
            ours = our_milliseconds(options.trm, model, precision, batch, threads, options.seconds)
            times.setdefault(f"libtrm {precision}", []).append(ours)
            for name, step in peers.items():
                if name.endswith(precision):
                    times.setdefault(name, []).append(milliseconds(step, options.seconds))
    rows = []
    for name, taken in times.items():
        ours = times[f"libtrm {name[-4:]}"]
        ratio = statistics.median(a / b for a, b in zip(taken, ours))
        rows.append({"block": block, "batch": batch, "threads": threads, "what": name,
                     "step_ms_median": statistics.median(taken), "by_libtrm": ratio})
    return rows


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trm")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--block", choices=list(SIZES), default="mixer")
    parser.add_argument("--batch", type=numbers, default=[1, 8])
    parser.add_argument("--threads", type=numbers, default=[1, 2])
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    rows: list[dict] = []
    print("| block | batch | threads | | ms a step | its time by libtrm's |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as work:
        for batch in options.batch:
            for threads in options.threads:
                for row in measure(options, work, options.block, batch, threads):
                    rows.append(row)
                    print(f"| {row['block']} | {batch} | {threads} | {row['what']} | {row['step_ms_median']:.0f} "
                          f"| {row['by_libtrm']:.2f} |", flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
