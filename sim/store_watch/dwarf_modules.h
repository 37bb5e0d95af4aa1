// DwarfModules: this process's program and libraries, with their debug information. For the files
// of this folder that include libdw.
#pragma once

#include <reprise/sim/store_watch/debug_info.h>

#include <elfutils/libdwfl.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace reprise {

class DwarfModules {
 public:
  DwarfModules() = default;
  DwarfModules(const DwarfModules&) = delete;
  DwarfModules& operator=(const DwarfModules&) = delete;
  ~DwarfModules();

  /// What holds this address; null if nothing does.
  Dwfl_Module* at(std::uintptr_t address);
  /// As dwfl_getmodules() does.
  void for_each(int (*visit)(Dwfl_Module* module, void** user_data, const char* name,
                             Dwarf_Addr start, void* context),
                void* context);

 private:
  bool begin();
  void look_again();

  Dwfl* dwfl_ = nullptr;
};

/// The unit of translation that an address lies in, and what is to be subtracted from addresses to
/// ask it; null if there is none. Unlike libdw's own, it does not need the tables that clang leaves
/// out.
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
Variable find_variable(DwarfModules& modules, std::uintptr_t address, std::uint32_t size,
                       std::span<const NamedObject> objects);

}  // namespace reprise
