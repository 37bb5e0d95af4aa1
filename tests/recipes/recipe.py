"""What the tests of docs/CI.md share: the files of the page, a project to put them into, and a place to run
their steps in. Reprise itself is not built again: where a step would build it, the build at hand is installed."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree

SKIPPED = 77

try:
    import yaml  # noqa: F401
except ImportError:
    print("skipped: there is no python3-yaml")
    sys.exit(SKIPPED)


def files_of_page(page):
    """The code blocks that follow a line with a file's name, by that name."""
    files = {}
    pattern = r"`([^`\n]+)`[^`\n]*:\n\n```[a-z]*\n(.*?)^```$"
    for name, text in re.findall(pattern, page, re.DOTALL | re.MULTILINE):
        assert name not in files, f"{name} is there twice"
        files[name] = text
    # The list of packages stands behind a sentence.
    listed = re.search(r"`(ci/packages\.txt)` has .*?:\n\n```text\n(.*?)^```$", page,
                       re.DOTALL | re.MULTILINE)
    files[listed.group(1)] = listed.group(2)
    return files


STUBS = {
    "sudo": 'exec "$@"\n',
    # Packages must be known here, which is where the project is built.
    "apt-get": """
[ "$1" = install ] || exit 0
shift
for package; do
  case $package in -*) continue ;; esac
  ! command -v dpkg-query >/dev/null || dpkg-query -W "$package" >/dev/null || exit 100
done
""",
    "git": """
[ "$1" = clone ] || exec {git} "$@"
case "$*" in *"--branch $REPRISE_REF $REPRISE_URL"*) ;; *) echo "wrong clone: $*" >&2; exit 128 ;; esac
for last; do :; done
echo "$last" >>"{work}/clones"
exec {git} clone -q --depth 1 "file://{source}" "$last"
""",
    "cmake": """
case "$1" in
  --build | --install)
    if grep -q '^CMAKE_PROJECT_NAME:STATIC=reprise$' "$2/CMakeCache.txt"; then
      [ "$1" = --install ] || exit 0
      [ "$3" = --prefix ] || exit 1
      exec {cmake} --install "{build}" --prefix "$4"
    fi ;;
esac
exec {cmake} "$@"
""",
}


class Bench:
    """python3 RECIPE.py SOURCE_DIR BUILD_DIR WORK_DIR COMPILER [LAUNCHER]"""

    def __init__(self):
        self.source, self.build, self.work = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
        if subprocess.run(["git", "-C", self.source, "rev-parse", "-q", "--verify", "HEAD"],
                          capture_output=True, check=False).returncode != 0:
            print(f"skipped: {self.source} is no clone")
            sys.exit(SKIPPED)
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        page = (self.source / "docs/CI.md").read_text(encoding="utf-8")
        self.files = files_of_page(page)
        self.check_packages()

        stubs = self.work / "bin"
        stubs.mkdir()
        for name, text in STUBS.items():
            for key, value in (("git", shutil.which("git")), ("cmake", shutil.which("cmake")),
                               ("source", self.source), ("build", self.build),
                               ("work", self.work)):
                text = text.replace("{" + key + "}", str(value))
            (stubs / name).write_text("#!/bin/sh\n" + text, encoding="utf-8")
            (stubs / name).chmod(0o755)
        (self.work / "home").mkdir()
        self.environment = {
            "PATH": f"{stubs}:{os.environ['PATH']}", "HOME": str(self.work / "home"), "CI": "true",
            "CXX": sys.argv[4], "LC_ALL": "C.UTF-8",
            "CCACHE_DIR": os.environ.get("CCACHE_DIR", os.path.expanduser("~/.cache/ccache")),
        }
        if len(sys.argv) > 5 and sys.argv[5]:
            self.environment["CMAKE_CXX_COMPILER_LAUNCHER"] = sys.argv[5]
        for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
            self.environment |= {f"{name}_NAME": "n", f"{name}_EMAIL": "n@localhost",
                                 f"{name}_DATE": "2026-01-01T00:00:00Z"}

    def check_packages(self):
        """What ./dev installs to build Reprise must be in the page's list, too."""
        dev = (self.source / "dev").read_text(encoding="utf-8")
        wanted = re.search(r'^build_packages="([^"]*)"', dev, re.MULTILINE).group(1).split()
        missing = set(wanted) - set(self.files["ci/packages.txt"].split())
        assert not missing, f"ci/packages.txt of docs/CI.md lacks {sorted(missing)}"

    def project(self, name, mended):
        """A project with a planted bug, or without, and the page's files, committed. Gives its
        folder and its commit."""
        folder = self.work / name
        folder.mkdir()
        self.succeeds(f"'{self.build}/reprise' new wheel --project", folder)
        folder = folder / "wheel"
        shutil.rmtree(folder / ".github")
        for path, text in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
            if path.endswith(".sh"):
                (folder / path).chmod(0o755)
        if mended:
            machine = (folder / "wheel.h").read_text(encoding="utf-8")
            text = re.sub(r"( *count_ \+= 1;[^\n]*\n)( *RETURN_IF_IO[^\n]*\n)", r"\2\1", machine)
            assert text != machine
            (folder / "wheel.h").write_text(text, encoding="utf-8")
        self.succeeds("git init -q && git add -A && git commit -qm 'a project'", folder)
        return folder, self.succeeds("git rev-parse HEAD", folder).strip()

    def run(self, script, folder, environment=None, shell=("bash", "-e")):
        """Gives the exit status, and what is printed on stdout and stderr."""
        ended = subprocess.run([*shell, "-c", script], cwd=folder, check=False,
                               env=self.environment | (environment or {}), text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return ended.returncode, ended.stdout

    def succeeds(self, script, folder, environment=None):
        code, output = self.run(script, folder, environment)
        assert code == 0, f"exit status {code}: {script}\n{output}"
        return output

    def check_junit(self, path, failures):
        """A report that Jenkins accepts, with so many failed cases."""
        schema = self.source / "tests/replay/report/junit.xsd"
        if "ctest" not in path.name:
            self.succeeds(f"xmllint --noout --schema '{schema}' '{path}'", self.work)
        cases = list(xml.etree.ElementTree.parse(path).iter("testcase"))
        assert cases, f"{path} has no case"
        failed = sum(1 for case in cases if case.find("failure") is not None)
        assert failed == failures, f"{path}: {failed} failures, not {failures}"

    def check_merged(self, report, folder, mended):
        """The report of all shards. A command that it prints, typed in, finds the bug again."""
        assert ("1 scenario, 20" in report) and ("shard" not in report), report
        if mended:
            assert ", 0 failed" in report and "error[" not in report, report
            return
        assert report.count("error[double-mutation]") == 1, report
        command = re.search(r"^ *(build/harness replay results/\S+\.json)$", report, re.MULTILINE)
        assert command, report
        code, output = self.run(command.group(1), folder)
        assert code == 1 and "error[double-mutation]" in output, output

    @staticmethod
    def check_traces(folder):
        """A folder that people download: a trace, its timeline, the page of the campaign."""
        traces = sorted(folder.glob("double-mutation-*.json"))
        assert traces, f"no trace in {folder}"
        assert traces[0].with_suffix(".html").exists(), f"no timeline in {folder}"
        assert list(folder.glob("page*.html")), f"no page of the campaign in {folder}"


def copy_tree(source, target):
    shutil.copytree(source, target, dirs_exist_ok=True, symlinks=True)
