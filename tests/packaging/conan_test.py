#!/usr/bin/env python3
"""conan-recipe SOURCE_DIR WORK_DIR: the recipe compiles, and each of its steps runs. What it uses of
Conan is played by short classes here; what it exports is configured by the real CMake."""

import fnmatch
import pathlib
import py_compile
import re
import shutil
import subprocess
import sys
import types

source, work = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
recipe_path = source / "packaging/conan/conanfile.py"
py_compile.compile(str(recipe_path), cfile=str(work / "conanfile.pyc"), doraise=True)

calls = []


def copy(_, pattern, src, dst):
    """As Conan copies: the pattern is for the whole path, so * stands for folders, too."""
    src, copied = pathlib.Path(src), 0
    for path in sorted(src.rglob("*")):
        name = path.relative_to(src).as_posix()
        if not path.is_file() or not fnmatch.fnmatch(name, pattern):
            continue
        target = pathlib.Path(dst) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
        copied += 1
    assert copied, f"nothing is exported by {pattern}"


class ConanFile:
    def __init__(self):
        self.recipe_folder = str(recipe_path.parent)
        self.export_sources_folder = str(work / "exported")
        self.required = {}
        self.cpp_info = types.SimpleNamespace(properties={}, builddirs=[])
        self.cpp_info.set_property = self.cpp_info.properties.__setitem__

    def requires(self, reference, visible=True):
        name, versions = reference.split("/")
        assert re.fullmatch(r"\[>=[0-9.]+ <[0-9]+\]", versions), reference
        self.required[name] = visible


class Generator:
    def __init__(self, recipe):
        self.cache_variables = {}
        calls.append((type(self).__name__, self.cache_variables))

    def generate(self):
        pass


class CMakeDeps(Generator):
    pass


class CMakeToolchain(Generator):
    pass


class CMake:
    def __init__(self, recipe):
        pass

    def __getattr__(self, step):
        return lambda: calls.append((step, None))


def module(name, **contents):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__dict__.update(contents)


module("conan", ConanFile=ConanFile)
module("conan.tools")
module("conan.tools.build", check_min_cppstd=lambda recipe, std: calls.append(("std", std)))
module("conan.tools.cmake", CMake=CMake, CMakeDeps=CMakeDeps, CMakeToolchain=CMakeToolchain,
       cmake_layout=lambda recipe: None)
module("conan.tools.files", copy=copy,
       load=lambda recipe, path: pathlib.Path(path).read_text(encoding="utf-8"))

namespace = {}
exec(compile(recipe_path.read_text(encoding="utf-8"), str(recipe_path), "exec"), namespace)
recipe = namespace["RepriseConan"]()
for field in ("name", "description", "license", "package_type", "settings"):
    assert getattr(recipe, field), field

recipe.set_version()
project = (source / "CMakeLists.txt").read_text(encoding="utf-8")
assert f"project(reprise VERSION {recipe.version} " in project, recipe.version
recipe.validate()
assert ("std", 20) in calls

# Each package that CMakeLists.txt looks for is required, and hidden if no user's program needs it.
recipe.requirements()
names = {"Boost": "boost", "fmt": "fmt", "nlohmann_json": "nlohmann_json", "CLI11": "cli11"}
wanted = {names[p] for p in re.findall(r"find_package\((\w+)[^)]*REQUIRED", project) if p in names}
wanted |= {"elfutils", "liburing", "xxhash"}
assert set(recipe.required) == wanted, (set(recipe.required), wanted)
config = (source / "cmake/reprise-config.cmake.in").read_text(encoding="utf-8")
found = {names[p] for p in re.findall(r"find_dependency\((\w+)", config) if p in names}
hidden = {name for name, visible in recipe.required.items() if not visible}
assert hidden == wanted - found - {"elfutils", "liburing", "xxhash"}, hidden

recipe.layout()
recipe.generate()
for name, value in dict(calls)["CMakeToolchain"].items():
    assert f"option({name} " in project and isinstance(value, bool), name
recipe.build()
recipe.package()
assert [step for step, _ in calls][-3:] == ["configure", "build", "install"], calls
recipe.package_info()
assert recipe.cpp_info.properties == {"cmake_find_mode": "none"}
assert recipe.cpp_info.builddirs == ["lib/cmake/reprise"]

# What is exported is enough to configure, and no more than that.
recipe.export_sources()
exported = work / "exported"
for folder in ("build", "tests", ".git"):
    assert not (exported / folder).exists(), folder
subprocess.run(["cmake", "-S", exported, "-B", work / "build", "-DREPRISE_TESTS=OFF"], check=True,
               stdout=subprocess.DEVNULL)
