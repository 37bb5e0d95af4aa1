// One automaton per completion: finished once, callback once, a result that was asked for; a group
// that agrees with itself. Finds misuse by a user's own IO, and would find our own.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/run_view.h>

#include <string>
#include <utility>

namespace reprise {

namespace {

class CompletionProtocol final : public Check {
 public:
  explicit CompletionProtocol(RunView& run) : run_(run) {}

  void completion_event(CompletionEvent event, const Completion& completion, IOError error,
                        std::uint64_t bytes) override {
    switch (event) {
      case CompletionEvent::finished_again:
        // A machine may finish a wake-up of its own as often as it likes: the first time counts.
        if (completion.bytes_max() == UINT64_MAX) break;
        report("finished twice",
               "a device finished a completion that had finished already; the second result (" +
                   result_text(error, bytes) + ") is lost",
               "one result for each completion");
        break;
      case CompletionEvent::finished:
        if (error == IOError::none && bytes > completion.bytes_max()) {
          report("more bytes than asked",
                 "a device finished an I/O with " + std::to_string(bytes) +
                     " bytes, of which only " + std::to_string(completion.bytes_max()) +
                     " were asked for",
                 "a read or write moves no more bytes than it was asked to");
        }
        break;
      case CompletionEvent::callback:
        if (!completion.finished() || completion.get_error() != error ||
            completion.succeeded() != (error == IOError::none)) {
          report("result not visible", "a callback ran before its completion's result was visible",
                 "finished(), succeeded() and get_error() agree before any callback runs");
        }
        break;
    }
  }

 private:
  static std::string result_text(IOError error, std::uint64_t bytes) {
    return error != IOError::none ? to_string(error) : std::to_string(bytes) + " bytes";
  }

  void report(const std::string& what, const std::string& message, const char* expected) {
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), what);
    finding.message = message;
    finding.expected = expected;
    finding.help = "a device finishes each completion once, with the result of its own I/O";
    run_.report(std::move(finding));
  }

  RunView& run_;
};

}  // namespace

std::unique_ptr<Check> make_completion_protocol(RunView& run) {
  return make_check<CompletionProtocol>(run, check_name::completion_protocol);
}

}  // namespace reprise
