#include <reprise/sim/evidence/seen_access.h>

#include <reprise/sim/pattern.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace reprise {

SeenAccess::SeenAccess(RunView& run, const MemoryAccess& access) : run_(run) {
  const MemoryWatch::Quiet quiet;
  lines_ = run.debug_info().lines_of(access.code, run.memory().paths());
  if (run.logging() || !run.options().checks.benign.empty()) {
    StoredBytes bytes{.address = access.address, .size = access.size};
    if (access.changed) bytes.changed = access.before ^ access.after;
    const CallPaths& paths = run.memory().paths();
    bytes.code.push_back(access.code.pc);
    for (CallPath path = access.code.path; path != 0; path = paths.caller(path)) {
      bytes.code.push_back(paths.pc(path));
    }
    bytes.block_size_at = [&run](std::uintptr_t begin) {
      return run.memory().live().size_at(begin);
    };
    variable_ = run.debug_info().variable_at(bytes, run.known_objects());
  }
}

std::string SeenAccess::variable_or(const std::string& otherwise) const {
  return variable_.name.empty() ? otherwise : '`' + variable_.name + '`';
}

std::string SeenAccess::change(const MemoryAccess& access) const {
  const std::string before = variable_.to_text(access.before);
  const std::string after = variable_.to_text(access.after);
  const bool says_nothing = before.empty() || before == after;  // from one address to another
  return says_nothing ? "" : before + " -> " + after;
}

std::optional<ShownLocation> SeenAccess::place(const std::string& note) const {
  const CodeLine* const line = DebugInfo::own_line(lines_);
  if (line == nullptr) return std::nullopt;
  return ShownLocation{line->file, line->line, note, line->column, line->function};
}

std::string SeenAccess::callers() const {
  constexpr std::size_t callers_max = 4;
  std::string text;
  std::size_t count = 0;
  bool is_caller = false;
  for (const CodeLine& line : lines_) {
    if (line.is_library || line.line == 0) continue;
    if (std::exchange(is_caller, true) && count++ < callers_max) {
      text += (text.empty() ? "`" : ", `") + line.function + "` (" + line.file + ':' +
              std::to_string(line.line) + ')';
    }
  }
  return text;
}

bool SeenAccess::is_benign() const {
  const auto is_named = [&](const std::string& name) {
    return !name.empty() &&
           std::ranges::any_of(run_.options().checks.benign, [&](const std::string& pattern) {
             return matches_pattern(pattern, name);
           });
  };
  // A variable, or an object that it is a member of.
  for (std::string name = variable_.name; !name.empty();) {
    if (is_named(name)) return true;
    const std::size_t end = name.find_last_of(".[");
    name.resize(end == std::string::npos ? 0 : end);
  }
  // A function that stores, or one that it is called by on the way.
  return std::ranges::any_of(lines_, is_named, &CodeLine::function);
}

}  // namespace reprise
