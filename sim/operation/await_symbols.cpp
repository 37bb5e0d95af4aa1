// The await sites of a program, by their symbols: each macro expansion is a constant of its own.
#include <reprise/sim/operation/await_sites.h>
#include <reprise/sim/store_watch/dwarf_modules.h>

#include <algorithm>
#include <string_view>

namespace reprise {

namespace {

/// As REPRISE_AWAIT_SITE names it, mangled within its function.
constexpr std::string_view symbol_part = "E12reprise_site";

int take_module(Dwfl_Module* module, void**, const char* name, Dwarf_Addr, void* result) {
  const std::string_view path = name == nullptr ? "" : name;
  if (path.starts_with("/lib") || path.starts_with("/usr/lib")) return DWARF_CB_OK;
  auto& places = *static_cast<std::vector<SiteLocation>*>(result);
  const int count = dwfl_module_getsymtab(module);
  for (int i = 0; i < count; ++i) {
    GElf_Sym symbol;
    GElf_Addr address = 0;
    const char* const symbol_name =
        dwfl_module_getsym_info(module, i, &symbol, &address, nullptr, nullptr, nullptr);
    if (symbol_name == nullptr || symbol.st_size != sizeof(AwaitSite)) continue;
    if (std::string_view(symbol_name).find(symbol_part) == std::string_view::npos) continue;
    const auto& site = *reinterpret_cast<const AwaitSite*>(address);
    places.push_back({site.file, site.line, site.function, site.expression});
  }
  return DWARF_CB_OK;
}

}  // namespace

std::vector<SiteLocation> await_sites_of_program() {
  std::vector<SiteLocation> places;
  DwarfModules modules;
  modules.for_each(&take_module, &places);
  std::ranges::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

}  // namespace reprise
