#include <reprise/sim/operation/ending.h>

namespace reprise {

std::string in_words(const OperationEnd& ending) {
  switch (ending.kind) {
    case OperationEnd::Kind::done: return "ended in Done";
    case OperationEnd::Kind::error: return "ended in Err " + to_string(ending.error);
    case OperationEnd::Kind::aborted: return "was aborted (" + to_string(ending.error) + ')';
    case OperationEnd::Kind::abandoned: return "was abandoned";
    case OperationEnd::Kind::threw: break;
  }
  return "threw an exception";
}

}  // namespace reprise
