#include <reprise/replay/cli/shard.h>

#include <reprise/replay/cli/values.h>
#include <reprise/replay/text/escape.h>

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <ios>
#include <optional>
#include <string>

namespace reprise {

namespace {

/// The variables by which one kind of runner numbers its machines.
struct ShardVariables {
  const char* index;
  const char* total;
  std::uint32_t first;  // the index of the first machine
};
constexpr std::array shard_variables = {
    ShardVariables{"GTEST_SHARD_INDEX", "GTEST_TOTAL_SHARDS", 0},
    ShardVariables{"TEST_SHARD_INDEX", "TEST_TOTAL_SHARDS", 0},  // Bazel
    ShardVariables{"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", 0},
    ShardVariables{"CI_NODE_INDEX", "CI_NODE_TOTAL", 1},  // GitLab
    ShardVariables{"BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0},
    ShardVariables{"CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0}};

std::optional<std::string> variable(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

// Tasks of an array that was submitted in part count only these.
std::string wrong_slurm_array(const ShardVariables& names, std::string_view total) {
  if (std::string_view(names.index) != "SLURM_ARRAY_TASK_ID") return {};
  const auto min = parse_count("", variable("SLURM_ARRAY_TASK_MIN").value_or("0"), 0, UINT32_MAX);
  const auto max = parse_count("", variable("SLURM_ARRAY_TASK_MAX").value_or(""), 0, UINT32_MAX);
  const auto count = parse_count("", total, 1, UINT32_MAX);
  const bool is_whole = min.ok() && min.value() == 0 &&
                        (!max.ok() || !count.ok() || max.value() + 1 == count.value());
  if (is_whole) return {};
  return "--shard auto: the Slurm array does not go from 0 to its count less 1, so it may be a "
         "part "
         "of the campaign's; say --shard $((SLURM_ARRAY_TASK_ID + 1))/N";
}

Expected<CaseShard> shard_from(const ShardVariables& names, const std::string& index) {
  using Shard = Expected<CaseShard>;
  const std::optional<std::string> total = variable(names.total);
  if (!total) {
    return Shard::failed(
        fmt::format("--shard auto: {} is set, and {} is not", names.index, names.total));
  }
  if (const std::string wrong = wrong_slurm_array(names, *total); !wrong.empty()) {
    return Shard::failed(wrong);
  }
  const auto of = parse_count(names.total, *total, 1, shards_max);
  if (!of.ok()) return Shard::failed("--shard auto: " + of.error());
  const auto number = parse_count(names.index, index, names.first, of.value() - 1 + names.first);
  if (!number.ok()) return Shard::failed("--shard auto: " + number.error());
  return CaseShard{static_cast<std::uint32_t>(number.value()) - names.first,
                   static_cast<std::uint32_t>(of.value())};
}

Expected<CaseShard> shard_of_environment() {
  for (const ShardVariables& names : shard_variables) {
    if (const auto index = variable(names.index)) return shard_from(names, *index);
  }
  if (variable("JOB_COMPLETION_INDEX")) {
    return Expected<CaseShard>::failed(
        "--shard auto: Kubernetes does not say how many shards there are; say --shard "
        "$((JOB_COMPLETION_INDEX + 1))/N");
  }
  std::string known;
  for (const ShardVariables& names : shard_variables) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", names.index);
  }
  return Expected<CaseShard>::failed(
      fmt::format("--shard auto: the environment has none of {}; say --shard K/N", known));
}

}  // namespace

Expected<CaseShard> parse_shard_option(std::string_view text) {
  if (text == "auto") return shard_of_environment();
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const auto of = parse_count("", text.substr(slash + 1), 1, shards_max);
    const auto number =
        parse_count("", text.substr(0, slash), 1, of.ok() ? of.value() : std::uint64_t{0});
    if (of.ok() && number.ok()) {
      return CaseShard{static_cast<std::uint32_t>(number.value()) - 1,
                       static_cast<std::uint32_t>(of.value())};
    }
  }
  return Expected<CaseShard>::failed(
      fmt::format("--shard takes K/N, such as 2/8, with K from 1 to N and N at most {}, or auto; "
                  "not {}",
                  shards_max, in_quotes(text)));
}

void show_sharding() {
  for (const char* const name : {"GTEST_SHARD_STATUS_FILE", "TEST_SHARD_STATUS_FILE"}) {
    if (const auto path = variable(name)) std::ofstream(*path, std::ios::app).flush();
  }
}

}  // namespace reprise
