// FleetWatch: what is known of the shards of a fleet while they run, by the files that they leave
// in the folder: progress, results, and the output of those that failed. It shows all of it on
// stderr.
#pragma once

#include <reprise/replay/campaign/cases.h>
#include <reprise/replay/cli/fleet/fleet.h>
#include <reprise/replay/cli/progress.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

class FleetWatch {
 public:
  /// A shard that cannot run at all, so that no other can.
  struct Failure {
    std::string sentence;
    int status = 0;
  };

  /// For `shards`, which are to be run; `fleet` must outlive it. What earlier tries have left of
  /// them, but for results, is removed.
  FleetWatch(const Fleet& fleet, const std::vector<CaseShard>& shards, ProgressLine::Kind kind);

  /// Reads the folder, if it is time to, and shows how far the fleet has come. Returns false if all
  /// shards are to be stopped: there is a failure().
  bool look();
  /// Reads the folder now.
  void read();

  /// The shard runs no more. If it has left no result, this says so, once.
  void ended(const CaseShard& shard, std::string_view how);
  /// The shard was lost in the middle, and is run again by the engine.
  void lost(const CaseShard& shard, std::string_view how);
  /// Prints a line, unless nothing is to be printed.
  void say(std::string_view sentence);
  /// Removes the bar, so that other output can follow.
  void clear() { line_.clear(); }

  /// How far the fleet has come, by what was read last: `3 of 8 shards done, 2 running, ...`.
  std::string text(std::uint64_t passed_ms) const;

  /// How many shards have not come to their end.
  std::size_t open() const { return shards_.size() - done_; }
  bool is_open(const CaseShard& shard) const;
  const std::optional<Failure>& failure() const { return failure_; }

 private:
  struct Shard {
    CampaignProgress progress = {};
    std::filesystem::file_time_type result_time = {};  // of the result that was read last
    bool is_running = false;
    bool has_result = false;
    bool is_done = false;
    bool is_told = false;  // that it was lost
  };
  struct Texts {
    std::uint32_t thousandths = 0;
    std::string done, running, runs, rate, findings, left;
  };

  std::filesystem::path path_of(std::uint32_t index, std::string_view extension) const;
  void read_result(std::uint32_t index, Shard& shard);
  void read_progress(std::uint32_t index, Shard& shard);
  void read_log(std::uint32_t index);
  Texts texts(std::uint64_t passed_ms) const;
  void show(std::uint64_t passed_ms);

  const Fleet& fleet_;
  std::map<std::uint32_t, Shard> shards_;  // by index
  std::size_t done_ = 0;
  std::optional<Failure> failure_;
  ProgressLine line_;
  bool is_quiet_;
  std::uint64_t begun_ms_;
  std::uint64_t next_ms_ = 0;
};

}  // namespace reprise
