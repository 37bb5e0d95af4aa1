// Fleet: a campaign whose shards run side by side, described by a file in the folder of its
// results. All engines start a shard with the same shell script.
#pragma once

#include <reprise/replay/campaign/cases.h>
#include <reprise/replay/cli/options.h>
#include <reprise/replay/text/expected.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

struct Engine;

struct Fleet {
  std::string id = {};         // in the names of jobs; different for each fleet
  std::string folder;          // as the user wrote it
  std::string directory = {};  // in which the command runs
  std::uint32_t shards = 0;
  std::vector<std::string> command = {};  // `fuzz`, and its arguments
  const Engine* engine = nullptr;
  std::optional<std::uint64_t> at_once = {};
  std::string hosts = {};
  std::string image = {};
};

/// A fleet in a folder that has none; its file is written.
Expected<Fleet> new_fleet(const CommandOptions& options);
/// The fleet in options.fleet.resume. Other options replace what its file says of the engine.
Expected<Fleet> resumed_fleet(const CommandOptions& options);
/// Removes the file, so that another fleet may be made in this folder.
void forget_fleet(const Fleet& fleet);

/// Whether the shard came to its end, by its result in the folder.
bool is_done(const Fleet& fleet, const CaseShard& shard);

/// The number that the command gives to -j.
std::uint64_t workers_of(const Fleet& fleet);

/// Where a shard runs: the program, the folder for results and the directory to start in.
struct ShardPlace {
  std::string program;
  std::string folder;
  std::string directory;
};
ShardPlace this_machine(const Fleet& fleet);

/// A shell script that runs the shard whose number, from 1, is its first argument. Its status is 0
/// if the shard left a result; otherwise a file beside the results has the shard's output and, in
/// its last line, its status.
std::string shard_script(const Fleet& fleet, const ShardPlace& place);
/// The same as a file in the fleet's folder: its absolute path, or an error sentence.
Expected<std::string> write_shard_script(const Fleet& fleet);

/// `text` as a word of a shell script, whatever it has.
std::string shell_word(std::string_view text);

}  // namespace reprise
