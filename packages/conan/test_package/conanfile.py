"""Whether a program of C++17 finds the package, and solves."""

import os

from conan import ConanFile
from conan.tools.build import can_run
from conan.tools.cmake import CMake, cmake_layout


class Outside(ConanFile):
    settings = "os", "arch", "compiler", "build_type"
    generators = "CMakeDeps", "CMakeToolchain"

    def requirements(self):
        self.requires(self.tested_reference_str)

    def layout(self):
        cmake_layout(self)

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def test(self):
        if can_run(self):
            model = os.path.join(self.dependencies["libtrm"].package_folder, "share/trm/models/sudoku-small.trm")
            self.run(f'"{os.path.join(self.cpp.build.bindir, "solve")}" "{model}" ...2...1.3.4.2.3', env="conanrun")
