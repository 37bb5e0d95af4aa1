#include <reprise/sim/store_watch/dwarf_index.h>

#include <dwarf.h>

#include <cstdint>
#include <iterator>

namespace reprise {

namespace {

// Where a variable lies that always lies there.
std::optional<Dwarf_Addr> static_address(Dwarf_Die* variable) {
  Dwarf_Attribute attribute;
  Dwarf_Op* steps = nullptr;
  std::size_t count = 0;
  if (dwarf_attr(variable, DW_AT_location, &attribute) == nullptr) return std::nullopt;
  if (dwarf_getlocation(&attribute, &steps, &count) != 0 || count != 1) return std::nullopt;
  if (steps->atom == DW_OP_addr) return steps->number;
  if (steps->atom != DW_OP_addrx) return std::nullopt;
  Dwarf_Attribute entry;  // of a table of addresses
  Dwarf_Addr address = 0;
  if (dwarf_getlocation_attr(&attribute, steps, &entry) != 0) return std::nullopt;
  return dwarf_formaddr(&entry, &address) == 0 ? std::optional(address) : std::nullopt;
}

std::uint64_t bytes_of(Dwarf_Die* type) {
  Dwarf_Word size = 0;
  return dwarf_aggregate_size(type, &size) == 0 ? size : 0;
}

}  // namespace

DwarfIndex::DwarfIndex(Dwarf* dwarf) {
  Dwarf_CU* unit = nullptr;
  Dwarf_Die die;
  while (dwarf_get_units(dwarf, unit, &unit, nullptr, nullptr, &die, nullptr) == 0) {
    add_all_in(&die, "", false);
  }
}

void DwarfIndex::add_all_in(Dwarf_Die* scope, const std::string& prefix, bool is_in_function) {
  Dwarf_Die child;
  if (dwarf_child(scope, &child) != 0) return;
  do {
    const char* const name = dwarf_diename(&child);
    switch (dwarf_tag(&child)) {
      case DW_TAG_namespace:
        add_all_in(&child, prefix + (name == nullptr ? "" : name) + "::", is_in_function);
        break;
      case DW_TAG_class_type:
      case DW_TAG_structure_type:
      case DW_TAG_union_type:
        if (name != nullptr && !is_in_function) add_type(&child, prefix + name);
        break;
      case DW_TAG_subprogram:
      case DW_TAG_lexical_block: add_all_in(&child, prefix, true); break;
      case DW_TAG_variable: add_variable(&child, is_in_function); break;
      default: break;
    }
  } while (dwarf_siblingof(&child, &child) == 0);
}

void DwarfIndex::add_type(Dwarf_Die* type, const std::string& name) {
  if (dwarf_hasattr(type, DW_AT_declaration) != 0) {
    declarations_.emplace(dwarf_dieoffset(type), name);
    return;
  }
  const auto [known, is_new] = definitions_.try_emplace(name, Definition{*type});
  if (!is_new && bytes_of(&known->second.die) != bytes_of(type)) known->second.is_clear = false;
}

void DwarfIndex::add_variable(Dwarf_Die* variable, bool is_in_function) {
  if (const std::optional<Dwarf_Addr> begin = static_address(variable)) {
    variables_.emplace(*begin, StaticVariable{*variable, *begin, is_in_function});
  }
}

std::optional<DwarfIndex::StaticVariable> DwarfIndex::variable_before(Dwarf_Addr address) const {
  const auto after = variables_.upper_bound(address);
  if (after == variables_.begin()) return std::nullopt;
  return std::prev(after)->second;
}

std::optional<Dwarf_Die> DwarfIndex::definition_of(Dwarf_Die* declaration) const {
  const auto name = declarations_.find(dwarf_dieoffset(declaration));
  if (name == declarations_.end()) return std::nullopt;
  const auto known = definitions_.find(name->second);
  if (known == definitions_.end() || !known->second.is_clear) return std::nullopt;
  return known->second.die;
}

}  // namespace reprise
