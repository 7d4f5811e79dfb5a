"""The same models in PyTorch: trained there, published as .trm files, or the other way round.

    import trm.torch

    model = trm.torch.load_checkpoint("step_65100", seq_len=81)     # of the published TRM and HRM code
    trm.torch.Task("sudoku", boxes="3x3").describe(model)           # so that it can be asked in text
    trm.torch.to_trm(model, "sudoku.trm")                           # and precision="int8"
    model = trm.torch.from_trm("sudoku.trm")

A Model is an nn.Module whose parameters have the published names. A call is one supervision step; solve()
takes as many as a question needs:

    output = model(tokens)                                          # logits, halt, state
    output = model(tokens, output.state)                            # the next one
    answers = trm.torch.solve(model, tokens)

`python -m trm.torch.train` trains, on one GPU or on many. This part needs PyTorch 1.13 or newer and NumPy.
"""

from .configuration import Configuration
from .initialise import initialise
from .model import Model, Output, State
from .published import CheckpointError, load_checkpoint
from .relational import Questions, RelationalModel
from .relational_config import save_checkpoint
from .relations import Relation
from .shape import Shape
from .solve import solve
from .task import Task
from .trm_file import TrmFileError
from .trm_model import from_trm, to_trm

__all__ = [
    "CheckpointError",
    "Configuration",
    "Model",
    "Output",
    "Questions",
    "Relation",
    "RelationalModel",
    "Shape",
    "State",
    "Task",
    "TrmFileError",
    "from_trm",
    "initialise",
    "load_checkpoint",
    "save_checkpoint",
    "solve",
    "to_trm",
]
