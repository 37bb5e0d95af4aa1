"""A recipe for Conan 2 that builds the tree that it stands in: conan create packaging/conan"""

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load


class RepriseConan(ConanFile):
    name = "reprise"
    description = "Deterministic simulation testing for code that does asynchronous I/O"
    license = "MIT"
    topics = ("testing", "simulation", "fuzzing", "async-io")
    package_type = "static-library"
    settings = "os", "arch", "compiler", "build_type"

    def set_version(self):
        project = load(self, os.path.join(self.recipe_folder, "..", "..", "CMakeLists.txt"))
        self.version = re.search(r"project\(reprise VERSION ([0-9.]+)", project).group(1)

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "..", "..")
        for pattern in (
            "CMakeLists.txt", "LICENSE", "README.md", "CHANGELOG.md", "reprise.h", "sqlite_vfs.h",
            "cmake/*", "core/*", "docs/*", "engines/*", "examples/*", "packaging/*", "replay/*",
            "scenarios/*", "sim/*",
        ):
            copy(self, pattern, src=root, dst=self.export_sources_folder)

    def validate(self):
        check_min_cppstd(self, 20)

    def requirements(self):
        # The headers of Reprise include none of these.
        self.requires("boost/[>=1.74 <2]")
        self.requires("elfutils/[>=0.186 <1]")
        self.requires("fmt/[>=9 <12]")
        self.requires("liburing/[>=2.3 <3]")
        self.requires("xxhash/[>=0.8.1 <1]")
        self.requires("cli11/[>=2.1 <3]", visible=False)
        self.requires("nlohmann_json/[>=3.11 <4]", visible=False)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["REPRISE_TESTS"] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()

    def package_info(self):
        # Programs find the package's own files, which have reprise_discover_scenarios() too.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs.append(os.path.join("lib", "cmake", "reprise"))
