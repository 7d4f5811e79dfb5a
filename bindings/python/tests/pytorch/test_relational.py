"""Relational models: the golden numbers, step by step and through a training step, and what they do not show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import trm  # noqa: E402
import trm.torch  # noqa: E402
from trm.torch import Relation, Shape, State, safetensors  # noqa: E402
from trm.torch.given import make_table  # noqa: E402
from trm.torch.model import compile_networks  # noqa: E402
from trm.torch.noise import noise, normal, philox  # noqa: E402
from trm.torch.tables import table_by_name  # noqa: E402
from trm.torch.train.losses import judge  # noqa: E402

ROOT = Path(__file__).resolve().parents[4]
GOLDEN = {
    path.stem.replace("relational_", ""): path
    for path in sorted((ROOT / "tests/golden").glob("**/*relational*/*.safetensors"))
    + sorted((ROOT / "tests/golden").glob("relational_*.safetensors"))
}
KINDS = ("graph", "helpers", "order", "path", "product", "sudoku6", "sudoku9")
NEAR = 1e-4
ROUNDING = 1e-7  # with fields, the gradient of the head's bias is 0
SPECIAL = ("inputs", "helper_inputs", "features", "labels")


class Golden:
    """A file, the model in it, its question and its numbers by their short names."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tensors, metadata = safetensors.read(path)
        self.config = json.loads(metadata["config"])
        self.model = trm.torch.load_checkpoint(path)
        self.questions = self.model.ask(
            self["inputs"],
            relations=self._relations(),
            helper_tokens=self.get("helper_inputs"),
            features=self.get("features"),
        )
        self.untested = {name for name in self.tensors if name.startswith("golden.")}
        for name in SPECIAL:
            self.untested.discard(f"golden.{name}")

    def _relations(self) -> dict[str, Any]:
        names = [name.split(".")[1] for name in self.tensors if name.endswith(".first")]
        return {name: (self[f"{name}.first"], self[f"{name}.heard"]) for name in names}

    def __getitem__(self, name: str) -> Any:
        return self.tensors[f"golden.{name}"]

    def get(self, name: str) -> Any:
        return self.tensors.get(f"golden.{name}")

    def answers(self, logits: Any) -> Any:
        """Those of the values, where there are fields."""
        c = self.model.configuration
        return logits[..., c.first_value : c.first_value + c.fields] if c.fields > 1 else logits


def near(actual: Any, expected: Any, within: float = NEAR) -> None:
    assert actual.shape == expected.shape
    difference = (actual.detach().double() - expected.double()).abs().max().item()
    assert difference <= within, f"{difference} apart"


@pytest.fixture(params=KINDS)
def golden(request: Any) -> Golden:
    return Golden(GOLDEN[request.param])


def test_steps(golden: Golden) -> None:
    state = None
    with torch.no_grad():
        for step, logits in enumerate(golden["logits"]):
            output = golden.model(golden.questions, state)
            state = output.state
            near(golden.answers(output.logits), logits)
            near(output.halt, golden["q_halt"][step])
            near(output.nodes, golden["node_halt"][step])
    near(state.y, golden["y_last"])
    near(state.z, golden["z_last"])


def test_first_evaluations(golden: Golden) -> None:
    model, questions = golden.model, golden.questions
    expected = golden.get("z_first")
    if expected is None:
        assert (
            model.configuration.helper_tokens or len(model.relations) == 8
        )  # files without one: the steps test them
        return
    with torch.no_grad():
        begin = model.begin(questions)
        near(model.blocks(begin.z, begin.y + model.embed_questions(questions), questions.tables), expected)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64], ids=str)
def test_training_step(golden: Golden, kind: Any) -> None:
    """In double precision, too: between float32 and it a maximum with two nodes that nearly tie may change sides."""
    model, questions = golden.model.to(kind), golden.questions
    model.compute = kind
    begin = State(model.begin(questions).y, golden["z_start"].to(kind))
    output = model(questions, begin)
    near(golden.answers(output.logits), golden["train_logits"])
    near(output.halt, golden["train_q_halt"])
    near(output.cells, golden["train_cells"])
    loss = judge(output, golden["labels"].long(), "softmax", 0.0)
    weights = golden.config["loss_weights"]
    means = {"lm": loss.answer.mean(), "q": loss.halt.mean(), "cell": loss.cells.mean()}
    for name, mean in means.items():
        near(mean, golden[f"{name}_loss"])
    sum(weights[name] * mean for name, mean in means.items()).backward()
    for name, parameter in model.named_parameters():
        expected = golden[f"grad.{name}"]
        largest = expected.abs().max().item() if kind == torch.float64 else 1.0
        near(parameter.grad, expected, max(NEAR * largest, ROUNDING))


def test_nothing_of_the_files_is_left_out(golden: Golden) -> None:
    own = {f"golden.grad.{name}" for name, _ in golden.model.named_parameters()}
    steps = "logits q_halt node_halt z_first y_last z_last"
    training = "z_start train_logits train_q_halt train_cells lm_loss q_loss cell_loss"
    known = own | {f"golden.{name}" for name in f"{steps} {training}".split()}
    lists = {name for name in golden.untested if name.endswith((".first", ".heard"))}
    assert golden.untested - known - lists == set()


def test_a_question_replaces_a_relation_by_name() -> None:
    """The boxes of an ordinary Sudoku, given as a jigsaw's regions are, give the same."""
    golden = Golden(GOLDEN["sudoku6"])
    shape = golden.model.configuration.shape
    places = range(shape.positions)
    box = [p // 6 // 2 * 2 + p % 6 // 3 for p in places]  # of two rows and three columns
    regions = np.arange(0, 217, 6), np.array([q for p in places for q in places if box[p] == box[q]])
    given = golden.model.ask(golden["inputs"], relations={"box": regions})
    with torch.no_grad():
        near(golden.model(given).logits[..., 1:], golden["logits"][0])
        wrong = golden.model.ask(golden["inputs"], relations={"box": (regions[0] * 0, [])})
        assert (golden.model(wrong).logits[..., 1:] - golden["logits"][0]).abs().max() > 0.01


def test_questions_that_are_filled_up() -> None:
    """A graph of fewer positions, with a batch's largest, answers as by itself."""
    golden = Golden(GOLDEN["graph"])
    model, tokens = golden.model, golden["inputs"]
    first, heard_ones = (golden[f"edge.{part}"].numpy() for part in ("first", "heard"))
    alone = model(model.ask(tokens, relations={"edge": (first, heard_ones)}, shape=Shape(14, fields=3)))
    longer = np.concatenate((first, [first[-1]] * 2))
    wide = torch.cat((tokens, torch.zeros(len(tokens), 2, dtype=tokens.dtype)), 1)
    counted = torch.arange(16).expand(len(tokens), -1) < 14
    filled = model(
        model.ask(wide, relations={"edge": (longer, heard_ones)}, shape=Shape(16, fields=3), counted=counted)
    )
    near(filled.logits[:, :14, 2:], alone.logits[..., 2:], 1e-5)
    near(filled.halt, alone.halt, 1e-5)


# --------------------------------------------------------------------------------- files, answers, speed


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_trm_files(golden: Golden, precision: str, tmp_path: Path) -> None:
    """The bytes of the library, and the same model again."""
    ours, theirs, again = (tmp_path / name for name in ("ours.trm", "theirs.trm", "again.trm"))
    trm.torch.to_trm(golden.model, ours, precision=precision)
    trm.convert(golden.path, theirs, precision=precision)
    assert ours.read_bytes() == theirs.read_bytes()
    model = trm.torch.from_trm(ours)
    trm.torch.to_trm(model, again)
    assert again.read_bytes() == ours.read_bytes()
    if precision == "fp32":
        for name, tensor in golden.model.state_dict().items():
            assert torch.equal(tensor, model.state_dict()[name])


def test_safetensors_files(golden: Golden, tmp_path: Path) -> None:
    golden.model.metadata["task.alphabet"] = b"abc"
    path = tmp_path / "model.safetensors"
    trm.torch.save_checkpoint(golden.model, path)
    again = trm.torch.load_checkpoint(path)
    assert again.configuration == golden.model.configuration
    assert again.metadata == golden.model.metadata
    for name, tensor in golden.model.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name])


@pytest.mark.parametrize("start_noise", [0.0, 0.5])
@pytest.mark.parametrize("kind", ["sudoku6", "sudoku9", "path"])  # of the others values tie
def test_answers_of_the_library(kind: str, start_noise: float, tmp_path: Path) -> None:
    """Its own start is that of seed 0 and run 0."""
    golden = Golden(GOLDEN[kind])
    golden.model.configuration.start_noise = start_noise
    path = tmp_path / "model.trm"
    trm.torch.to_trm(golden.model, path)
    answers = trm.torch.solve(golden.model, golden["inputs"], steps=2, halt_probability=None, seed=0)
    with trm.Model(path) as model:
        expected = model.solve(tokens=golden["inputs"].numpy(), steps=2, halt=None)
    np.testing.assert_array_equal(answers.tokens.numpy(), expected.tokens)
    np.testing.assert_allclose(answers.halt_probabilities.numpy(), expected.halt_probabilities, atol=1e-4)


def test_noise_is_that_of_the_library() -> None:
    """The generator's known answers, the distribution, and a start of its own for each run and seed."""
    assert philox(np.zeros(4, np.uint64), 0).tolist() == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    ones = philox(np.full(4, 0xFFFFFFFF, np.uint64), 2**64 - 1)
    assert ones.tolist() == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
    drawn = noise(7, 0, 300, 33)
    assert drawn.mean().abs() < 0.03 and drawn.std().item() == pytest.approx(1, rel=0.03)
    p = (np.float32(0x40000000) + 0.5) * 2.0**-32  # a quarter
    assert normal(np.array([0x40000000], np.uint64))[0] == pytest.approx(0.67448975, abs=2e-5), p
    assert normal(np.array([0xC0000000], np.uint64))[0] == pytest.approx(-0.67448975, abs=2e-5)
    golden = Golden(GOLDEN["path"])
    golden.model.configuration.start_noise = 0.5
    begin = golden.model.begin
    starts = [begin(golden.questions, *start).z for start in ((1, 0), (1, 0), (2, 0), (1, 1))]
    assert torch.equal(starts[0], starts[1]) and torch.equal(starts[0][0], starts[0][1])
    assert not torch.equal(starts[0], starts[2]) and not torch.equal(starts[0], starts[3])
    assert (starts[0] - golden.model.z0).std().item() == pytest.approx(0.5, rel=0.1)
    assert torch.equal(begin(golden.questions).z[0, 0], golden.model.z0)


def test_bfloat16(golden: Golden) -> None:
    golden.model.compute = torch.bfloat16
    output = golden.model(golden.questions)
    near(golden.answers(output.logits), golden["logits"][0], 0.15)
    output.halt.sum().backward()
    assert all(p.grad is None or torch.isfinite(p.grad).all() for p in golden.model.parameters())


def why_not_compiled() -> str:
    """What torch.compile makes for a processor is C++; Debian has the headers in a package of their own."""
    if not hasattr(torch, "compile"):
        return "torch.compile is there from 2.0 on"
    from torch.utils.cpp_extension import include_paths

    found = any(
        (Path(folder) / "ATen/NumericUtils.h").exists() for folder in (*include_paths(), "/usr/include")
    )
    return "" if found else "torch.compile lacks its C++ headers"


compiles = pytest.mark.skipif(why_not_compiled() != "", reason=why_not_compiled())


@compiles
@pytest.mark.parametrize("kind", ["sudoku6", "path", "graph"])
def test_compiled(kind: str) -> None:
    """The same numbers and gradients, from a noisy start: where nodes tie but for rounding, which differs, any of
    them may be the largest."""
    golden, plain = Golden(GOLDEN[kind]), Golden(GOLDEN[kind])
    compile_networks(golden.model, "default")
    start = State(golden.model.begin(golden.questions).y, golden["z_start"])
    outputs = [one.model(one.questions, start) for one in (golden, plain)]
    near(golden.answers(outputs[0].logits), golden["train_logits"])
    for output in outputs:
        (output.halt.sum() + output.cells.square().sum()).backward()
    for name, parameter in golden.model.named_parameters():
        expected = plain.model.get_parameter(name).grad
        if expected is not None:
            near(parameter.grad, expected, 1e-3 * max(1.0, expected.abs().max().item()))


@pytest.mark.skipif(not hasattr(torch, "compile"), reason="torch.compile is there from 2.0 on")
@pytest.mark.parametrize("kind", ["sudoku6", "path"])
def test_compiled_whole(kind: str) -> None:
    """A network is one graph for the compiler: of pieces it makes something slower than what it was given."""
    golden = Golden(GOLDEN[kind])
    blocks, tables = golden.model.blocks, golden.questions.tables
    y, z = golden.model.begin(golden.questions)
    whole = torch.compile(blocks.forward, backend="eager", fullgraph=True, dynamic=False)
    near(whole(z, y, tables), blocks(z, y, tables))


@compiles
def test_compiled_maxima() -> None:
    """Of equal numbers the lowest has the gradient there, too."""
    box = table_by_name("box", Shape(16, 4, 4, 2, 2, 4))
    lists = make_table(Relation("link", "question"), (range(0, 33, 2), [0, 1] * 16), Shape(16, fields=4), 1)
    torch.manual_seed(1)
    v = torch.randn(2, 64, 5).mul(2).round().requires_grad_()

    def both(v: Any) -> Any:
        return box.max(v).cos().sum() + lists.max(v).sin().sum()

    gradients = [torch.autograd.grad(f(v), v)[0] for f in (both, torch.compile(both, dynamic=False))]
    near(*gradients, 1e-5)
