"""What can go wrong: an exception for each status of the library, with its sentence."""

from __future__ import annotations

import _cffi_backend  # type: ignore[import-untyped, unused-ignore]  # noqa: F401  what the compiled module imports, where programs such as PyInstaller see it

from ._library import ffi, lib


class Error(Exception):
    """Anything that the library refuses. The text says what was expected, what was found, and where."""

    status: int = lib.TRM_OK

    @property
    def status_name(self) -> str:
        """The name of the status in C, such as `TRM_ERROR_FILE`."""
        return str(ffi.string(lib.trm_status_name(self.status)).decode())


class ArgumentError(Error, ValueError):
    """An argument is outside what the function accepts; also anything asked of a closed object."""

    status = lib.TRM_ERROR_ARGUMENT


class OutOfMemoryError(Error, MemoryError):
    """There is no memory left."""

    status = lib.TRM_ERROR_MEMORY


class WorkspaceError(Error):
    """A workspace is too small; this package never gives one."""

    status = lib.TRM_ERROR_WORKSPACE


class FileError(Error, OSError):
    """The operating system could not open, read, map or write a file."""

    status = lib.TRM_ERROR_FILE


class FormatError(Error, ValueError):
    """The data is not what its format allows."""

    status = lib.TRM_ERROR_FORMAT


class VersionError(FormatError):
    """A .trm file of another major version."""

    status = lib.TRM_ERROR_VERSION


class ChecksumError(FormatError):
    """Stored bytes differ from their checksum: the file is damaged."""

    status = lib.TRM_ERROR_CHECKSUM


class UnsupportedError(Error, RuntimeError):
    """Valid, but this build, this model or this task cannot do it."""

    status = lib.TRM_ERROR_UNSUPPORTED


class PuzzleError(Error, ValueError):
    """A question of the wrong length, or with a token, a character or an identifier that the model lacks."""

    status = lib.TRM_ERROR_PUZZLE


_CLASSES: dict[int, type[Error]] = {
    one.status: one
    for one in (
        ArgumentError,
        OutOfMemoryError,
        WorkspaceError,
        FileError,
        FormatError,
        VersionError,
        ChecksumError,
        UnsupportedError,
        PuzzleError,
    )
}


def error_of(status: int, sentence: str) -> Error:
    """The exception for a status."""
    error = _CLASSES.get(status, Error)(sentence)
    error.status = status
    return error
