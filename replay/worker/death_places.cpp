#include <reprise/replay/worker/death_places.h>

#include <reprise/sim/store_watch/call_stack.h>
#include <reprise/sim/store_watch/debug_info.h>

#include <string>

namespace reprise {

void show_places(Finding& finding, const WorkerEnd& end) {
  if (end.stack.empty()) return;
  // The worker was a fork of this process: what was loaded has the same addresses here.
  DebugInfo debug_info;
  finding.places = own_places(debug_info, end.stack, std::string(end.place_note()));
}

}  // namespace reprise
