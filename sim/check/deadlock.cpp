// Deadlock: tasks wait, and nothing can happen any more.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/standstill.h>
#include <reprise/sim/evidence/wait_graph.h>

#include <string>
#include <string_view>
#include <utility>

namespace reprise {

namespace {

class Deadlock final : public Check {
 public:
  explicit Deadlock(RunView& run) : run_(run) {}

  void quiescence() override {
    const WaitGraph graph(run_);
    if (graph.stuck().empty() || run_.stopped()) return;
    for (const TaskId task : graph.stuck()) {
      const std::string_view mistake = run_.mistake_in_wait(task);
      if (!mistake.empty()) return report_wrong_direction(task, mistake);
    }
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
  void report_wrong_direction(TaskId task, std::string_view mistake) {
    Finding finding =
        finding_of(run_, name(),
                   {"the wrong direction waited for",
                    "a task waits for the wrong direction of a connection, and nothing can happen "
                    "any more",
                    "who could not send waits until it can send, and who could not receive until "
                    "something comes",
                    "wait for writable() after a send that would block, for readable() after a "
                    "receive, and for either() after both"},
                   {task});
    finding.evidence.emplace_back(mistake);
    run_.report(std::move(finding));
  }

  RunView& run_;
};

}  // namespace

std::unique_ptr<Check> make_deadlock(RunView& run) {
  return make_check<Deadlock>(run, check_name::deadlock);
}

}  // namespace reprise
