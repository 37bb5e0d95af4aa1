#include <reprise/sim/evidence/standstill.h>

#include <reprise/sim/evidence/wait_graph.h>

#include <cstddef>

namespace reprise {

Finding finding_of(const RunView& run, std::string_view check, const Standstill& standstill,
                   const std::vector<TaskId>& tasks) {
  const WaitGraph graph(run);
  Finding finding;
  finding.check = check;
  finding.message = standstill.message;
  finding.expected = standstill.expected;
  finding.help = standstill.help;
  std::string where;
  constexpr std::size_t shown_max = 8;
  for (const TaskId id : tasks) {
    if (finding.evidence.size() == shown_max) break;
    finding.evidence.push_back(graph.line_of(id));
    const Task& task = run.task(id);
    const std::string who = '`' + std::string(run.names().text(task.name)) + '`';
    // An entry that has just begun has not yielded yet.
    const AwaitSite* const here = task.operation.yield_site();
    const AwaitSite* const site = here != nullptr ? here : task.operation.last_yield().site;
    if (site == nullptr) {
      const CodeLocation& awaited = task.awaited_at;
      if (awaited.line != 0 && task.in_operation) {
        finding.places.push_back({awaited.file, awaited.line, who + " waits here"});
      }
      continue;
    }
    finding.places.push_back(
        {site->file, site->line,
         who + (task.operation.in_entry() ? " yields here again and again" : " waits here"), 0,
         site->function});
    const AwaitSite* const call = task.operation.resume_site();
    const AwaitSite& named = call != nullptr ? *call : *site;
    if (where.empty()) where = std::string(" at ") + named.function + '/' + named.expression;
  }
  finding.signature = run.signature(check, standstill.what + where);
  return finding;
}

Finding finding_of(const RunView& run, std::string_view check, const Standstill& standstill,
                   TaskId task, const Completion& waits_for) {
  Finding finding = finding_of(run, check, standstill, {task});
  finding.evidence = {WaitGraph(run).line_of(task, waits_for)};
  return finding;
}

Finding finding_of_all(const RunView& run, std::string_view check, const Standstill& standstill) {
  return finding_of(run, check, standstill, WaitGraph(run).stuck());
}

}  // namespace reprise
