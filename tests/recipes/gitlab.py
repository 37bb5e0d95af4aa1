"""recipe-gitlab: runs the pipeline of docs/CI.md as GitLab does, for a project with a bug and one without."""

import re
import shutil

import yaml

from recipe import Bench, copy_tree

JOB_KEYS = {"stage", "cache", "script", "artifacts", "needs", "parallel", "when"}


class Pipeline:
    """Runs the jobs stage by stage. It knows what the recipe uses of GitLab; all else is an error."""

    def __init__(self, bench, project, commit, cache):
        self.bench, self.project, self.commit, self.cache = bench, project, commit, cache
        text = (project / ".gitlab-ci.yml").read_text(encoding="utf-8")
        self.file = yaml.safe_load(text)
        self.jobs = {name: job for name, job in self.file.items()
                     if name not in ("stages", "variables", "default")}
        assert set(self.file["default"]) == {"image", "before_script"}
        self.folder = project.parent / "builds" / "wheel"
        self.artifacts = project.parent / "artifacts"  # by job, and by its number
        self.outcomes = {}
        self.reports = []

    def run(self):
        for stage in self.file["stages"]:
            for name, job in self.jobs.items():
                if job["stage"] != stage:
                    continue
                assert set(job) <= JOB_KEYS, job.keys()
                needed = job.get("needs", [])
                assert all(other in self.outcomes for other in needed), (name, needed)
                if job.get("when") != "always" and not all(
                        code == 0 for other in needed for code, _ in self.outcomes[other]):
                    continue
                count = job.get("parallel", 1)
                self.outcomes[name] = [self.run_job(name, job, number, count)
                                       for number in range(1, count + 1)]

    def run_job(self, name, job, number, count):
        shutil.rmtree(self.folder, ignore_errors=True)
        copy_tree(self.project, self.folder)
        for other in job.get("needs", []):
            for kept in sorted((self.artifacts / other).glob("*")):
                copy_tree(kept, self.folder)
        variables = {"GITLAB_CI": "true", "CI_PROJECT_DIR": str(self.folder),
                     "CI_COMMIT_SHA": self.commit, "CI_JOB_NAME": name}
        if "parallel" in job:
            variables |= {"CI_NODE_INDEX": str(number), "CI_NODE_TOTAL": str(count)}
        for key, value in self.file["variables"].items():
            variables[key] = self.expanded(value, variables)
        cached = self.restore(job.get("cache"), variables)
        code, output = 0, ""
        for line in [*self.file["default"]["before_script"], *job["script"]]:
            code, printed = self.bench.run(line, self.folder, variables,
                                           ["bash", "-eo", "pipefail"])
            output += printed
            if code != 0:
                break
        for source, target in cached:
            copy_tree(source, target)
        self.keep(job.get("artifacts", {}), self.artifacts / name / str(number), code)
        return code, output

    @staticmethod
    def expanded(text, variables):
        return re.sub(r"\$(\w+)", lambda match: variables[match.group(1)], text)

    def restore(self, cache, variables):
        cached = []
        for path in (cache or {}).get("paths", []):
            stored = self.cache / self.expanded(cache["key"], variables)
            if stored.exists():
                copy_tree(stored, self.folder / path)
            cached.append((self.folder / path, stored))
        return cached

    def keep(self, artifacts, target, code):
        assert set(artifacts) <= {"when", "paths", "expire_in", "reports"}, artifacts.keys()
        for pattern in [artifacts.get("reports", {}).get("junit")]:
            found = sorted(self.folder.glob(pattern)) if pattern else []
            assert found or not pattern, f"no report {pattern}"
            for report in found:
                kept = self.project.parent / "reports" / report.name
                kept.parent.mkdir(exist_ok=True)
                shutil.copy2(report, kept)
                self.reports.append(kept)
        if code != 0 and artifacts.get("when") != "always":
            return
        for path in artifacts.get("paths", []):
            if (self.folder / path).exists():
                copy_tree(self.folder / path, target / path)


def runs(bench, name, mended):
    project, commit = bench.project(name, mended)
    pipeline = Pipeline(bench, project, commit, bench.work / "cache")
    pipeline.run()
    return pipeline


def check_broken(bench, pipeline):
    [(test, output)], shards = pipeline.outcomes["test"], pipeline.outcomes["fuzz"]
    assert test != 0 and "(Failed)" in output, output
    assert list(pipeline.artifacts.glob("test/1/build/traces/double-mutation-*.json"))
    assert len(shards) == 4 and any(code == 1 for code, _ in shards), shards
    by_name = {report.name: report for report in pipeline.reports}
    assert len(by_name) == 5, "GitLab would take two reports of one name for one"
    bench.check_junit(by_name["ctest.xml"], 1)
    for number, (code, printed) in enumerate(shards, 1):
        assert code in (0, 1), printed
        assert f"shard {number} of 4" in printed, printed
        bench.check_junit(by_name[f"junit-{number}.xml"], code)
        if code == 1:
            bench.check_traces(pipeline.artifacts / "fuzz" / str(number) / "results")
    [(code, report)] = pipeline.outcomes["merge"]
    assert code == 1, report
    bench.check_merged(report, pipeline.folder, False)


def check_mended(bench, pipeline):
    for name, outcomes in pipeline.outcomes.items():
        for code, output in outcomes:
            assert code == 0, f"{name}: {output}"
    assert len(pipeline.reports) == 5
    bench.check_merged(pipeline.outcomes["merge"][0][1], pipeline.folder, True)


def main():
    bench = Bench()
    check_broken(bench, runs(bench, "broken", False))
    check_mended(bench, runs(bench, "mended", True))
    clones = (bench.work / "clones").read_text(encoding="utf-8").splitlines()
    assert len(clones) == 1, "Reprise is built once, and then taken from the cache"


if __name__ == "__main__":
    main()
