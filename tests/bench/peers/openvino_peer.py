"""The step as a graph of OpenVINO: in fp32 that of ONNX Runtime.

In int8 the graph is quantised beforehand, weights by column and activations by what they are for other questions. The
other ways to 8 bits multiply in fp32 on AVX2: what ONNX Runtime quantises as it comes, OpenVINO undoes, and so it does
with weights that alone have 8 bits. Neither was faster than fp32.
"""

from __future__ import annotations

import logging
import os
from typing import Callable

import numpy as np

from checkpoint import Weights, first_inputs
from onnx_peer import graph_of

PRECISIONS = ("fp32", "int8")
SEEDS = (2, 3)  # of the questions by which activations are known; 1 is measured


def quantise(w: Weights, graph: str, path: str) -> None:
    import onnxruntime.quantization as quantization

    class Questions(quantization.CalibrationDataReader):
        left = list(SEEDS)

        def get_next(self) -> "dict[str, np.ndarray] | None":
            return first_inputs(w, 1, self.left.pop())[1] if self.left else None

    logging.getLogger().setLevel(logging.ERROR)  # it recommends preparations that change nothing here
    quantization.quantize_static(
        graph,
        path,
        Questions(),
        quant_format=quantization.QuantFormat.QDQ,
        per_channel=True,
        activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8,
        op_types_to_quantize=["MatMul"],
    )


def prepare(w: Weights, folder: str) -> None:
    graph, path = graph_of(w, folder), os.path.join(folder, "static.onnx")
    if not os.path.exists(path):
        quantise(w, graph, path)


def step(
    w: Weights, folder: str, inputs: dict[str, np.ndarray], threads: int, precision: str
) -> Callable[[], np.ndarray]:
    import openvino

    settings = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    path = os.path.join(folder, "fp32.onnx" if precision == "fp32" else "static.onnx")
    request = openvino.Core().compile_model(path, "CPU", settings).create_infer_request()
    return lambda: request.infer(inputs)[0]
