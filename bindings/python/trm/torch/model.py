"""The network and its recursion: doc/format.md, "Meaning", as an nn.Module.

Parameters have the names of the published code, so that its checkpoints are state dictionaries of this
module. States are B x N x D throughout. Mixing over positions multiplies them from the left, W v, one matrix
for the whole batch, so that nothing is ever transposed. Weights are float32; blocks compute in the type of
the state, into which each evaluation casts them: their gradients are then summed in float32 over the
evaluations.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .configuration import Configuration
from .trm_file import Integers

MOST_SHAPES = 64  # that a network is compiled for


class State(NamedTuple):
    """Answer and thought."""

    y: Tensor  # B x N x D
    z: Tensor  # B x N x D


class Output(NamedTuple):
    """What a supervision step makes."""

    logits: Tensor  # B x S x V
    halt: Tensor  # B: the logit of "the answer is right"
    proceed: Tensor  # B: the published code's continue logit
    state: State
    cells: Tensor | None = None  # B x S, of relational models: the logit of "this position is right"
    nodes: Tensor | None = None  # B x S F: what each node believes


def normalise(v: Tensor, dimension: int, epsilon: float) -> Tensor:
    """v / sqrt(mean(v^2) + epsilon), in float32 at least."""
    wide = v if v.dtype == torch.float64 else v.float()
    return (wide * torch.rsqrt(wide.square().mean(dimension, keepdim=True) + epsilon)).to(v.dtype)


class Weight(nn.Module):
    """A matrix without a bias, under the name that published checkpoints give it."""

    def __init__(self, outputs: int, inputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs))


class Unit(nn.Module):
    """SwiGLU, plain or normed, over the channels (dimension -1) or the positions (-2)."""

    def __init__(self, size: int, hidden: int, dimension: int, gate: str, epsilon: float) -> None:
        super().__init__()
        self.gate_up_proj = Weight(2 * hidden, size)
        self.down_proj = Weight(size, hidden)
        self.dimension, self.normed, self.epsilon = dimension, gate == "normed", epsilon

    def multiply(self, weight: Tensor, v: Tensor) -> Tensor:
        if self.dimension == -1:
            return F.linear(v, weight.to(v.dtype))
        turned = weight.t().contiguous().to(v.dtype).t()  # rows of N numbers would not be aligned
        return torch.bmm(turned.expand(v.shape[0], -1, -1), v)

    def forward(self, v: Tensor) -> Tensor:
        gate, up = self.multiply(self.gate_up_proj.weight, v).chunk(2, self.dimension)
        if self.normed:
            inner = torch.sigmoid(gate) * normalise(gate * up, self.dimension, self.epsilon)
        else:
            inner = F.silu(gate) * up
        return self.multiply(self.down_proj.weight, inner)


def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """softmax(q k' / sqrt(w)) v, B x h x N x w."""
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(query, key, value)
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    return torch.softmax(scores, -1) @ value


class Rotary(nn.Module):
    """Turns numbers i and i + w/2 of each head by an angle that grows with the position."""

    cosines: Tensor  # N x w
    sines: Tensor

    def __init__(self, rows: int, width: int, base: float) -> None:
        super().__init__()
        frequencies = 1.0 / base ** (torch.arange(0, width, 2, dtype=torch.float32) / width)
        angles = torch.outer(torch.arange(rows, dtype=torch.float32), frequencies).repeat(1, 2)
        self.register_buffer("cosines", angles.cos(), persistent=False)
        self.register_buffer("sines", angles.sin(), persistent=False)

    def forward(self, v: Tensor) -> Tensor:
        low, high = v.chunk(2, -1)
        return (v * self.cosines + torch.cat((-high, low), -1) * self.sines).to(v.dtype)


class Attention(nn.Module):
    """Every position looks at every other."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = configuration
        self.qkv_proj = Weight(3 * c.channels, c.channels)
        self.o_proj = Weight(c.channels, c.channels)
        self.heads = c.heads
        rotary = c.position_encoding == "rotary"
        self.rotary = Rotary(c.rows, c.channels // c.heads, c.rotary_base) if rotary else nn.Identity()

    def forward(self, v: Tensor) -> Tensor:
        batch, rows, channels = v.shape
        qkv = F.linear(v, self.qkv_proj.weight.to(v.dtype)).view(batch, rows, 3, self.heads, -1)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        seen = attend(self.rotary(query), self.rotary(key), value)
        return F.linear(seen.transpose(1, 2).reshape(batch, rows, channels), self.o_proj.weight.to(v.dtype))


class Block(nn.Module):
    """Mixing over positions or attention, then SwiGLU over channels; the norm comes after each sum."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = configuration
        self.epsilon = c.norm_epsilon
        if c.block == "mixer":
            self.mlp_t = Unit(c.rows, c.token_hidden, -2, c.gate, c.norm_epsilon)
        else:
            self.self_attn = Attention(c)
        self.mlp = Unit(c.channels, c.channel_hidden, -1, c.gate, c.norm_epsilon)
        self.mixes = c.block == "mixer"

    def forward(self, v: Tensor) -> Tensor:
        if self.mixes:
            v = normalise(v + self.mlp_t(v), -2, self.epsilon)
        else:
            v = normalise(v + self.self_attn(v), -1, self.epsilon)
        return normalise(v + self.mlp(v), -1, self.epsilon)


class Network(nn.Module):
    """Blocks, one after the other, on the sum of a state and what is put into it."""

    def __init__(self, configuration: Configuration, blocks: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Block(configuration) for _ in range(blocks))

    def forward(self, state: Tensor, injection: Tensor) -> Tensor:
        v = state + injection
        for layer in self.layers:
            v = layer(v)
        return v


class Table(nn.Module):
    """Rows that are looked up; the published code calls their matrix by another name in each place."""

    def __init__(self, name: str, rows: int, width: int) -> None:
        super().__init__()
        self.register_parameter(name, nn.Parameter(torch.empty(rows, width)))

    def rows(self) -> Tensor:
        """All of them."""
        return next(self.parameters())


class Model(nn.Module):
    """A Tiny Recursive Model, or an HRM, with its weights undefined: `initialise` or `load_state_dict` sets
    them."""

    H_init: Tensor  # D: the first y
    L_init: Tensor  # D: the first z
    L_level: Network
    H_level: Network  # of an HRM

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = self.configuration = configuration
        self.metadata: dict[str, Any] = {}  # of the file: task.name, task.alphabet, provenance.*
        self.integers: dict[str, Integers] = {}  # what a file had as 8-bit integers, by parameter
        self.compute = torch.float32  # the type that blocks compute in
        self.embed_tokens = Table("embedding_weight", c.vocabulary, c.channels)
        if c.position_encoding == "learned":
            self.embed_pos = Table("embedding_weight", c.rows, c.channels)
        if c.identifiers:
            self.puzzle_emb = Table("weights", c.identifiers, c.puzzle_width)
        if c.registers:
            self.embed_registers = Table("weight", c.prefix, c.channels)
        self.register_buffer("H_init", torch.empty(c.channels))
        self.register_buffer("L_init", torch.empty(c.channels))
        self.L_level = Network(c, c.blocks)
        if c.architecture == "hrm":
            self.H_level = Network(c, c.high_blocks)
        self.lm_head = nn.Linear(c.channels, c.vocabulary, bias=bool(c.head_bias))
        self.q_head = nn.Linear(c.channels, 2)

    @property
    def device(self) -> torch.device:
        return self.H_init.device

    def _prefix(self, batch: int, identifiers: Tensor | None) -> Tensor:
        """B x P x D: registers, or the puzzle's row with zeros behind it, cut into rows."""
        c = self.configuration
        if c.registers:
            return self.embed_registers.rows().expand(batch, -1, -1)
        if identifiers is None:
            identifiers = torch.zeros(batch, dtype=torch.long, device=self.device)
        row = F.embedding(identifiers, self.puzzle_emb.rows())
        return F.pad(row, (0, c.prefix * c.channels - c.puzzle_width)).view(batch, c.prefix, c.channels)

    def embed(self, tokens: Tensor, identifiers: Tensor | None = None) -> Tensor:
        """x, the question: B x N x D."""
        c = self.configuration
        x = F.embedding(tokens.long(), self.embed_tokens.rows())
        if c.prefix:
            x = torch.cat((self._prefix(tokens.shape[0], identifiers), x), 1)
        if c.position_encoding == "learned":
            x = 0.707106781 * (x + self.embed_pos.rows())
        return (math.sqrt(c.channels) * x).to(self.compute)

    def begin(self, batch: int) -> State:
        """The state that every puzzle starts with."""
        shape = (batch, self.configuration.rows, self.configuration.channels)
        return State(*(start.to(self.compute).expand(shape) for start in (self.H_init, self.L_init)))

    def _high(self) -> Network:
        return self.H_level if self.configuration.architecture == "hrm" else self.L_level

    def cycle(self, x: Tensor, state: State, updates: int) -> State:
        """The thought several times, then the answer once."""
        y, z = state
        injection = y + x
        for _ in range(updates):
            z = self.L_level(z, injection)
        return State(self._high()(y, z), z)

    def think(self, x: Tensor, state: State, cycles: int, updates: int) -> State:
        """Cycles without gradient."""
        with torch.no_grad():
            for _ in range(cycles):
                state = self.cycle(x, state, updates)
        return state

    def learn(self, x: Tensor, state: State, updates: int) -> State:
        """The cycle that carries gradient: all of it in a TRM, its last two evaluations in an HRM."""
        if self.configuration.architecture == "trm":
            return self.cycle(x, state, updates)
        with torch.no_grad():
            for _ in range(updates - 1):
                state = State(state.y, self.L_level(state.z, state.y + x))
        return self.cycle(x, state, 1)

    def heads(self, state: State) -> Output:
        """What the answer says."""
        y = state.y.float()
        halt, proceed = self.q_head(y[:, 0]).unbind(-1)
        return Output(self.lm_head(y[:, self.configuration.prefix :]), halt, proceed, state)

    def forward(
        self, tokens: Tensor, state: State | None = None, identifiers: Tensor | None = None
    ) -> Output:
        """One supervision step, from the first state or from that of the step before.

        tokens: B x S. The state returned carries the last cycle's gradient; detach it before the next step.
        """
        c = self.configuration
        x = self.embed(tokens, identifiers)
        state = self.begin(tokens.shape[0]) if state is None else state
        return self.heads(self.learn(x, self.think(x, state, c.cycles - 1, c.updates), c.updates))


def networks(model: nn.Module) -> list[nn.Module]:
    """What is evaluated again and again: the network of a TRM, both of an HRM, the blocks of a relational model."""
    return [module for module in model.children() if isinstance(module, (Network, nn.ModuleList))]


def _compile(way: Any, mode: str) -> Any:
    compiled = torch.compile(way, mode=mode, dynamic=False)

    def forward(*inputs: Any) -> Tensor:
        to: Tensor = compiled(*inputs)
        return (
            to.clone() if mode == "reduce-overhead" else to
        )  # a graph's replay writes where the last one did

    return forward


def compile_networks(model: nn.Module, mode: str) -> None:
    """Has torch.compile fuse an evaluation of the network; shapes are static, and a relational model is compiled for
    each shape of a question. See `--compile`."""
    if not hasattr(torch, "compile"):
        raise RuntimeError(f"torch {torch.__version__} has no torch.compile; it is there from 2.0 on")
    torch._dynamo.config.cache_size_limit = max(torch._dynamo.config.cache_size_limit, MOST_SHAPES)
    for network in networks(model):
        for way in ("forward", "forward_fused"):
            if hasattr(network, way):
                setattr(network, way, _compile(getattr(network, way), mode))
