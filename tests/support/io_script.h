// IO scripts: random sequences of steps that any IO can play, simulated or real, and what is seen
// of it, in words that can be compared.
//
//   ScriptPlayer player(io, folder);
//   for (const ScriptStep& step : random_script(seed)) {
//     const Played played = player.play(step);
//     if (played.completion) wait for it;
//     notes.push_back(to_note(played));
//   }
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/io.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::tests {

struct ScriptStep {
  enum class Act : std::uint8_t { open, close, size, remove, rename, sync_folder, file };

  Act act = Act::file;
  IOKind kind = IOKind::read;  // of a file's I/O
  std::uint32_t file = 0;      // which of the files that the player has open
  std::string name, new_name;
  OpenOptions open;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;            // truncate, allocate, punch_hole
  std::vector<std::uint32_t> sizes;  // of the buffers
  std::uint8_t fill = 0;             // what a write writes, in a pattern
  WriteOptions write_options;
  bool cancel = false;

  std::string text() const;
};

inline constexpr std::array<std::string_view, 3> script_names{"a", "b", "c"};

/// The same for the same seed on every machine. No step is cancelled: play them one after the
/// other.
std::vector<ScriptStep> random_script(std::uint64_t seed);
/// I/Os of the file 0 to be in flight together, in several rounds: in each either all read, or
/// none.
std::vector<std::vector<ScriptStep>> random_rounds(std::uint64_t seed);

struct Played {
  Completion completion;        // none: `seen` says what happened
  std::vector<Buffer> buffers;  // of a read
  std::string seen;
};
/// The outcome; a completion must have finished.
std::string to_note(const Played& played);

class ScriptPlayer {
 public:
  /// Names are within `folder`; "" for the simulated disk.
  ScriptPlayer(IO& io, std::string folder) : io_(io), folder_(std::move(folder)) {}

  Played play(const ScriptStep& step);

 private:
  std::string path(const std::string& name) const {
    return folder_.empty() ? name : folder_ + '/' + name;
  }
  Played play_file(const ScriptStep& step, File& file);

  IO& io_;
  std::string folder_;
  std::array<std::unique_ptr<File>, 3> files_;
};

}  // namespace reprise::tests
