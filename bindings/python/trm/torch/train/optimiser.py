"""How weights change: Muon, AdamW, AdamATan2; puzzle embeddings move by the sign of their gradient.

Golden values pin the bias corrections of AdamATan2: that of the first moment stands outside the angle.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..model import Model
from ..relational import RelationalModel
from .settings import Settings

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5
PUZZLES = "puzzle_emb.weights"


def orthogonal(matrix: Tensor) -> Tensor:
    """Nearly the closest matrix whose singular values are 1, scaled for tall ones: Muon's direction."""
    a, b, c = NEWTON_SCHULZ
    rows, columns = matrix.shape
    x = matrix.t() if rows > columns else matrix
    x = x / (x.norm() + 1e-7)
    x = x.bfloat16() if x.is_cuda else x
    for _ in range(ITERATIONS):
        square = x @ x.t()
        x = a * x + (b * square + c * square @ square) @ x
    x = x.t() if rows > columns else x
    return x.float() * max(1.0, rows / columns) ** 0.5


def gradient_of(parameter: nn.Parameter) -> Tensor:
    """After a backward pass each has one."""
    assert parameter.grad is not None
    return parameter.grad


class Optimiser:
    """Moments, and what they do to the weights."""

    puzzle_rate, puzzle_decay = 1e-2, 0.1

    def __init__(self, model: Model | RelationalModel, settings: Settings) -> None:
        self.settings, self.steps = settings, 0
        self.parameters: dict[str, nn.Parameter] = dict(model.named_parameters())
        self.puzzles = self.parameters.pop(PUZZLES, None)
        self.first = {name: torch.zeros_like(p) for name, p in self.parameters.items()}
        self.second = {
            name: torch.zeros_like(p) for name, p in self.parameters.items() if not self._by_muon(name)
        }

    def _by_muon(self, name: str) -> bool:
        """The matrices of blocks, of relational ones each by itself."""
        in_blocks = "_level.layers." in name or name.startswith("blocks.")
        return self.settings.optimiser == "muon" and in_blocks

    @torch.no_grad()
    def step(self, rate: float, factor: Tensor) -> None:
        """One step with this share of the learning rates and this factor on the gradients."""
        self.steps += 1
        for name, parameter in self.parameters.items():
            gradient = gradient_of(parameter) * factor
            if self._by_muon(name):
                self._muon(name, parameter, gradient, rate)
            else:
                self._adam(name, parameter, gradient, rate)
        if self.puzzles is not None:
            self._sign_descent(self.puzzles, gradient_of(self.puzzles), rate)

    def _muon(self, name: str, parameter: nn.Parameter, gradient: Tensor, rate: float) -> None:
        s = self.settings
        momentum = self.first[name].mul_(s.muon_momentum).add_(gradient)
        direction = orthogonal(gradient + s.muon_momentum * momentum)
        parameter.mul_(1 - rate * s.muon_learning_rate * s.muon_weight_decay)
        parameter.sub_(direction, alpha=rate * s.muon_learning_rate)

    def _adam(self, name: str, parameter: nn.Parameter, gradient: Tensor, rate: float) -> None:
        s = self.settings
        first = self.first[name].mul_(s.beta1).add_(gradient, alpha=1 - s.beta1)
        second = self.second[name].mul_(s.beta2).addcmul_(gradient, gradient, value=1 - s.beta2)
        spread = second.sqrt() / (1 - s.beta2**self.steps) ** 0.5
        by_angle = s.optimiser == "adam-atan2"
        direction = torch.atan2(first, spread) if by_angle else first / (spread + 1e-8)
        parameter.mul_(1 - rate * s.learning_rate * s.weight_decay)
        parameter.sub_(direction, alpha=rate * s.learning_rate / (1 - s.beta1**self.steps))

    def _sign_descent(self, table: nn.Parameter, gradient: Tensor, rate: float) -> None:
        """Rows without a gradient are not in the batch, and stay."""
        step = rate * self.puzzle_rate
        moved = table * (1 - step * self.puzzle_decay) - step * gradient.sign()
        table.copy_(torch.where((gradient != 0).any(1, keepdim=True), moved, table))
