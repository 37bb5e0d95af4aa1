#include <reprise/replay/worker/message.h>

#include <reprise/core/assert.h>

#include <cstring>
#include <utility>

namespace reprise {

void MessageWriter::number(std::uint64_t value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes_.append(raw, sizeof value);
}

void MessageWriter::text(std::string_view value) {
  number(value.size());
  bytes_ += value;
}

void MessageWriter::texts(const std::vector<std::string>& values) {
  number(values.size());
  for (const std::string& value : values) text(value);
}

void MessageWriter::finding(const Finding& value) {
  text(value.check);
  text(value.signature);
  text(value.message);
  texts(value.evidence);
  text(value.expected);
  text(value.help);
  number(value.places.size());
  for (const ShownLocation& place : value.places) {
    text(place.file);
    number(static_cast<std::uint64_t>(place.line));
    text(place.note);
    number(static_cast<std::uint64_t>(place.column));
    text(place.function);
  }
  number(static_cast<std::uint64_t>(value.severity));
}

void MessageWriter::findings(const std::vector<Finding>& values) {
  number(values.size());
  for (const Finding& value : values) finding(value);
}

void MessageWriter::plan(const Plan& value) {
  number(static_cast<std::uint64_t>(value.base));
  number(value.decisions.size());
  for (const PlannedDecision& decision : value.decisions) {
    text(decision.identity);
    number(decision.value);
  }
  texts(value.order);
}

void MessageWriter::events(const std::vector<LoggedEvent>& values) {
  number(values.size());
  for (const LoggedEvent& event : values) {
    text(event.identity);
    number(event.facts.size());
    for (const LoggedFact& fact : event.facts) {
      text(fact.who);
      text(fact.what);
      text(fact.io);
    }
    number(event.time_ns);
    number(event.digest);
  }
}

std::uint64_t MessageReader::number() {
  std::uint64_t value = 0;
  REPRISE_ASSERT(rest_.size() >= sizeof value, "a record read past its end");
  std::memcpy(&value, rest_.data(), sizeof value);
  rest_.remove_prefix(sizeof value);
  return value;
}

std::string MessageReader::text() {
  const std::uint64_t size = number();
  REPRISE_ASSERT(rest_.size() >= size, "a record read past its end");
  std::string value(rest_.substr(0, static_cast<std::size_t>(size)));
  rest_.remove_prefix(static_cast<std::size_t>(size));
  return value;
}

std::vector<std::string> MessageReader::texts() {
  std::vector<std::string> values;
  for (std::uint64_t left = number(); left > 0; --left) values.push_back(text());
  return values;
}

Finding MessageReader::finding() {
  Finding value;
  value.check = text();
  value.signature = text();
  value.message = text();
  value.evidence = texts();
  value.expected = text();
  value.help = text();
  for (std::uint64_t left = number(); left > 0; --left) {
    ShownLocation place;
    place.file = text();
    place.line = static_cast<int>(number());
    place.note = text();
    place.column = static_cast<int>(number());
    place.function = text();
    value.places.push_back(std::move(place));
  }
  value.severity = static_cast<Severity>(number());
  return value;
}

std::vector<Finding> MessageReader::findings() {
  std::vector<Finding> values;
  for (std::uint64_t left = number(); left > 0; --left) values.push_back(finding());
  return values;
}

Plan MessageReader::plan() {
  Plan value;
  value.base = static_cast<Base>(number());
  for (std::uint64_t left = number(); left > 0; --left) {
    PlannedDecision decision;
    decision.identity = text();
    decision.value = static_cast<std::uint32_t>(number());
    value.decisions.push_back(std::move(decision));
  }
  value.order = texts();
  return value;
}

std::vector<LoggedEvent> MessageReader::events() {
  std::vector<LoggedEvent> values;
  for (std::uint64_t left = number(); left > 0; --left) {
    LoggedEvent event;
    event.identity = text();
    for (std::uint64_t facts_left = number(); facts_left > 0; --facts_left) {
      LoggedFact& fact = event.facts.emplace_back();
      fact.who = text();
      fact.what = text();
      fact.io = text();
    }
    event.time_ns = number();
    event.digest = number();
    values.push_back(std::move(event));
  }
  return values;
}

}  // namespace reprise
