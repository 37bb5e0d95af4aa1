// DwarfModules: the program and libraries of this process, with their debug information. Only for
// the files of this folder that use libdw.
#pragma once

#include <reprise/sim/store_watch/debug_info.h>
#include <reprise/sim/store_watch/dwarf_index.h>

#include <elfutils/libdwfl.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace reprise {

class DwarfModules {
 public:
  DwarfModules() = default;
  DwarfModules(const DwarfModules&) = delete;
  DwarfModules& operator=(const DwarfModules&) = delete;
  ~DwarfModules();

  /// The module that contains this address, or null.
  Dwfl_Module* at(std::uintptr_t address);
  /// The index of this debug information, which is made when it is first asked for.
  const DwarfIndex& index_of(Dwarf* dwarf);
  /// Calls `visit` for each module, as dwfl_getmodules() does.
  void for_each(int (*visit)(Dwfl_Module* module, void** user_data, const char* name,
                             Dwarf_Addr start, void* context),
                void* context);

 private:
  bool begin();
  void look_again();

  Dwfl* dwfl_ = nullptr;
  std::deque<std::pair<Dwarf*, DwarfIndex>> indexes_;  // few
};

/// The translation unit that contains an address, or null. Subtract `bias` from addresses before
/// looking them up in it. Unlike libdw's own function this one does not need the tables that clang
/// leaves out.
Dwarf_Die* unit_at(Dwfl_Module* module, std::uintptr_t address, Dwarf_Addr& bias);

/// True if `file` belongs to the standard library, a system library, a sanitizer or Reprise.
bool is_library_file(std::string_view file);
std::string demangled(const char* name);
/// "void (anonymous namespace)::Pager::read<int>(int) const" becomes "Pager::read<int>".
std::string short_name(std::string name);
/// The value of an attribute; 0 if it is not there.
int number_of(Dwarf_Die* die, unsigned kind);

/// See DebugInfo::layout_of().
ObjectLayout find_layout(DwarfModules& modules, const void* function);
/// A block of memory, and what the code under test calls a pointer to it.
struct TypedBlock {
  std::string name;
  std::uintptr_t begin = 0;
  Dwarf_Die type = {};
};
/// The block that these bytes belong to. Nothing if the functions on the way to the store know no
/// type of its size, or several.
std::optional<TypedBlock> find_block(DwarfModules& modules, const StoredBytes& bytes);
/// See DebugInfo::variable_at().
Variable find_variable(DwarfModules& modules, const StoredBytes& bytes,
                       std::span<const NamedObject> objects);

}  // namespace reprise
