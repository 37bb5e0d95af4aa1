// Operations that overlap must come out as if each had taken effect at one moment between its call
// and its return (M. Herlihy and J. Wing, "Linearizability: a correctness condition for concurrent
// objects", TOPLAS 12, 1990). Judged when nothing can happen any more.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/linearization.h>
#include <reprise/sim/evidence/run_view.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

using Operations = std::vector<std::size_t>;

/// The numbers of those that may have happened, by the parts that know nothing of each other; the
/// part that was called first comes first.
std::vector<Operations> parts_of(const History& history) {
  std::vector<Operations> parts;
  std::map<std::uint64_t, std::size_t> places;
  for (std::size_t i = 0; i < history.operations().size(); ++i) {
    const History::Operation& operation = history.operations()[i];
    if (!operation.has_effect) continue;
    const auto [place, is_new] = places.emplace(operation.part, parts.size());
    if (is_new) parts.emplace_back();
    parts[place->second].push_back(i);
  }
  return parts;
}

class Linearizability final : public Check {
 public:
  explicit Linearizability(RunView& run) : run_(run) {}

  void quiescence() override {
    for (const std::unique_ptr<History>& history : run_.declared().histories) {
      if (run_.stopped()) return;
      judge(*history);
    }
  }

 private:
  void judge(History& history) {
    std::uint64_t steps = history.options().steps_max;
    for (const Operations& part : parts_of(history)) {
      const Linearization result = linearize(history, part, steps);
      if (result.verdict == Linearization::Verdict::explained) continue;
      if (result.verdict == Linearization::Verdict::undecided) {
        report_undecided(history, part.size());
      } else {
        report(history, part, result);
      }
      return;
    }
  }

  void report(History& history, const Operations& part, const Linearization& result) {
    const History::Operation& culprit = history.operations()[result.culprit];
    const std::string call = history.call_in_words(result.culprit);
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), history.name());
    finding.message = object_in_words(history, result.culprit) +
                      ": no order of its operations explains what `" + call + "` answered";
    finding.evidence.push_back(told(history, result.culprit));
    add_meanwhile(history, part, result.culprit, finding);
    add_order(history, result, finding);
    finding.expected =
        "each operation takes effect at one moment between its call and its return, and the "
        "results "
        "are those of the operations one after the other";
    finding.help =
        "look for what is seen too late or too early: a copy that outlives a newer write, an "
        "answer "
        "given before the change can be seen, a change made in two steps with a yield in between";
    if (culprit.place.line != 0) {
      finding.places.push_back(
          {culprit.place.file, culprit.place.line, result_told(history, result.culprit)});
    }
    run_.report(std::move(finding));
  }

  void report_undecided(const History& history, std::size_t size) {
    Finding finding;
    finding.check = name();
    finding.severity = Severity::note;
    finding.signature = run_.signature(name(), history.name() + ": not decided");
    finding.message = history.name() +
                      ": whether an order of its operations explains their results " +
                      "was not decided";
    finding.evidence.push_back("the search was given up after " +
                               std::to_string(history.options().steps_max) +
                               " steps, at a part of " + std::to_string(size) + " operations");
    finding.help =
        "record fewer operations, or fewer that fail; give the model a key_of(), so that each key "
        "is "
        "judged alone; or raise LinearizableOptions::steps_max";
    run_.report(std::move(finding));
  }

  /// What overlaps with it, in part or wholly.
  void add_meanwhile(const History& history, const Operations& part, std::size_t culprit,
                     Finding& finding) const {
    constexpr std::size_t shown_max = 8;
    const History::Operation& at = history.operations()[culprit];
    std::size_t count = 0;
    for (const std::size_t other : part) {
      const History::Operation& operation = history.operations()[other];
      if (other == culprit || operation.precedes(at) || at.precedes(operation)) continue;
      if (++count <= shown_max) finding.evidence.push_back("meanwhile " + told(history, other));
    }
    if (count > shown_max) {
      finding.evidence.push_back("meanwhile " + std::to_string(count - shown_max) + " others");
    }
  }

  void add_order(History& history, const Linearization& result, Finding& finding) const {
    constexpr std::size_t shown_max = 8;
    const std::size_t size = result.order.size();
    const std::size_t left_out = size > shown_max ? size - shown_max : 0;
    std::string order = left_out == 0 ? "" : std::to_string(left_out) + " others";
    history.restart();
    for (std::size_t i = 0; i < size; ++i) {
      history.apply(result.order[i]);
      if (i < left_out) continue;
      if (!order.empty()) order += ", ";
      order += '`' + call_and_result(history, result.order[i]) + '`';
    }
    const std::string state = history.state_in_words();
    std::string then = size == 0 ? "at the beginning" : "then";
    if (!state.empty()) then += ", with " + state + ',';
    if (size != 0) finding.evidence.push_back("what came before is explained by " + order);
    finding.evidence.push_back(then + " `" + history.call_in_words(result.culprit) +
                               "` would answer " + history.answer_in_words(result.culprit));
    history.restart();
  }

  static std::string object_in_words(const History& history, std::size_t operation) {
    const std::string part = history.part_in_words(operation);
    return part.empty() ? history.name() : history.name() + ", key " + part;
  }

  static std::string call_and_result(const History& history, std::size_t operation) {
    const std::string result = history.result_in_words(operation);
    return history.call_in_words(operation) + (result.empty() ? "" : " -> " + result);
  }

  static std::string result_told(const History& history, std::size_t operation) {
    if (history.operations()[operation].returned == History::Operation::never) {
      return "result not known";
    }
    const std::string result = history.result_in_words(operation);
    return result.empty() ? "ended well" : "answered " + result;
  }

  std::string told(const History& history, std::size_t number) const {
    const History::Operation& operation = history.operations()[number];
    std::string when = "called in step " + std::to_string(operation.called_event);
    if (operation.returned != History::Operation::never) {
      when += ", returned in step " + std::to_string(operation.returned_event);
    }
    return "`" + std::string(run_.names().text(run_.task(operation.task).name)) + "`: `" +
           history.call_in_words(number) + "` " + result_told(history, number) + " (" + when + ')';
  }

  RunView& run_;
};

}  // namespace

std::unique_ptr<Check> make_linearizability(RunView& run) {
  return make_check<Linearizability>(run, check_name::linearizability);
}

}  // namespace reprise
