#include <reprise/replay/campaign/crash_explorer.h>

#include <reprise/core/digest.h>
#include <algorithm>
#include <string_view>
#include <utility>

namespace reprise {

CrashCounts& CrashCounts::operator+=(const CrashCounts& other) {
  points += other.points;
  explored += other.explored;
  represented += other.represented;
  left_out += other.left_out;
  nested += other.nested;
  return *this;
}

CrashExplorer::CrashExplorer(const Plan& plan, const CrashLimits& limits, CrashMemory& memory)
    : plan_(plan), limits_(limits), memory_(memory), inner_(make_plan_strategy(plan)) {}

Plan CrashExplorer::plan() const {
  Plan plan = plan_;
  for (const Taken& taken : taken_) {
    plan.decisions.push_back({to_string(*names_, taken.identity), taken.value});
  }
  return plan;
}

void CrashExplorer::begin(const Names& names) {
  inner_->begin(names);
  names_ = &names;
  disk_ = nullptr;
}

namespace {

/// A change has fewer ways to survive when one before it has torn a sector; 0 stands for those
/// gone.
std::uint32_t in_range(std::uint32_t value, std::uint32_t ways) { return value < ways ? value : 0; }

}  // namespace

// The decisions behind the first power loss.

std::uint32_t CrashExplorer::choose(Decision decision) {
  const bool is_of_power = (kinds(decision.identity.kind()) & power_kinds) != 0;
  if (disk_ == nullptr || !is_of_power) {
    return (inner_->active() & kinds(decision.identity.kind())) != 0 ? inner_->choose(decision) : 0;
  }
  const std::uint32_t value = choose_survival(decision);
  if (value != 0) taken_.push_back({decision.identity, value});
  return value;
}

std::uint32_t CrashExplorer::choose_survival(Decision decision) {
  const IdentityKind kind = decision.identity.kind();
  if (kind == DecisionKind::survival) {
    ++losses_;
    asked_ = 0;
    if (losses_ == 1) return 2;
    return attempt_.keeps_all ? 1 : 0;
  }
  if (kind == DecisionKind::survives) {
    const auto at = at_.find(key_of(*names_, decision.identity));
    return losses_ == 1 && at != at_.end() ? in_range(attempt_.values[at->second], decision.arity)
                                           : 0;
  }
  if ((kinds(kind) & crash_kinds) == 0) return 0;
  ++asked_;
  const std::uint64_t cut_at = losses_ == 1 ? attempt_.cut_at : attempt_.cut_again_at;
  return losses_ <= 2 && cut_at != 0 && asked_ == cut_at ? 1 : 0;
}

// The states.

void CrashExplorer::begin(const Persistence& disk, std::uint64_t given) {
  disk_ = &disk;
  given_ = given;
  ways_.clear();
  at_.clear();
  listed_.clear();
  left_.clear();
  nested_left_.clear();
  for (const Unpersisted& change : disk.unpersisted()) {
    at_.emplace(key_of(*names_, change.io.with(DecisionKind::survives)), ways_.size());
    ways_.push_back(disk.ways(change));
  }
  ++counts_.points;
  list_states();
}

void CrashExplorer::add_state(Values values) {
  if (listed_.size() >= limits_.states_max || !listed_.insert(values).second) return;
  left_.push_back({std::move(values)});
}

/// Those that show most come first: nothing survives, all does, all but one change, one change
/// alone or in part, all up to one. Then the rest, as far as the bound goes.
void CrashExplorer::list_states() {
  const std::size_t count = ways_.size();
  const Values none(count, 0), all(count, 1);
  add_state(none);
  add_state(all);
  const auto with = [](Values values, std::size_t at, std::uint32_t value) {
    values[at] = value;
    return values;
  };
  for (std::size_t i = 0; i < count; ++i) add_state(with(all, i, 0));
  for (std::size_t i = 0; i < count; ++i) {
    for (std::uint32_t value = 1; value < ways_[i]; ++value) add_state(with(none, i, value));
  }
  Values first = none;
  for (std::size_t i = 0; i < count; ++i) {
    first[i] = 1;
    add_state(first);
  }
  Values values = none;
  while (listed_.size() < limits_.states_max && count_up(values)) add_state(values);
  std::uint64_t states = 1;
  for (const std::uint32_t ways : ways_) {
    states = ways < UINT32_MAX / states ? states * ways : UINT32_MAX;
  }
  counts_.left_out += states - std::min<std::uint64_t>(states, listed_.size());
}

bool CrashExplorer::count_up(Values& values) const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (++values[i] < ways_[i]) return true;
    values[i] = 0;
  }
  return false;
}

CrashExplorer::Contents CrashExplorer::contents_of(const Values& values) const {
  Persistence disk = *disk_;
  disk.lose_power([&](const Unpersisted& change, std::uint32_t ways) {
    return in_range(values[at_.at(key_of(*names_, change.io.with(DecisionKind::survives)))], ways);
  });
  const Persistence::Image image = disk.image();
  Contents contents{given_, {}};
  for (const auto& [path, inode] : image.names) {
    contents.shape = mix(mix(contents.shape, digest_of_text(path)), inode);
  }
  for (const std::vector<std::byte>& file : image.files) {
    contents.shape = mix(contents.shape, file.size());
    std::vector<std::uint64_t>& units = contents.units.emplace_back();
    for (std::size_t at = 0; at < file.size(); at += disk.unit()) {
      const std::size_t size = std::min<std::size_t>(disk.unit(), file.size() - at);
      units.push_back(
          digest_of_text(std::string_view(reinterpret_cast<const char*>(file.data() + at), size)));
    }
  }
  return contents;
}

std::uint64_t CrashExplorer::seen_by(const SeenByRecoveries& known, const Contents& contents) {
  std::uint64_t seen = contents.shape;
  for (const auto& [inode, unit] : known.read) {
    const bool is_there = inode < contents.units.size() && unit < contents.units[inode].size();
    seen = mix(seen, is_there ? contents.units[inode][unit] : 0);
  }
  return seen;
}

bool CrashExplorer::is_represented(const Contents& contents) const {
  return std::ranges::any_of(memory_, [&](const SeenByRecoveries& known) {
    return known.seen.contains(seen_by(known, contents));
  });
}

// The recoveries.

bool CrashExplorer::next() {
  taken_.clear();
  losses_ = asked_ = 0;
  while (!left_.empty()) {
    attempt_ = std::move(left_.front());
    left_.pop_front();
    if (limits_.prunes) {
      contents_ = contents_of(attempt_.values);
      if (is_represented(contents_)) {
        ++counts_.represented;
        continue;
      }
    }
    ++counts_.explored;
    return true;
  }
  if (nested_left_.empty()) return false;
  attempt_ = std::move(nested_left_.front());
  nested_left_.pop_front();
  ++counts_.nested;
  return true;
}

void CrashExplorer::recovered(const UnitsRead& read) {
  if (attempt_.cut_at == 0) {
    add_nested();
  } else if (losses_ == 2 && attempt_.cut_again_at == 0 && !attempt_.keeps_all) {
    // The recovery from the recovery is cut off once, in its middle.
    Attempt again = attempt_;
    again.cut_again_at = (asked_ + 1) / 2;
    if (nested_left_.size() < limits_.nested_max) nested_left_.push_back(again);
  }
  if (attempt_.cut_at != 0 || !limits_.prunes) return;
  UnitsRead units = read;
  std::ranges::sort(units);
  units.erase(std::unique(units.begin(), units.end()), units.end());
  auto known = std::ranges::find(memory_, units, &SeenByRecoveries::read);
  if (known == memory_.end()) known = memory_.insert(memory_.end(), {std::move(units), {}});
  known->seen.insert(seen_by(*known, contents_));
}

/// From the two plainest states, the recovery is cut off at each of its events.
void CrashExplorer::add_nested() {
  const auto are_all = [&](std::uint32_t value) {
    return std::ranges::count(attempt_.values, value) ==
           static_cast<std::ptrdiff_t>(attempt_.values.size());
  };
  const bool is_plain = are_all(0) || are_all(1);
  if (!is_plain) return;
  for (std::uint64_t at = 1; at <= asked_; ++at) {
    for (const bool keeps_all : {false, true}) {
      if (nested_left_.size() >= limits_.nested_max) return;
      nested_left_.push_back({attempt_.values, at, 0, keeps_all});
    }
  }
}

}  // namespace reprise
