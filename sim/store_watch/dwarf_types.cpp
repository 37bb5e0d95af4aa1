
#include <reprise/sim/store_watch/dwarf_types.h>

#include <dwarf.h>

#include <cstdlib>

namespace reprise {

std::optional<Dwarf_Die> bare_type(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  Dwarf_Die type, bare;
  if (dwarf_attr_integrate(die, DW_AT_type, &attribute) == nullptr) return std::nullopt;
  if (dwarf_formref_die(&attribute, &type) == nullptr) return std::nullopt;
  if (dwarf_peel_type(&type, &bare) != 0) return std::nullopt;
  return bare;
}

std::optional<Dwarf_Die> whole_type(DwarfModules& modules, std::optional<Dwarf_Die> type) {
  if (!type || dwarf_hasattr(&*type, DW_AT_declaration) == 0) return type;
  return modules.index_of(dwarf_cu_getdwarf(type->cu)).definition_of(&*type);
}

bool is_class(Dwarf_Die* type) {
  const int tag = dwarf_tag(type);
  return tag == DW_TAG_class_type || tag == DW_TAG_structure_type || tag == DW_TAG_union_type;
}

bool is_reference(Dwarf_Die* type) {
  const int tag = dwarf_tag(type);
  return tag == DW_TAG_reference_type || tag == DW_TAG_rvalue_reference_type;
}

bool is_pointer(Dwarf_Die* type) {
  return dwarf_tag(type) == DW_TAG_pointer_type || is_reference(type);
}

bool is_of_library(Dwarf_Die* type) {
  const char* const file = dwarf_decl_file(type);
  return file != nullptr && is_library_file(file);
}

std::uint64_t size_of(Dwarf_Die* type) {
  Dwarf_Word size = 0;
  return dwarf_aggregate_size(type, &size) == 0 ? size : 0;
}

std::optional<Dwarf_Die> parameter_type(DwarfModules& modules, const void* function) {
  const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(function);
  Dwfl_Module* const module = modules.at(address);
  if (module == nullptr) return std::nullopt;
  Dwarf_Addr bias = 0;
  Dwarf_Die* const unit = unit_at(module, address, bias);
  if (unit == nullptr) return std::nullopt;
  Dwarf_Die* scopes = nullptr;
  const int count = dwarf_getscopes(unit, address - bias, &scopes);
  std::optional<Dwarf_Die> type;
  for (int i = 0; i < count && !type; ++i) {
    Dwarf_Die child;
    if (dwarf_tag(&scopes[i]) != DW_TAG_subprogram || dwarf_child(&scopes[i], &child) != 0)
      continue;
    do {
      if (dwarf_tag(&child) == DW_TAG_formal_parameter) type = bare_type(&child);
    } while (!type && dwarf_siblingof(&child, &child) == 0);
  }
  std::free(scopes);
  if (type && is_reference(&*type)) return bare_type(&*type);
  return type;
}

}  // namespace reprise
