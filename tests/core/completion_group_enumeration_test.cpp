// Every small group against a model of ten lines: every mix of children, every order of finishing,
// a build and a cancel at every point, with devices that cancel at once and devices that do not;
// and each of it for groups that end with all, with the first, and with the first and the others
// cancelled.
#include <reprise/core/completion_group.h>
#include <reprise/core/completion_pool.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

using namespace reprise;

namespace {

// One child: a letter for an I/O (s succeeds, f fails, S has succeeded before, F has failed before,
// y is an explicit yield) or several in brackets for a group: "sf(sy)".
using Shape = std::string;

// --- The model ---

struct Model {
  std::vector<Model*> children;  // of a group
  bool is_group = false;
  bool finished = false;
  bool built = true;
  bool ends_with_first = false;
  IOError error = IOError::none;
  std::optional<std::size_t> winner = {};

  void settle() {
    if (!is_group || !built || finished) return;
    if (ends_with_first) return settle_with_first();
    bool all = true;
    for (const Model* child : children) {
      if (child->error != IOError::none) error = child->error;
      if (error != IOError::none) break;
      all = all && child->finished;
    }
    finished = all || error != IOError::none;
  }
  void settle_with_first() {
    finished = children.empty();
    for (std::size_t i = 0; i < children.size() && !finished; ++i) {
      if (!children[i]->finished) continue;
      finished = true;
      winner = i;
      error = children[i]->error;
    }
  }
  bool is_or_has(const Model* other) const {
    return this == other || std::ranges::find(children, other) != children.end();
  }
  bool drained() const {
    return finished && std::ranges::all_of(children, [](const Model* m) { return m->drained(); });
  }
};

// --- The real thing next to it ---

constexpr int never = -1;
constexpr int in_callback = -2;

enum class Ends { with_all, with_first, with_first_alone };

struct Plan {
  Ends ends = Ends::with_all;
  int build_at = 0;       // after so many finishes
  int cancel_at = never;  // after so many finishes; before the build if both are due
  bool cancel_after_build = false;
  bool cancels_at_once = true;
};

class Run final : public Canceller {
 public:
  Run(const Shape& shape, const std::vector<std::size_t>& order, const Plan& plan)
      : plan_(plan), group_([this](const Completion& group) { called_back(group); }) {
    std::vector<Model*> children;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      Pair child = shape[i] == '(' ? nested(shape, i) : leaf(shape[i]);
      group_.add(child.real);
      children.push_back(child.model);
      if (i == 0) first_ = child;
    }
    outer_.model = &model(children, false);
    outer_.model->ends_with_first = plan_.ends != Ends::with_all;
    share_first_child();
    play(order);
  }

  std::string wrong;  // what did not agree, or empty

 private:
  struct Pair {
    Completion real;
    Model* model = nullptr;
    IOError fails_with = IOError::none;
  };

  Model& model(const std::vector<Model*>& children, bool built = true) {
    Model& made = models_.emplace_back();
    made.children = children;
    made.is_group = true;
    made.built = built;
    made.settle();
    return made;
  }

  Pair leaf(char letter) {
    Model& made = models_.emplace_back();
    if (letter == 'y') {
      made.finished = true;
      return {Completion::yield(), &made};
    }
    const bool fails = letter == 'f' || letter == 'F';
    const auto error = static_cast<IOError>(1000 + models_.size());  // each its own
    Pair pair{pool_.make({}, this, leaves_.size()), &made, fails ? error : IOError::none};
    if (letter == 's' || letter == 'f') {
      pending_.push_back(leaves_.size());
    } else if (fails) {
      pair.real.fail(error);
      made.finished = true;
      made.error = error;
    } else {
      pair.real.finish(1);
      made.finished = true;
    }
    leaves_.push_back(pair);
    return pair;
  }

  Pair nested(const Shape& shape, std::size_t& i) {
    CompletionGroup group;
    std::vector<Model*> children;
    for (++i; shape[i] != ')'; ++i) {
      const Pair child = leaf(shape[i]);
      group.add(child.real);
      children.push_back(child.model);
    }
    Pair made{group.build(), &model(children)};
    inner_.push_back(made);
    return made;
  }

  // The first child stands in a second group too.
  void share_first_child() {
    if (first_.model == nullptr) return;
    CompletionGroup group([this](const Completion&) { ++shared_calls_; });
    group.add(first_.real);
    shared_ = {group.build(), &model({first_.model})};
  }

  void play(const std::vector<std::size_t>& order) {
    for (std::size_t step = 0; step <= order.size(); ++step) {
      const int at = static_cast<int>(step);
      if (plan_.cancel_at == at && !plan_.cancel_after_build) cancel();
      if (plan_.build_at == at) build();
      if (plan_.cancel_at == at && plan_.cancel_after_build) cancel();
      check("step");
      if (step < order.size()) deliver(pending_[order[step]]);
    }
    check("end");
    if (!outer_.model->drained()) wrong += "model not drained at the end; ";
    outer_ = shared_ = first_ = Pair{};
    drain_ = Completion();
    inner_.clear();
    leaves_.clear();
    if (pool_.live() != 0) wrong += "live completions at the end; ";
  }

  void build() {
    outer_.model->built = true;
    settle_models();
    outer_.real = plan_.ends == Ends::with_all     ? group_.build()
                  : plan_.ends == Ends::with_first ? group_.build_any(Losers::left)
                                                   : group_.build_any(Losers::cancelled);
    drain_ = CompletionGroup::drain(outer_.real);
  }

  void cancel() {
    if (outer_.real) {
      outer_.real.cancel();
    } else {
      group_.cancel();
    }
  }

  void cancel(const Completion& completion, std::uint64_t token) override {
    if (!plan_.cancels_at_once) return;
    note(leaves_[token], IOError::cancelled);
    completion.fail(IOError::cancelled);
  }

  void deliver(std::size_t index) {
    const Pair& io = leaves_[index];
    note(io, io.fails_with);
    if (io.fails_with == IOError::none) {
      io.real.finish(1);
    } else {
      io.real.fail(io.fails_with);
    }
  }

  // Tells the model first, since callbacks look at it.
  void note(const Pair& io, IOError error) {
    if (io.model->finished) return;
    io.model->finished = true;
    io.model->error = error;
    settle_models();
  }
  void settle_models() {
    for (Model& any : models_) any.settle();  // in the order of making: inner before outer
  }

  void called_back(const Completion& group) {
    ++calls_;
    if (!outer_.model->finished) wrong += "called back too early; ";
    if (group.get_error() != outer_.model->error) wrong += "another error in the callback; ";
    if (!group.finished()) wrong += "not finished in the callback; ";
    if (group.succeeded() != (group.get_error() == IOError::none)) wrong += "disagrees; ";
    check_losers();
    if (plan_.cancel_at == in_callback) group.cancel();
  }

  // Asked to give up, each once; or left alone.
  void check_losers() {
    if (plan_.ends == Ends::with_all || !outer_.model->finished) return;
    const std::vector<Model*>& children = outer_.model->children;
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (i == outer_.model->winner) continue;
      for (const Pair& leaf : leaves_) {
        if (!children[i]->is_or_has(leaf.model) || leaf.model->finished) continue;
        const bool is_asked = leaf.real.cancel_requested();
        const bool should_be = plan_.ends == Ends::with_first_alone;
        if (should_be && !is_asked) wrong += "a loser was not cancelled; ";
        if (!should_be && is_asked && plan_.cancel_at == never) wrong += "a loser was cancelled; ";
      }
    }
  }

  void compare(const char* where, const Pair& pair) {
    const bool agrees =
        pair.real.finished() == pair.model->finished &&
        pair.real.get_error() == pair.model->error &&
        pair.real.succeeded() == (pair.model->finished && pair.model->error == IOError::none) &&
        pair.real.drained() == pair.model->drained();
    if (!agrees) wrong += std::string("model and group disagree at ") + where + "; ";
  }

  void check(const char* where) {
    for (const Pair& io : leaves_) compare(where, io);
    for (const Pair& group : inner_) compare(where, group);
    if (shared_.real) {
      compare(where, shared_);
      if (shared_calls_ != (shared_.model->finished ? 1 : 0)) wrong += "shared group's callback; ";
    }
    if (calls_ != (outer_.model->finished ? 1 : 0)) wrong += "callback not once; ";
    if (!outer_.real) return;
    compare(where, outer_);
    check_losers();
    if (CompletionGroup::winner(outer_.real) != outer_.model->winner) wrong += "winner; ";
    if (drain_.finished() != outer_.model->drained()) wrong += "drain; ";
    if (drain_.get_error() != IOError::none) wrong += "drain failed; ";
  }

  Plan plan_;
  CompletionPool pool_;
  std::deque<Model> models_;
  std::vector<Pair> leaves_;
  std::vector<std::size_t> pending_;  // indexes of leaves
  std::vector<Pair> inner_;
  Pair first_;
  Pair shared_;
  Pair outer_;
  Completion drain_;
  CompletionGroup group_;
  int calls_ = 0;
  int shared_calls_ = 0;
};

// --- What is enumerated ---

std::size_t pending_in(const Shape& shape) {
  return static_cast<std::size_t>(
      std::ranges::count_if(shape, [](char c) { return c == 's' || c == 'f'; }));
}

struct Tally {
  std::uint64_t runs = 0;
  std::string first_wrong;
};

void run_with(const Shape& shape, const std::vector<std::size_t>& order, const Plan& plan,
              Tally& tally) {
  ++tally.runs;
  const Run run(shape, order, plan);
  if (run.wrong.empty() || !tally.first_wrong.empty()) return;
  tally.first_wrong = shape + " order";
  for (const std::size_t i : order) tally.first_wrong += " " + std::to_string(i);
  tally.first_wrong += " ends " + std::to_string(static_cast<int>(plan.ends)) + " build " +
                       std::to_string(plan.build_at) + " cancel " + std::to_string(plan.cancel_at) +
                       ": " + run.wrong;
}

void run_all_plans(const Shape& shape, Ends ends, Tally& tally) {
  std::vector<std::size_t> order(pending_in(shape));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const int steps = static_cast<int>(order.size());
  do {
    for (int build_at = 0; build_at <= steps; ++build_at) {
      run_with(shape, order, {ends, build_at}, tally);
      if (order.empty()) continue;
      for (const bool at_once : {true, false}) {
        run_with(shape, order, {ends, build_at, in_callback, false, at_once}, tally);
        for (int cancel_at = 0; cancel_at < steps; ++cancel_at) {
          run_with(shape, order, {ends, build_at, cancel_at, false, at_once}, tally);
          if (cancel_at != build_at) continue;
          run_with(shape, order, {ends, build_at, cancel_at, true, at_once}, tally);
        }
      }
    }
  } while (std::ranges::next_permutation(order).found);
}

// Calls `with` for every sequence of exactly `count` of `kinds` with at most `pending_max` pending.
template <class F>
void for_each_shape(const std::vector<Shape>& kinds, std::size_t count, std::size_t pending_max,
                    const F& with, const Shape& begun = {}) {
  if (pending_in(begun) > pending_max) return;
  if (count == 0) return with(begun);
  for (const Shape& kind : kinds) for_each_shape(kinds, count - 1, pending_max, with, begun + kind);
}

const std::vector<Shape> ios = {"s", "f", "S", "F", "y"};

std::vector<Shape> with_groups_of(std::size_t count_max) {
  std::vector<Shape> kinds = ios;
  for (std::size_t count = 0; count <= count_max; ++count) {
    for_each_shape(ios, count, count,
                   [&](const Shape& inner) { kinds.push_back("(" + inner + ")"); });
  }
  return kinds;
}

// The first run that did not agree, or empty. There must be many, lest nothing was tried.
std::string disagreement(const std::vector<Shape>& kinds, std::size_t count,
                         std::size_t pending_max, std::uint64_t runs_min) {
  Tally tally;
  for_each_shape(kinds, count, pending_max, [&](const Shape& shape) {
    for (const Ends ends : {Ends::with_all, Ends::with_first, Ends::with_first_alone}) {
      run_all_plans(shape, ends, tally);
    }
  });
  CHECK(tally.runs >= runs_min);
  return tally.first_wrong;
}

}  // namespace

TEST_CASE("completion group: no child and one child of every kind agree with the model") {
  CHECK(disagreement(with_groups_of(2), 0, 2, 3) == "");
  CHECK(disagreement(with_groups_of(2), 1, 2, 1'200) == "");
}

TEST_CASE("completion group: two children of every kind agree with the model") {
  CHECK(disagreement(with_groups_of(2), 2, 3, 150'000) == "");
}

TEST_CASE("completion group: three children with groups of one agree with the model") {
  CHECK(disagreement(with_groups_of(1), 3, 3, 120'000) == "");
}

TEST_CASE("completion group: four children agree with the model") {
  CHECK(disagreement(ios, 4, 4, 180'000) == "");
}

TEST_CASE("completion group: two groups of two pending I/Os agree with the model") {
  CHECK(disagreement({"(ss)", "(sf)", "(fs)", "(ff)"}, 2, 4, 60'000) == "");
}

TEST_CASE("completion group: four children with groups among them agree with the model") {
  CHECK(disagreement({"s", "f", "(sf)", "()"}, 4, 4, 300'000) == "");
}
