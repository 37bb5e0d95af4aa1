// ObjectLayout from debug information: a walk through the members of a type, with the insides of
// libstdc++'s classes known by the names of their members.
#include <reprise/sim/store_watch/dwarf_modules.h>
#include <reprise/sim/store_watch/dwarf_types.h>

#include <dwarf.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace reprise {

namespace {

constexpr std::size_t parts_max = 4096;

struct Member {
  std::string_view name;  // empty: a base class, or an anonymous union
  Dwarf_Die type;
  std::uint32_t offset;  // of the object
};

std::string_view name_of(Dwarf_Die* die) {
  const char* const name = dwarf_diename(die);
  return name == nullptr ? "" : name;
}

class LayoutWalk {
 public:
  explicit LayoutWalk(ObjectLayout& layout) : layout_(layout) {}

  void visit(Dwarf_Die type, std::uint32_t offset, int guard) {
    if (layout_.parts.size() >= parts_max) return;
    switch (dwarf_tag(&type)) {
      case DW_TAG_union_type: return;  // nobody knows which of its members is there
      case DW_TAG_class_type:
      case DW_TAG_structure_type: visit_class(type, offset, guard); return;
      case DW_TAG_array_type: visit_array(type, offset, guard); return;
      default: break;
    }
    const std::uint64_t bytes = is_pointer(&type) ? sizeof(void*) : size_of(&type);
    add(Kind::plain, offset, bytes, guard);
  }

 private:
  using Kind = ObjectLayout::Part::Kind;

  void add(Kind kind, std::uint32_t offset, std::uint64_t bytes, int guard) {
    layout_.parts.push_back({kind, offset, static_cast<std::uint32_t>(bytes), guard});
  }

  int add_guard(const Member& member, std::uint64_t value, int outer) {
    Dwarf_Die type = member.type;
    layout_.guards.push_back(
        {member.offset, static_cast<std::uint32_t>(size_of(&type)), value, outer});
    return static_cast<int>(layout_.guards.size()) - 1;
  }

  static std::vector<Member> members_of(Dwarf_Die type, std::uint32_t offset) {
    std::vector<Member> members;
    Dwarf_Die child;
    if (dwarf_child(&type, &child) != 0) return members;
    do {
      const int tag = dwarf_tag(&child);
      if (tag != DW_TAG_member && tag != DW_TAG_inheritance) continue;
      // A static one has no place in the object, and a virtual base none that is known here.
      if (dwarf_hasattr(&child, DW_AT_external) != 0) continue;
      if (dwarf_hasattr(&child, DW_AT_virtuality) != 0) continue;
      const std::optional<Dwarf_Die> member = bare_type(&child);
      if (!member) continue;
      const int at = dwarf_hasattr(&child, DW_AT_data_bit_offset) != 0
                         ? number_of(&child, DW_AT_data_bit_offset) / 8
                         : number_of(&child, DW_AT_data_member_location);
      members.push_back({tag == DW_TAG_member ? name_of(&child) : "", *member,
                         offset + static_cast<std::uint32_t>(at)});
    } while (dwarf_siblingof(&child, &child) == 0);
    return members;
  }

  static const Member* find(const std::vector<Member>& members, std::string_view name) {
    const auto found = std::ranges::find(members, name, &Member::name);
    return found == members.end() ? nullptr : &*found;
  }

  void visit_class(Dwarf_Die type, std::uint32_t offset, int guard) {
    if (is_of_library(&type) && visit_library(type, offset, guard)) return;
    for (const Member& member : members_of(type, offset)) {
      visit(member.type, member.offset, guard);
    }
  }

  /// False if it is a class like any other.
  bool visit_library(Dwarf_Die type, std::uint32_t offset, int guard) {
    const std::string_view name = name_of(&type);
    const std::uint64_t bytes = size_of(&type);
    const std::vector<Member> members = members_of(type, offset);
    if (const Member* const engaged = find(members, "_M_engaged")) {
      visit(engaged->type, engaged->offset, guard);
      const int inner = add_guard(*engaged, 1, guard);
      if (const Member* const payload = find(members, "_M_payload")) {
        visit_union_member(*payload, "_M_value", inner);
      }
      return true;
    }
    const Member* const index = find(members, "_M_index");
    const Member* const alternatives = find(members, "_M_u");
    if (index != nullptr && alternatives != nullptr) {
      visit(index->type, index->offset, guard);
      visit_alternatives(*index, *alternatives, guard);
      return true;
    }
    if (name.starts_with("basic_string<")) {
      add(Kind::text, offset, bytes, guard);
    } else if (name.starts_with("unique_ptr<") || name.starts_with("shared_ptr<")) {
      add(Kind::pointer, offset, sizeof(void*), guard);
    } else if (name.starts_with("function<")) {
      visit_function(members, guard);
    } else if (name == "_Vector_impl_data") {
      const Member* const start = find(members, "_M_start");
      if (start == nullptr || dwarf_tag(&copy(start->type)) != DW_TAG_pointer_type) return true;
      add(Kind::array, offset, bytes, guard);
    } else if (name == "_Deque_impl_data") {
      add(Kind::queue, offset, bytes, guard);
    } else if (const Member* const count = find_count(members)) {
      visit(count->type, count->offset, guard);
    } else {
      // Links between nodes, vector<bool>, and bytes that hold an object of another type.
      return name.starts_with("__aligned_") || name == "_List_node_base" ||
             name == "_Fwd_list_node_base" || name == "_Bvector_impl_data";
    }
    return true;
  }

  // dwarf_tag() takes no constant, though it changes nothing.
  static Dwarf_Die& copy(const Dwarf_Die& die) {
    static thread_local Dwarf_Die copied;
    copied = die;
    return copied;
  }

  /// For a tree or a hash table, only the number of its elements counts.
  static const Member* find_count(const std::vector<Member>& members) {
    for (const std::string_view name : {"_M_node_count", "_M_element_count"}) {
      if (const Member* const count = find(members, name)) return count;
    }
    return nullptr;
  }

  void visit_union_member(const Member& in, std::string_view name, int guard) {
    const std::vector<Member> members = members_of(in.type, in.offset);
    if (const Member* const member = find(members, name)) {
      visit(member->type, member->offset, guard);
    }
  }

  /// `_M_u` is a union of the first alternative and a union of the rest.
  void visit_alternatives(const Member& index, Member alternatives, int guard) {
    constexpr std::uint64_t alternatives_max = 64;
    for (std::uint64_t i = 0; i < alternatives_max; ++i) {
      const std::vector<Member> members = members_of(alternatives.type, alternatives.offset);
      const Member* const first = find(members, "_M_first");
      if (first == nullptr) return;
      visit_union_member(*first, "_M_storage", add_guard(index, i, guard));
      const Member* const rest = find(members, "_M_rest");
      if (rest == nullptr) return;
      alternatives = Member(*rest);
    }
  }

  /// What it calls, of which there is one function per type; what that captured lies in a union.
  void visit_function(const std::vector<Member>& members, int guard) {
    for (const Member& base : members) {
      if (!base.name.empty()) continue;
      const std::vector<Member> inner = members_of(base.type, base.offset);
      if (const Member* const manager = find(inner, "_M_manager")) {
        add(Kind::pointer, manager->offset, sizeof(void*), guard);
      }
    }
  }

  void visit_array(Dwarf_Die type, std::uint32_t offset, int guard) {
    std::optional<Dwarf_Die> element = bare_type(&type);
    const std::uint64_t bytes = size_of(&type);
    const std::uint64_t element_bytes = element ? size_of(&*element) : 0;
    if (element_bytes == 0) return;
    const int tag = dwarf_tag(&*element);
    const bool is_simple = !is_class(&*element) && tag != DW_TAG_array_type;
    if (is_simple) {
      add(Kind::plain, offset, bytes, guard);
      return;
    }
    for (std::uint64_t at = 0; at + element_bytes <= bytes; at += element_bytes) {
      visit(*element, offset + static_cast<std::uint32_t>(at), guard);
    }
  }

  ObjectLayout& layout_;
};

}  // namespace

ObjectLayout find_layout(DwarfModules& modules, const void* function) {
  ObjectLayout layout;
  if (const std::optional<Dwarf_Die> type = parameter_type(modules, function)) {
    layout.is_known = true;
    LayoutWalk(layout).visit(*type, 0, -1);
  }
  return layout;
}

}  // namespace reprise
