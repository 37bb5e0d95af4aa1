// Types as debug information describes them. Only for the files of this folder that use libdw.
#pragma once

#include <reprise/sim/store_watch/dwarf_modules.h>

#include <cstdint>
#include <optional>

namespace reprise {

/// The type of `die`, without `const`, `typedef` and the like.
std::optional<Dwarf_Die> bare_type(Dwarf_Die* die);

/// A type, or the whole of what is only declared here; nothing if nobody knows that.
std::optional<Dwarf_Die> whole_type(DwarfModules& modules, std::optional<Dwarf_Die> type);

bool is_class(Dwarf_Die* type);  // or a union
bool is_reference(Dwarf_Die* type);
bool is_pointer(Dwarf_Die* type);  // or a reference
bool is_of_library(Dwarf_Die* type);
/// In bytes; 0 if it is not known.
std::uint64_t size_of(Dwarf_Die* type);

/// The type of the first parameter of a function, or what that refers to.
std::optional<Dwarf_Die> parameter_type(DwarfModules& modules, const void* function);

}  // namespace reprise
