"""libtrm for Conan 2.

    conan create packages/conan                                    with libtrm-train, of jansson and zlib
    conan create packages/conan -o '&:train=False' -o '&:zlib=False'   libtrm alone: needs nothing
"""

import re
from pathlib import Path

from conan import ConanFile
from conan.tools.files import copy, rmdir
from conan.tools.gnu import PkgConfigDeps
from conan.tools.layout import basic_layout
from conan.tools.meson import Meson, MesonToolchain


class Libtrm(ConanFile):
    name = "libtrm"
    license = "MIT"
    description = "Runs and trains Tiny Recursive Models: small networks that refine their own answer"
    topics = ("machine-learning", "inference", "sudoku", "planning", "embedded")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "fPIC": [True, False], "train": [True, False], "zlib": [True, False]}
    default_options = {"shared": False, "fPIC": True, "train": True, "zlib": True}

    def set_version(self):
        text = Path(self.recipe_folder, "..", "..", "meson.build").read_text(encoding="utf-8")
        self.version = re.search(r"^  version: '([0-9.]+)'", text, re.M)[1]

    def export_sources(self):
        root = Path(self.recipe_folder, "..", "..")
        for part in ("meson.build", "meson_options.txt", "LICENSE", "README.md", "CHANGELOG.md", "SECURITY.md"):
            copy(self, part, root, self.export_sources_folder)
        for folder in ("include", "lib", "bindings", "examples", "packages", "doc", "models", "tests/support"):
            copy(self, f"{folder}/*", root, self.export_sources_folder, excludes=("bindings/rust/*", "*/__pycache__/*"))
        copy(self, "tests/meson.build", root, self.export_sources_folder)

    def configure(self):
        self.settings.rm_safe("compiler.cppstd")
        self.settings.rm_safe("compiler.libcxx")
        if self.options.shared:
            self.options.rm_safe("fPIC")

    def requirements(self):
        if self.options.zlib:
            self.requires("zlib/[>=1.2.11 <2]")
        if self.options.train:
            self.requires("jansson/[>=2.13 <3]")

    def layout(self):
        basic_layout(self)

    def generate(self):
        PkgConfigDeps(self).generate()
        tool = MesonToolchain(self)
        tool.project_options["default_library"] = "shared" if self.options.shared else "static"
        tool.project_options["b_ndebug"] = "true"
        tool.project_options["zlib"] = "enabled" if self.options.zlib else "disabled"
        tool.project_options["train"] = "enabled" if self.options.train else "disabled"
        for feature in ("mpi", "web", "tests"):
            tool.project_options[feature] = "disabled"
        tool.generate()

    def build(self):
        meson = Meson(self)
        meson.configure()
        meson.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, Path(self.package_folder, "licenses"))
        Meson(self).install()
        for folder in ("lib/pkgconfig", "lib/cmake"):  # Conan makes its own
            rmdir(self, Path(self.package_folder, folder))

    def package_info(self):
        trm = self.cpp_info.components["trm"]
        trm.libs = ["trm"]
        trm.system_libs = ["m", "pthread"] if self.settings.os in ("Linux", "FreeBSD") else []
        trm.requires = ["zlib::zlib"] if self.options.zlib else []
        trm.set_property("pkg_config_name", "trm")
        trm.set_property("cmake_target_name", "trm::trm")
        if self.options.train:
            train = self.cpp_info.components["train"]
            train.libs = ["trm-train"]
            train.requires = ["trm", "jansson::jansson"]
            train.set_property("pkg_config_name", "trm-train")
            train.set_property("cmake_target_name", "trm::train")
        self.cpp_info.set_property("cmake_file_name", "trm")
