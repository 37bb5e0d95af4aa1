// Two servers each keep a number of their own. An operator has both without power, and may put the
// disk of each into the other. The broken servers do not look whose disk it is, and each answers
// with the other's number; the mended ones refuse to serve.
#include <reprise/reprise.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace reprise::nodes::swapped_disks {
namespace {

struct Broken {
  static constexpr bool looks_at_id = false;
};
struct Mended {
  static constexpr bool looks_at_id = true;
};

template <class Variant>
class Server {
 public:
  Server(Sim& sim, Sim::Node node, std::string number)
      : sim_(sim), node_(node), number_(std::move(number)) {
    node_.write_file("id", node_.name());
    node_.write_file("number", number_);
    node_.recovers([this] { start(); });
    node_.task("start", [this] { start(); });
  }

  /// What it says its number is; nothing while it does not serve.
  const std::optional<std::string>& answer() const { return answer_; }
  const std::string& number() const { return number_; }
  const Sim::Node& node() const { return node_; }
  void cut_power() {
    answer_.reset();
    node_.cut_power();
  }

 private:
  void start() {
    answer_.reset();
    const std::string id = read("id");
    if (Variant::looks_at_id && id != node_.name()) return;
    answer_ = read("number");
  }

  std::string read(std::string_view path) {
    const Buffer bytes = Buffer::allocate(16);
    const Completion done = node_.open(path).pread(0, bytes);
    if (sim_.wait(done) != IOError::none) return {};
    return {reinterpret_cast<const char*>(bytes.data()), done.result()};
  }

  Sim& sim_;
  Sim::Node node_;
  std::string number_;
  std::optional<std::string> answer_;
};

template <class Variant>
void answer_with_own_number(Sim& sim) {
  Server<Variant> a(sim, sim.node("a"), "one"), b(sim, sim.node("b"), "two");
  sim.always("a server answers with its own number", [&] {
    return a.answer().value_or(a.number()) == a.number() &&
           b.answer().value_or(b.number()) == b.number();
  });
  sim.task("operator", [&] {
    sim.sleep(std::chrono::nanoseconds(1));
    a.cut_power();
    b.cut_power();
    if (sim.flip("swaps")) a.node().swap_disk(b.node());
    a.node().restart();
    b.node().restart();
  });
  sim.run();
}

CANARY("nodes/swapped-disks", "invariant", answer_with_own_number<Broken>,
       answer_with_own_number<Mended>);

}  // namespace
}  // namespace reprise::nodes::swapped_disks
