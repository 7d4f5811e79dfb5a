"""What the training commands beside this file share: they run in a fresh checkout, where nothing has been built."""

import runpy
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def use_checkout() -> None:
    """trm.torch needs nothing that is compiled, the package trm around it does: here it is its folder alone."""
    trm = types.ModuleType("trm")
    trm.__path__ = [str(ROOT / "bindings/python/trm")]
    sys.modules["trm"] = trm


def train(configuration: str, *usual: str) -> None:
    """python -m trm.torch.train with the configuration in models/, unless another one stands in front."""
    use_checkout()
    given = sys.argv[1:]
    if not given or given[0].startswith("-"):
        given.insert(0, str(ROOT / "models" / configuration))
    sys.argv[1:] = [given[0], *usual, *given[1:]]
    runpy.run_module("trm.torch.train", run_name="__main__", alter_sys=True)
