// The engine kubernetes: writes the manifests of an indexed Job that runs the shards, and of one
// that merges their results, which lie on a persistent volume. It runs nothing itself.
#include <reprise/replay/cli/cli.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/fleet/engine.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>
#include <reprise/replay/text/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace reprise {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view mounted = "/results";
constexpr std::string_view claim = "reprise-results";
// A shard is tried again so often if its container fails; lost nodes do not count.
constexpr std::uint64_t retries = 3;

struct Manifest {
  std::string name;
  std::string script;  // for the shell
  std::uint64_t completions = 1;
  std::uint64_t at_once = 1;
  std::uint64_t processors = 1;
};

// A status that no further try would change fails its shard at once; the loss of a node is no try.
void write_failure_policy(JsonWriter& json) {
  json.key("podFailurePolicy").begin_object().key("rules").begin_list();
  json.begin_object().field("action", "FailIndex").key("onExitCodes").begin_object();
  json.field("operator", "In").key("values").begin_list(JsonWriter::Layout::line);
  json.number(static_cast<std::uint64_t>(ExitCode::bad_usage));
  json.number(static_cast<std::uint64_t>(ExitCode::nothing_ran)).end().end().end();
  json.begin_object().field("action", "Ignore").key("onPodConditions").begin_list();
  json.begin_object().field("type", "DisruptionTarget").field("status", "True").end();
  json.end().end().end().end();
}

std::string to_json(const Manifest& manifest, const std::string& image) {
  JsonWriter json;
  json.begin_object().field("apiVersion", "batch/v1").field("kind", "Job");
  json.key("metadata").begin_object().field("name", manifest.name).end();
  json.key("spec").begin_object().field("completionMode", "Indexed");
  json.field("completions", manifest.completions).field("parallelism", manifest.at_once);
  json.field("backoffLimitPerIndex", retries);
  write_failure_policy(json);
  json.key("template").begin_object().key("spec").begin_object();
  json.field("restartPolicy", "Never").key("containers").begin_list().begin_object();
  json.field("name", "shard").field("image", image);
  json.field("command", std::vector<std::string>{"/bin/sh", "-c", manifest.script});
  json.key("resources").begin_object().key("requests").begin_object();
  json.field("cpu", fmt::to_string(manifest.processors)).end().end();
  json.key("volumeMounts").begin_list().begin_object().field("name", "results");
  json.field("mountPath", mounted).end().end().end().end();
  json.key("volumes").begin_list().begin_object().field("name", "results");
  json.key("persistentVolumeClaim").begin_object().field("claimName", claim).end().end().end();
  return std::move(json.end().end().end().end()).written();
}

// The index counts the shards that are to be run, which need not be all.
Manifest shards_manifest(const Fleet& fleet, const std::vector<CaseShard>& shards,
                         const ShardPlace& place) {
  std::string numbers;
  for (const CaseShard& shard : shards) numbers += fmt::format(" {}", shard.index + 1);
  const std::uint64_t count = shards.size();
  return {.name = "reprise-" + fleet.id,
          .script = fmt::format("set --{}\nshift \"$JOB_COMPLETION_INDEX\"\n{}", numbers,
                                shard_script(fleet, place)),
          .completions = count,
          .at_once = std::min(fleet.at_once.value_or(count), count),
          .processors = workers_of(fleet)};
}

// A job that is there already cannot be changed; and one may also fail.
std::string job_commands(const std::string& name, const std::string& path) {
  return fmt::format(
      "kubectl delete --ignore-not-found job/{0}\n"
      "kubectl apply -f {1}\n"
      "until kubectl get job/{0} -o 'jsonpath={{.status.conditions[*].type}}' |\n"
      "  grep -qE 'Complete|Failed'; do sleep 5; done\n",
      name, shell_argument(path));
}

std::string write_manifests(const Fleet& fleet, const std::vector<CaseShard>& shards, FleetWatch&) {
  ShardPlace place = this_machine(fleet);
  place.program = fs::path(place.program).filename().string();
  place.folder = mounted;
  place.directory = mounted;
  const Manifest run = shards_manifest(fleet, shards, place);
  const Manifest merge{.name = run.name + "-merge",
                       .script = fmt::format("{} merge {}\necho \"exit status $?\"\n",
                                             shell_word(place.program), mounted)};
  const std::string run_path = (fs::path(fleet.folder) / "shards.json").string();
  const std::string merge_path = (fs::path(fleet.folder) / "merge.json").string();
  if (auto wrong = write_file_text(run_path, to_json(run, fleet.image))) return *wrong;
  if (auto wrong = write_file_text(merge_path, to_json(merge, fleet.image))) return *wrong;
  print(fmt::format("{} runs {}, {} merges their results:\n\n{}{}{}", escaped(run_path),
                    counted(shards.size(), "shard"), escaped(merge_path),
                    job_commands(run.name, run_path), job_commands(merge.name, merge_path),
                    fmt::format("kubectl logs job/{}\n", merge.name)));
  return {};
}

}  // namespace

const Engine kubernetes_engine{.name = "kubernetes",
                               .summary = "the manifest of an indexed Job, which you apply",
                               .takes_image = true,
                               .waits = false,
                               .run = write_manifests};

}  // namespace reprise
