#include <reprise/sim/evidence/linearization.h>

#include <reprise/core/digest.h>

#include <algorithm>
#include <compare>
#include <set>
#include <utility>

namespace reprise {

namespace {

/// A set of operations, by their places in the search.
class Chosen {
 public:
  explicit Chosen(std::size_t size) : words_((size + 63) / 64) {}

  void flip(std::size_t at) { words_[at / 64] ^= std::uint64_t{1} << (at % 64); }

  friend auto operator<=>(const Chosen&, const Chosen&) = default;

 private:
  std::vector<std::uint64_t> words_;
};

class Search {
 public:
  Search(History& history, std::span<const std::size_t> operations, std::uint64_t& steps)
      : history_(history), operations_(operations), steps_(steps), chosen_(operations.size()) {
    for (std::size_t i = 0; i < operations.size(); ++i) {
      const History::Operation& operation = history.operations()[operations[i]];
      moments_.push_back({operation.called, i, true, 0, 0, 0});
      if (operation.returned == History::Operation::never) continue;
      moments_.push_back({operation.returned, i, false, 0, 0, 0});
      ++must_return_;
    }
    std::ranges::sort(moments_, {}, &Moment::at);
    link();
  }

  Linearization run() {
    history_.restart();
    Linearization result;
    std::size_t at = moments_[end].next;
    while (must_return_ != 0) {
      Moment& moment = moments_[at];
      if (!moment.is_call) {
        blocked_by(at, result);
        if (order_.empty()) {
          result.verdict = Linearization::Verdict::unexplained;
          break;
        }
        at = moments_[take_back()].next;
        continue;
      }
      if (steps_ == 0) {
        result.verdict = Linearization::Verdict::undecided;
        break;
      }
      --steps_;
      at = choose(at) ? moments_[end].next : moment.next;
    }
    history_.restart();
    return result;
  }

 private:
  /// A call or a return, in a list of those not chosen yet.
  struct Moment {
    std::uint64_t at;
    std::size_t operation;
    bool is_call;
    std::size_t previous, next;
    std::size_t returns;  // of a call: its return, or `end`
  };
  static constexpr std::size_t end = 0;

  void link() {
    moments_.insert(moments_.begin(), Moment{0, 0, false, 0, 0, end});
    std::vector<std::size_t> calls(operations_.size());
    for (std::size_t i = 0; i < moments_.size(); ++i) {
      Moment& moment = moments_[i];
      moment.previous = i == 0 ? moments_.size() - 1 : i - 1;
      moment.next = i + 1 == moments_.size() ? end : i + 1;
      moment.returns = end;
      if (i == end) continue;
      if (moment.is_call) {
        calls[moment.operation] = i;
      } else {
        moments_[calls[moment.operation]].returns = i;
      }
    }
  }
  void take_out(std::size_t at) {
    if (at == end) return;
    moments_[moments_[at].previous].next = moments_[at].next;
    moments_[moments_[at].next].previous = moments_[at].previous;
  }
  void put_back(std::size_t at) {
    if (at == end) return;
    moments_[moments_[at].previous].next = at;
    moments_[moments_[at].next].previous = at;
  }

  /// The operation comes next, if the model allows it and it leads to something new.
  bool choose(std::size_t call) {
    const Moment& moment = moments_[call];
    if (!history_.apply(operations_[moment.operation])) return false;
    chosen_.flip(moment.operation);
    if (!seen_.emplace(history_.state_digest(), chosen_).second) {
      chosen_.flip(moment.operation);
      history_.undo();
      return false;
    }
    take_out(call);
    take_out(moment.returns);
    if (moment.returns != end) --must_return_;
    order_.push_back(call);
    return true;
  }

  /// Its call, where the search goes on.
  std::size_t take_back() {
    const std::size_t call = order_.back();
    order_.pop_back();
    const Moment& moment = moments_[call];
    put_back(moment.returns);
    put_back(call);
    if (moment.returns != end) ++must_return_;
    chosen_.flip(moment.operation);
    history_.undo();
    return call;
  }

  /// Nothing that may come next leads past this return. The last one so reached ends the shortest
  /// part of the history, from its beginning, that has no explanation.
  void blocked_by(std::size_t at, Linearization& result) {
    if (at < furthest_ || (at == furthest_ && order_.size() <= result.order.size())) return;
    furthest_ = at;
    result.culprit = operations_[moments_[at].operation];
    result.order.clear();
    for (const std::size_t call : order_) {
      result.order.push_back(operations_[moments_[call].operation]);
    }
  }

  History& history_;
  std::span<const std::size_t> operations_;
  std::uint64_t& steps_;
  std::vector<Moment> moments_;     // by time; the first is the list's head
  std::size_t must_return_ = 0;     // operations that have returned and are not chosen
  std::vector<std::size_t> order_;  // the calls chosen
  Chosen chosen_;
  std::set<std::pair<std::uint64_t, Chosen>> seen_;
  std::size_t furthest_ = 0;
};

}  // namespace

Linearization linearize(History& history, std::span<const std::size_t> operations,
                        std::uint64_t& steps) {
  return Search(history, operations, steps).run();
}

}  // namespace reprise
