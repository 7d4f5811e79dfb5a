#!/usr/bin/env python3
"""The mixer of the papers' size with random weights, for onnx_web.mjs: libtrm's files and the graphs of one step that
ONNX Runtime's users would have, in fp32 and in its own dynamic int8. Needs onnx, onnxruntime and NumPy.

    mixer_onnx.py TRM FOLDER      writes mixer.trm, mixer-int8.trm, fp32.onnx, int8.onnx"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers"))

from checkpoint import Weights  # noqa: E402
from models import files_of  # noqa: E402
from onnx_peer import write_graphs  # noqa: E402


def main(trm, folder):
    os.makedirs(folder, exist_ok=True)
    model, checkpoint = files_of(trm, "mixer", folder)
    subprocess.run([trm, "quantize", "-q", model, os.path.join(folder, "mixer-int8.trm")], check=True)
    print(*write_graphs(Weights(checkpoint), folder).values())


main(*sys.argv[1:])
