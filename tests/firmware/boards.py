"""What the tests of firmware share: boards and how they are emulated, images, and what these say of themselves."""
import json
import pathlib
import re
import shutil
import subprocess
import sys

SKIP = 77
STRICT = "-std=c11 -Os -Wall -Wextra -Werror -ffp-contract=off -fno-math-errno -DNDEBUG -ffunction-sections -fdata-sections".split()
KINDS = ("mixer", "attention", "relational")
PRECISIONS = ("fp32", "int8")
PARTS = ("runs", "search", "callbacks", "given", "files")
ARM = "-mthumb -mfloat-abi=hard -nostartfiles --specs=nosys.specs --specs=nano.specs".split()
QEMU = "-display none -monitor none -serial none -icount shift=0 -chardev stdio,id=s -semihosting-config enable=on,target=native,chardev=s"


class Board:
    def __init__(self, compiler, flags, start, regions, emulator):
        self.compiler, self.flags, self.start, self.regions, self.emulator = compiler, flags, start, regions, emulator

    def missing(self):
        """What keeps it from being built or run, or None."""
        for tool in (self.compiler, self.emulator.split()[0]):
            if shutil.which(tool) is None:
                return f"{tool} is not installed"
        if "--specs=picolibc.specs" in self.flags and subprocess.run(
                [self.compiler, "--specs=picolibc.specs", "-E", "-x", "c", "-"], input="#include <string.h>\n", text=True,
                capture_output=True).returncode != 0:
            return "picolibc is not installed"
        return None

    def build(self, root, trm, folder, sources, image, flags):
        """An image of trm.c, the sources and the board's start."""
        example = root / "examples/firmware"
        rom, rom_size, ram, ram_size = self.regions
        run(self.compiler, *self.flags, *STRICT, *flags, "-I", trm.parent, "-I", folder, "-I", example, *sources, example / self.start,
            trm, "-T", example / "board.ld", "-Wl,--gc-sections", f"-Wl,--defsym=ROM={rom}", f"-Wl,--defsym=ROM_SIZE={rom_size}",
            f"-Wl,--defsym=RAM={ram}", f"-Wl,--defsym=RAM_SIZE={ram_size}", "-lm", "-o", image)
        return image

    def execute(self, image, timeout=280):
        return run(*self.emulator.split(), "-kernel", image, timeout=timeout)

    def text_bytes(self, image):
        """Code and constants."""
        return int(run(self.compiler.replace("-gcc", "-size"), image).splitlines()[1].split()[0])


BOARDS = {
    "cortex-m4": Board("arm-none-eabi-gcc", ["-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16"] + ARM, "cortex_m.c",
                       ("0x0", "4M", "0x20000000", "4M"), f"qemu-system-arm -M mps2-an386 {QEMU}"),
    "cortex-m7": Board("arm-none-eabi-gcc", ["-mcpu=cortex-m7", "-mfpu=fpv5-d16"] + ARM, "cortex_m.c",
                       ("0x0", "4M", "0x20000000", "4M"), f"qemu-system-arm -M mps2-an500 {QEMU}"),
    "cortex-m55": Board("arm-none-eabi-gcc", ["-mcpu=cortex-m55"] + ARM, "cortex_m.c", ("0x0", "512K", "0x31000000", "4M"),
                        f"qemu-system-arm -M mps3-an547 {QEMU}"),
    "rv32": Board("riscv64-unknown-elf-gcc", "--specs=picolibc.specs -march=rv32imafc -mabi=ilp32f -mcmodel=medany -nostartfiles".split(),
                  "riscv.c", ("0x80000000", "1M", "0x80200000", "2M"),
                  "qemu-system-riscv32 -M virt -bios none -display none -monitor none -serial stdio -icount shift=0"),
}


def run(*words, **more):
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return done.stdout


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIP)


def without(*words):
    """The flags that leave out of trm.c all but a kind, a precision, and what else is named."""
    return [f"-DTRM_WITHOUT_{word.upper()}" for word in KINDS + PRECISIONS + PARTS + ("messages",) if word not in words]


def embed(cli, model, folder, *options):
    """The model as C; its bytes."""
    text = run(cli, "embed", "-q", "--json", *options, model, "-o", pathlib.Path(folder) / "model.c")
    return json.loads(text)["flash"]


def told(text):
    """What an image said of its sizes, by name, and the rest of what it said."""
    sizes = dict(re.findall(r"^([a-z ]+?) (\d+) bytes$", text, re.M))
    return {n: int(s) for n, s in sizes.items()}, re.sub(r"^[a-z ]+? \d+ bytes\n", "", text, flags=re.M)
