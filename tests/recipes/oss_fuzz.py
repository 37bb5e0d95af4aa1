"""recipe-oss-fuzz: builds and runs the fuzzer of docs/CI.md as the images of OSS-Fuzz do, with libFuzzer, for a
project with a bug and one without. No sanitizer: Reprise itself is the one of the build at hand."""

import configparser
import re
import shutil
import sys
import zipfile

import yaml

from recipe import SKIPPED, Bench, copy_tree

FLAGS = "-O1 -fno-omit-frame-pointer -gline-tables-only"


def need_libfuzzer(bench):
    (bench.work / "try.cpp").write_text(
        'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }\n',
        encoding="utf-8")
    code, _ = bench.run("clang++ -fsanitize=fuzzer try.cpp -o try", bench.work)
    if code != 0:
        print("skipped: there is no clang++ with libFuzzer")
        sys.exit(SKIPPED)


class Image:
    """Follows the Dockerfile, as far as the recipe needs it; all else is an error."""

    def __init__(self, bench, project):
        self.bench, self.project = bench, project
        self.src, self.out, self.work = (project.parent / name for name in ("src", "out", "work"))
        for folder in (self.src, self.out, self.work):
            folder.mkdir()
        self.folder = self.src
        text = (project / ".clusterfuzzlite/Dockerfile").read_text(encoding="utf-8")
        for line in text.replace("\\\n", " ").splitlines():
            word, _, rest = line.partition(" ")
            getattr(self, word.lower())(rest)

    def from_(self, name):
        assert name.startswith("gcr.io/oss-fuzz-base/base-builder"), name

    def run(self, command):
        # The stand-in for git compares a clone with these.
        wanted = {"REPRISE_REF": "v0.1.0", "REPRISE_URL": "https://example.com/reprise.git"}
        self.bench.succeeds(command, self.folder, wanted)

    def copy(self, rest):
        source, target = rest.split()
        if (self.project / source).is_dir():
            copy_tree(self.project / source, self.src / target)
        else:
            shutil.copy2(self.project / source, self.src / target)

    def workdir(self, rest):
        self.folder = self.src / rest

    def build(self):
        environment = {
            "SRC": str(self.src), "OUT": str(self.out), "WORK": str(self.work), "CC": "clang",
            "CXX": "clang++", "CFLAGS": f"{FLAGS} -fsanitize=fuzzer-no-link",
            # libc++ need not be there, so the recipe must not use it.
            "CXXFLAGS": f"{FLAGS} -fsanitize=fuzzer-no-link -stdlib=libc++",
            "LIB_FUZZING_ENGINE": "-fsanitize=fuzzer"}
        self.bench.succeeds(f"bash -eu '{self.src}/build.sh'", self.folder, environment)


setattr(Image, "from", Image.from_)


def check_project(project):
    settings = yaml.safe_load((project / ".clusterfuzzlite/project.yaml").read_text(encoding="utf-8"))
    for key in ("homepage", "main_repo", "language", "primary_contact", "fuzzing_engines", "sanitizers"):
        assert settings[key], key
    docker = (project / ".clusterfuzzlite/Dockerfile").read_text(encoding="utf-8")
    assert f"base-builder:{settings['base_os_version']}\n" in docker
    packages = set((project / "ci/packages.txt").read_text(encoding="utf-8").split())
    missing = packages - {"ca-certificates", "git"} - set(docker.split())
    assert not missing, f"the image lacks {missing}"


def check_out(bench, out):
    """What the image that runs the fuzzers gets, in another place than it was built in."""
    names = sorted(path.name for path in out.iterdir())
    assert names == ["lib", "wheel_fuzzer", "wheel_fuzzer.options", "wheel_fuzzer_seed_corpus.zip"], names
    options = configparser.ConfigParser()
    options.read(out / "wheel_fuzzer.options")
    assert all(value.isdigit() for value in options["libfuzzer"].values())
    with zipfile.ZipFile(out / "wheel_fuzzer_seed_corpus.zip") as corpus:
        assert corpus.testzip() is None and sorted(corpus.namelist()) == ["lazy", "sync"]
        corpus.extractall(out.parent / "corpus")
    moved = out.parent / "moved"
    out.rename(moved)
    libraries = bench.succeeds(f"ldd '{moved}/wheel_fuzzer'", moved)
    system = re.compile(r"linux-vdso|ld-linux|/lib(c|m|gcc_s)\.so")
    for line in libraries.splitlines():
        assert system.search(line) or str(moved / "lib") in line, f"the image has no {line}"
    return moved, options["libfuzzer"]


def fuzzed(bench, name, mended):
    project, _ = bench.project(name, mended)
    check_project(project)
    image = Image(bench, project)
    image.build()
    out, options = check_out(bench, image.out)
    flags = " ".join(f"-{key}={value}" for key, value in options.items())
    run = project.parent / "run"
    run.mkdir()
    code, output = bench.run(f"'{out}/wheel_fuzzer' {flags} -seed=1 -runs=5000 ../corpus", run)
    return out, run, code, output


def main():
    bench = Bench()
    need_libfuzzer(bench)
    # The libraries stand where the build would have put them.
    cmake = bench.work / "bin/cmake"
    text = cmake.read_text(encoding="utf-8")
    text = text.replace('[ "$1" = --install ] || exit 0',
                        f'[ "$1" = --install ] || exec cp "{bench.build}"/libreprise_*.a "$2"')
    cmake.write_text(text, encoding="utf-8")

    out, run, code, output = fuzzed(bench, "broken", False)
    assert code == 77, f"exit status {code}\n{output}"
    assert "error[" in output and "scenario wheel/bump" in output, output
    assert list((run / "traces").glob("*-wheel-bump-*.json")), output
    [crash] = run.glob("crash-*")
    code, again = bench.run(f"'{out}/wheel_fuzzer' {crash.name}", run)
    assert code == 77 and "scenario wheel/bump" in again, again

    _, run, code, output = fuzzed(bench, "mended", True)
    assert code == 0 and "DONE" in output, f"exit status {code}\n{output}"
    assert not list(run.iterdir()), sorted(run.iterdir())


if __name__ == "__main__":
    main()
