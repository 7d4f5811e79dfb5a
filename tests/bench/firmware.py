#!/usr/bin/env python3
"""Instructions of 8-bit products on emulated Cortex-M, beside CMSIS-NN's fully connected layer where a checkout of it is named.

usage: firmware.py BOARD [CMSIS_NN] [FLAGS...]     BOARD: cortex-m4, cortex-m7 or cortex-m55; FLAGS such as -O2"""
import pathlib
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "tests/firmware"))
from boards import BOARDS  # noqa: E402

SOURCES = """FullyConnectedFunctions/arm_fully_connected_s8.c FullyConnectedFunctions/arm_vector_sum_s8.c
NNSupportFunctions/arm_nn_vec_mat_mult_t_s8.c NNSupportFunctions/arm_nn_vec_mat_mult_t_s8_core.c""".split()


def products(board, more, checkout):
    """What the bench says on a board, built with more flags, beside CMSIS-NN where there is a checkout."""
    flags = ["-DTRM_FREESTANDING=1", "-I", root, "-I", root / "include", "-I", root / "tests/firmware", *more]
    kernels = root / "lib/kernels"
    sources = [root / "tests/bench/firmware_bench.c", kernels / "cortex-m/quantised_dsp.c", kernels / "cortex-m/quantised_helium.c"]
    if checkout is not None:
        flags += ["-DCMSIS_NN", "-I", checkout / "Include", "-Wno-error"]
        sources += [checkout / "Source" / s for s in SOURCES if (checkout / "Source" / s).exists()]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "config.h").write_text("")
        return board.execute(board.build(root, kernels / "quantised_reference.c", folder, sources, folder / "bench.elf", flags))


def main():
    more = [word for word in sys.argv[2:] if word.startswith("-")]
    checkout = [pathlib.Path(word).resolve() for word in sys.argv[2:] if not word.startswith("-")]
    print(products(BOARDS[sys.argv[1]], more, checkout[0] if checkout else None), end="")


if __name__ == "__main__":
    main()
