from ._library import ffi, lib
__version__ = ffi.string(lib.trm_version_text()).decode()
