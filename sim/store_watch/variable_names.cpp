// Which variable lies at an address: a walk from objects whose types are known, along their members
// and pointers.
#include <reprise/sim/store_watch/dwarf_modules.h>
#include <reprise/sim/store_watch/dwarf_types.h>

#include <fmt/format.h>

#include <dlfcn.h>
#include <dwarf.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <deque>
#include <optional>
#include <set>
#include <utility>
#include <vector>

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

Variable::Kind kind_of(Dwarf_Die* type) {
  if (is_pointer(type)) return Variable::Kind::pointer;
  if (dwarf_tag(type) == DW_TAG_enumeration_type) return Variable::Kind::enumeration;
  switch (number_of(type, DW_AT_encoding)) {
    case DW_ATE_boolean: return Variable::Kind::boolean;
    case DW_ATE_signed:
    case DW_ATE_signed_char: return Variable::Kind::signed_number;
    case DW_ATE_unsigned:
    case DW_ATE_unsigned_char: return Variable::Kind::unsigned_number;
    case DW_ATE_float: return Variable::Kind::floating;
    default: return Variable::Kind::other;
  }
}

std::vector<std::pair<std::uint64_t, std::string>> words_of(Dwarf_Die* enumeration) {
  std::vector<std::pair<std::uint64_t, std::string>> words;
  Dwarf_Die child;
  if (dwarf_child(enumeration, &child) != 0) return words;
  do {
    const char* const word = dwarf_diename(&child);
    if (word != nullptr) words.emplace_back(number_of(&child, DW_AT_const_value), word);
  } while (dwarf_siblingof(&child, &child) == 0);
  return words;
}

class NameSearch {
 public:
  NameSearch(DwarfModules& modules, const StoredBytes& bytes) : modules_(modules), bytes_(bytes) {}

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

  bool is_in(std::uintptr_t begin, std::uint64_t bytes) const {
    return bytes_.address - begin < bytes;
  }

  void look_into(Object& object) {
    if (is_pointer(&object.type)) {
      follow(object);
    } else if (dwarf_tag(&object.type) == DW_TAG_union_type &&
               is_in(object.begin, size_of(&object.type))) {
      look_into_union(object);
    } else if (is_class(&object.type)) {
      look_into_class(object);
    } else if (dwarf_tag(&object.type) == DW_TAG_array_type) {
      look_into_array(object);
    } else if (const std::uint64_t bytes = size_of(&object.type); is_in(object.begin, bytes)) {
      describe(object, bytes);
    }
  }

  void follow(Object& object) {
    if (is_in(object.begin, sizeof(void*)) && !is_reference(&object.type)) {
      describe(object, sizeof(void*));
      return;
    }
    if (object.pointers == pointers_max) return;
    const std::optional<Dwarf_Die> target = whole_type(modules_, bare_type(&object.type));
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
    std::vector<Variable> bit_fields;
    for_each_member(object, [&](Object member, Dwarf_Die* die) {
      if (dwarf_hasattr(die, DW_AT_bit_size) != 0) {
        if (std::optional<Variable> bits = changed_bits(object, member, die)) {
          bit_fields.push_back(*std::move(bits));
        }
        return;
      }
      // Only what may hold the address, or lead to it.
      const bool is_pointing = is_pointer(&member.type);
      const std::uint64_t bytes = is_pointing ? sizeof(void*) : size_of(&member.type);
      if (is_in(member.begin, bytes) || is_class(&member.type) || is_pointing) {
        add(std::move(member.name), member.begin, member.type, member.pointers);
      }
    });
    // Where a store changes several, only their object is known.
    if (bit_fields.size() == 1) variable_ = std::move(bit_fields.front());
    if (bit_fields.size() > 1) variable_.name = object.name;
  }

  template <class Take>
  void for_each_member(const Object& object, Take take) {
    Dwarf_Die type = object.type;
    Dwarf_Die child;
    if (dwarf_child(&type, &child) != 0) return;
    do {
      const int tag = dwarf_tag(&child);
      if (tag != DW_TAG_member && tag != DW_TAG_inheritance) continue;
      const std::optional<Dwarf_Die> bare = bare_type(&child);
      if (!bare) continue;
      const bool is_member = tag == DW_TAG_member && !is_of_library(&type);
      take(Object{is_member ? joined(object.name, member_name(&child)) : object.name,
                  object.begin +
                      static_cast<std::uintptr_t>(number_of(&child, DW_AT_data_member_location)),
                  *bare, object.pointers},
           &child);
    } while (dwarf_siblingof(&child, &child) == 0);
  }

  // Gives the first bit of a bit field, counted from its object's beginning. There are two forms:
  // clang counts from the other end of the bytes that the member shares.
  static std::int64_t first_bit_of(Dwarf_Die* member, Dwarf_Die* type) {
    if (dwarf_hasattr(member, DW_AT_data_bit_offset) != 0) {
      return number_of(member, DW_AT_data_bit_offset);
    }
    const bool says_bytes = dwarf_hasattr(member, DW_AT_byte_size) != 0;
    const auto bytes =
        says_bytes ? number_of(member, DW_AT_byte_size) : static_cast<std::int64_t>(size_of(type));
    return 8 * (number_of(member, DW_AT_data_member_location) + bytes) -
           number_of(member, DW_AT_bit_offset) - number_of(member, DW_AT_bit_size);
  }

  // A member of some bits, if the store has changed any of them.
  std::optional<Variable> changed_bits(const Object& in, Object& member, Dwarf_Die* die) const {
    const int bits = number_of(die, DW_AT_bit_size);
    const std::int64_t first =
        static_cast<std::int64_t>(in.begin - bytes_.address) * 8 + first_bit_of(die, &member.type);
    if (first < 0 || first + bits > 64 || bits == 64) return std::nullopt;
    const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
    if (((bytes_.changed >> first) & mask) == 0) return std::nullopt;
    if (first + bits > std::int64_t{bytes_.size} * 8) return std::nullopt;
    return Variable{.name = std::move(member.name),
                    .kind = kind_of(&member.type),
                    .size = bytes_.size,
                    .first_bit = static_cast<std::uint32_t>(first),
                    .bits = static_cast<std::uint32_t>(bits),
                    .words = words_of(&member.type)};
  }

  // Nobody knows which member of a union is there, unless only one is stored to like this.
  void look_into_union(const Object& object) {
    std::vector<Variable> possible;
    for_each_member(object, [&](Object member, Dwarf_Die*) {
      NameSearch search(modules_, bytes_);
      search.add(std::move(member.name), member.begin, member.type, pointers_max);
      Variable found = search.found();
      if (found.size != 0) possible.push_back(std::move(found));
    });
    if (possible.size() == 1) {
      variable_ = std::move(possible.front());
    } else {
      variable_.name = object.name;
    }
  }

  void look_into_array(Object& object) {
    std::optional<Dwarf_Die> element = bare_type(&object.type);
    const std::uint64_t bytes = element ? size_of(&*element) : 0;
    if (bytes == 0 || !is_in(object.begin, size_of(&object.type))) return;
    const std::uintptr_t index = (bytes_.address - object.begin) / bytes;
    add(object.name + '[' + std::to_string(index) + ']', object.begin + index * bytes, *element,
        object.pointers);
  }

  void describe(Object& object, std::uint64_t bytes) {
    variable_.name = object.name;
    if (bytes_.address != object.begin || bytes != bytes_.size) return;  // a part of it only
    variable_.size = bytes_.size;
    variable_.kind = kind_of(&object.type);
    if (variable_.kind == Variable::Kind::enumeration) variable_.words = words_of(&object.type);
  }

  DwarfModules& modules_;
  const StoredBytes bytes_;
  std::deque<Object> waiting_;
  std::set<std::pair<std::uintptr_t, Dwarf_Off>> seen_;
  Variable variable_;
};

std::string global_name(Dwfl_Module* module, std::uintptr_t address) {
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

Variable global_at(DwarfModules& modules, const StoredBytes& bytes) {
  // The pages of what is zero at first belong to no file: ask for the address that theirs begins
  // at.
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(bytes.address), &info) == 0) return {};
  Dwfl_Module* const module = modules.at(reinterpret_cast<std::uintptr_t>(info.dli_fbase));
  if (module == nullptr) return {};
  Variable global;
  global.name = global_name(module, bytes.address);
  Dwarf_Addr bias = 0;
  Dwarf* const dwarf = dwfl_module_getdwarf(module, &bias);
  if (dwarf == nullptr) return global;
  std::optional<DwarfIndex::StaticVariable> known =
      modules.index_of(dwarf).variable_before(bytes.address - bias);
  if (!known) return global;
  const char* const own_name = dwarf_diename(&known->die);
  if (known->is_local && own_name != nullptr) global.name = own_name;
  const std::optional<Dwarf_Die> type = bare_type(&known->die);
  if (!type || global.name.empty()) return global;
  NameSearch search(modules, bytes);
  search.add(global.name, known->begin + bias, *type, pointers_max);
  Variable member = search.found();
  return member.name.empty() ? global : member;
}

// A type that is right by its size alone must have a member that is just what was stored to.
Variable in_block(DwarfModules& modules, const StoredBytes& bytes) {
  const std::optional<TypedBlock> block = find_block(modules, bytes);
  if (!block) return {};
  NameSearch search(modules, bytes);
  search.add(block->name, block->begin, block->type, pointers_max);
  Variable member = search.found();
  return member.size != 0 ? member : Variable();
}

}  // namespace

Variable find_variable(DwarfModules& modules, const StoredBytes& bytes,
                       std::span<const NamedObject> objects) {
  NameSearch search(modules, bytes);
  for (const NamedObject& object : objects) {
    if (const std::optional<Dwarf_Die> type = parameter_type(modules, object.function)) {
      search.add(object.name, reinterpret_cast<std::uintptr_t>(object.object), *type, 0);
    }
  }
  Variable variable = search.found();
  if (variable.name.empty()) variable = global_at(modules, bytes);
  return variable.name.empty() ? in_block(modules, bytes) : variable;
}

std::string Variable::to_text(std::uint64_t bytes) const {
  const std::uint32_t width = bits != 0 ? bits : 8 * std::min<std::uint32_t>(size, 8);
  if (width == 0) return {};
  const unsigned unused = 64 - width;
  const std::uint64_t value = (bytes >> first_bit) << unused;  // its bits, at the upper end
  switch (kind) {
    case Kind::other: return {};
    case Kind::boolean: return value != 0 ? "true" : "false";
    case Kind::pointer: return value != 0 ? "a pointer" : "null";
    case Kind::unsigned_number: return std::to_string(value >> unused);
    case Kind::signed_number: return std::to_string(static_cast<std::int64_t>(value) >> unused);
    case Kind::floating:
      if (size == 4) {
        const auto half = static_cast<std::uint32_t>(bytes);
        return fmt::format("{}", std::bit_cast<float>(half));  // tidy-ok: only shown
      }
      if (size != 8) return {};
      return fmt::format("{}", std::bit_cast<double>(bytes));  // tidy-ok: only shown
    case Kind::enumeration: break;
  }
  for (const auto& [known, word] : words) {
    if (known << unused == value) return word;
  }
  return std::to_string(value >> unused);
}

}  // namespace reprise
