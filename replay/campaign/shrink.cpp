#include <reprise/replay/campaign/shrink.h>

#include <reprise/sim/plan/identity.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class Minimization {
 public:
  Minimization(const Plan& plan, const std::string& signature, const TryPlan& try_plan,
               const ShrinkOptions& options)
      : best_(plan), signature_(signature), try_plan_(try_plan), runs_max_(options.runs_max) {}

  const Plan& best() const { return best_; }
  std::uint32_t runs() const { return runs_; }
  bool spent() const { return runs_ >= runs_max_; }

  /// Keeps the candidate if it still shows the finding.
  bool keep(Plan candidate) {
    if (spent() || candidate == best_) return false;
    ++runs_;
    if (try_plan_(candidate) != signature_) return false;
    best_ = std::move(candidate);
    return true;
  }

  /// Leaves out parts of one of the plan's lists: halves first, then ever smaller chunks.
  template <class Element>
  bool leave_out(std::vector<Element> Plan::*list) {
    bool smaller = false;
    for (std::size_t chunk = (best_.*list).size(); chunk > 0 && !spent(); chunk /= 2) {
      // From the end: what happens late depends on what happened before, not the other way round.
      std::size_t end = (best_.*list).size();
      while (end > 0 && !spent()) {
        const std::size_t begin = end > chunk ? end - chunk : 0;
        Plan candidate = best_;
        std::vector<Element>& elements = candidate.*list;
        elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(begin),
                       elements.begin() + static_cast<std::ptrdiff_t>(end));
        smaller = keep(std::move(candidate)) || smaller;
        end = std::min(begin, (best_.*list).size());
      }
    }
    return smaller;
  }

 private:
  Plan best_;
  const std::string& signature_;
  const TryPlan& try_plan_;
  std::uint32_t runs_max_;
  std::uint32_t runs_ = 0;
};

bool is_flight(const PlannedDecision& decision) {
  const std::optional<IdentityText> identity = parse_identity(decision.identity);
  return identity.has_value() && identity->kind == DecisionKind::flight;
}

/// Most findings do not need the recorded order at all.
bool drop_all_order(Minimization& search) {
  Plan candidate = search.best();
  candidate.order.clear();
  return search.keep(std::move(candidate));
}

/// What takes many flights in one base may take none in the other.
bool change_base(Minimization& search) {
  if (std::ranges::none_of(search.best().decisions, is_flight)) return false;
  Plan candidate = search.best();
  candidate.base = candidate.base == Base::sync ? Base::lazy : Base::sync;
  std::erase_if(candidate.decisions, is_flight);
  return search.keep(std::move(candidate));
}

bool leave_out_decisions(Minimization& search) { return search.leave_out(&Plan::decisions); }
bool leave_out_order(Minimization& search) { return search.leave_out(&Plan::order); }

/// Lower values are nearer to calm.
bool lower_values(Minimization& search) {
  bool lower = false;
  for (std::size_t i = 0; i < search.best().decisions.size(); ++i) {
    const std::uint32_t value = search.best().decisions[i].value;
    for (const std::uint32_t next : {1u, value / 2, value - 1}) {
      if (next == 0 || next >= value) continue;
      Plan candidate = search.best();
      candidate.decisions[i].value = next;
      if (search.keep(std::move(candidate))) {
        lower = true;
        break;
      }
    }
  }
  return lower;
}

constexpr std::array passes = {drop_all_order, change_base, leave_out_decisions, leave_out_order,
                               lower_values};

}  // namespace

Shrunk shrink(const Plan& plan, const std::string& signature, const TryPlan& try_plan,
              const ShrinkOptions& options) {
  Minimization search(plan, signature, try_plan, options);
  bool smaller = true;
  while (smaller && !search.spent()) {
    smaller = false;
    for (const auto pass : passes) smaller = pass(search) || smaller;
  }
  return {search.best(), search.runs()};
}

}  // namespace reprise
