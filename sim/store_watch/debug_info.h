// DebugInfo: from instructions of this process to the lines that they were written on, and from
// addresses to the variables there.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/store_watch/call_paths.h>
#include <reprise/sim/store_watch/object_layout.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

/// A line of source that an instruction belongs to.
struct CodeLine {
  std::string function;  // "Pager::allocate", without its parameters; empty if it is not known
  std::string file;
  int line = 0;
  int column = 0;  // from 1; 0 if it is not known
  /// The line belongs to the standard library, to another library of the system, or to Reprise.
  bool is_library = false;

  friend bool operator==(const CodeLine&, const CodeLine&) = default;
};

/// An object that variables are looked for in, with what it points to. Its type is that of the
/// first parameter of a function, or what that refers to.
struct NamedObject {
  std::string name;  // empty: its members are known by their own names alone
  const void* object = nullptr;
  const void* function = nullptr;
};

/// What lies at an address.
struct Variable {
  std::string name;  // "pager.free_count", "slots[3]"; empty if it is not known
  enum class Kind : std::uint8_t { other, boolean, signed_number, unsigned_number, enumeration };
  Kind kind = Kind::other;
  std::uint32_t size = 0;                                    // bytes
  std::vector<std::pair<std::uint64_t, std::string>> words;  // of an enumeration

  /// A value of this variable in words, from its bytes; empty if there are none.
  std::string shown(std::uint64_t bytes) const;
};

/// Where the compiler kept no debug information, or what there is cannot be read, the answers are
/// empty. Answers are kept: the second time costs a look-up.
class DebugInfo {
 public:
  DebugInfo();
  DebugInfo(const DebugInfo&) = delete;
  DebugInfo& operator=(const DebugInfo&) = delete;
  ~DebugInfo();

  /// The lines of the instruction before `pc`: the innermost first, then where each function that
  /// was expanded inline was called.
  const std::vector<CodeLine>& lines_at(std::uintptr_t pc);
  /// The same, and on through the calls that led there, up to the entry.
  std::vector<CodeLine> lines_of(const CodeAddress& code, const CallPaths& paths);
  /// The innermost line of these that is the user's own; null if there is none.
  static const CodeLine* own_line(const std::vector<CodeLine>& lines);

  /// The variable that `size` bytes at `address` belong to: one of the objects, or what they point
  /// to, or a global.
  Variable variable_at(std::uintptr_t address, std::uint32_t size,
                       std::span<const NamedObject> objects);

  /// Which bytes of an object are its state. Its type is that of the first parameter of `function`,
  /// or what that refers to.
  const ObjectLayout& layout_of(const void* function);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reprise
