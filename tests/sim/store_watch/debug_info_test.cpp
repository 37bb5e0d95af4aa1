#include <doctest/doctest.h>

#include <reprise/sim/store_watch/debug_info.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

using namespace reprise;

namespace {

enum class Phase : std::uint8_t { idle, busy };

struct Inner {
  int unused = 0;
  std::int16_t depth = -2;
};

struct Flags {
  unsigned first : 3;
  int second : 4;
  bool third : 1;
};

struct Machine {
  Inner inner;
  unsigned slots[4] = {};
  bool flag = false;
  Phase phase = Phase::busy;
  std::vector<int> list = {1, 2, 3};
  std::unique_ptr<Inner> behind = std::make_unique<Inner>();
  double speed = 0;
  Inner* other = nullptr;
  Flags flags = {};
  union {
    std::uint64_t number;
    std::uint16_t part;
    std::int16_t signed_part;
  } choice = {};
};

[[gnu::noinline]] std::uintptr_t here() {
  return reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
}

template <class T>
[[gnu::noinline, gnu::used]] void has_type(T& object) {
  asm volatile("" : : "r"(&object));
}

template <class T>
Variable variable(DebugInfo& info, Machine& machine, T& at) {
  const NamedObject object{"machine", &machine, reinterpret_cast<const void*>(&has_type<Machine>)};
  return info.variable_at({reinterpret_cast<std::uintptr_t>(&at), sizeof at}, {&object, 1});
}

}  // namespace

int some_global_count = 0;
Machine some_global_machine;
static Inner some_static_inner;

TEST_CASE("debug info: an instruction has its file and line and function") {
  DebugInfo info;
  const int line = __LINE__ + 1;
  const std::uintptr_t pc = here();
  const std::vector<CodeLine>& lines = info.lines_at(pc);
  REQUIRE_FALSE(lines.empty());
  const CodeLine* const own = DebugInfo::own_line(lines);
  REQUIRE(own != nullptr);
  CHECK(own->line == line);
  CHECK(own->file.ends_with("debug_info_test.cpp"));
  CHECK(own->column > 0);
}

TEST_CASE("debug info: an address in no code has no lines") {
  DebugInfo info;
  CHECK(info.lines_at(16).empty());
  CHECK(DebugInfo::own_line({}) == nullptr);
}

TEST_CASE("debug info: members have names and values in words") {
  DebugInfo info;
  Machine machine;
  has_type(machine);
  const Variable depth = variable(info, machine, machine.inner.depth);
  CHECK(depth.name == "machine.inner.depth");
  CHECK(depth.to_text(0xfffe) == "-2");
  CHECK(variable(info, machine, machine.slots[3]).name == "machine.slots[3]");
  CHECK(variable(info, machine, machine.slots[3]).to_text(7) == "7");
  CHECK(variable(info, machine, machine.flag).to_text(1) == "true");
  CHECK(variable(info, machine, machine.phase).to_text(1) == "busy");
}

TEST_CASE("debug info: the insides of library types have the name of the member") {
  DebugInfo info;
  Machine machine;
  const Variable list = variable(info, machine, machine.list);
  CHECK(list.name == "machine.list");
  CHECK(list.to_text(1) == "");
}

TEST_CASE("debug info: what a pointer leads to is found") {
  DebugInfo info;
  Machine machine;
  CHECK(variable(info, machine, machine.behind->depth).name == "machine.behind.depth");
}

TEST_CASE("debug info: floating numbers and pointers have words that are the same in each run") {
  DebugInfo info;
  Machine machine;
  CHECK(variable(info, machine, machine.speed).to_text(0x3ff8000000000000) == "1.5");
  const Variable other = variable(info, machine, machine.other);
  CHECK(other.name == "machine.other");
  CHECK(other.to_text(0) == "null");
  CHECK(other.to_text(0x7f0012345678) == "a pointer");
}

TEST_CASE("debug info: of members that share a byte the one whose bits changed has the name") {
  DebugInfo info;
  Machine machine;
  const NamedObject object{"machine", &machine, reinterpret_cast<const void*>(&has_type<Machine>)};
  const auto changed = [&](std::uint64_t bits) {
    return info.variable_at({reinterpret_cast<std::uintptr_t>(&machine.flags), 1, bits},
                            {&object, 1});
  };
  CHECK(changed(0b110).name == "machine.flags.first");
  CHECK(changed(0b110).to_text(0b11111101) == "5");
  CHECK(changed(0b1111000).name == "machine.flags.second");
  CHECK(changed(0b1111000).to_text(0b11110010) == "-2");
  CHECK(changed(0b10000000).to_text(0b10000000) == "true");
  CHECK(changed(0b11000).name == "machine.flags.second");
  CHECK(changed(0b1111).name == "machine.flags");
  CHECK(changed(0b1111).to_text(0) == "");
}

TEST_CASE("debug info: a member of a union has its name if no other is stored to like this") {
  DebugInfo info;
  Machine machine;
  CHECK(variable(info, machine, machine.choice.number).name == "machine.choice.number");
  CHECK(variable(info, machine, machine.choice.part).name == "machine.choice");
}

TEST_CASE("debug info: members of globals have names and values in words") {
  DebugInfo info;
  const auto at = [&](auto& member) {
    return info.variable_at({reinterpret_cast<std::uintptr_t>(&member), sizeof member}, {});
  };
  CHECK(at(some_global_machine.slots[3]).name == "some_global_machine.slots[3]");
  CHECK(at(some_static_inner.depth).name == "some_static_inner.depth");
  CHECK(at(some_static_inner.depth).to_text(0xfffe) == "-2");
  static Inner within_this;
  CHECK(at(within_this.depth).name == "within_this.depth");
}

TEST_CASE("debug info: a global has its name and the unknown none") {
  DebugInfo info;
  const auto name_of = [&](const void* at) {
    return info.variable_at({reinterpret_cast<std::uintptr_t>(at), 4}, {}).name;
  };
  CHECK(name_of(&some_global_count) == "some_global_count");
  const auto unknown = std::make_unique<int>(1);
  CHECK(name_of(unknown.get()) == "");
}
