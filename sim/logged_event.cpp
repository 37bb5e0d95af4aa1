#include <reprise/sim/logged_event.h>

#include <algorithm>
#include <cstddef>

namespace reprise {

namespace {

constexpr std::string_view between_facts = "; ";
constexpr std::string_view behind_who = ": ";
constexpr std::string_view submits = "submits";

std::string without_separators(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c != ' ' || !result.ends_with(';')) result += c;
  }
  return result;
}

LoggedFact fact_from(std::string_view text) {
  LoggedFact fact;
  const std::size_t colon = text.find(behind_who);
  if (colon != std::string_view::npos && colon != 0) {
    fact.who = text.substr(0, colon);
    text.remove_prefix(colon + behind_who.size());
  }
  const bool names_io =
      text.size() > submits.size() + 1 && text.starts_with(submits) && text[submits.size()] == ' ';
  fact.what = names_io ? submits : text;
  if (names_io) fact.io = text.substr(submits.size() + 1);
  return fact;
}

}  // namespace

LoggedFact logged_fact(std::string_view who, std::string_view what, std::string_view io) {
  return {std::string(who), without_separators(what), without_separators(io)};
}

std::string to_text(const std::vector<LoggedFact>& facts) {
  std::string text;
  for (const LoggedFact& fact : facts) {
    if (&fact != &facts.front()) text += between_facts;
    if (!fact.who.empty()) (text += fact.who) += behind_who;
    text += fact.predicate();
  }
  return text;
}

std::vector<LoggedFact> facts_from(std::string_view text) {
  std::vector<LoggedFact> facts;
  if (text.empty()) return facts;
  for (;;) {
    const std::size_t end = text.find(between_facts);
    facts.push_back(fact_from(text.substr(0, end)));
    if (end == std::string_view::npos) return facts;
    text.remove_prefix(end + between_facts.size());
  }
}

}  // namespace reprise
