// DebugInfo: finds the source lines of instructions of this process, and the variables at
// addresses.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/store_watch/call_paths.h>
#include <reprise/sim/store_watch/object_layout.h>

#include <cstddef>
#include <cstdint>
#include <functional>
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
  /// Whether the line belongs to the standard library, another system library, or Reprise.
  bool is_library = false;

  friend bool operator==(const CodeLine&, const CodeLine&) = default;
};

/// An object in which, and in whose pointees, variables are looked up. Its type is that of the
/// first parameter of `function`, or what that refers to.
struct NamedObject {
  std::string name;  // empty: members are shown without a prefix
  const void* object = nullptr;
  const void* function = nullptr;
};

/// The variable at an address.
struct Variable {
  std::string name;  // "pager.free_count", "slots[3]"; empty if it is not known
  enum class Kind : std::uint8_t {
    other,
    boolean,
    signed_number,
    unsigned_number,
    enumeration,
    floating,  // of 4 or 8 bytes
    pointer,   // addresses differ from run to run: only whether it is null counts
  };
  Kind kind = Kind::other;
  std::uint32_t size = 0;       // bytes; 0 if only its name is known
  std::uint32_t first_bit = 0;  // of these bytes, where it has only some of their bits
  std::uint32_t bits = 0;       // how many; 0: all
  std::vector<std::pair<std::uint64_t, std::string>> words;  // of an enumeration

  /// A value of this variable in words, from its bytes; empty if it has no words.
  std::string to_text(std::uint64_t bytes) const;
};

/// Bytes that were stored to or loaded.
struct StoredBytes {
  std::uintptr_t address = 0;
  std::uint32_t size = 0;
  /// Which bits of the first 8 bytes changed, little-endian, as far as is known: it tells members
  /// that share a byte apart.
  std::uint64_t changed = ~std::uint64_t{0};
  /// The instruction, and the calls that led there, from the innermost outward.
  std::vector<std::uintptr_t> code = {};
  /// The size of the block of memory that begins at an address; 0 if none does.
  std::function<std::size_t(std::uintptr_t)> block_size_at = {};
};

/// Answers are empty where debug information is missing or cannot be read. They are cached, so
/// asking again costs only a look-up.
class DebugInfo {
 public:
  DebugInfo();
  DebugInfo(const DebugInfo&) = delete;
  DebugInfo& operator=(const DebugInfo&) = delete;
  ~DebugInfo();

  /// The lines of the instruction before `pc`: first its own line, then the call of each inlined
  /// function around it, from the innermost outward.
  const std::vector<CodeLine>& lines_at(std::uintptr_t pc);
  /// The same, followed by the calls that led there, up to the entry.
  std::vector<CodeLine> lines_of(const CodeAddress& code, const CallPaths& paths);
  /// The innermost of these lines that is the user's own, or null.
  static const CodeLine* own_line(const std::vector<CodeLine>& lines);

  /// The variable that these bytes belong to, found in the objects, in what they point to, among
  /// globals, or in a block of a type that the code has a pointer to.
  Variable variable_at(const StoredBytes& bytes, std::span<const NamedObject> objects);

  /// Which bytes of an object are its state. Its type is that of the first parameter of `function`,
  /// or what that refers to.
  const ObjectLayout& layout_of(const void* function);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reprise
