"""The processes that torchrun started, which share each batch; one alone is a team of one."""

from __future__ import annotations

import os
from typing import Iterable

import torch
import torch.distributed as distributed
from torch import Tensor


class Team:
    """Joins the others when torchrun's variables say so: by nccl on GPUs, by gloo elsewhere."""

    def __init__(self, device: torch.device) -> None:
        self.count = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0"))
        if self.count > 1:
            distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")

    @property
    def leads(self) -> bool:
        """Whether this process writes files and talks."""
        return self.rank == 0

    def share(self, whole: int) -> slice:
        """This process's part of so many things; each has as many."""
        if whole % self.count != 0:
            raise ValueError(f"{whole} puzzles of a batch cannot be divided among {self.count} processes")
        part = whole // self.count
        return slice(self.rank * part, (self.rank + 1) * part)

    def sum(self, tensors: Iterable[Tensor]) -> None:
        """Adds up the tensors of all processes, in place."""
        if self.count == 1:
            return
        tensors = list(tensors)
        flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
        distributed.all_reduce(flat)
        for tensor, part in zip(tensors, flat.split([tensor.numel() for tensor in tensors])):
            tensor.copy_(part.view_as(tensor))

    def agree(self, conditions: Iterable[bool], device: torch.device) -> list[bool]:
        """Which of them hold in any process."""
        said = torch.tensor([float(condition) for condition in conditions], device=device)
        self.sum([said])
        return [count > 0 for count in said.tolist()]

    def end(self) -> None:
        """Parts from the others."""
        if self.count > 1:
            distributed.destroy_process_group()


def pick_device(name: str) -> torch.device:
    """That of the settings; each process of a machine has a GPU of its own."""
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise ValueError(f"--device: {name} is not there")
    device = torch.device(name or ("cuda" if torch.cuda.is_available() else "cpu"))
    if device.type == "cuda" and device.index is None:
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    if device.type == "cuda":
        torch.cuda.set_device(device)
        torch.set_float32_matmul_precision("high")
    return device
