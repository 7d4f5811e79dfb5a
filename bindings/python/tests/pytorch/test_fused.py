"""The fused relational block against the plain one: its numbers and gradients, when it is chosen, what it compiles to.

Kernels run in Triton's interpreter where there is no GPU, in a process of their own: Triton asks for it by a variable of
the environment that it reads once.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import trm.torch  # noqa: E402
from trm.torch import RelationalModel, Shape, State, faster, fused, initialise  # noqa: E402
from trm.torch.faster import Times  # noqa: E402
from trm.torch.given import make_table  # noqa: E402
from trm.torch.relational import RelationalBlock  # noqa: E402
from trm.torch.relations import read_relations  # noqa: E402
from trm.torch.tables import table_by_name  # noqa: E402
from trm.torch.train.losses import judge  # noqa: E402

from .test_relational import GOLDEN, KINDS, Golden, near  # noqa: E402

HAS_TRITON = hasattr(torch.library, "custom_op") and not isinstance(fused._operators(), str)
INTERPRETED = HAS_TRITON and fused._operators().INTERPRETED
HAS_GPU = HAS_TRITON and torch.cuda.is_available()
triton_is_here = pytest.mark.skipif(not HAS_TRITON, reason="Triton is not installed")
compiled = pytest.mark.skipif(not HAS_TRITON or INTERPRETED, reason="needs Triton, and not its interpreter")
where_kernels_run = pytest.mark.skipif(
    not (INTERPRETED or HAS_GPU),
    reason="needs a GPU with Triton, or its interpreter: test_in_the_interpreter",
)
DEVICE = "cuda" if HAS_GPU and not INTERPRETED else "cpu"
SHAPE = Shape(16, 4, 4, 2, 2, fields=3, helpers=2)
QUESTIONS = 2
GOLDEN_KINDS = [kind for kind in KINDS if kind != "sudoku9" or not INTERPRETED]  # a minute there
CASES = {
    "groups": (20, 38, "row=shape/positions/sum+max column=shape/positions/sum box=shape/positions/max cell=shape/fields/sum+max"),
    "neighbours": (32, 40, "up=shape/positions/node down=shape/positions/node left=shape/positions/node right=shape/positions/node"),
    "lists": (48, 96, "edge=question/nodes/sum+max street=question/positions/sum above=shape/fields/max next=shape/fields/node"),
    "given groups": (20, 38, "region=question/positions/sum+max row=shape/positions/max team=question/fields/max"),
    "all": (24, 48, "all=shape/positions/sum+max"),
    "alone": (16, 16, "offset(9,0)=shape/positions/node"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Triton 3.9's interpreter multiplies bfloat16 as the integers that it keeps them as, and cuts float32 off where a
    GPU rounds to it: here neither. Fewer, longer tiles are sooner done with."""
    if not INTERPRETED:
        return
    import triton.language as tl
    from triton.runtime.interpreter import InterpreterBuilder, TensorHandle

    plain, cast = InterpreterBuilder.create_dot, InterpreterBuilder.cast_impl

    def cast_impl(self: Any, value: Any, kind: Any) -> Any:
        if kind.scalar != tl.bfloat16 or value.dtype.scalar != tl.float32:
            return cast(self, value, kind)
        rounded = torch.from_numpy(np.ascontiguousarray(value.data)).bfloat16().view(torch.int16)
        return TensorHandle(rounded.numpy().view(np.uint16), tl.bfloat16)

    def create_dot(self: Any, a: Any, b: Any, *rest: Any) -> Any:
        sides = (self.create_fp_ext(x, tl.float32) if x.dtype.scalar == tl.bfloat16 else x for x in (a, b))
        return plain(self, *sides, *rest)

    monkeypatch.setattr(InterpreterBuilder, "create_dot", create_dot)
    monkeypatch.setattr(InterpreterBuilder, "cast_impl", cast_impl)
    monkeypatch.setattr(fused._operators(), "TILES", {torch.float32: (64, 16), torch.bfloat16: (64, 32)})


def configuration(channels: int, hidden: int, relations: str) -> Any:
    return trm.torch.Configuration(
        block="relational",
        gate="normed",
        likelihood="softmax",
        channels=channels,
        channel_hidden=hidden,
        positions=16,
        vocabulary=4,
        head_bias=1,
        blocks=1,
        cycles=2,
        updates=2,
        fields=3,
        first_value=1,
        halting="softmin",
        relations=relations,
    )


def packed(lists: list[list[int]]) -> tuple[Any, Any]:
    return np.cumsum([0] + [len(one) for one in lists]), np.array([e for one in lists for e in one], np.int64)


def given_lists(name: str, elements: int, rng: Any) -> tuple[Any, Any]:
    """Of every question its own: some hear nobody; regions are groups, others are not."""
    lists: list[list[int]] = []
    for _ in range(QUESTIONS):
        if name in ("region", "team"):
            group = rng.integers(4, size=elements)
            lists += [[] if g == 3 else [e for e in range(elements) if group[e] == g] for g in group]
        else:
            lists += [
                sorted(set(rng.integers(elements, size=rng.integers(4)).tolist())) for _ in range(elements)
            ]
    return packed(lists)


def tables_of(relations: Any) -> tuple[Any, ...]:
    rng = np.random.default_rng(3)
    elements = {"positions": SHAPE.positions, "fields": SHAPE.fields, "nodes": SHAPE.nodes}
    return tuple(
        (
            table_by_name(relation.name, SHAPE)
            if relation.source == "shape"
            else make_table(
                relation, given_lists(relation.name, elements[relation.level], rng), SHAPE, QUESTIONS
            )
        ).to(torch.device(DEVICE))
        for relation in relations
    )


def block_of(case: str) -> tuple[Any, tuple[Any, ...], Any]:
    """A block, tables, and a state; of numbers that bfloat16 has."""
    c = configuration(*CASES[case])
    relations = read_relations(c.relations)
    block = RelationalBlock(c, relations)
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in block.parameters():
            parameter.normal_().mul_(parameter.shape[1] ** -0.5)
            parameter.copy_(parameter.bfloat16())
    v = torch.randn(QUESTIONS, SHAPE.nodes, c.channels).bfloat16().float()
    return block.to(DEVICE), tables_of(relations), v.to(DEVICE)


def results(block: Any, tables: tuple[Any, ...], v: Any, is_fused: bool) -> list[Any]:
    """The block's answer, and the gradients of the state and of every weight; in double precision."""
    v = v.detach().clone().requires_grad_()
    out = block.forward_fused(v, tables, fused.places_of(tables, v)) if is_fused else block(v, tables)
    torch.manual_seed(2)
    direction = torch.randn(out.shape, dtype=torch.float64).to(out.device, torch.bfloat16).to(out.dtype)
    gradients = torch.autograd.grad(out, [v, *block.parameters()], direction)
    return [one.detach().double() for one in (out, *gradients)]


@where_kernels_run
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("case", CASES)
def test_block(case: str, kind: Any) -> None:
    """As near to double precision as the plain block of this type is, which rounds more often: up to twice what chance
    makes of that, and a few units of float32's last place."""
    block, tables, v = block_of(case)
    ours, plain = (results(block, tables, v.to(kind), is_fused) for is_fused in (True, False))
    exact = results(block.double(), tables, v.double(), False)
    for one, other, expected in zip(ours, plain, exact):
        largest = expected.abs().max().item()
        allowed = 2 * (other - expected).abs().max().item() + 8 * largest * 2.0**-23
        near(one, expected, allowed)


@where_kernels_run
def test_finite_differences() -> None:
    """The gradient of the fused block, and what its plain twin in double precision does when a number moves."""
    block, tables, v = block_of("given groups")
    v = v + 0.01 * torch.randn(v.shape).to(v.device)  # of numbers that are equal a maximum has no derivative
    ours = results(block, tables, v, True)[1:]
    twin = block.double()
    torch.manual_seed(2)
    direction = torch.randn(v.shape, dtype=torch.float64).to(v.device, torch.bfloat16).double()
    moved, step = v.double(), 1e-6
    with torch.no_grad():
        for tensor, gradient in zip((moved, *twin.parameters()), ours):
            along = torch.randn(tensor.shape, dtype=torch.float64).to(tensor.device)
            sides = []
            for sign in (1, -1):
                tensor += sign * step * along
                sides.append((twin(moved, tables) * direction).sum())
                tensor -= sign * step * along
            expected = ((sides[0] - sides[1]) / (2 * step)).item()
            assert (gradient * along).sum().item() == pytest.approx(expected, rel=1e-4, abs=1e-4)


@where_kernels_run
@pytest.mark.parametrize("kind", GOLDEN_KINDS)
def test_golden_training_step(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The golden numbers of a training step."""
    if INTERPRETED:
        monkeypatch.setattr(fused._operators(), "TILES", {torch.float32: (1024, 64)})
    golden = Golden(GOLDEN[kind])
    model = golden.model.to(DEVICE)
    model.fused = True
    relations, helpers, features = golden._relations(), golden.get("helper_inputs"), golden.get("features")
    questions = model.ask(golden["inputs"], relations=relations, helper_tokens=helpers, features=features)
    output = model(questions, State(model.begin(questions).y, golden["z_start"].to(DEVICE)))
    near(golden.answers(output.logits).cpu(), golden["train_logits"], 1e-5)
    loss = judge(output, golden["labels"].long().to(DEVICE), "softmax", 0.0)
    weights = golden.config["loss_weights"]
    means = {"lm": loss.answer.mean(), "q": loss.halt.mean(), "cell": loss.cells.mean()}
    sum(weights[name] * mean for name, mean in means.items()).backward()
    for name, parameter in model.named_parameters():
        near(parameter.grad.cpu(), golden[f"grad.{name}"])


@where_kernels_run
def test_the_same_gradients_again() -> None:
    block, tables, v = block_of("given groups")
    first, second = (results(block, tables, v, True) for _ in range(2))
    assert all(torch.equal(one, other) for one, other in zip(first, second))


def small_model(relations: str = "row=shape/positions/sum+max") -> tuple[Any, Any]:
    model = RelationalModel(
        dataclasses.replace(configuration(16, 16, relations), grid_rows=4, grid_columns=4)
    )
    initialise(model, seed=1)
    model.to(DEVICE)
    return model, model.ask(torch.randint(4, (2, 16), generator=torch.Generator().manual_seed(3)))


@where_kernels_run
@pytest.mark.skipif(not hasattr(torch, "compile"), reason="torch.compile is there from 2.0 on")
def test_through_torch_compile() -> None:
    """The operator is a node of the compiler's graph, without a break; the gradients pass through it."""
    model, questions = small_model("row=shape/positions/sum left=shape/positions/node")
    y, z = model.begin(questions)
    places = fused.places_of(questions.tables, y)
    whole = torch.compile(model.blocks.forward_fused, backend="aot_eager", fullgraph=True, dynamic=False)
    outs = [way(y, z, questions.tables, places) for way in (whole, model.blocks.forward_fused)]
    near(*outs, 1e-6)
    gradients = [torch.autograd.grad(out.cos().sum(), list(model.blocks.parameters())) for out in outs]
    for one, other in zip(*gradients):
        near(one, other, 1e-5)
    model.fused = True
    compiled_model = torch.compile(model, backend="aot_eager", dynamic=False)
    near(compiled_model(questions).logits[..., 1:], model(questions).logits[..., 1:], 1e-5)


@triton_is_here
def test_in_the_interpreter() -> None:
    """All of the above without a GPU."""
    if INTERPRETED:
        pytest.skip("this is it")
    environment = {**os.environ, "TRITON_INTERPRET": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(Path(__file__).resolve())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert int(re.findall(r"(\d+) passed", done.stdout)[-1]) >= 2 * len(CASES) + len(KINDS) - 1 + 3


# ------------------------------------------------------------------------------------------ the choice


def choices(monkeypatch: pytest.MonkeyPatch, plain: float, quick: float) -> tuple[Any, Any, list[str]]:
    """A model that takes its fused way for one of a GPU's; which is the plain one here, and counts its calls."""
    model, questions = small_model()
    calls: list[str] = []
    forward = model.blocks.forward

    def evaluate(name: str, v: Any, added: Any, tables: Any, places: Any = None) -> Any:
        calls.append(name)
        return forward(v, added, tables)

    model.blocks.forward = functools.partial(evaluate, "plain")
    model.blocks.forward_fused = functools.partial(evaluate, "fused")
    monkeypatch.setattr(model, "_fuses", model._gains)
    times = iter([plain, quick] * 99)

    def milliseconds(run: Callable[[], None]) -> float:
        run()
        return next(times)

    monkeypatch.setattr(faster, "milliseconds", milliseconds)
    return model, questions, calls


@pytest.mark.parametrize("plain, quick, chosen", [(2.0, 1.0, "fused"), (1.0, 2.0, "plain")])
def test_the_faster_way_is_kept(
    plain: float, quick: float, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, questions, calls = choices(monkeypatch, plain, quick)
    reference, _ = small_model()
    random = torch.get_rng_state()
    output = model(questions)
    output.halt.sum().backward()
    reference_output = reference(questions)
    reference_output.halt.sum().backward()
    assert torch.equal(random, torch.get_rng_state())
    assert torch.equal(output.logits, reference_output.logits)
    for name, parameter in model.named_parameters():
        expected = reference.get_parameter(name).grad
        assert (parameter.grad is None) == (expected is None), name
        assert expected is None or torch.equal(parameter.grad, expected), name
    assert {kind.learns: times for kind, times in model.measured.items()} == {
        False: Times(plain, quick),
        True: Times(plain, quick),
    }
    calls.clear()
    model(questions)
    assert calls == [chosen] * 6  # twice the thought twice, the answer once: nothing is measured again


def test_a_way_that_fails_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    model, questions, _ = choices(monkeypatch, 2.0, 1.0)

    def fail(*inputs: Any) -> Any:
        raise RuntimeError("no C compiler")

    model.blocks.forward_fused = fail
    model(questions)
    assert [times.fused for times in model.measured.values()] == [math.inf] * 2


def test_a_way_that_says_something_else_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    model, questions, _ = choices(monkeypatch, 2.0, 1.0)
    plain = model.blocks.forward
    model.blocks.forward_fused = lambda v, added, tables, places: 1.1 * plain(v, added, tables)
    model(questions)
    assert [times.fused for times in model.measured.values()] == [math.inf] * 2


def test_lists_that_are_no_groups_are_measured_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels are compiled for what is grouped: one that was never tried is not taken on trust."""
    model, questions, _ = choices(monkeypatch, 2.0, 1.0)
    pairs = packed([[p - p % 2, p - p % 2 + 1] for p in range(16)])
    ring = packed([[(p + 1) % 16] for p in range(16)])
    for lists, kinds in ((pairs, 2), (ring, 4), (pairs, 4)):
        model(model.ask(questions.tokens, relations={"row": lists}))
        assert len(model.measured) == kinds
    assert {kind.grouped for kind in model.measured} == {(True,), (False,)}


def test_places_are_made_again_for_gradients() -> None:
    """Tensors of torch.inference_mode() cannot be kept for the way back."""
    model, questions = small_model()
    with torch.inference_mode():
        model.places(questions.tables, model.begin(questions).z)
    kept = model.places(questions.tables, model.begin(questions).z)
    assert not kept.index.is_inference() and model.places(questions.tables, model.begin(questions).z) is kept


def test_without_a_gpu_nothing_is_measured() -> None:
    model, questions = small_model()
    model.cpu()
    questions = model.ask(questions.tokens)
    model(questions)
    assert model.measured == {}


@pytest.mark.skipif(INTERPRETED, reason="the interpreter needs no GPU")
def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    model, questions = small_model()
    model.cpu().fused = True
    missing = (
        "a GPU is needed, the model is on cpu" if HAS_TRITON else "(Triton|PyTorch 2.4 or newer) is needed"
    )
    with pytest.raises(RuntimeError, match=f"blocks cannot be fused: {missing}"):
        model(model.ask(questions.tokens))
    model.compute = torch.float64
    with pytest.raises(RuntimeError, match="float32 or bfloat16, not in float64"):
        model(model.ask(questions.tokens))
    wide = RelationalModel(configuration(80, 16, "cell=shape/fields/sum"))
    initialise(wide).fused = True
    with pytest.raises(RuntimeError, match="room for 64 channels, the model has 80"):
        wide(torch.zeros(1, 16, dtype=torch.long))


# ------------------------------------------------------------------------------------------ what a GPU gets

SHIPPED = {"sudoku": (48, 96, 0, 4), "sudoku-small": (20, 38, 0, 4), "path": (32, 40, 128, 0)}
NUMBERS = ("count_rows", "nodes", "count", "step")


def compile_for(kernel: Any, capability: int, kind: Any, sizes: tuple[int, ...]) -> Any:
    """What Triton's compiler makes of a kernel, without a GPU."""
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    ops = fused._operators()
    fixed = ops.constants(kind, *sizes)
    state = "*fp32" if kind == torch.float32 else "*bf16"
    special = {
        "epsilon": "fp32",
        "index": "*i32",
        **dict.fromkeys(NUMBERS, "i32"),
        **dict.fromkeys(fixed, "constexpr"),
    }
    names = kernel.arg_names
    signature = {name: special.get(name, state) for name in names}
    aligned = {
        (i,): [["tt.divisibility", 16]] for i, name in enumerate(names) if signature[name].startswith("*")
    }
    constants = {(names.index(name),): value for name, value in fixed.items()}
    options = dict(num_warps=ops.WARPS, num_stages=1)
    source = ASTSource(kernel, signature, constants, aligned)
    return triton.compile(source, target=GPUTarget("cuda", capability, 32), options=options)


def report(made: Any, folder: Path) -> tuple[int, int]:
    """Registers of a thread, and bytes that it has to put elsewhere, as the GPU's own code tells."""
    import triton

    (folder / "kernel.cubin").write_bytes(made.asm["cubin"])
    tool = Path(triton.__file__).parent / "backends/nvidia/bin/cuobjdump"
    command = [str(tool), "-res-usage", "kernel.cubin"]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    usage = re.search(r"REG:(\d+) STACK:(\d+) SHARED:\d+ LOCAL:(\d+)", said)
    assert usage is not None, said
    return int(usage[1]), int(usage[2]) + int(usage[3])


@compiled
@pytest.mark.parametrize("capability", [80, 90])
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("model", SHIPPED)
def test_kernels_compile(model: str, kind: Any, capability: int, tmp_path: Path) -> None:
    """Into registers, and a share of shared memory that every GPU has. For path the compiler may
    put two numbers elsewhere rather than leave room for fewer threads."""
    from trm.torch.fused_kernels import backward_kernel, forward_kernel

    for kernel in (forward_kernel, backward_kernel):
        made = compile_for(kernel, capability, kind, SHIPPED[model])
        registers, spilled = report(made, tmp_path)
        print(
            kernel.__name__, registers, "registers", spilled, "bytes spilled", made.metadata.shared, "shared"
        )
        assert (
            registers <= 255
            and spilled <= (8 if model == "path" else 0)
            and made.metadata.shared <= 48 * 1024
        )


# ------------------------------------------------------------------------------------------ on a GPU


@pytest.mark.skipif(not HAS_GPU, reason="needs a GPU with Triton")
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16], ids=str)
def test_on_a_gpu_the_choice_is_measured(kind: Any) -> None:
    model, questions = small_model()
    model.compute = kind
    output = model(questions)
    output.halt.sum().backward()
    assert [measured.learns for measured in model.measured] == [False, True]
    assert all(0 < time < math.inf for times in model.measured.values() for time in times)
    model.fused = False
    near(output.logits[..., 1:], model(questions).logits[..., 1:], 1e-4 if kind == torch.float32 else 0.15)
