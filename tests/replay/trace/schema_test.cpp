// The published schema against what the program writes and refuses.
#include <doctest/doctest.h>
#include <reprise/replay/trace/trace.h>
#include <reprise/sim/plan/identity.h>

#include <string>
#include <string_view>

#include "tests/support/published_schema.h"

namespace reprise {
namespace {

using nlohmann::json;
using tests::PublishedSchema;

Trace full_trace() {
  Trace trace;
  trace.scenario = "counter/bump";
  trace.options = {{"clients", -3}};
  trace.build = "0.1.0";
  trace.seed = UINT64_MAX;
  trace.strategy = "uniform";
  trace.plan.base = Base::lazy;
  for (const std::string_view kind : identity_kind_texts()) {
    const std::string identity = "client/read(db)#1/" + std::string(kind);
    if (!identity_kind_from(kind)->is_event()) {
      trace.plan.decisions.push_back({identity, UINT32_MAX});
    } else {
      trace.plan.order.push_back(identity);
    }
  }
  trace.finding = TracedFinding{"leak", "leak x", "x leaks", {"a", "b"}};
  trace.digest = 1;
  trace.events = {{"client#1/turn", {{"client", "enters"}}, 0, 1}};
  return trace;
}

TEST_CASE("trace schema: it accepts what is written with every kind") {
  const PublishedSchema schema("trace");
  CHECK(schema.accepts(json::parse(to_json(full_trace()))));
  CHECK(schema.accepts(json::parse(to_json({.scenario = "calm"}))));
}

TEST_CASE("trace schema: it refuses what parse_trace() refuses") {
  const PublishedSchema schema("trace");
  const json good = json::parse(to_json(full_trace()));
  const auto refused = [&](std::string_view pointer, const json& value) {
    json bad = good;
    bad[json::json_pointer(std::string(pointer))] = value;
    CAPTURE(bad.dump());
    CHECK_FALSE(schema.accepts(bad));
    CHECK_FALSE(parse_trace(bad.dump()).ok());
  };
  refused("/format", "reprise-trace/2");
  refused("/scenario", 1);
  refused("/sede", "1");
  refused("/seed", 1);
  refused("/seed", "-1");
  refused("/digest", "x");
  refused("/options/clients", 3);
  refused("/options", json::array());
  refused("/plan", json::object());
  refused("/plan/base", "lasy");
  refused("/plan/oder", json::array());
  refused("/plan/decisions/0/value", -1);
  refused("/plan/decisions/0/value", 4294967296);
  refused("/plan/decisions/0/value", 1.5);
  refused("/plan/decisions/0/id", "client/read(db)#0/error");
  refused("/plan/decisions/0/id", "client#1/turn");
  refused("/plan/decisions/0/took", 1);
  refused("/plan/order/0", "client#1/error");
  refused("/finding", json{{"check", "leak"}});
  refused("/finding/evidence", "a");
  refused("/events/0/time_ns", 1);
  refused("/events/0", json::object());
}

}  // namespace
}  // namespace reprise
