#!/usr/bin/env python3
"""One step of path-small at 10x10 in TFLite Micro on an emulated Cortex-M7: instructions, flash and RAM of its 8-bit operators.

usage: firmware_peer.py FOLDER TFLITE_MICRO FLATBUFFERS GEMMLOWP RUY

The last four are checkouts, of flatbuffers the release that TFLite Micro's schema asks for (25.9.23 in 2026). FOLDER keeps what is
compiled: as TFLite Micro's own Makefile does it, with its reference kernels at -O2 and the rest at -Os. The graph is that of
firmware_peer_model.cpp, with numbers that are made up: answers are not compared, and neither is what its operators round."""
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "tests/firmware"))
from boards import BOARDS, run, skip  # noqa: E402

ARENA = 262144  # room for all; the image says how much was used
CPP = """-std=c++17 -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-unwind-tables -ffunction-sections -fdata-sections
-DTF_LITE_STATIC_MEMORY -DTF_LITE_STRIP_ERROR_STRINGS -DNDEBUG -w""".split()
KERNELS = """kernel_util micro_tensor_utils add add_common mul mul_common fully_connected fully_connected_common gather logistic
logistic_common reduce reduce_common elementwise reshape reshape_common pad pad_common""".split()
LEFT_OUT = ("test", "mock", "fake", "recording", "hexdump", "debug_log", "system_setup", "micro_time")


def sources(checkout):
    lite = checkout / "tensorflow/lite"
    for pattern in ("micro/*.cc", "micro/memory_planner/*.cc", "micro/arena_allocator/*.cc", "micro/tflite_bridge/*.cc", "core/api/*.cc",
                    "kernels/internal/*.cc", "kernels/internal/reference/*.cc"):
        yield from (source for source in sorted(lite.glob(pattern)) if not any(word in source.name for word in LEFT_OUT))
    yield from (lite / "core/c/common.cc", lite / "kernels/kernel_util.cc")
    yield from (checkout / "tensorflow/compiler/mlir/lite" / name for name in ("core/api/error_reporter.cc", "schema/schema_utils.cc"))
    yield from (lite / f"micro/kernels/{name}.cc" for name in KERNELS)


def compile_all(core, places, folder, checkout):
    for source in sources(checkout):
        thing = folder / (str(source.relative_to(checkout)).replace("/", "_") + ".o")
        if not thing.exists():
            run("arm-none-eabi-g++", *core, *CPP, "-O2" if "micro/kernels" in str(source) else "-Os", *places, "-c", source, "-o", thing)
        yield thing


def main():
    folder, checkout, flatbuffers, gemmlowp, ruy = (pathlib.Path(word).resolve() for word in sys.argv[1:6])
    board, bench, example = BOARDS["cortex-m7"], root / "tests/bench", root / "examples/firmware"
    if board.missing():
        skip(board.missing())
    folder.mkdir(exist_ok=True)
    core = [flag for flag in board.flags if not flag.startswith("-nostart")]
    places = [flag for place in (checkout, flatbuffers / "include", gemmlowp, ruy) for flag in ("-I", place)]
    run("c++", "-std=c++17", "-w", *places, bench / "firmware_peer_model.cpp", "-o", folder / "make_model")
    print(run(folder / "make_model", folder / "model.tflite"), end="")
    model = (folder / "model.tflite").read_bytes()
    (folder / "model.h").write_text("extern const unsigned char peer_model[];\n")
    (folder / "model.c").write_text('#include "model.h"\n_Alignas(16) const unsigned char peer_model[] = {' + ",".join(map(str, model)) + "};\n")
    things = list(compile_all(core, places, folder, checkout))
    for source in (folder / "model.c", example / "cortex_m.c"):
        things.append(folder / (source.stem + ".o"))
        run(board.compiler, *core, "-Os", "-I", folder, "-I", example, "-c", source, "-o", things[-1])
    rom, rom_size, ram, ram_size = board.regions
    image = folder / "image.elf"
    run("arm-none-eabi-g++", *core, *CPP, "-Os", f"-DARENA={ARENA}", *places, "-I", folder, "-I", example, "-I", root / "tests/firmware", "-nostartfiles",
        bench / "firmware_peer.cpp", *things, "-T", example / "board.ld", "-Wl,--gc-sections", f"-Wl,--defsym=ROM={rom}",
        f"-Wl,--defsym=ROM_SIZE={rom_size}", f"-Wl,--defsym=RAM={ram}", f"-Wl,--defsym=RAM_SIZE={ram_size}", "-lm", "-o", image)
    print(f"flash {board.text_bytes(image)}, of which the model {len(model)}")
    print(board.execute(image), end="")


main()
