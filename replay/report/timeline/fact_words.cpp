#include <reprise/replay/report/timeline/fact_words.h>

#include <reprise/sim/plan/identity.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace reprise {

namespace {

constexpr std::string_view waits_for = ", and waits for ";
constexpr std::string_view though = ", though ";

// Removes `head` from the front of `text`, if it is there.
bool take(std::string_view& text, std::string_view head) {
  if (!text.starts_with(head)) return false;
  text.remove_prefix(head.size());
  return true;
}

// Removes the number at the front of `text`, if there is one.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::string without(std::string_view text, std::string_view characters) {
  std::string rest;
  for (const char c : text) {
    if (characters.find(c) == std::string_view::npos) rest += c;
  }
  return rest;
}

}  // namespace

std::optional<std::uint64_t> entry_in(std::string_view what) {
  constexpr std::string_view opening = " (entry ";
  const std::size_t at = what.rfind(opening);
  const bool begins =
      what.starts_with("begins ") || what.starts_with("enters ") || what.starts_with("goes on");
  if (!begins || at == std::string_view::npos) return std::nullopt;
  what.remove_prefix(at + opening.size());
  return take_number(what);
}

std::optional<YieldWords> yield_in(std::string_view what) {
  if (!take(what, "yields")) return std::nullopt;
  YieldWords words;
  std::size_t end = std::min(what.rfind(waits_for), what.rfind(", only to let others run"));
  if (end == std::string_view::npos) end = std::min(what.rfind(though), what.size());
  std::string_view rest = what.substr(end);
  if (take(rest, waits_for)) {
    words.awaited = rest;
  } else if (take(rest, though)) {
    words.awaited = rest.substr(0, rest.rfind(" has finished already"));
  } else {
    words.awaited = "its next turn";
  }
  what = what.substr(0, end);
  if (take(what, " at `") && what.ends_with('`')) words.site = what.substr(0, what.size() - 1);
  return words;
}

std::optional<std::string> operation_end_in(std::string_view what) {
  if (take(what, "its operation ends: ")) return std::string(what);
  if (what.find("its operation is aborted") != std::string_view::npos) return "aborted";
  return std::nullopt;
}

std::optional<std::string> store_in(std::string_view what) {
  if (!take(what, "changes `")) return std::nullopt;
  return '`' + std::string(what);
}

std::optional<IoEndWords> io_end_in(std::string_view what) {
  struct Ending {
    std::string_view words;
    std::string_view outcome;
    bool is_failed;
  };
  constexpr Ending endings[] = {{" has finished", "finished", false},
                                {" has failed: ", "", true},
                                {" has fired", "fired", false},
                                {" finishes", "finished", false},
                                {" fires", "fired", false}};
  for (const Ending& ending : endings) {
    const std::size_t at = what.rfind(ending.words);
    if (at == std::string_view::npos) continue;
    const std::string_view io = what.substr(0, at);
    const std::size_t hash = io.rfind('#');
    const bool is_name = hash != std::string_view::npos && hash + 1 < io.size() &&
                         io.find_first_not_of("0123456789", hash + 1) == std::string_view::npos;
    if (!is_name) continue;
    std::string_view rest = what.substr(at + ending.words.size());
    const bool has_bytes = take(rest, ": ");
    if (!rest.empty() && !has_bytes && !ending.is_failed) continue;
    return IoEndWords{std::string(io), std::string(rest.empty() ? ending.outcome : rest),
                      ending.is_failed};
  }
  return std::nullopt;
}

DecisionWords decision_in(std::string_view what) {
  // A name may have a colon of its own.
  for (std::size_t at = what.find(": "); at != std::string_view::npos;
       at = what.find(": ", at + 1)) {
    const std::string_view text = what.substr(0, at);
    const std::optional<IdentityText> identity = parse_identity(text);
    if (!identity || identity->kind.is_event()) continue;
    const bool is_fault = (kinds(identity->kind) & fault_kinds) != 0;
    return {std::string(text.substr(0, text.rfind('/'))), is_fault};
  }
  return {};
}

std::optional<std::string> fallen_node_in(const LoggedFact& fact) {
  if (fact.what != "is lost" && fact.what != "is killed") return std::nullopt;
  std::string_view who = fact.who;
  if (!take(who, "power") && !take(who, "process")) return std::nullopt;
  if (who.empty()) return "";
  if (!take(who, " of ")) return std::nullopt;
  return std::string(who);
}

std::string node_of(std::string_view name) {
  const std::string_view task = name.substr(0, name.find('/'));
  const std::size_t colon = task.find(':');
  return std::string(colon == std::string_view::npos ? "" : task.substr(0, colon));
}

std::string full_io_name(std::string_view who, std::string_view io) {
  if (io.substr(0, io.find('(')).find('/') != std::string_view::npos) return std::string(io);
  return std::string(who) + '/' + std::string(io);
}

std::optional<std::string> task_in(std::string_view evidence) {
  if (!take(evidence, "task `")) return std::nullopt;
  return std::string(evidence.substr(0, evidence.find('`')));
}

std::optional<EntryWords> evidence_store_in(std::string_view evidence) {
  if (!take(evidence, "entry ")) return std::nullopt;
  const std::optional<std::uint64_t> entry = take_number(evidence);
  if (!entry || !take(evidence, ": ")) return std::nullopt;
  return EntryWords{*entry, std::string(evidence)};
}

bool is_same_store(std::string_view fact, std::string_view evidence) {
  constexpr std::string_view between = " (),:";
  return without(fact, between) == without(evidence, between);
}

}  // namespace reprise
