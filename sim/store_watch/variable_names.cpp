// Which variable lies at an address: a walk from objects whose types are known, along their members
// and pointers.
#include <reprise/sim/store_watch/dwarf_modules.h>
#include <reprise/sim/store_watch/dwarf_types.h>

#include <dlfcn.h>
#include <dwarf.h>
#include <sys/uio.h>
#include <unistd.h>

#include <deque>
#include <optional>
#include <set>
#include <utility>

namespace reprise {

namespace {

constexpr std::size_t objects_max = 5000;  // looked into
constexpr unsigned pointers_max = 6;       // followed from an object of the caller's

// A pointer of the code under test, which may lead nowhere.
std::optional<std::uintptr_t> pointer_at(std::uintptr_t address) {
  std::uintptr_t pointer = 0;
  const iovec to{&pointer, sizeof pointer};
  const iovec from{reinterpret_cast<void*>(address), sizeof pointer};
  if (process_vm_readv(getpid(), &to, 1, &from, 1, 0) != sizeof pointer) return std::nullopt;
  return pointer;
}

// What a lambda has captured is a member too: g++ puts two underscores before its name.
std::string member_name(Dwarf_Die* member) {
  const char* const name = dwarf_diename(member);
  if (name == nullptr) return {};
  std::string text = name;
  if (text.starts_with("__")) text.erase(0, 2);
  return text;
}

std::string joined(const std::string& object, const std::string& member) {
  if (object.empty() || object == "this") return member;
  return member.empty() ? object : object + '.' + member;
}

class NameSearch {
 public:
  NameSearch(std::uintptr_t address, std::uint32_t size) : address_(address), size_(size) {}

  void add(std::string name, std::uintptr_t object, Dwarf_Die type, unsigned pointers) {
    if (seen_.size() >= objects_max) return;
    if (!seen_.emplace(object, dwarf_dieoffset(&type)).second) return;
    const bool is_there = !is_pointer(&type) && is_in(object, size_of(&type));
    waiting_.insert(is_there ? waiting_.begin() : waiting_.end(),
                    {std::move(name), object, type, pointers});
  }

  Variable found() {
    while (!waiting_.empty() && variable_.name.empty()) {
      Object object = std::move(waiting_.front());
      waiting_.pop_front();
      look_into(object);
    }
    return variable_;
  }

 private:
  struct Object {
    std::string name;
    std::uintptr_t begin;
    Dwarf_Die type;
    unsigned pointers;  // followed to come here
  };

  bool is_in(std::uintptr_t begin, std::uint64_t bytes) const { return address_ - begin < bytes; }

  void look_into(Object& object) {
    if (is_pointer(&object.type)) {
      follow(object);
    } else if (is_class(&object.type)) {
      look_into_class(object);
    } else if (dwarf_tag(&object.type) == DW_TAG_array_type) {
      look_into_array(object);
    } else if (is_in(object.begin, size_of(&object.type))) {
      describe(object);
    }
  }

  void follow(Object& object) {
    if (is_in(object.begin, sizeof(void*)) && !is_reference(&object.type)) {
      variable_.name = object.name;
      return;
    }
    if (object.pointers == pointers_max) return;
    std::optional<Dwarf_Die> target = bare_type(&object.type);
    const std::optional<std::uintptr_t> pointer = pointer_at(object.begin);
    if (!target || !pointer || *pointer == 0) return;
    add(object.name, *pointer, *target, object.pointers + 1);
  }

  void look_into_class(Object& object) {
    const bool is_here = is_in(object.begin, size_of(&object.type));
    if (is_here && is_of_library(&object.type)) {
      variable_.name = object.name;  // its insides are nobody's names
      return;
    }
    Dwarf_Die child;
    if (dwarf_child(&object.type, &child) != 0) return;
    do {
      const int tag = dwarf_tag(&child);
      if (tag != DW_TAG_member && tag != DW_TAG_inheritance) continue;
      std::optional<Dwarf_Die> type = bare_type(&child);
      if (!type) continue;
      const std::uintptr_t begin =
          object.begin + static_cast<std::uintptr_t>(number_of(&child, DW_AT_data_member_location));
      const bool is_member = tag == DW_TAG_member && !is_of_library(&object.type);
      std::string name = is_member ? joined(object.name, member_name(&child)) : object.name;
      const std::uint64_t bytes = is_pointer(&*type) ? sizeof(void*) : size_of(&*type);
      // Only what may hold the address, or lead to it.
      if (is_in(begin, bytes) || is_class(&*type) || is_pointer(&*type)) {
        add(std::move(name), begin, *type, object.pointers);
      }
    } while (dwarf_siblingof(&child, &child) == 0);
  }

  void look_into_array(Object& object) {
    std::optional<Dwarf_Die> element = bare_type(&object.type);
    const std::uint64_t bytes = element ? size_of(&*element) : 0;
    if (bytes == 0 || !is_in(object.begin, size_of(&object.type))) return;
    const std::uintptr_t index = (address_ - object.begin) / bytes;
    add(object.name + '[' + std::to_string(index) + ']', object.begin + index * bytes, *element,
        object.pointers);
  }

  void describe(Object& object) {
    variable_.name = object.name;
    const std::uint64_t bytes = size_of(&object.type);
    if (address_ != object.begin || bytes != size_) return;  // a part of it only
    variable_.size = size_;
    if (dwarf_tag(&object.type) == DW_TAG_enumeration_type) {
      variable_.kind = Variable::Kind::enumeration;
      Dwarf_Die child;
      if (dwarf_child(&object.type, &child) != 0) return;
      do {
        const char* const word = dwarf_diename(&child);
        if (word == nullptr) continue;
        variable_.words.emplace_back(number_of(&child, DW_AT_const_value), word);
      } while (dwarf_siblingof(&child, &child) == 0);
      return;
    }
    switch (number_of(&object.type, DW_AT_encoding)) {
      case DW_ATE_boolean: variable_.kind = Variable::Kind::boolean; break;
      case DW_ATE_signed:
      case DW_ATE_signed_char: variable_.kind = Variable::Kind::signed_number; break;
      case DW_ATE_unsigned:
      case DW_ATE_unsigned_char: variable_.kind = Variable::Kind::unsigned_number; break;
      default: break;
    }
  }

  std::uintptr_t address_;
  std::uint32_t size_;
  std::deque<Object> waiting_;
  std::set<std::pair<std::uintptr_t, Dwarf_Off>> seen_;
  Variable variable_;
};

std::string global_at(DwarfModules& modules, std::uintptr_t address) {
  // The pages of what is zero at first belong to no file: ask for the address that theirs begins
  // at.
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(address), &info) == 0) return {};
  Dwfl_Module* const module = modules.at(reinterpret_cast<std::uintptr_t>(info.dli_fbase));
  if (module == nullptr) return {};
  GElf_Off offset = 0;
  GElf_Sym symbol;
  const char* const name =
      dwfl_module_addrinfo(module, address, &offset, &symbol, nullptr, nullptr, nullptr);
  if (name == nullptr || offset >= symbol.st_size) return {};
  std::string text = demangled(name);
  constexpr std::string_view anonymous = "(anonymous namespace)::";
  for (std::size_t at = text.find(anonymous); at != std::string::npos; at = text.find(anonymous)) {
    text.erase(at, anonymous.size());
  }
  return text;
}

}  // namespace

Variable find_variable(DwarfModules& modules, std::uintptr_t address, std::uint32_t size,
                       std::span<const NamedObject> objects) {
  NameSearch search(address, size);
  for (const NamedObject& object : objects) {
    if (const std::optional<Dwarf_Die> type = parameter_type(modules, object.function)) {
      search.add(object.name, reinterpret_cast<std::uintptr_t>(object.object), *type, 0);
    }
  }
  Variable variable = search.found();
  if (variable.name.empty()) variable.name = global_at(modules, address);
  return variable;
}

std::string Variable::to_text(std::uint64_t bytes) const {
  const unsigned unused = 64 - 8 * std::min<unsigned>(size, 8);
  switch (kind) {
    case Kind::other: return {};
    case Kind::boolean: return bytes != 0 ? "true" : "false";
    case Kind::unsigned_number: return std::to_string(bytes);
    case Kind::signed_number:
      return std::to_string(static_cast<std::int64_t>(bytes << unused) >> unused);
    case Kind::enumeration: break;
  }
  for (const auto& [value, word] : words) {
    if (value << unused == bytes << unused) return word;
  }
  return std::to_string(bytes);
}

}  // namespace reprise
