#include <reprise/sim/operation/ending.h>

namespace reprise {

std::string in_words(const Ending& ending) {
  switch (ending.kind) {
    case Ending::Kind::done: return "ended in Done";
    case Ending::Kind::error: return "ended in Err " + to_string(ending.error);
    case Ending::Kind::aborted: return "was aborted (" + to_string(ending.error) + ')';
    case Ending::Kind::abandoned: return "was abandoned";
    case Ending::Kind::threw: break;
  }
  return "threw an exception";
}

}  // namespace reprise
