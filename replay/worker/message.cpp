#include <reprise/replay/worker/message.h>

#include <cstring>

namespace reprise {

void MessageWriter::number(std::uint64_t& value) {
  bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void MessageWriter::text(std::string& value) {
  std::uint64_t size = value.size();
  number(size);
  bytes_ += value;
}

void MessageReader::number(std::uint64_t& value) {
  REPRISE_ASSERT(rest_.size() >= sizeof value, "a record read past its end");
  std::memcpy(&value, rest_.data(), sizeof value);
  rest_.remove_prefix(sizeof value);
}

void MessageReader::text(std::string& value) {
  std::uint64_t size = 0;
  number(size);
  REPRISE_ASSERT(rest_.size() >= size, "a record read past its end");
  value = rest_.substr(0, size);
  rest_.remove_prefix(size);
}

void fields(MessageArchive& archive, Finding& finding) {
  archive(finding.check, finding.signature, finding.message, finding.evidence, finding.expected,
          finding.help, finding.places, finding.severity);
}

void fields(MessageArchive& archive, ShownLocation& place) {
  archive(place.file, place.line, place.note, place.column, place.function);
}

void fields(MessageArchive& archive, Plan& plan) { archive(plan.base, plan.decisions, plan.order); }

void fields(MessageArchive& archive, PlannedDecision& decision) {
  archive(decision.identity, decision.value);
}

void fields(MessageArchive& archive, LoggedEvent& event) {
  archive(event.identity, event.facts, event.time_ns, event.digest, event.file, event.line);
}

void fields(MessageArchive& archive, LoggedFact& fact) { archive(fact.who, fact.what, fact.io); }

void fields(MessageArchive& archive, SiteLocation& site) {
  archive(site.file, site.line, site.function, site.expression);
}

}  // namespace reprise
