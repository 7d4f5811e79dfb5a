"""Reads what torch.save() wrote without running any of it.

A pickle is a program. torch.load(weights_only=True) runs only the instructions that make tensors; that promise
had a hole once (CVE-2025-32434), since when newer releases refuse the oldest format, tar archives. TorchScript
archives hold code of their own. So nothing but a plain zip archive gets that far, with any release.
"""

from __future__ import annotations

import os
import pickle
import warnings
import zipfile
from typing import Any

import torch

ZIP = b"PK\x03\x04"


class CheckpointError(ValueError):
    """A file that is no checkpoint, or not one of a TRM or an HRM."""


def _check_archive(path: str) -> None:
    with open(path, "rb") as file:
        if file.read(len(ZIP)) != ZIP:
            raise CheckpointError(
                f"{path}: neither a safetensors file nor an archive as torch.save() writes it"
            )
    try:
        names = zipfile.ZipFile(path).namelist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise CheckpointError(f"{path}: {error}") from None
    if any(name.endswith("constants.pkl") for name in names):
        raise CheckpointError(f"{path}: a TorchScript archive, which holds code")


def read_pickled(path: str | os.PathLike) -> Any:
    """What was saved: tensors, in dictionaries and lists."""
    path = os.fspath(path)
    _check_archive(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        reason = str(error).splitlines()[0].partition(". ")[0]
        raise CheckpointError(
            f"{path}: holds more than tensors, and is not loaded; save the model's state_dict alone ({reason})"
        ) from None
    except Exception as error:  # a damaged archive makes torch raise almost anything
        raise CheckpointError(f"{path}: {error}") from None
