"""The numbers of the published code, step by step, and through five steps of training: tests/golden/README.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import trm.torch  # noqa: E402
from trm.torch import safetensors  # noqa: E402
from trm.torch.train.losses import answer_loss  # noqa: E402
from trm.torch.train.processes import Team  # noqa: E402
from trm.torch.train.puzzles import Puzzles  # noqa: E402
from trm.torch.train.settings import Settings  # noqa: E402
from trm.torch.train.trainer import Trainer  # noqa: E402

GOLDEN = Path(__file__).resolve().parents[4] / "tests/golden"
ALL = ["hrm", "trm_att_learned", "trm_att_rope", "trm_mlp_4x4", "trm_mlp_sudoku"]
TRAINED = ["trm_att_learned", "trm_att_rope", "trm_mlp_4x4"]
NEAR = 1e-5
STATES = 1e-4  # after sixteen steps, in which rounding grows
AVERAGED = 1e-6  # five steps move the averages by ten times as much


class Golden:
    """A file, the model in it, and its numbers by their short names."""

    def __init__(self, name: str) -> None:
        path = GOLDEN / f"{name}.safetensors"
        self.tensors, metadata = safetensors.read(path)
        self.about = metadata["about"]
        self.model = trm.torch.load_checkpoint(path)
        self.identifiers = self["puzzle_identifiers"].long()

    def __getitem__(self, name: str) -> Any:
        return self.tensors[f"golden.{name}"]

    def of_parameters(self, kind: str) -> dict[str, Any]:
        """golden.KIND.NAME by NAME, without what torch.compile and the loss put in front."""
        pattern = re.compile(rf"golden\.{kind}\.(?:_orig_mod\.)?(?:model\.)?(?:inner\.)?(.*)")
        found = ((pattern.fullmatch(name), tensor) for name, tensor in self.tensors.items())
        return {match[1]: tensor for match, tensor in found if match is not None}


def near(actual: Any, expected: Any, within: float = NEAR) -> None:
    difference = (actual.detach().double() - expected.double()).abs().max().item()
    assert difference <= within, f"{difference} apart"


@pytest.mark.parametrize("name", ALL)
def test_steps(name: str) -> None:
    golden = Golden(name)
    state = None
    with torch.no_grad():
        for step in range(16):
            output = golden.model(golden["inputs"], state, golden.identifiers)
            state = output.state
            near(output.logits, golden["logits"][step])
            near(output.halt, golden["q_halt"][step])
            near(output.proceed, golden["q_continue"][step])
    near(state.y, golden["z_H"], STATES)
    near(state.z, golden["z_L"], STATES)


@pytest.mark.parametrize("name", ALL)
def test_first_evaluations(name: str) -> None:
    golden = Golden(name)
    model, low = golden.model, golden.model.L_level
    with torch.no_grad():
        x = model.embed(golden["inputs"], golden.identifiers)
        near(x, golden["input_embeddings"])
        begin = model.begin(len(x))
        near(low(begin.z, begin.y + x), golden["z_L_first"])
        near(model.cycle(x, begin, model.configuration.updates).y, golden["z_H_first"])


def trainer_of(golden: Golden) -> Trainer:
    """One whose slots hold the file's puzzles, which never halt."""
    adam = re.search(r"lr (\S+), betas (\S+) (\S+), weight decay ([\d.]+)", golden.about)
    assert adam is not None
    rate, beta1, beta2, decay = map(float, adam.groups())
    questions, labels = golden["inputs"], golden["labels"].long()
    settings = Settings(
        optimiser="adam-atan2",
        learning_rate=rate,
        beta1=beta1,
        beta2=beta2,
        weight_decay=decay,
        batch=len(questions),
        clip=0.0,
        cosine=False,
        average=0.999,
        maximum_steps=100,
        symmetries=False,
    )
    task = trm.torch.Task("own", grid=f"1x{questions.shape[1]}", alphabet="abc")
    trainer = Trainer(
        golden.model, task, Puzzles(questions.byte(), questions.byte()), settings, Team(torch.device("cpu"))
    )
    slots = trainer.slots
    slots.fill(0)
    slots.tokens, slots.labels, slots.identifiers = questions.long(), labels, golden.identifiers
    slots.empty.fill_(False)
    slots.least.fill_(100)
    return trainer


@pytest.mark.parametrize("name", TRAINED)
def test_first_training_step(name: str) -> None:
    golden = Golden(name)
    trainer = trainer_of(golden)
    trainer.advance()
    sums = trainer.take_tallies()
    assert sums["answer_loss"] == pytest.approx(golden["lm_loss"].item(), abs=NEAR)
    assert sums["halt_loss"] == pytest.approx(golden["q_halt_loss"].item(), abs=NEAR)
    gradients = golden.of_parameters("grad")
    rows = gradients.pop("puzzle_emb.local_weights", None)
    for parameter, expected in gradients.items():
        near(golden.model.get_parameter(parameter).grad, expected)
    if rows is not None:
        table = golden.model.puzzle_emb.weights
        expected = torch.zeros_like(table).index_add_(0, golden.identifiers, rows)
        near(table.grad, expected)


@pytest.mark.parametrize("name", TRAINED)
def test_five_training_steps(name: str) -> None:
    golden = Golden(name)
    trainer = trainer_of(golden)
    losses = []
    for _ in range(5):
        trainer.advance()
        sums = trainer.take_tallies()
        losses.append((sums["answer_loss"] + 0.5 * sums["halt_loss"]) / trainer.settings.batch)
    near(torch.tensor(losses), golden["loss_curve"])
    state = golden.model.state_dict()
    for parameter, expected in golden.of_parameters("after5").items():
        near(state[parameter], expected)
    for parameter, expected in golden.of_parameters("ema5").items():
        near(trainer.averages.get(parameter, state[parameter]), expected, AVERAGED)


@pytest.mark.parametrize("name", TRAINED)
def test_softmax(name: str) -> None:
    golden = Golden(name)
    logits = golden["train_logits"].clone().requires_grad_()
    loss = answer_loss(logits, golden["labels"].long(), "softmax", 0.0).mean()
    loss.backward()
    assert loss.item() == pytest.approx(golden["softmax_loss"].item(), abs=NEAR)
    near(logits.grad, golden["softmax_logits_grad"])


