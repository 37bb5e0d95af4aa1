// Deadlock: tasks wait, and nothing can happen any more.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/standstill.h>
#include <reprise/sim/evidence/wait_graph.h>

#include <string>
#include <utility>

namespace reprise {

namespace {

class Deadlock final : public Check {
 public:
  explicit Deadlock(RunView& run) : run_(run) {}

  void quiescence() override {
    const WaitGraph graph(run_);
    if (graph.stuck().empty() || run_.stopped()) return;
    Finding finding = finding_of(
        run_, name(),
        {"deadlock", "tasks wait, and nothing is in flight that could wake them",
         "somebody finishes what a task waits for",
         "make sure that every awaited completion is finished on every path, including errors"},
        graph.stuck());
    for (std::string& chain : graph.chains()) finding.evidence.push_back(std::move(chain));
    run_.report(std::move(finding));
  }

 private:
  RunView& run_;
};

}  // namespace

std::unique_ptr<Check> make_deadlock(RunView& run) {
  return make_check<Deadlock>(run, check_name::deadlock);
}

}  // namespace reprise
