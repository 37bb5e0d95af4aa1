
#include <reprise/sim/store_watch/dwarf_modules.h>

#include <cxxabi.h>
#include <dwarf.h>
#include <unistd.h>

#include <cstdlib>

namespace reprise {

namespace {

// Debug information that is kept apart from the program is not looked for: it might be far away.
int find_no_other_file(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*, const char*,
                       GElf_Word, char**) {
  return -1;
}

constexpr Dwfl_Callbacks callbacks = {
    .find_elf = &dwfl_linux_proc_find_elf,
    .find_debuginfo = &find_no_other_file,
    .section_address = nullptr,
    .debuginfo_path = nullptr,
};

}  // namespace

DwarfModules::~DwarfModules() {
  if (dwfl_ != nullptr) dwfl_end(dwfl_);
}

bool DwarfModules::begin() {
  if (dwfl_ == nullptr) dwfl_ = dwfl_begin(&callbacks);
  return dwfl_ != nullptr;
}

void DwarfModules::look_again() {
  dwfl_report_begin(dwfl_);
  dwfl_linux_proc_report(dwfl_, getpid());
  dwfl_report_end(dwfl_, nullptr, nullptr);
}

Dwfl_Module* DwarfModules::at(std::uintptr_t address) {
  if (!begin()) return nullptr;
  Dwfl_Module* const module = dwfl_addrmodule(dwfl_, address);
  if (module != nullptr) return module;
  look_again();  // a library may have been loaded since
  return dwfl_addrmodule(dwfl_, address);
}

const DwarfIndex& DwarfModules::index_of(Dwarf* dwarf) {
  for (const auto& [known, index] : indexes_) {
    if (known == dwarf) return index;
  }
  return indexes_.emplace_back(dwarf, DwarfIndex(dwarf)).second;
}

void DwarfModules::for_each(int (*visit)(Dwfl_Module* module, void** user_data, const char* name,
                                         Dwarf_Addr start, void* context),
                            void* context) {
  if (!begin()) return;
  look_again();
  dwfl_getmodules(dwfl_, visit, context, 0);
}

Dwarf_Die* unit_at(Dwfl_Module* module, std::uintptr_t address, Dwarf_Addr& bias) {
  if (Dwarf_Die* const unit = dwfl_module_addrdie(module, address, &bias)) return unit;
  Dwarf_Die* unit = nullptr;
  while ((unit = dwfl_module_nextcu(module, unit, &bias)) != nullptr) {
    if (dwarf_haspc(unit, address - bias) == 1) return unit;
  }
  return nullptr;
}

bool is_library_file(std::string_view file) {
  if (file.starts_with("/usr/")) return true;
  for (const std::string_view part :
       {"/include/c++/", "include/reprise/", "/libsanitizer/", "/compiler-rt/"}) {
    if (file.find(part) != std::string_view::npos) return true;
  }
  return false;
}

std::string demangled(const char* name) {
  int status = 0;
  char* const text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string result = status == 0 ? text : name;
  std::free(text);
  return result;
}

std::string short_name(std::string name) {
  constexpr std::string_view anonymous = "(anonymous namespace)::";
  for (std::size_t at = name.find(anonymous); at != std::string::npos; at = name.find(anonymous)) {
    name.erase(at, anonymous.size());
  }
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const char c = name[at];
    if (c == '<') ++depth;
    if (c == '>') --depth;
    if (depth != 0) continue;
    if (c == ' ') begin = at + 1;
    const bool is_call_operator = name.substr(0, at).ends_with("operator") && c == '(';
    if (c == '(' && !is_call_operator) return name.substr(begin, at - begin);
    if (is_call_operator) ++at;
  }
  return name.substr(begin);
}

int number_of(Dwarf_Die* die, unsigned kind) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dwarf_attr(die, kind, &attribute) == nullptr) return 0;
  return dwarf_formudata(&attribute, &value) == 0 ? static_cast<int>(value) : 0;
}

}  // namespace reprise
