#include "tests/support/io_script.h"

#include <algorithm>
#include <utility>

namespace reprise::tests {

namespace {

// splitmix64.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t bound) {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return (z ^ (z >> 31)) % bound;
  }
  bool one_in(std::uint64_t bound) { return below(bound) == 0; }

 private:
  std::uint64_t state_;
};

// Around the ends of pages and sectors, and anywhere.
std::uint64_t random_place(Dice& dice) {
  const std::uint64_t near[] = {0, 1, 511, 512, 4095, 4096, 4097, 8192};
  return dice.one_in(2) ? near[dice.below(8)] : dice.below(12'000);
}

ScriptStep random_transfer(Dice& dice, IOKind kind) {
  ScriptStep step;
  step.kind = kind;
  step.offset = random_place(dice);
  if (dice.one_in(200)) step.offset = UINT64_MAX - dice.below(3);
  const std::uint64_t buffers = dice.one_in(3) ? dice.below(4) : 1;
  for (std::uint64_t i = 0; i < buffers; ++i) {
    step.sizes.push_back(static_cast<std::uint32_t>(dice.one_in(10) ? 0 : random_place(dice)));
  }
  step.fill = static_cast<std::uint8_t>(dice.below(256));
  if (kind == IOKind::write) {
    step.write_options.at_end = dice.one_in(4);
    step.write_options.durable = dice.one_in(100);
  }
  return step;
}

ScriptStep random_change(Dice& dice) {
  ScriptStep step;
  const std::uint64_t roll = dice.below(20);
  if (roll < 13) return random_transfer(dice, IOKind::write);
  step.kind = roll < 16 ? IOKind::truncate : roll < 18 ? IOKind::allocate : IOKind::punch_hole;
  step.offset = random_place(dice);
  step.size = random_place(dice);
  return step;
}

std::string random_name(Dice& dice) { return std::string(script_names[dice.below(3)]); }

ScriptStep random_step(Dice& dice) {
  ScriptStep step;
  const std::uint64_t roll = dice.below(100);
  const auto file = static_cast<std::uint32_t>(dice.below(3));
  if (roll < 12) {
    step.act = ScriptStep::Act::open;
    step.name = random_name(dice);
    step.open = {.create = !dice.one_in(4),
                 .exclusive = dice.one_in(6),
                 .read_only = dice.one_in(6),
                 .direct = false};
  } else if (roll < 15) {
    step.act = ScriptStep::Act::close;
  } else if (roll < 20) {
    step.act = ScriptStep::Act::size;
  } else if (roll < 24) {
    step.act = ScriptStep::Act::remove;
    step.name = random_name(dice);
  } else if (roll < 29) {
    step.act = ScriptStep::Act::rename;
    step.name = random_name(dice);
    step.new_name = random_name(dice);
  } else if (roll < 30) {
    step.act = dice.one_in(5) ? ScriptStep::Act::sync_folder : ScriptStep::Act::size;
  } else if (roll < 55) {
    step = random_transfer(dice, IOKind::read);
  } else if (roll < 98) {
    step = random_change(dice);
  } else {
    step.kind = dice.one_in(2) ? IOKind::sync : IOKind::data_sync;
    if (!dice.one_in(4)) step.act = ScriptStep::Act::size;  // on a real disk they take long
  }
  step.file = file;
  return step;
}

}  // namespace

std::string ScriptStep::text() const {
  const char* const acts[] = {"open", "close", "size", "remove", "rename", "sync_folder", ""};
  std::string text = acts[static_cast<std::size_t>(act)];
  if (act == Act::file) text = to_string(kind);
  text += ' ' + std::to_string(file) + ' ' + name + ' ' + new_name + " offset " +
          std::to_string(offset) + " size " + std::to_string(size) + " buffers";
  for (const std::uint32_t each : sizes) text += ' ' + std::to_string(each);
  if (write_options.at_end) text += " at end";
  if (cancel) text += " cancelled";
  return text;
}

std::vector<ScriptStep> random_script(std::uint64_t seed) {
  Dice dice(seed);
  std::vector<ScriptStep> script(3);
  for (std::uint32_t file = 0; file < 3; ++file) {
    script[file].act = ScriptStep::Act::open;
    script[file].file = file;
    script[file].name = random_name(dice);
  }
  for (std::uint64_t left = 10 + dice.below(30); left > 0; --left) {
    script.push_back(random_step(dice));
  }
  return script;
}

std::vector<std::vector<ScriptStep>> random_rounds(std::uint64_t seed) {
  Dice dice(seed);
  std::vector<std::vector<ScriptStep>> rounds(3 + dice.below(4));
  for (auto& round : rounds) {
    const bool reads = dice.one_in(4);
    for (std::uint64_t left = 2 + dice.below(3); left > 0; --left) {
      round.push_back(reads ? random_transfer(dice, IOKind::read) : random_change(dice));
      round.back().cancel = dice.one_in(5);
    }
  }
  return rounds;
}

std::string to_note(const Played& played) {
  if (!played.completion) return played.seen;
  if (!played.completion.succeeded()) return to_string(played.completion.get_error());
  std::uint64_t left = played.completion.result();
  std::string note = std::to_string(left) + " bytes: ";
  for (const Buffer& buffer : played.buffers) {
    const std::size_t part = std::min<std::uint64_t>(left, buffer.size());
    note.append(reinterpret_cast<const char*>(buffer.data()), part);
    left -= part;
  }
  return note;
}

Played ScriptPlayer::play(const ScriptStep& step) {
  switch (step.act) {
    case ScriptStep::Act::remove: return {io_.remove(path(step.name)), {}, {}};
    case ScriptStep::Act::rename: return {io_.rename(path(step.name), path(step.new_name)), {}, {}};
    case ScriptStep::Act::sync_folder: return {io_.sync_folder(folder_), {}, {}};
    case ScriptStep::Act::open: {
      OpenResult opened = io_.open(path(step.name), step.open);
      if (!opened.ok()) return {{}, {}, to_string(opened.error())};
      files_[step.file] = std::move(opened).value();
      return {{}, {}, "open"};
    }
    default: break;
  }
  std::unique_ptr<File>& file = files_[step.file];
  if (file == nullptr) return {{}, {}, "no file"};
  if (step.act == ScriptStep::Act::size) return {{}, {}, std::to_string(file->size().value())};
  if (step.act == ScriptStep::Act::file) return play_file(step, *file);
  file.reset();
  return {{}, {}, "closed"};
}

Played ScriptPlayer::play_file(const ScriptStep& step, File& file) {
  Played played;
  std::vector<Buffer> buffers;
  std::uint64_t at = 0;
  for (const std::uint32_t size : step.sizes) {
    buffers.push_back(Buffer::allocate(size));
    if (step.kind != IOKind::write) continue;
    std::byte* const bytes = buffers.back().data();
    for (std::uint32_t i = 0; i < size; ++i)
      bytes[i] = static_cast<std::byte>(step.fill + at++ * 7);
  }
  played.completion = file.submit({.kind = step.kind,
                                   .offset = step.offset,
                                   .buffers = buffers,
                                   .size = step.size,
                                   .write_options = step.write_options,
                                   .path = {},
                                   .new_path = {}});
  if (step.kind == IOKind::read) played.buffers = std::move(buffers);
  return played;
}

}  // namespace reprise::tests
