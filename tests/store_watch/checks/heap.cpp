// Memory of the machine's own that it uses after it was freed, or frees twice; from C++ and from
// code written as in C.
#include <reprise/reprise.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::heap {
namespace {

// --- A session that another task closes while this one waits ---

struct Session {
  std::uint64_t sent = 0;
};

struct Server {
  NumberFile file;
  std::unique_ptr<Session> session = std::make_unique<Session>();
};

/// Holds the session's address over its yield.
struct HoldsOn {
  Server& server;
  Session* session = nullptr;
  std::uint64_t total = 0;

  IOResult<Unit> send() {
    if (session == nullptr) session = server.session.get();
    if (session == nullptr) return Unit{};
    RETURN_IF_IO(server.file.write(0, 1));
    session->sent += 1;
    total += session->sent;
    session = nullptr;
    return Unit{};
  }
};

/// Looks again whether it is still there.
struct LooksAgain {
  Server& server;
  std::uint64_t total = 0;

  IOResult<Unit> send() {
    RETURN_IF_IO(server.file.write(0, 1));
    if (server.session == nullptr) return Unit{};
    server.session->sent += 1;
    total += server.session->sent;
    return Unit{};
  }
};

template <class Sender>
void close_meanwhile(Sim& sim) {
  Server server{NumberFile(sim.open("f"))};
  Sender sender{server};
  sim.results_depend_on_timing();  // which of the two comes first
  sim.task("sender", [&] { static_cast<void>(sim.await([&] { return sender.send(); })); });
  sim.task("closer", [&] {
    sim.yield();
    server.session.reset();
  });
  sim.run();
}

CANARY("check/heap-held-over-a-yield", "heap-lifetime", close_meanwhile<HoldsOn>,
       close_meanwhile<LooksAgain>);

// --- The address of an element, while others are added ---

struct Table {
  NumberFile file;
  std::vector<std::uint64_t> rows = std::vector<std::uint64_t>(1);
  std::uint64_t* row = nullptr;

  IOResult<Unit> add_by_address() {
    if (row == nullptr) {
      rows.push_back(0);
      row = &rows.back();
    }
    RETURN_IF_IO(file.write(0, 1));
    *std::exchange(row, nullptr) += 1;
    return Unit{};
  }
  IOResult<Unit> add() {
    RETURN_IF_IO(file.write(0, 1));
    rows.push_back(1);
    return Unit{};
  }
};

template <bool by_address>
void add_rows(Sim& sim) {
  Table table{NumberFile(sim.open("f"))};
  sim.results_depend_on_timing();
  sim.task("client", [&] {
    for (int i = 0; i < 3; ++i) {
      static_cast<void>(
          sim.await([&] { return by_address ? table.add_by_address() : table.add(); }));
    }
  });
  sim.task("other", [&] {
    for (int i = 0; i < 3; ++i) {
      table.rows.push_back(7);
      sim.yield();
    }
  });
  sim.run();
}

CANARY("check/heap-element-moved", "heap-lifetime", add_rows<true>, add_rows<false>);

// --- As in C: a context that is freed on one way out, and again on the next ---

struct CContext {
  char* name;
  int step;
};

struct CClient {
  NumberFile file;
  CContext* context = nullptr;
  bool clears = false;

  void close() {
    std::free(context->name);
    if (clears) context->name = nullptr;
  }
  IOResult<Unit> run() {
    if (context == nullptr) {
      context = static_cast<CContext*>(std::malloc(sizeof *context));
      context->name = static_cast<char*>(std::malloc(16));
      std::strcpy(context->name, "client");
      context->step = 0;
    }
    if (context->step == 0) {
      if (IOResult<Unit> answer = file.write(0, 1); !answer.is_done()) {
        if (answer.is_err()) close();
        return answer;
      }
      context->step = 1;
    }
    return Unit{};
  }
  void drop() {
    if (context == nullptr) return;
    close();
    std::free(context);
    context = nullptr;
  }
};

template <bool clears>
void run_c_client(Sim& sim) {
  CClient client{NumberFile(sim.open("f"))};
  client.clears = clears;
  sim.survives({.errors = true});
  sim.results_depend_on_timing();
  sim.task("client", [&] {
    static_cast<void>(sim.await([&] { return client.run(); }));
    client.drop();
  });
  sim.run();
}

CANARY("check/heap-freed-twice", "heap-lifetime", run_c_client<false>, run_c_client<true>);

// --- As in C: a pointer into what realloc has moved ---

struct Grower {
  NumberFile file;
  std::uint64_t* numbers = nullptr;
  std::uint64_t* last = nullptr;
  std::size_t count = 0;
  bool keeps_address = false;
  std::uint64_t sum = 0;

  IOResult<Unit> grow() {
    if (numbers == nullptr) numbers = static_cast<std::uint64_t*>(std::calloc(1, 8));
    if (count == 0) {
      count = 1;
      last = &numbers[0];
    }
    RETURN_IF_IO(file.write(0, 1));
    numbers = static_cast<std::uint64_t*>(std::realloc(numbers, (count + 1) * 8));
    numbers[count] = 1;
    if (!keeps_address) last = &numbers[count];
    count += 1;
    sum += *last;
    return Unit{};
  }
};

template <bool keeps_address>
void grow_twice(Sim& sim) {
  Grower grower{NumberFile(sim.open("f"))};
  grower.keeps_address = keeps_address;
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) static_cast<void>(sim.await([&] { return grower.grow(); }));
  });
  sim.run();
  std::free(grower.numbers);
}

CANARY("check/heap-moved-by-realloc", "heap-lifetime", grow_twice<true>, grow_twice<false>);

// --- As in C: a buffer for the handshake, allocated anew in each entry ---

struct Handshake {
  NumberFile file;
  char* buffer = nullptr;
  bool looks_first = false;
  std::uint64_t shaken = 0;

  IOResult<Unit> shake() {
    if (!looks_first || buffer == nullptr) buffer = static_cast<char*>(std::malloc(100));
    buffer[0] = 'h';
    if (IOResult<Unit> answer = file.write(0, 1); !answer.is_done()) return answer;
    shaken += static_cast<std::uint64_t>(buffer[0] == 'h');
    std::free(std::exchange(buffer, nullptr));
    return Unit{};
  }
};

template <bool looks_first>
void shake_hands(Sim& sim) {
  Handshake handshake{NumberFile(sim.open("f"))};
  handshake.looks_first = looks_first;
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return handshake.shake(); })); });
  sim.run();
}

CANARY("check/heap-lost-on-re-entry", "heap-lifetime", shake_hands<false>, shake_hands<true>);

// --- The address of each entry's block is kept by the next block, or by a list ---

struct Node {
  Node* next;
  std::uint64_t number;
};

struct Stack {
  NumberFile file;
  Node* top = nullptr;
  std::vector<Node*> all = {};
  bool is_linked = false;
  Node* last = nullptr;

  IOResult<Unit> push() {
    Node* const node = static_cast<Node*>(std::malloc(sizeof(Node)));
    node->number = 1;
    node->next = is_linked ? top : nullptr;
    if (is_linked) {
      top = node;
    } else {
      all.push_back(node);
      last = node;
    }
    return file.write(0, 1);
  }
};

template <bool is_linked>
void push_nodes(Sim& sim) {
  Stack stack{NumberFile(sim.open("f"))};
  stack.is_linked = is_linked;
  sim.results_depend_on_timing();  // how often it is entered
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return stack.push(); })); });
  sim.run();
  while (stack.top != nullptr) std::free(std::exchange(stack.top, stack.top->next));
  for (Node* const node : stack.all) std::free(node);
}

SCENARIO("check/heap-kept-in-a-chain") { push_nodes<true>(sim); }
SCENARIO("check/heap-kept-in-a-list") { push_nodes<false>(sim); }

}  // namespace
}  // namespace reprise::watched::heap
