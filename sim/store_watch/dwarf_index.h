// DwarfIndex: the types and variables of a program or library by name and by address; debug
// information itself lists them source by source. Only for the files of this folder that use libdw.
#pragma once

#include <elfutils/libdw.h>

#include <map>
#include <optional>
#include <string>

namespace reprise {

class DwarfIndex {
 public:
  explicit DwarfIndex(Dwarf* dwarf);

  struct StaticVariable {
    Dwarf_Die die;
    Dwarf_Addr begin = 0;
    bool is_local = false;  // to a function: compilers give its symbol different names
  };
  /// The variable that begins at or before an address of the file; it may end before that.
  std::optional<StaticVariable> variable_before(Dwarf_Addr address) const;

  /// The whole of a type that is only declared in one source, as `struct queue;`: C libraries hide
  /// their types like this. Nothing if no source has it, or if sources differ about its size.
  std::optional<Dwarf_Die> definition_of(Dwarf_Die* declaration) const;

 private:
  void add_all_in(Dwarf_Die* scope, const std::string& prefix, bool is_in_function);
  void add_type(Dwarf_Die* type, const std::string& name);
  void add_variable(Dwarf_Die* variable, bool is_in_function);

  struct Definition {
    Dwarf_Die die;
    bool is_clear = true;
  };
  std::map<std::string, Definition> definitions_;  // by qualified name
  std::map<Dwarf_Off, std::string> declarations_;
  std::map<Dwarf_Addr, StaticVariable> variables_;
};

}  // namespace reprise
