#include <reprise/replay/trace/trace.h>

#include <fmt/format.h>
#include <reprise/replay/json/reader.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>
#include <reprise/replay/trace/build_info.h>
#include <reprise/sim/plan/identity.h>

#include <limits>
#include <map>
#include <utility>

namespace reprise {

namespace {

constexpr std::string_view bases[] = {"sync", "lazy"};

// --- Writing ---

std::string digest_text(std::uint64_t digest) { return fmt::format("0x{:016x}", digest); }

void write_options(JsonWriter& json, const Options& options) {
  if (options.empty()) return;
  json.key("options").begin_object(JsonWriter::Layout::line);
  for (const auto& [name, value] : options) json.field(name, fmt::to_string(value));
  json.end();
}

void write_plan(JsonWriter& json, const Trace& trace) {
  const Plan& plan = trace.plan;
  json.key("plan").begin_object();
  json.field("base", bases[static_cast<std::size_t>(plan.base)]);
  json.key("decisions").begin_list();
  for (std::size_t i = 0; i < plan.decisions.size(); ++i) {
    const PlannedDecision& decision = plan.decisions[i];
    json.begin_object(JsonWriter::Layout::line);
    json.field("id", decision.identity).field("value", std::uint64_t{decision.value});
    if (const std::string meaning = meaning_of(trace, i); !meaning.empty()) {
      json.field("means", meaning);
    }
    json.end();
  }
  json.end();
  if (!plan.order.empty()) json.field("order", plan.order);
  json.end();
}

void write_finding(JsonWriter& json, const TracedFinding& finding) {
  json.key("finding").begin_object();
  json.field("check", finding.check);
  json.field("signature", finding.signature);
  json.field("message", finding.message);
  if (!finding.evidence.empty()) json.field("evidence", finding.evidence);
  json.end();
}

void write_events(JsonWriter& json, const std::vector<LoggedEvent>& events) {
  if (events.empty()) return;
  json.key("events").begin_list();
  for (const LoggedEvent& event : events) {
    json.begin_object(JsonWriter::Layout::line);
    json.field("id", event.identity).field("time_ns", fmt::to_string(event.time_ns));
    json.field("what", to_text(event.facts)).field("digest", digest_text(event.digest)).end();
  }
  json.end();
}

// --- Reading ---

// For `name#1/errro`: the kind that was meant.
std::string kind_suggestion(std::string_view identity) {
  const std::size_t slash = identity.rfind('/');
  if (slash == std::string_view::npos ||
      identity_kind_from(identity.substr(slash + 1)).has_value()) {
    return {};
  }
  std::vector<std::string> known;
  for (const std::string_view text : identity_kind_texts()) known.emplace_back(text);
  return did_you_mean_phrase(identity.substr(slash + 1), known);
}

class TraceReader {
 public:
  void read_event(std::size_t index, const JsonValue& value) {
    if (!event_reader_.ok()) return;
    JsonReader& reader = event_reader_;
    const JsonPlace event{&value, fmt::format("events[{}]", index)};
    if (!reader.object(event, {"id", "time_ns", "what", "digest"})) return;
    LoggedEvent& read = trace_.events.emplace_back();
    read.identity = reader.text(reader.need(event, "id", "a text"), "a text");
    read.time_ns = reader.unsigned_text(reader.need(event, "time_ns", "a number as a text"));
    read.facts = facts_from(reader.text(reader.need(event, "what", "a text"), "a text"));
    read.digest = reader.unsigned_text(reader.need(event, "digest", "a number as a text"));
  }

  Expected<Trace> read(const JsonValue& root) && {
    read_root({&root, ""});
    for (const JsonReader* reader : {&reader_, &event_reader_}) {
      if (!reader->ok()) return Expected<Trace>::failed(reader->error());
    }
    return std::move(trace_);
  }

 private:
  void read_root(const JsonPlace& root) {
    if (root.value->kind != JsonValue::Kind::object) return reader_.wrong(root, "an object");
    const JsonPlace format =
        reader_.need(root, "format", "\"reprise-trace/1\", so this is no trace");
    const std::string version = reader_.text(format, "\"reprise-trace/1\"");
    if (reader_.ok() && version != trace_format) {
      reader_.fail("format", fmt::format("this is {}; this program reads {}", escaped(version, 60),
                                         trace_format));
    }
    // Another format has other fields; they are not what is wrong with it.
    if (!reader_.ok()) return;
    reader_.object(root, {"format", "scenario", "options", "build", "seed", "strategy", "plan",
                          "finding", "digest", "events"});
    trace_.scenario =
        reader_.text(reader_.need(root, "scenario", "a scenario's name"), "a scenario's name");
    read_options(reader_.field(root, "options"));
    trace_.build = reader_.text(reader_.field(root, "build"), "a text");
    if (const JsonPlace seed = reader_.field(root, "seed")) {
      trace_.seed = reader_.unsigned_text(seed);
    }
    trace_.strategy = reader_.text(reader_.field(root, "strategy"), "a text");
    read_plan(reader_.need(root, "plan", "an object with a \"base\""));
    read_finding(reader_.field(root, "finding"));
    if (const JsonPlace digest = reader_.field(root, "digest")) {
      trace_.digest = reader_.unsigned_text(digest);
    }
    reader_.list(reader_.field(root, "events"), "a list of events");
  }

  void read_options(const JsonPlace& options) {
    if (!options) return;
    if (options.value->kind != JsonValue::Kind::object) return reader_.wrong(options, "an object");
    for (std::size_t i = 0; i < options.value->keys.size(); ++i) {
      const std::string& name = options.value->keys[i];
      trace_.options[name] = reader_.signed_text(
          {&options.value->items[i], fmt::format("options.{}", escaped(name, 60))});
    }
  }

  void read_plan(const JsonPlace& plan) {
    if (!reader_.object(plan, {"base", "decisions", "order"})) return;
    read_base(reader_.need(plan, "base", "\"sync\" or \"lazy\""));
    for (const JsonPlace& decision :
         reader_.list(reader_.field(plan, "decisions"), "a list of decisions")) {
      read_decision(decision);
    }
    for (const JsonPlace& entry :
         reader_.list(reader_.field(plan, "order"), "a list of events' identities")) {
      trace_.plan.order.push_back(read_identity(entry, false));
    }
  }

  void read_base(const JsonPlace& place) {
    const std::string base = reader_.text(place, "\"sync\" or \"lazy\"");
    for (const Base known : {Base::sync, Base::lazy}) {
      if (base != bases[static_cast<std::size_t>(known)]) continue;
      trace_.plan.base = known;
      return;
    }
    reader_.wrong(place, "\"sync\" or \"lazy\"", did_you_mean_phrase(base, {"sync", "lazy"}));
  }

  void read_decision(const JsonPlace& place) {
    if (!reader_.object(place, {"id", "value", "means"})) return;
    PlannedDecision decision;
    const JsonPlace id = reader_.need(place, "id", "a decision's identity");
    decision.identity = read_identity(id, true);
    const JsonPlace value = reader_.need(place, "value", "a whole number, 0 for calm");
    decision.value = static_cast<std::uint32_t>(
        reader_.number(value, std::numeric_limits<std::uint32_t>::max()));
    trace_.meanings.push_back(reader_.text(reader_.field(place, "means"), "a text"));
    const auto [first, is_new] = seen_.emplace(decision.identity, place.path);
    if (!is_new && reader_.ok()) {
      reader_.fail(id.path, fmt::format("{} was decided already, in {}",
                                        in_quotes(decision.identity), first->second));
    }
    trace_.plan.decisions.push_back(std::move(decision));
  }

  std::string read_identity(const JsonPlace& place, bool is_decision) {
    const std::string example = fmt::format("an identity such as \"client/read(db)#1/{}\"",
                                            is_decision ? "error" : "delivery");
    std::string text = reader_.text(place, example);
    if (!reader_.ok()) return text;
    const std::optional<IdentityText> identity = parse_identity(text);
    if (!identity.has_value()) {
      reader_.wrong(place, example, kind_suggestion(text));
    } else if (is_decision == identity->kind.is_event()) {
      reader_.fail(place.path,
                   fmt::format("{} is {}", in_quotes(text),
                               is_decision ? "an event, which can stand in \"order\" only"
                                           : "a decision, which can stand in \"decisions\" only"));
    }
    return text;
  }

  void read_finding(const JsonPlace& place) {
    if (!place || !reader_.object(place, {"check", "signature", "message", "evidence"})) return;
    TracedFinding& finding = trace_.finding.emplace();
    finding.check = reader_.text(reader_.need(place, "check", "a check's name"), "a check's name");
    finding.signature = reader_.text(reader_.need(place, "signature", "a text"), "a text");
    finding.message = reader_.text(reader_.need(place, "message", "a text"), "a text");
    for (const JsonPlace& line :
         reader_.list(reader_.field(place, "evidence"), "a list of texts")) {
      finding.evidence.push_back(reader_.text(line, "a text"));
    }
  }

  JsonReader reader_;
  JsonReader event_reader_;
  Trace trace_;
  std::map<std::string, std::string> seen_;  // where each decision's identity stands first
};

}  // namespace

std::string meaning_of(const Trace& trace, std::size_t index) {
  if (index < trace.meanings.size() && !trace.meanings[index].empty()) return trace.meanings[index];
  const PlannedDecision& decision = trace.plan.decisions[index];
  const std::optional<IdentityText> identity = parse_identity(decision.identity);
  return identity.has_value() ? meaning_of(identity->kind, decision.value) : std::string();
}

TracedFinding traced(const Finding& finding) {
  return {finding.check, finding.signature, finding.message, finding.evidence};
}

std::string build_text() {
  const BuildInfo& build = build_info();
  std::string text =
      fmt::format("{} {} {} {}", build.version, build.commit, build.compiler, build.type);
  if (!build.sanitizers.empty()) text += fmt::format(" {}", build.sanitizers);
  return text;
}

std::string to_json(const Trace& trace) {
  JsonWriter json;
  json.begin_object().field("format", trace_format).field("scenario", trace.scenario);
  write_options(json, trace.options);
  if (!trace.build.empty()) json.field("build", trace.build);
  if (trace.seed.has_value()) json.field("seed", fmt::format("0x{:x}", *trace.seed));
  if (!trace.strategy.empty()) json.field("strategy", trace.strategy);
  write_plan(json, trace);
  if (trace.finding.has_value()) write_finding(json, *trace.finding);
  if (trace.digest.has_value()) json.field("digest", digest_text(*trace.digest));
  write_events(json, trace.events);
  return std::move(json.end()).written();
}

Expected<Trace> parse_trace(std::string_view text) {
  TraceReader reader;
  const JsonStream events{"events", [&reader](std::size_t index, const JsonValue& value) {
                            reader.read_event(index, value);
                          }};
  const Expected<JsonValue> root = parse_json(text, events);
  if (!root.ok()) return Expected<Trace>::failed(root.error());
  return std::move(reader).read(root.value());
}

}  // namespace reprise
