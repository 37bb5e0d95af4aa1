#include <reprise/sim/store_watch/debug_info.h>

#include <reprise/sim/answering.h>
#include <reprise/sim/store_watch/dwarf_modules.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <dwarf.h>
#include <elfutils/libdwfl.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <utility>

namespace reprise {

namespace {

std::string function_name(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  for (const unsigned kind : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name}) {
    if (dwarf_attr_integrate(die, kind, &attribute) == nullptr) continue;
    if (const char* const name = dwarf_formstring(&attribute)) return short_name(demangled(name));
  }
  const char* const name = dwarf_diename(die);
  return name == nullptr ? "" : name;
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
  DwarfModules modules;
  std::map<std::uintptr_t, std::vector<CodeLine>> known;
  std::deque<std::pair<const void*, ObjectLayout>> layouts;  // few: by function

  std::vector<CodeLine> look_up(std::uintptr_t address);
};

std::vector<CodeLine> DebugInfo::Impl::look_up(std::uintptr_t address) {
  std::vector<CodeLine> lines;
  Dwfl_Module* const module = modules.at(address);
  if (module == nullptr) return lines;
  Dwarf_Addr bias = 0;
  Dwarf_Die* const unit = unit_at(module, address, bias);
  if (unit == nullptr) return lines;
  CodeLine line;
  if (Dwarf_Line* const source = dwarf_getsrc_die(unit, address - bias); source != nullptr) {
    dwarf_lineno(source, &line.line);
    dwarf_linecol(source, &line.column);
    const char* const file = dwarf_linesrc(source, nullptr, nullptr);
    if (file != nullptr) line.file = file;
  }
  Dwarf_Die* innermost = nullptr;
  Dwarf_Die* scopes = nullptr;
  int count = dwarf_getscopes(unit, address - bias, &innermost);
  // Those around it as the code lies, not as it was declared.
  if (count > 0) count = dwarf_getscopes_die(&innermost[0], &scopes);
  for (int i = 0; i < count; ++i) {
    const int tag = dwarf_tag(&scopes[i]);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) continue;
    line.function = function_name(&scopes[i]);
    lines.push_back(line);
    if (tag == DW_TAG_subprogram) break;
    line.file = call_file(unit, &scopes[i]);
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
  const Answering nobody(nullptr);  // what libdw asks of the system is ours
  const auto [known, is_new] = impl_->known.try_emplace(pc);
  if (is_new) known->second = impl_->look_up(pc - 1);
  return known->second;
}

std::vector<CodeLine> DebugInfo::lines_of(const CodeAddress& code, const CallPaths& paths) {
  const Answering nobody(nullptr);  // what libdw asks of the system is ours
  std::vector<CodeLine> lines = lines_at(code.pc);
  for (CallPath path = code.path; path != 0; path = paths.caller(path)) {
    const std::vector<CodeLine>& callers = lines_at(paths.pc(path));
    lines.insert(lines.end(), callers.begin(), callers.end());
  }
  return lines;
}

const CodeLine* DebugInfo::own_line(const std::vector<CodeLine>& lines) {
  const auto own =
      std::ranges::find_if(lines, [](const CodeLine& line) { return !line.is_library; });
  // Line 0 says that the compiler has made one instruction of several lines: it was one of these,
  // and the line of a caller would be a wrong one.
  return own == lines.end() || own->line == 0 ? nullptr : &*own;
}

Variable DebugInfo::variable_at(const StoredBytes& bytes, std::span<const NamedObject> objects) {
  const Answering nobody(nullptr);
  return find_variable(impl_->modules, bytes, objects);
}

const ObjectLayout& DebugInfo::layout_of(const void* function) {
  const Answering nobody(nullptr);
  for (const auto& [known, layout] : impl_->layouts) {
    if (known == function) return layout;
  }
  impl_->layouts.emplace_back(function, find_layout(impl_->modules, function));
  return impl_->layouts.back().second;
}

}  // namespace reprise
