#include <reprise/replay/campaign/coverage.h>

#include <reprise/core/internal/open.h>
#include <reprise/replay/campaign/coverage_json.h>
#include <reprise/replay/json/json.h>
#include <reprise/replay/text/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace reprise {

namespace {

constexpr std::string_view format_name = "reprise-certificate/1";
using Layout = JsonWriter::Layout;

std::string to_text(const Coverage::Plans& plans, std::string_view what) {
  if (plans.all()) return fmt::format("all {} {}", plans.total, what);
  const std::uint64_t thousandths = plans.total == 0 ? 0 : plans.run * 1000 / plans.total;
  return fmt::format("{} of {} {} ({}.{} %)", plans.run, plans.total, what, thousandths / 10,
                     thousandths % 10);
}

void write_plans(JsonWriter& json, std::string_view name, const Coverage::Plans& plans) {
  json.key(name).begin_object(Layout::line);
  json.field("run", plans.run).field("total", plans.total).end();
}

}  // namespace

void write_site(JsonWriter& json, const SiteLocation& site) {
  json.begin_object(Layout::line).field("file", site.file);
  json.field("line", static_cast<std::uint64_t>(site.line)).field("function", site.function);
  json.field("expression", site.expression).end();
}

void write_certificate(JsonWriter& json, const Coverage& certificate) {
  json.begin_object().field("scenario", certificate.scenario);
  json.key("complete").boolean(certificate.is_complete());
  json.key("cut").boolean(certificate.is_cut);
  write_plans(json, "distance-1", certificate.singles);
  write_plans(json, "distance-2", certificate.pairs);
  if (certificate.power_losses.total != 0) {
    write_plans(json, "power-losses", certificate.power_losses);
    const CrashCounts& crashes = certificate.crashes;
    json.key("states").begin_object(Layout::line).field("explored", crashes.explored);
    json.field("represented", crashes.represented).field("left_out", crashes.left_out);
    json.field("nested", crashes.nested).end();
  }
  json.key("places").begin_list();
  for (const auto& [point, plans] : certificate.points) {
    json.begin_object(Layout::line).field("place", point).field("plans", plans).end();
  }
  json.end().key("await_sites").begin_list();
  for (const SiteLocation& site : certificate.reached) write_site(json, site);
  json.end().end();
}

namespace {

class CoverageReading {
 public:
  explicit CoverageReading(JsonReader& reader) : reader_(reader) {}

  Coverage certificate(const JsonPlace& place) {
    reader_.object(place, {"scenario", "complete", "cut", "distance-1", "distance-2",
                           "power-losses", "states", "places", "await_sites"});
    Coverage certificate;
    certificate.scenario = text(place, "scenario");
    certificate.is_cut = reader_.boolean(need(place, "cut", "true or false"));
    certificate.singles = plans(need(place, "distance-1", "an object"));
    certificate.pairs = plans(need(place, "distance-2", "an object"));
    if (const JsonPlace losses = reader_.field(place, "power-losses")) {
      certificate.power_losses = plans(losses);
      certificate.crashes = states(need(place, "states", "an object"));
    }
    for (const JsonPlace& each : reader_.list(need(place, "places", "a list"), "a list")) {
      reader_.object(each, {"place", "plans"});
      const std::string name = text(each, "place");
      certificate.points[name] = number(each, "plans", numbers_max);
    }
    for (const JsonPlace& each : reader_.list(need(place, "await_sites", "a list"), "a list")) {
      certificate.reached.push_back(site(each));
    }
    return certificate;
  }

  SiteLocation site(const JsonPlace& place) {
    reader_.object(place, {"file", "line", "function", "expression"});
    SiteLocation site;
    site.file = text(place, "file");
    site.line = static_cast<int>(number(place, "line", INT32_MAX));
    site.function = text(place, "function");
    site.expression = text(place, "expression");
    return site;
  }

 private:
  JsonPlace need(const JsonPlace& object, std::string_view name, std::string_view expected) {
    return reader_.need(object, name, expected);
  }
  std::string text(const JsonPlace& object, std::string_view name) {
    return reader_.text(need(object, name, "a text"), "a text");
  }
  std::uint64_t number(const JsonPlace& object, std::string_view name, std::uint64_t max) {
    return reader_.number(need(object, name, "a number"), max);
  }

  Coverage::Plans plans(const JsonPlace& place) {
    reader_.object(place, {"run", "total"});
    const std::uint64_t run = number(place, "run", numbers_max);
    return {number(place, "total", numbers_max), run};
  }

  CrashCounts states(const JsonPlace& place) {
    reader_.object(place, {"explored", "represented", "left_out", "nested"});
    CrashCounts counts;
    counts.explored = number(place, "explored", numbers_max);
    counts.represented = number(place, "represented", numbers_max);
    counts.left_out = number(place, "left_out", numbers_max);
    counts.nested = number(place, "nested", numbers_max);
    return counts;
  }

  static constexpr std::uint64_t numbers_max = std::uint64_t{1} << 53;

  JsonReader& reader_;
};

Expected<std::vector<Coverage>> certificates_of(const JsonValue& value) {
  JsonReader reader;
  const JsonPlace root{&value, ""};
  reader.object(root, {"format", "scenarios"});
  const std::string format = reader.text(reader.need(root, "format", "a text"), "a text");
  if (reader.ok() && format != format_name) {
    reader.fail("format", fmt::format("expected \"{}\"", format_name));
  }
  std::vector<Coverage> all;
  for (const JsonPlace& place : reader.list(reader.need(root, "scenarios", "a list"), "a list")) {
    all.push_back(read_certificate(reader, place));
  }
  if (!reader.ok()) return Expected<std::vector<Coverage>>::failed(reader.error());
  return all;
}

/// A site as it is known over edits: without its line.
using SiteName = std::tuple<std::string_view, std::string_view, std::string_view>;
SiteName name_of(const SiteLocation& site) { return {site.file, site.function, site.expression}; }

std::set<SiteName> names_of(const std::vector<SiteLocation>& sites) {
  std::set<SiteName> names;
  for (const SiteLocation& site : sites) names.insert(name_of(site));
  return names;
}

void compare(const Coverage& older, const Coverage& newer, std::vector<std::string>& lost) {
  if (older.is_complete() && !newer.is_complete()) {
    lost.push_back(fmt::format("the sweep of {} was complete, and is not", older.scenario));
  }
  for (const auto& [point, plans] : older.points) {
    if (!newer.points.contains(point)) {
      lost.push_back(fmt::format("{} of {} is not covered any more", point, older.scenario));
    }
  }
  const std::set<SiteName> reached = names_of(newer.reached);
  for (const SiteLocation& site : older.reached) {
    if (reached.contains(name_of(site))) continue;
    lost.push_back(fmt::format("`{}` in {}, {}, is not reached any more by {}", site.expression,
                               site.function, site.file, older.scenario));
  }
}

}  // namespace

Coverage read_certificate(JsonReader& reader, const JsonPlace& place) {
  return CoverageReading(reader).certificate(place);
}

SiteLocation read_site(JsonReader& reader, const JsonPlace& place) {
  return CoverageReading(reader).site(place);
}

std::string to_text(const Coverage& certificate) {
  std::string text =
      fmt::format("{}: {}, {}", certificate.scenario, counted(certificate.points.size(), "place"),
                  to_text(certificate.singles, "plans with one difference"));
  if (certificate.pairs.total > 0) {
    text += ", " + to_text(certificate.pairs, "with two");
  }
  if (certificate.power_losses.total != 0) {
    const CrashCounts& crashes = certificate.crashes;
    text += fmt::format("; {}, {} explored, {} represented, {} left out; {} recoveries cut off",
                        to_text(certificate.power_losses, "power losses"),
                        counted(crashes.explored, "state"), crashes.represented, crashes.left_out,
                        crashes.nested);
  }
  if (certificate.is_cut) text += ", cut short";
  return text + "; " + counted(certificate.reached.size(), "await site");
}

std::string to_json(const std::vector<Coverage>& certificates) {
  JsonWriter json;
  json.begin_object().field("format", format_name).key("scenarios").begin_list();
  for (const Coverage& certificate : certificates) write_certificate(json, certificate);
  return std::move(json.end().end()).written();
}

Expected<std::vector<Coverage>> parse_certificates(std::string_view json) {
  const Expected<JsonValue> parsed = parse_json(json);
  if (!parsed) return Expected<std::vector<Coverage>>::failed(parsed.error());
  return certificates_of(parsed.value());
}

std::vector<std::string> no_longer_covered(const std::vector<Coverage>& older,
                                           const std::vector<Coverage>& newer) {
  std::vector<std::string> lost;
  for (const Coverage& before : older) {
    const auto now = std::ranges::find(newer, before.scenario, &Coverage::scenario);
    if (now == newer.end()) {
      lost.push_back(before.scenario + " was not swept");
    } else {
      compare(before, *now, lost);
    }
  }
  return lost;
}

std::vector<SiteLocation> not_reached(const std::vector<SiteLocation>& all,
                                      const std::vector<Coverage>& certificates,
                                      const std::set<std::string>& left_out) {
  std::set<SiteLocation> reached;
  std::set<std::string_view> files;
  for (const Coverage& certificate : certificates) {
    for (const SiteLocation& site : certificate.reached) {
      reached.insert(site);
      files.insert(site.file);
    }
  }
  std::vector<SiteLocation> missing;
  for (const SiteLocation& site : all) {
    const bool counts = files.contains(site.file) && !left_out.contains(site.file);
    if (counts && !reached.contains(site)) missing.push_back(site);
  }
  return missing;
}

}  // namespace reprise
