// What the scenario gives Expat: memory that may run out, and handlers that write down what they
// are told and stop the parser now and then.
#pragma once

#include "scenarios/libraries/heap.h"

#include <reprise/reprise.h>

#include <expat.h>
#include <memory>
#include <string>
#include <string_view>

namespace reprise::libraries::expat {

using Parser = std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)>;

inline Heap* heap;  // of the run under way: Expat's functions for memory have no parameter for it
constexpr XML_Memory_Handling_Suite memory = {
    [](std::size_t size) { return heap->allocate(size); },
    [](void* block, std::size_t size) { return heap->resize(block, size); },
    [](void* block) { heap->release(block); }};

/// What a parser has told. Text may come in parts, which are joined here.
struct Listener {
  Sim* stops = nullptr;  // it stops the parser now and then, if there is one
  XML_Parser parser = nullptr;
  std::string heard = {};

  static void hear(void* self, std::string_view event) {
    auto& me = *static_cast<Listener*>(self);
    me.heard += event;
    XML_ParsingStatus status;
    XML_GetParsingStatus(me.parser, &status);
    if (me.stops == nullptr || status.parsing == XML_SUSPENDED) return;
    if (me.stops->choose("stops", 8) == 1) XML_StopParser(me.parser, XML_TRUE);
  }
};

inline void listen(const Parser& parser, Listener& listener) {
  listener.parser = parser.get();
  XML_SetHashSalt(parser.get(), 1);
  XML_SetUserData(parser.get(), &listener);
  XML_SetElementHandler(
      parser.get(),
      [](void* to, const char* name, const char** attributes) {
        std::string event = std::string("<") + name;
        for (; *attributes != nullptr; ++attributes) event += std::string(" ") + *attributes;
        Listener::hear(to, event + ">");
      },
      [](void* to, const char* name) { Listener::hear(to, std::string("</") + name + ">"); });
  XML_SetCharacterDataHandler(parser.get(), [](void* to, const char* text, int size) {
    Listener::hear(to, {text, static_cast<std::size_t>(size)});
  });
  XML_SetCommentHandler(parser.get(), [](void* to, const char* text) {
    Listener::hear(to, std::string("<!--") + text + "-->");
  });
  XML_SetProcessingInstructionHandler(
      parser.get(), [](void* to, const char* name, const char* text) {
        Listener::hear(to, std::string("<?") + name + " " + text + "?>");
      });
}

/// The status, with the error and its place.
inline std::string outcome(const Parser& parser, XML_Status status) {
  if (status == XML_STATUS_OK) return " well";
  return std::string(" ") + XML_ErrorString(XML_GetErrorCode(parser.get())) + " at " +
         std::to_string(XML_GetCurrentByteIndex(parser.get()));
}

}  // namespace reprise::libraries::expat
