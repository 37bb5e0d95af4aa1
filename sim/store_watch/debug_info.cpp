#include <reprise/sim/store_watch/debug_info.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string_view>

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

bool is_library_file(std::string_view file) {
  return file.starts_with("/usr/") || file.find("/include/c++/") != std::string_view::npos ||
         file.find("include/reprise/") != std::string_view::npos;
}

std::string demangled(const char* name) {
  int status = 0;
  char* const text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string result = status == 0 ? text : name;
  std::free(text);
  return result;
}

// "void (anonymous namespace)::Pager::read<int>(int) const" becomes "Pager::read<int>".
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

std::string function_name(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  for (const unsigned kind : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name}) {
    if (dwarf_attr_integrate(die, kind, &attribute) == nullptr) continue;
    if (const char* const name = dwarf_formstring(&attribute)) return short_name(demangled(name));
  }
  const char* const name = dwarf_diename(die);
  return name == nullptr ? "" : name;
}

int number_of(Dwarf_Die* die, unsigned kind) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dwarf_attr(die, kind, &attribute) == nullptr) return 0;
  return dwarf_formudata(&attribute, &value) == 0 ? static_cast<int>(value) : 0;
}

// The file that the function of `inlined` was called in.
std::string call_file(Dwarf_Die* cu, Dwarf_Die* inlined) {
  Dwarf_Files* files = nullptr;
  std::size_t count = 0;
  if (dwarf_getsrcfiles(cu, &files, &count) != 0) return {};
  const int index = number_of(inlined, DW_AT_call_file);
  const char* const file = dwarf_filesrc(files, static_cast<std::size_t>(index), nullptr, nullptr);
  return file == nullptr ? "" : file;
}

}  // namespace

struct DebugInfo::Impl {
  Dwfl* dwfl = nullptr;
  std::map<std::uintptr_t, std::vector<CodeLine>> known;

  ~Impl() {
    if (dwfl != nullptr) dwfl_end(dwfl);
  }

  Dwfl_Module* module_of(std::uintptr_t address) {
    if (dwfl == nullptr) {
      dwfl = dwfl_begin(&callbacks);
      if (dwfl == nullptr) return nullptr;
    }
    Dwfl_Module* const module = dwfl_addrmodule(dwfl, address);
    if (module != nullptr) return module;
    // A library may have been loaded since.
    dwfl_report_begin(dwfl);
    dwfl_linux_proc_report(dwfl, getpid());
    dwfl_report_end(dwfl, nullptr, nullptr);
    return dwfl_addrmodule(dwfl, address);
  }

  std::vector<CodeLine> look_up(std::uintptr_t address);
};

std::vector<CodeLine> DebugInfo::Impl::look_up(std::uintptr_t address) {
  std::vector<CodeLine> lines;
  Dwfl_Module* const module = module_of(address);
  if (module == nullptr) return lines;
  Dwarf_Addr bias = 0;
  Dwarf_Die* const cu = dwfl_module_addrdie(module, address, &bias);
  CodeLine line;
  if (Dwfl_Line* const source = dwfl_module_getsrc(module, address); source != nullptr) {
    const char* const file =
        dwfl_lineinfo(source, nullptr, &line.line, &line.column, nullptr, nullptr);
    if (file != nullptr) line.file = file;
  }
  Dwarf_Die* innermost = nullptr;
  Dwarf_Die* scopes = nullptr;
  int count = cu == nullptr ? 0 : dwarf_getscopes(cu, address - bias, &innermost);
  // Those around it as the code lies, not as it was declared.
  if (count > 0) count = dwarf_getscopes_die(&innermost[0], &scopes);
  for (int i = 0; i < count; ++i) {
    const int tag = dwarf_tag(&scopes[i]);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) continue;
    line.function = function_name(&scopes[i]);
    lines.push_back(line);
    if (tag == DW_TAG_subprogram) break;
    line.file = call_file(cu, &scopes[i]);
    line.line = number_of(&scopes[i], DW_AT_call_line);
    line.column = number_of(&scopes[i], DW_AT_call_column);
  }
  if (lines.empty() && line.line != 0) lines.push_back(line);
  std::free(scopes);
  std::free(innermost);
  for (CodeLine& each : lines) each.is_library = is_library_file(each.file);
  return lines;
}

DebugInfo::DebugInfo() : impl_(std::make_unique<Impl>()) {}
DebugInfo::~DebugInfo() = default;

const std::vector<CodeLine>& DebugInfo::lines_at(std::uintptr_t pc) {
  const auto [known, is_new] = impl_->known.try_emplace(pc);
  if (is_new) known->second = impl_->look_up(pc - 1);
  return known->second;
}

std::vector<CodeLine> DebugInfo::lines_of(const CodeAddress& code, const CallPaths& paths) {
  std::vector<CodeLine> lines = lines_at(code.pc);
  for (CallPath path = code.path; path != 0; path = paths.caller(path)) {
    const std::vector<CodeLine>& callers = lines_at(paths.pc(path));
    lines.insert(lines.end(), callers.begin(), callers.end());
  }
  return lines;
}

const CodeLine* DebugInfo::own_line(const std::vector<CodeLine>& lines) {
  const auto own = std::ranges::find_if(
      lines, [](const CodeLine& line) { return !line.is_library && line.line != 0; });
  return own == lines.end() ? nullptr : &*own;
}

}  // namespace reprise
