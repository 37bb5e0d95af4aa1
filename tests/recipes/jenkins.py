"""recipe-jenkins: runs the Jenkinsfile of docs/CI.md as Jenkins does, for a project with a bug and one
without."""

import fnmatch
import re
import shutil

from recipe import Bench, copy_tree

TOKEN = re.compile(r"""\s*(?:
    (?P<text>'''.*?'''|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")
  | (?P<word>\w+)
  | (?P<mark>[{}(),:=])
)""", re.VERBOSE | re.DOTALL)


class Node:
    """One step or block of a declarative pipeline: its name, its arguments, and what is in its braces."""

    def __init__(self, name):
        self.name, self.arguments, self.named, self.body = name, [], {}, None

    def child(self, name):
        found = [node for node in self.body or [] if node.name == name]
        assert len(found) < 2, f"two blocks {name} in {self.name}"
        return found[0] if found else None


def tokens_of(text):
    tokens, at = [], 0
    line_starts = {match.end() for match in re.finditer(r"^\s*", text, re.MULTILINE)}
    while text[at:].strip():
        match = TOKEN.match(text, at)
        assert match, f"no Groovy that this reader knows: {text[at:at + 40]!r}"
        kind = match.lastgroup
        tokens.append((kind, match.group(kind), match.start(kind) in line_starts))
        at = match.end()
    return tokens


def value_of(token):
    kind, text, _ = token
    if kind != "text":
        return text
    return text[3:-3] if text.startswith("'''") else text[1:-1]


def parse(tokens, at=0):
    """The nodes up to the brace that ends the block, and the place behind it. Each begins a line."""
    nodes = []
    while at < len(tokens) and tokens[at][1] != "}":
        kind, name, begins_line = tokens[at]
        assert kind == "word" and begins_line, f"{name} begins no line"
        node, at, key = Node(name), at + 1, None
        while at < len(tokens) and not (tokens[at][2] and tokens[at][1] != "{"):
            if tokens[at][1] == "{":
                node.body, at = parse(tokens, at + 1)
                break
            if tokens[at][1] == "}":
                break
            following = tokens[at + 1][1] if at + 1 < len(tokens) else ""
            if tokens[at][0] == "word" and following == ":":
                key, at = tokens[at][1], at + 2
                continue
            if tokens[at][0] != "mark":
                if key:
                    node.named[key] = value_of(tokens[at])
                else:
                    node.arguments.append(value_of(tokens[at]))
                key = None
            at += 1
        nodes.append(node)
    assert at < len(tokens), "a brace is not closed"
    return nodes, at + 1


class StepFailed(Exception):
    pass


class Build:
    """Runs a pipeline. It knows the blocks and steps of the recipe; all else is an error."""

    def __init__(self, bench, project, commit):
        self.bench, self.project = bench, project
        tokens = tokens_of((project / "Jenkinsfile").read_text(encoding="utf-8"))
        opened = sum(token[1] == "{" for token in tokens)
        assert opened == sum(token[1] == "}" for token in tokens), "braces do not match"
        [self.pipeline], end = parse(tokens + [("mark", "}", True)])
        assert end == len(tokens) + 1 and self.pipeline.name == "pipeline"
        assert {node.name for node in self.pipeline.body} == {"agent", "options", "environment", "stages"}
        self.home = project.parent
        self.main = self.workspace("main")
        self.variables = {"GIT_COMMIT": commit, "JENKINS_URL": "http://localhost"}
        self.stashes, self.reports, self.archived = {}, [], []
        self.success, self.aborted, self.output = True, False, {}

    def workspace(self, name):
        """As on an agent that has checked the project out."""
        folder = self.home / "workspaces" / name
        shutil.rmtree(folder, ignore_errors=True)
        copy_tree(self.project, folder)
        return folder

    def run(self):
        for node in self.pipeline.child("environment").body:
            self.variables[node.name] = self.filled(node.arguments[0], {"WORKSPACE": str(self.main)})
        for stage in self.pipeline.child("stages").body:
            self.stage(stage, self.main, {})
            if self.aborted:
                return

    @staticmethod
    def filled(text, variables):
        return re.sub(r"\$\{(\w+)\}", lambda match: variables[match.group(1)], text)

    def stage(self, stage, folder, variables):
        assert stage.name == "stage"
        name = stage.arguments[0]
        matrix = stage.child("matrix")
        if matrix:
            axis = matrix.child("axes").child("axis")
            key = axis.child("name").arguments[0]
            for value in axis.child("values").arguments:
                for inner in matrix.child("stages").body:
                    assert inner.child("agent"), "cells run on agents of their own"
                    self.stage(inner, self.workspace(f"{name}-{value}"), variables | {key: value})
            return
        self.output.setdefault(name, [])
        self.stage_success, self.printed = True, ""
        try:
            self.steps(stage.child("steps").body, folder, variables)
        except StepFailed:
            self.success, self.stage_success, self.aborted = False, False, True
        finally:
            if stage.child("post"):
                self.steps(stage.child("post").child("always").body, folder, variables)
        self.output[name].append((self.stage_success, self.printed))

    def steps(self, nodes, folder, variables):
        for node in nodes:
            getattr(self, "step_" + node.name)(node, folder, variables)

    def step_sh(self, node, folder, variables):
        environment = self.variables | variables | {"WORKSPACE": str(folder)}
        code, output = self.bench.run(node.arguments[0], folder, environment, ["sh", "-xe"])
        self.printed += output
        if code != 0:
            raise StepFailed

    def step_catchError(self, node, folder, variables):  # noqa: N802, the name of Jenkins' step
        assert node.named == {"buildResult": "FAILURE", "stageResult": "FAILURE"}
        try:
            self.steps(node.body, folder, variables)
        except StepFailed:
            self.success = self.stage_success = False

    def matching(self, pattern, folder):
        return [path for path in sorted(folder.rglob("*")) if path.is_file() and fnmatch.fnmatch(
            path.relative_to(folder).as_posix(), pattern.replace("**", "*"))]

    def step_stash(self, node, folder, variables):
        files = self.matching(node.named["includes"], folder)
        assert files or node.named.get("allowEmpty") == "true", "Jenkins fails if a stash is empty"
        name = self.filled(node.named["name"], variables)
        self.stashes[name] = self.home / "stashes" / name
        for file in files:
            target = self.stashes[name] / file.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)

    def step_unstash(self, node, folder, _):
        copy_tree(self.stashes[node.arguments[0]], folder)

    def step_junit(self, node, folder, variables):
        report = folder / self.filled(node.arguments[0], variables)
        assert report.exists(), f"{report}: Jenkins fails if there is no report"
        self.reports.append(report)

    def step_archiveArtifacts(self, node, folder, _):  # noqa: N802
        files = self.matching(node.named["artifacts"], folder)
        assert files or node.named["allowEmptyArchive"] == "true"
        self.archived += files


def runs(bench, name, mended):
    project, commit = bench.project(name, mended)
    build = Build(bench, project, commit)
    build.run()
    return build


def check_broken(bench, build):
    assert not build.success
    [(built, output)] = build.output["Build"]
    assert built, output
    [(tested, output)] = build.output["Test"]
    assert not tested and "(Failed)" in output, output
    shards = build.output["Shard"]
    assert len(shards) == 4 and any(not success for success, _ in shards)
    assert len(build.reports) == 5
    bench.check_junit(build.reports[0], 1)
    for number, (success, printed) in enumerate(shards, 1):
        assert f"shard {number} of 4" in printed, printed
        bench.check_junit(build.reports[number], 0 if success else 1)
        if not success:
            bench.check_traces(build.home / "workspaces" / f"Fuzz-{number}" / "results")
    names = [path.name for path in build.archived]
    assert any(path.parent.name == "traces" for path in build.archived), names
    assert all(f"{number}-of-4.shard" in names for number in range(1, 5)), names
    [(merged, report)] = build.output["Merge"]
    assert not merged
    bench.check_merged(report.partition("merge results\n")[2], build.main, False)


def check_mended(bench, build):
    for name, outcomes in build.output.items():
        for success, printed in outcomes:
            assert success, f"{name}: {printed}"
    assert build.success
    bench.check_merged(build.output["Merge"][0][1].partition("merge results\n")[2], build.main, True)


def main():
    bench = Bench()
    check_broken(bench, runs(bench, "broken", False))
    check_mended(bench, runs(bench, "mended", True))


if __name__ == "__main__":
    main()
