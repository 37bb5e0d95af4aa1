#include <reprise/replay/worker/death_places.h>

#include <reprise/sim/store_watch/call_stack.h>
#include <reprise/sim/store_watch/debug_info.h>

#include <string>
#include <string_view>

namespace reprise {

namespace {

std::string_view note_on(std::string_view rule) {
  if (rule == "hang" || rule == "blocked") return "it was here when it was killed";
  if (rule == "stack overflow") return "the stack was full here";
  if (rule == "abort") return "it aborted here";
  if (rule == "sanitizer") return "the sanitizer ended it here";
  return "it died here";
}

}  // namespace

void show_places(Finding& finding, const WorkerEnd& end) {
  if (end.stack.empty()) return;
  // The worker was a fork of this process: what was loaded has the same addresses here.
  DebugInfo debug_info;
  finding.places = own_places(debug_info, end.stack, std::string(note_on(end.rule)));
}

}  // namespace reprise
