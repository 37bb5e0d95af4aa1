// A list of texts: a node, and its text in a block of its own. If there is no memory for the text,
// the broken list says so and forgets the node, which nobody can free any more.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "scenarios/number_file.h"

namespace reprise::memory::forgotten_node {
namespace {

constexpr std::size_t texts_wanted = 3;
constexpr std::size_t text_size = 40;
constexpr int attempts_max = 8;

struct Node {
  Node* next;
  char* text;
};

template <bool frees_node>
struct List {
  NumberFile file;
  Node* first = nullptr;
  std::size_t count = 0;

  explicit List(File& numbers) : file(numbers) {}
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  ~List() {
    while (first != nullptr) {
      Node* const node = first;
      first = node->next;
      std::free(node->text);
      std::free(node);
    }
  }

  IOResult<Unit> add_next() {
    const std::uint64_t number = RETURN_IF_IO(file.read(count));
    Node* const node = static_cast<Node*>(std::malloc(sizeof(Node)));
    if (node == nullptr) return IOError::no_memory;
    node->text = static_cast<char*>(std::malloc(text_size));
    if (node->text == nullptr) {
      if (frees_node) std::free(node);
      return IOError::no_memory;
    }
    std::memset(node->text, static_cast<int>('0' + number % 10), text_size);
    node->next = first;
    first = node;
    ++count;
    return Unit{};
  }
};

template <bool frees_node>
void read_texts(Sim& sim) {
  sim.survives({.no_memory = true});
  List<frees_node> list(sim.open("numbers"));
  sim.task("client", [&] {
    for (int i = 0; i < attempts_max && list.count < texts_wanted; ++i) {
      const Outcome<Unit> added = sim.await([&] { return list.add_next(); });
      if (!added.ok()) sim.expect(added.error() == IOError::no_memory, "nothing else fails");
    }
  });
  sim.run();
}

CANARY("memory/forgotten-node", "leak", read_texts<false>, read_texts<true>);

}  // namespace
}  // namespace reprise::memory::forgotten_node
