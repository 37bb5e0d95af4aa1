// What type a block of memory has that no known object leads to, such as what a C library keeps
// behind a `void *`: the functions on the way to the store have a name for it.
#include <reprise/sim/store_watch/dwarf_modules.h>
#include <reprise/sim/store_watch/dwarf_types.h>

#include <dwarf.h>

#include <cstdlib>
#include <string>

namespace reprise {

namespace {

constexpr std::uintptr_t alignment = 16;            // of blocks, as malloc() gives them
constexpr std::uintptr_t distance_max = 64 * 1024;  // from the beginning of a block to the store

std::uintptr_t begin_of_block(const StoredBytes& bytes, std::size_t& size) {
  std::uintptr_t begin = bytes.address / alignment * alignment;
  for (std::uintptr_t tried = 0; tried < distance_max; tried += alignment, begin -= alignment) {
    size = bytes.block_size_at(begin);
    if (size != 0) return bytes.address + bytes.size <= begin + size ? begin : 0;
  }
  return 0;
}

class TypeSearch {
 public:
  TypeSearch(DwarfModules& modules, std::size_t size) : modules_(modules), size_(size) {}

  // From the innermost function outward.
  void look_at(std::uintptr_t pc) {
    Dwfl_Module* const module = modules_.at(pc);
    if (module == nullptr) return;
    Dwarf_Addr bias = 0;
    Dwarf_Die* const unit = unit_at(module, pc, bias);
    if (unit == nullptr) return;
    Dwarf_Die* innermost = nullptr;
    Dwarf_Die* scopes = nullptr;
    int count = dwarf_getscopes(unit, pc - bias, &innermost);
    // Those around it as the code lies, not as it was declared.
    if (count > 0) count = dwarf_getscopes_die(&innermost[0], &scopes);
    for (int i = 0; i < count; ++i) {
      const int tag = dwarf_tag(&scopes[i]);
      if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) continue;
      Dwarf_Die function = as_written(scopes[i]);
      look_at_variables(&function, name_.empty());
      if (tag == DW_TAG_subprogram) break;
    }
    std::free(scopes);
    std::free(innermost);
  }

  // Nothing if there is any doubt.
  std::optional<TypedBlock> found(std::uintptr_t begin) const {
    if (!is_clear_ || name_.empty()) return std::nullopt;
    return TypedBlock{name_, begin, type_};
  }

 private:
  // A function without what a compiler has made of it: with all its variables.
  static Dwarf_Die as_written(Dwarf_Die function) {
    Dwarf_Attribute attribute;
    Dwarf_Die origin;
    if (dwarf_attr(&function, DW_AT_abstract_origin, &attribute) == nullptr) return function;
    return dwarf_formref_die(&attribute, &origin) == nullptr ? function : origin;
  }

  void look_at_variables(Dwarf_Die* scope, bool gives_name) {
    Dwarf_Die child;
    if (dwarf_child(scope, &child) != 0) return;
    do {
      const int tag = dwarf_tag(&child);
      if (tag == DW_TAG_lexical_block) look_at_variables(&child, gives_name);
      if (tag == DW_TAG_formal_parameter || tag == DW_TAG_variable) {
        look_at_variable(&child, gives_name);
      }
    } while (dwarf_siblingof(&child, &child) == 0);
  }

  void look_at_variable(Dwarf_Die* variable, bool gives_name) {
    std::optional<Dwarf_Die> type = bare_type(variable);
    if (!type || !is_pointer(&*type)) return;
    type = whole_type(modules_, bare_type(&*type));
    if (!type || !is_class(&*type) || is_of_library(&*type) || size_of(&*type) != size_) return;
    const char* const name = dwarf_diename(variable);
    const char* const type_name = dwarf_diename(&*type);
    if (name == nullptr || type_name == nullptr) return;
    if (name_.empty()) {
      name_ = name;
      type_name_ = type_name;
      type_ = *type;
    } else {
      // Another type of this size, or two names in the function that says the name.
      is_clear_ = is_clear_ && type_name_ == type_name && (!gives_name || name_ == name);
    }
  }

  DwarfModules& modules_;
  std::size_t size_;
  std::string name_;
  std::string type_name_;
  Dwarf_Die type_ = {};
  bool is_clear_ = true;
};

}  // namespace

std::optional<TypedBlock> find_block(DwarfModules& modules, const StoredBytes& bytes) {
  if (!bytes.block_size_at) return std::nullopt;
  std::size_t size = 0;
  const std::uintptr_t begin = begin_of_block(bytes, size);
  if (begin == 0) return std::nullopt;
  TypeSearch search(modules, size);
  for (const std::uintptr_t pc : bytes.code) search.look_at(pc - 1);
  return search.found(begin);
}

}  // namespace reprise
