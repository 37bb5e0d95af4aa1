// Expat reads a document in any pieces, is stopped at any event and resumed, and may get no memory:
// it tells the same events as of the document in one piece, or ends with a clean error.
// `--set known-bugs=1` does not look away from what docs/LIBRARIES.md tells of it.
#include "scenarios/libraries/expat/glue.h"

#include <reprise/reprise.h>

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace reprise::libraries::expat {
namespace {

std::string write_document(Sim& sim) {
  constexpr std::array<std::string_view, 4> beginnings = {
      "<r>", "<?xml version='1.0'?>\n<!DOCTYPE r [<!ENTITY e '<b>in</b> it'>]><r>&e;",
      "<!DOCTYPE r [<!ATTLIST a x CDATA 'none' id ID #IMPLIED><!ELEMENT r ANY>]>\r\n<r>",
      "<r xmlns='urn:1' xmlns:p='urn:2'><p:q p:z='1' y='2'/>"};
  constexpr std::array<std::string_view, 9> parts = {"some text\n",
                                                     "<a x='1&amp;2'>t</a>",
                                                     "<a/>\r\n",
                                                     "<!-- said -->",
                                                     "<?do it?>",
                                                     "<![CDATA[<x>]] ]]>",
                                                     "\xc3\xa9&#233;&lt;\xf0\x9f\x8e\xb5",
                                                     "<c><d>",
                                                     "</wrong>"};
  std::string text(beginnings[sim.choose("beginning", beginnings.size())]);
  const std::uint32_t count = 1 + sim.choose("parts", 6);
  for (std::uint32_t i = 0; i < count; ++i) text += parts[sim.choose("part", parts.size())];
  return text + "</r>\n";
}

std::string heard_in_one_piece(const std::string& document) {
  const Parser parser(XML_ParserCreateNS("UTF-8", '|'), &XML_ParserFree);
  Listener listener;
  listen(parser, listener);
  const XML_Status status =
      XML_Parse(parser.get(), document.data(), static_cast<int>(document.size()), XML_TRUE);
  return listener.heard + outcome(parser, status);
}

constexpr std::chrono::nanoseconds a_while(5);

XML_Status parse_in_pieces(Sim& sim, const Parser& parser, std::string_view document) {
  XML_Status status = XML_STATUS_OK;
  bool is_last = false;
  while (status == XML_STATUS_OK && !is_last) {
    std::uint32_t size = sim.choose("piece", static_cast<std::uint32_t>(document.size()) + 1);
    if (size == 0) size = static_cast<std::uint32_t>(document.size());
    is_last = size == document.size() && !sim.flip("the end comes apart");
    bool is_resumed = false;
    status =
        sim.await_again(
               [&] {
                 if (std::exchange(is_resumed, true)) return XML_ResumeParser(parser.get());
                 return XML_Parse(parser.get(), document.data(), static_cast<int>(size), is_last);
               },
               [&](XML_Status now) {
                 return now == XML_STATUS_SUSPENDED ? Again::when(sim.io().timer(a_while))
                                                    : Again::no();
               })
            .value();
    document.remove_prefix(size);
  }
  return status;
}

SCENARIO("libraries/expat") {
  const bool shows_known_bugs = sim.option("known-bugs", 0) != 0;
  Heap memory_of_run(sim, "parser", 100);
  sim.task("parser", [&] {
    heap = &memory_of_run;
    const std::string document = write_document(sim);
    const Parser parser(XML_ParserCreate_MM("UTF-8", &memory, "|"), &XML_ParserFree);
    XML_Status status = XML_STATUS_ERROR;
    Listener listener{.stops = &sim};
    if (parser != nullptr) {
      listen(parser, listener);
      status = parse_in_pieces(sim, parser, document);
    }
    if (!heap->has_failed() || status == XML_STATUS_OK) {
      sim.expect_eq(listener.heard + outcome(parser, status), heard_in_one_piece(document));
    } else if (parser != nullptr) {
      const XML_Error error = XML_GetErrorCode(parser.get());
      if (error == XML_ERROR_UNBOUND_PREFIX && !shows_known_bugs) return;
      sim.expect_eq(std::string_view(XML_ErrorString(error)), "out of memory");
    }
  });
  sim.run();
}

}  // namespace
}  // namespace reprise::libraries::expat
