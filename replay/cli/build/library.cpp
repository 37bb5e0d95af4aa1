#include <reprise/replay/cli/build/library.h>

#include <reprise/core/internal/open.h>

#include <reprise/replay/text/escape.h>
#include <reprise/replay/worker/worker.h>
#include <reprise/sim/scenario.h>

#include <cxxabi.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

namespace reprise {

namespace {

// Before the name of the library that is loaded next; other records are sentences.
constexpr std::string_view name_record = "\n";

// Null, and dlerror() says why not.
void* open_library(const Library& library) {
  std::error_code error;
  // Without a folder in its path it would be looked for where the system has its libraries.
  const std::string path = std::filesystem::absolute(library.path, error).string();
  return dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
}

std::string demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 ? text.get() : symbol;
}

// What the loader said, without the path that it begins with.
std::string_view without_path(std::string_view text) {
  const std::size_t colon = text.find(": ");
  return text.starts_with('/') && colon != std::string_view::npos ? text.substr(colon + 2) : text;
}

std::string sentence_for(const Library& library, std::string_view loader_text) {
  constexpr std::string_view undefined = "undefined symbol: ";
  const std::string name = escaped(library.name);
  const std::size_t at = loader_text.find(undefined);
  if (at == std::string_view::npos) {
    return fmt::format("{} cannot be loaded: {}", name, escaped(without_path(loader_text)));
  }
  std::string_view rest = loader_text.substr(at + undefined.size());
  rest = rest.substr(0, rest.find_first_of(" \t\n,"));
  const std::string symbol = demangled(std::string(rest));
  std::string advice = "name the file that has it too, or its library behind `--`, as in `-- -lm`";
  if (symbol.find("reprise::") != std::string::npos) {
    advice = library.is_compiled ? "this program does not export all of Reprise"
                                 : "it was built for another version of Reprise: build it again";
  } else if (!library.is_compiled) {
    advice = "build it again with what it needs";
  }
  return fmt::format("{} cannot be loaded: there is no {}; {}", name, escaped(symbol), advice);
}

}  // namespace

std::optional<std::string> load_libraries(const std::vector<Library>& libraries,
                                          WorkerOptions worker) {
  std::string sentence;
  std::string loading;
  worker.silent = true;
  const WorkerEnd end = run_in_worker(
      [&](WorkerPort& port) {
        for (const Library& library : libraries) {
          port.send(std::string(name_record) + library.name);
          if (open_library(library) == nullptr) {
            port.send(sentence_for(library, dlerror()));
            return;
          }
          if (scenario_clashes().empty()) continue;
          port.send(fmt::format("{}: another scenario is called {} already", escaped(library.name),
                                in_quotes(scenario_clashes().front())));
          return;
        }
      },
      worker,
      [&](std::string_view record) {
        (record.starts_with(name_record) ? loading : sentence) = record;
      });
  if (loading.empty()) return "no library can be loaded: another process " + end.words;
  if (end.died()) {
    return fmt::format(
        "{} cannot be loaded: before its first scenario, in the constructor of a global object, "
        "the process {}",
        escaped(loading.substr(name_record.size())), end.words);
  }
  if (!sentence.empty()) return sentence;
  for (const Library& library : libraries) {
    if (open_library(library) == nullptr) return sentence_for(library, dlerror());
  }
  return std::nullopt;
}

}  // namespace reprise
