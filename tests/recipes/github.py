"""recipe-github: runs the workflow of docs/CI.md as GitHub does, for a project with a bug and one without."""

import json
import re
import shutil

import yaml

from recipe import Bench, copy_tree


class Runner:
    """Runs the jobs of a workflow one after the other. It knows what the recipe uses of GitHub; all else is an
    error."""

    def __init__(self, bench, project, commit, cache):
        self.bench, self.project, self.commit, self.cache = bench, project, commit, cache
        text = (project / ".github/workflows/reprise.yml").read_text(encoding="utf-8")
        self.workflow = yaml.safe_load(text)
        # YAML 1.1 takes the key `on` for a truth value.
        assert set(self.workflow) == {"name", True, "permissions", "env", "jobs"}, self.workflow.keys()
        assert {"push", "pull_request", "schedule"} <= set(self.workflow[True])
        self.artifacts = project.parent / "artifacts"
        self.artifacts.mkdir()
        self.uploaded_sarif = []
        self.outcomes = {}  # by job: a list with one for each of its matrix

    def run(self, lose=None):
        """Runs all jobs; the artifact `lose` is lost on its way."""
        for name, job in self.workflow["jobs"].items():
            assert set(job) <= {"runs-on", "permissions", "strategy", "steps", "needs", "if"}, job.keys()
            assert job["runs-on"].startswith("ubuntu-")
            needed = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
            assert all(other in self.outcomes for other in needed)
            if lose and "merge" in name:
                shutil.rmtree(self.artifacts / lose)
            strategy = job.get("strategy", {})
            assert not strategy or strategy["fail-fast"] is False, "one shard would end the others"
            matrix = strategy.get("matrix", {"": [None]})
            [(axis, values)] = matrix.items()
            needs_met = all(o["success"] for other in needed for o in self.outcomes[other])
            if not self.holds(job.get("if"), needs_met):
                continue
            self.outcomes[name] = [
                self.run_job(name, job, {f"matrix.{axis}": str(value),
                                         "strategy.job-total": str(len(values))})
                for value in values]

    @staticmethod
    def holds(condition, success):
        return {None: success, "failure()": not success, "${{ !cancelled() }}": True}[condition]

    def run_job(self, name, job, context):
        folder = self.project.parent / "workspace"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.outcome = {"success": True, "output": "", "summary": "", "workspace": folder}
        self.context = context | {"runner.os": "Linux", "github.workspace": str(folder)}
        self.run_steps(job["steps"], folder)
        if not self.cached[1].exists():
            copy_tree(*self.cached)
        kept = self.project.parent / f"{name}-{context.get('matrix.shard', '')}"
        copy_tree(folder, kept)
        self.outcome["workspace"] = kept
        return self.outcome

    def run_steps(self, steps, folder):
        for step in steps:
            assert set(step) <= {"name", "uses", "with", "run", "if", "shell", "env"}, step.keys()
            if not self.holds(step.get("if"), self.outcome["success"]):
                continue
            try:
                if "uses" in step:
                    with_ = {key: self.filled(value) for key, value in step.get("with", {}).items()}
                    self.use(step["uses"], with_, folder)
                else:
                    self.run_step(step, folder)
            except StepFailed:
                self.outcome["success"] = False

    def filled(self, value):
        def known(match):
            name = match.group(1)
            if name.startswith("env."):
                return str(self.workflow["env"][name[4:]])
            return self.context[name]
        return re.sub(r"\$\{\{ *([^}]*?) *\}\}", known, value) if isinstance(value, str) else value

    def run_step(self, step, folder):
        summary = self.bench.work / "summary.md"
        summary.write_text("", encoding="utf-8")
        environment = {key: str(value) for key, value in self.workflow["env"].items()}
        environment |= {key: self.filled(value) for key, value in step.get("env", {}).items()}
        environment |= {
            "GITHUB_ACTIONS": "true", "GITHUB_SHA": self.commit, "GITHUB_WORKSPACE": str(folder),
            "GITHUB_STEP_SUMMARY": str(summary)}
        shell = {None: ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
        code, output = self.bench.run(self.filled(step["run"]), folder, environment,
                                      shell[step.get("shell")])
        self.outcome["output"] += output
        text = summary.read_text(encoding="utf-8")
        assert len(text) < 2**20, "GitHub drops a summary of more than 1 MiB"
        self.outcome["summary"] += text
        if code != 0:
            raise StepFailed

    def use(self, action, with_, folder):
        if action.startswith("./"):
            text = (folder / action / "action.yml").read_text(encoding="utf-8")
            runs = yaml.safe_load(text)["runs"]
            assert runs["using"] == "composite"
            assert all("uses" in s or "shell" in s for s in runs["steps"]), "a shell is required there"
            self.run_steps(runs["steps"], folder)
            if not self.outcome["success"]:
                raise StepFailed
            return
        name, version = action.split("@")
        assert re.fullmatch(r"v[0-9]+", version), action
        getattr(self, name.replace("/", "_").replace("-", "_"))(folder, **{
            key.replace("-", "_"): value for key, value in with_.items()})

    def actions_checkout(self, folder):
        copy_tree(self.project, folder)

    def actions_cache(self, folder, path, key):
        """Restores at once, and saves when the job has ended."""
        stored = self.cache / key
        if stored.exists():
            copy_tree(stored, folder / path)
        self.cached = (folder / path, stored)

    def actions_upload_artifact(self, folder, name, path, if_no_files_found="warn"):
        target = self.artifacts / name
        assert not target.exists(), f"an artifact {name} is there already"
        if (folder / path).is_dir():
            copy_tree(folder / path, target)
        elif if_no_files_found == "error":
            raise StepFailed

    def actions_download_artifact(self, folder, pattern, path, merge_multiple):
        assert merge_multiple is True
        for artifact in sorted(self.artifacts.glob(pattern)):
            copy_tree(artifact, folder / path)

    def github_codeql_action_upload_sarif(self, folder, sarif_file, category):
        report = json.loads((folder / sarif_file).read_text(encoding="utf-8"))
        assert report["version"] == "2.1.0"
        assert category not in [c for c, _ in self.uploaded_sarif], "one report a category"
        self.uploaded_sarif.append((category, report))


class StepFailed(Exception):
    pass


def runs(bench, name, mended, cache, lose=None):
    project, commit = bench.project(name, mended)
    runner = Runner(bench, project, commit, cache)
    runner.run(lose)
    return runner


def check_broken(bench, runner):
    [test], shards, [merge] = (runner.outcomes[job] for job in ("test", "fuzz", "merge"))
    assert not test["success"] and "(Failed)" in test["output"], test["output"]
    assert list((runner.artifacts / "traces-of-tests").glob("double-mutation-*.json"))
    assert len(shards) == 4 and any(not shard["success"] for shard in shards)
    for number, shard in enumerate(shards, 1):
        assert (runner.artifacts / f"results-{number}" / f"{number}-of-4.shard").exists()
        assert "::error" not in shard["output"], shard["output"]
    assert not merge["success"]
    bench.check_merged(merge["output"], merge["workspace"], False)
    report = runner.artifacts / "report"
    bench.check_traces(report)
    bench.check_junit(report / "junit.xml", 1)
    # One annotation and one alert, however many shards have found it.
    marks = re.findall(r"^::error file=([^,]+),line=(\d+),title=[^:]+::.+$", merge["output"],
                       re.MULTILINE)
    assert len(marks) == 1, merge["output"]
    [(file, line)] = marks
    lines = (runner.project / file).read_text(encoding="utf-8").splitlines()
    assert "count_ += 1" in lines[int(line) - 1], (file, line)
    assert "## Reprise" in merge["summary"], merge["summary"]
    assert "double-mutation" in merge["summary"], merge["summary"]
    [(_, alerts)] = runner.uploaded_sarif
    assert len(alerts["runs"][0]["results"]) == 1, alerts


def check_mended(bench, runner):
    for name, outcomes in runner.outcomes.items():
        for outcome in outcomes:
            assert outcome["success"], f"{name}: {outcome['output']}"
    assert not (runner.artifacts / "traces-of-tests").exists()
    [(_, alerts)] = runner.uploaded_sarif
    assert alerts["runs"][0]["results"] == [], alerts
    [merge] = runner.outcomes["merge"]
    bench.check_merged(merge["output"], merge["workspace"], True)


def main():
    bench = Bench()
    cache = bench.work / "cache"
    cache.mkdir()
    broken = runs(bench, "broken", False, cache)
    check_broken(bench, broken)
    check_mended(bench, runs(bench, "mended", True, cache))
    clones = (bench.work / "clones").read_text(encoding="utf-8").splitlines()
    assert len(clones) == 1, "Reprise is built once, and then taken from the cache"
    lost = runs(bench, "lost", True, cache, lose="results-3")
    [merge] = lost.outcomes["merge"]
    assert not merge["success"] and "3" in merge["output"], merge["output"]
    assert "shard" in merge["output"], merge["output"]


if __name__ == "__main__":
    main()
