"""The training step of libtrm-train in PyTorch, as the published code writes it: modules, eager, one batch.

    train_peer.py FOLDER T N STEPS

trains the model that train_speed left in FOLDER on the puzzles there, drawn in the same order, and prints one JSON
object: puzzle-steps a second and a second of processor time (medians, after a step to warm up) and the loss of each step, which has to be that of
train_speed. Threads: OMP_NUM_THREADS and OPENBLAS_NUM_THREADS. float32 throughout, as there.
"""

import csv
import json
import math
import os
import statistics
import struct
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

BATCH, MAXIMUM_STEPS, SCHEDULE_STEPS, SEED = 128, 16, 1000, 0
EXPLORATION, CLIP, HALT_WEIGHT, AVERAGE = 0.1, 1.0, 0.5, 0.99
BLANK = 1  # token of '.'; digit d is token d + 1


# ---------------------------------------------------------------------------------------------- the model


def rms_norm(v):
    return v * torch.rsqrt(v.square().mean(-1, keepdim=True) + 1e-5)


class SwiGLU(nn.Module):
    """The normed variant, with which Muon works."""

    def __init__(self, size, hidden):
        super().__init__()
        self.gate_up_proj = nn.Linear(size, 2 * hidden, bias=False)
        self.down_proj = nn.Linear(hidden, size, bias=False)

    def forward(self, v):
        gate, up = self.gate_up_proj(v).chunk(2, dim=-1)
        return self.down_proj(torch.sigmoid(gate) * rms_norm(gate * up))


class Block(nn.Module):
    def __init__(self, rows, channels, token_hidden, channel_hidden):
        super().__init__()
        self.mlp_t = SwiGLU(rows, token_hidden)
        self.mlp = SwiGLU(channels, channel_hidden)

    def forward(self, v):
        v = v.transpose(1, 2)
        v = rms_norm(v + self.mlp_t(v))
        v = v.transpose(1, 2)
        return rms_norm(v + self.mlp(v))


class Network(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.layers = nn.ModuleList(blocks)

    def forward(self, v, injection):
        v = v + injection
        for layer in self.layers:
            v = layer(v)
        return v


class Model(nn.Module):
    def __init__(self, weights, cycles, updates):
        super().__init__()
        shape = {name: tensor.shape for name, tensor in weights.items()}
        layer = "L_level.layers.0."
        vocabulary, channels = shape["embed_tokens.embedding_weight"]
        rows, token_hidden = shape[layer + "mlp_t.down_proj.weight"]
        channel_hidden = shape[layer + "mlp.down_proj.weight"][1]
        blocks = sum(name.endswith("mlp.down_proj.weight") for name in weights)
        self.cycles, self.updates, self.scale = cycles, updates, math.sqrt(channels)
        self.embed_tokens = nn.Embedding(vocabulary, channels)
        self.embed_registers = nn.Parameter(torch.empty(shape["embed_registers.weight"]))
        self.L_level = Network(Block(rows, channels, token_hidden, channel_hidden) for _ in range(blocks))
        self.lm_head = nn.Linear(channels, vocabulary)
        self.q_head = nn.Linear(channels, 2)
        self.register_buffer("H_init", torch.empty(channels))
        self.register_buffer("L_init", torch.empty(channels))
        renamed = {
            "embed_tokens.embedding_weight": "embed_tokens.weight",
            "embed_registers.weight": "embed_registers",
        }
        self.load_state_dict({renamed.get(name, name): tensor for name, tensor in weights.items()})

    def initial_state(self, tokens):
        shape = (tokens.shape[0], self.embed_registers.shape[0] + tokens.shape[1], self.H_init.shape[0])
        return self.H_init.expand(shape), self.L_init.expand(shape)

    def recur(self, x, y, z):
        for _ in range(self.updates):
            z = self.L_level(z, y + x)
        return self.L_level(y, z), z

    def forward(self, tokens, y, z):
        prefix = self.embed_registers.expand(tokens.shape[0], -1, -1)
        x = self.scale * torch.cat((prefix, self.embed_tokens(tokens)), dim=1)
        with torch.no_grad():
            for _ in range(self.cycles - 1):
                y, z = self.recur(x, y, z)
        y, z = self.recur(x, y, z)
        logits = self.lm_head(y[:, self.embed_registers.shape[0] :])
        return logits, self.q_head(y[:, 0])[:, 0], y.detach(), z.detach()


# ---------------------------------------------------------------------------------------------- optimisers


class Muon(torch.optim.Optimizer):
    """https://kellerjordan.github.io/posts/muon/"""

    def __init__(self, parameters, lr, weight_decay, momentum):
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})

    @staticmethod
    def direction(g):
        a, b, c = 3.4445, -4.7750, 2.0315
        x = g.T if g.shape[0] > g.shape[1] else g
        x = x / (x.norm() + 1e-7)
        for _ in range(5):
            s = x @ x.T
            x = a * x + (b * s + c * s @ s) @ x
        x = x.T if g.shape[0] > g.shape[1] else x
        return x * max(1.0, g.shape[0] / g.shape[1]) ** 0.5

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                momentum = self.state[p].setdefault("momentum", torch.zeros_like(p))
                momentum.mul_(group["momentum"]).add_(p.grad)
                d = self.direction(p.grad.add(momentum, alpha=group["momentum"]))
                p.mul_(1 - group["lr"] * group["weight_decay"]).add_(d, alpha=-group["lr"])


def make_optimisers(model):
    matrices = list(model.L_level.parameters())
    rest = [p for name, p in model.named_parameters() if not name.startswith("L_level.")]
    optimisers = [
        Muon(matrices, lr=0.02, weight_decay=0.005, momentum=0.95),
        torch.optim.AdamW(rest, lr=1e-3, betas=(0.9, 0.95), weight_decay=0.0),
    ]
    cosine = lambda step: 0.5 * (1 + math.cos(math.pi * step / SCHEDULE_STEPS))
    return optimisers, [torch.optim.lr_scheduler.LambdaLR(optimiser, cosine) for optimiser in optimisers]


# ---------------------------------------------------------------------------------------------- data


def read_weights(path):
    kinds = {"F32": torch.float32}
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    weights = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            flat = torch.frombuffer(data[begin:end], dtype=kinds[entry["dtype"]])
            weights[name.replace("model.inner.", "", 1)] = flat.reshape(entry["shape"]).clone()
    return weights


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class Generator:
    """lib/core/generator.c, so that both draw the same puzzles."""

    def __init__(self, seed, name):
        self.state = seed
        self.state = self.next() ^ crc32c(name.encode())
        self.state = self.next()

    def next(self):
        mask = (1 << 64) - 1
        self.state = bits = (self.state + 0x9E3779B97F4A7C15) & mask
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & mask
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & mask
        return bits ^ bits >> 31

    def below(self, count):
        return (self.next() >> 32) * count >> 32


class Puzzles:
    def __init__(self, path):
        token = lambda c: BLANK if c == "." else int(c) + 1
        with open(path, newline="") as file:
            rows = list(csv.DictReader(file))
        self.questions = torch.tensor([[token(c) for c in row["question"]] for row in rows])
        self.answers = torch.tensor([[token(c) for c in row["answer"]] for row in rows])
        self.drawn = 0

    def draw(self):
        """A question, its answer, and the least number of its steps."""
        generator = Generator(SEED, f"puzzle-{self.drawn}")
        self.drawn += 1
        explores = generator.below(1000000) < EXPLORATION * 1e6
        least = 2 + generator.below(MAXIMUM_STEPS - 1)
        index = generator.next() % len(self.questions)
        return self.questions[index], self.answers[index], least if explores else 1


class Batch:
    def __init__(self, model, puzzles):
        self.puzzles = puzzles
        questions, answers, least = zip(*(puzzles.draw() for _ in range(BATCH)))
        self.tokens, self.labels, self.least = (
            torch.stack(questions),
            torch.stack(answers),
            torch.tensor(least),
        )
        self.steps = torch.zeros(BATCH, dtype=torch.long)
        self.y, self.z = model.initial_state(self.tokens)

    def replace(self, model, halt):
        """Puzzles that halt make room for others."""
        self.steps += 1
        halted = (self.steps >= MAXIMUM_STEPS) | ((halt > 0) & (self.steps >= self.least))
        for i in halted.nonzero()[:, 0].tolist():
            self.tokens[i], self.labels[i], self.least[i] = self.puzzles.draw()
        self.steps[halted] = 0
        fresh_y, fresh_z = model.initial_state(self.tokens)
        self.y = torch.where(halted[:, None, None], fresh_y, self.y)
        self.z = torch.where(halted[:, None, None], fresh_z, self.z)


# ---------------------------------------------------------------------------------------------- training


def train_step(model, batch, optimisers, schedules, average):
    logits, halt, batch.y, batch.z = model(batch.tokens, batch.y, batch.z)
    answer_loss = F.cross_entropy(logits.flatten(0, 1), batch.labels.flatten())
    exact = (logits.detach().argmax(-1) == batch.labels).all(-1)
    loss = answer_loss + HALT_WEIGHT * F.binary_cross_entropy_with_logits(halt, exact.to(halt.dtype))
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    for optimiser, schedule in zip(optimisers, schedules):
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        schedule.step()
    with torch.no_grad():
        for mean, p in zip(average, model.parameters()):
            mean.lerp_(p, 1 - AVERAGE)
    batch.replace(model, halt.detach())
    return loss.item()


def measure_products():
    """The rate of large matrix products, 1e9 operations a second: without an optimised BLAS it is near 2."""
    a, b, times = torch.randn(1024, 1024), torch.randn(1024, 1024), []
    for _ in range(5):
        begin = time.perf_counter()
        a @ b
        times.append(time.perf_counter() - begin)
    return 2 * 1024**3 / min(times) * 1e-9


def main():
    folder, cycles, updates, steps = sys.argv[1], *map(int, sys.argv[2:5])
    threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
    torch.set_num_threads(threads)
    products = measure_products()
    model = Model(read_weights(os.path.join(folder, "model.safetensors")), cycles, updates)
    average = [p.detach().clone() for p in model.parameters()]
    batch = Batch(model, Puzzles(os.path.join(folder, "puzzles.csv")))
    optimisers, schedules = make_optimisers(model)
    seconds, processor_seconds, losses = [], [], []
    for _ in range(1 + steps):
        begin, processor_begin = time.perf_counter(), time.process_time()
        losses.append(train_step(model, batch, optimisers, schedules, average))
        seconds.append(time.perf_counter() - begin)
        processor_seconds.append(time.process_time() - processor_begin)
    print(
        json.dumps(
            {
                "puzzle_steps_per_second": BATCH / statistics.median(seconds[1:]),
                "puzzle_steps_per_processor_second": BATCH / statistics.median(processor_seconds[1:]),
                "product_gflops": products,
                "threads": threads,
                "torch": torch.__version__,
                "losses": losses,
            }
        )
    )


main()
