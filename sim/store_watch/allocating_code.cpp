#include <reprise/sim/store_watch/allocating_code.h>

#include <dlfcn.h>
#include <unwind.h>

#include <algorithm>

namespace reprise::internal {

namespace {

// Functions around malloc that fail as it does, and that allocate nothing for their own first use.
constexpr std::array allocating_functions = {
    std::string_view("strdup"), std::string_view("__strdup"), std::string_view("strndup"),
    std::string_view("__strndup"), std::string_view("reallocarray")};

bool begins_like_one_of(std::string_view name, std::initializer_list<std::string_view> begins) {
  return std::ranges::any_of(begins,
                             [&](std::string_view begin) { return name.starts_with(begin); });
}

}  // namespace

// Goes from the allocation out to the entry. A function is watched if it has said where it returns
// to: that is where the walk finds its caller.
struct AllocatingCode::Walk {
  AllocatingCode& code;
  const CallPaths& paths;
  std::uintptr_t allocation;  // returns there
  CallPath path;
  std::uintptr_t callee =
      0;  // an address in the function whose caller comes next; 0: not yet there
  bool is_right = true;

  static _Unwind_Reason_Code take_frame(_Unwind_Context* context, void* walk) {
    return static_cast<Walk*>(walk)->take(_Unwind_GetIP(context)) ? _URC_NO_REASON
                                                                  : _URC_END_OF_STACK;
  }

  /// False at the end of the walk.
  bool take(std::uintptr_t address) {
    if (callee == 0) {
      if (address == allocation) callee = address;
      return true;
    }
    const Kind kind = code.kind_of(callee);
    callee = address;
    const bool is_watched = paths.pc(path) == address;
    if (is_watched) path = paths.caller(path);
    is_right = kind != Kind::harness && (is_watched || kind == Kind::around);
    return is_right && path != 0;
  }
};

void AllocatingCode::begin_run() {
  libraries_.clear();
  if (is_used_) known_.fill({});
  is_used_ = false;
}

bool AllocatingCode::is_under_test(std::uintptr_t pc, const CallPaths& paths, CallPath path) {
  if (path == 0) return false;
  Walk walk{*this, paths, pc, path};
  _Unwind_Backtrace(&Walk::take_frame, &walk);
  return walk.is_right && walk.path == 0;
}

AllocatingCode::Kind AllocatingCode::kind_of(std::uintptr_t pc) {
  Known& known = known_[(pc ^ (pc >> 8U)) % known_.size()];
  if (known.pc != pc || known.kind == Kind::unknown) known = {pc, look_up(pc)};
  is_used_ = true;
  return known.kind;
}

AllocatingCode::Kind AllocatingCode::look_up(std::uintptr_t pc) const {
  Dl_info found{};
  // One byte back is within the call; what is behind it may be another function.
  if (dladdr(reinterpret_cast<const void*>(pc - 1), &found) == 0) return Kind::other;
  const std::string_view name = found.dli_sname == nullptr ? "" : found.dli_sname;
  std::string_view file = found.dli_fname == nullptr ? "" : found.dli_fname;
  file.remove_prefix(file.rfind('/') + 1);
  const auto is_of = [&](std::string_view library) { return file.starts_with(library); };
  if (std::ranges::find(allocating_functions, name) != allocating_functions.end() ||
      begins_like_one_of(name, {"_Znw", "_Zna"}) || std::ranges::any_of(libraries_, is_of)) {
    return Kind::around;
  }
  // A template that the harness uses too is there once: not always as the user has compiled it.
  // What is in the library itself may allocate for its own first use.
  if (begins_like_one_of(name, {"_ZNSt", "_ZNKSt", "_ZSt", "_ZN9__gnu_cxx", "_ZNK9__gnu_cxx"}) &&
      !is_of("libstdc++") && !is_of("libc++")) {
    return Kind::around;
  }
  // An entry begins in call(), into which the machine may be inlined.
  const bool is_sim = begins_like_one_of(name, {"_ZN7reprise3Sim", "_ZNK7reprise3Sim"});
  return is_sim && !name.starts_with("_ZN7reprise3Sim4callI") ? Kind::harness : Kind::other;
}

}  // namespace reprise::internal
