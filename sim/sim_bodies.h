// The bodies of the templates of Sim. The end of sim.h includes this file; nothing else should.
#pragma once

#include <reprise/sim/sim.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace reprise {

template <class T>
std::uint64_t Sim::digest_of_result(const T& value) {
  if constexpr (Digestible<T>) {
    return digest_of(value);
  } else {
    return 0;
  }
}

template <class T>
std::string Sim::result_in_words(const T& value) const {
  if constexpr (std::is_pointer_v<T>) {
    return {};
  } else {
    return logging() ? internal::to_text(value) : std::string();
  }
}

template <class Holds>
internal::Property Sim::property_of(internal::Property::Kind kind, std::string_view name,
                                    Holds holds) {
  return {kind,
          std::string(name),
          std::move(holds),
          false,
          [](const std::function<bool()>& made) -> const void* {
            return made.template target<Holds>();
          },
          reinterpret_cast<const void*>(&Sim::has_type<Holds>)};
}

template <class T>
internal::Describe Sim::described(const T& object) {
  if constexpr (Described<T>) {
    return [&object](Archive& archive) { archive.tell(object); };
  } else if constexpr (Digestible<T>) {
    return [&object](Archive& archive) { archive("", object); };
  } else if constexpr (std::has_unique_object_representations_v<T>) {
    return [&object](Archive& archive) {
      archive("", std::as_bytes(std::span<const T, 1>(&object, 1)));
    };
  } else {
    return {};
  }
}

template <class Entry>
std::invoke_result_t<Entry&> Sim::enter(Entry& entry) {
  internal::EntryFrame frame(__builtin_frame_address(0), &entry,
                             reinterpret_cast<const void*>(&Sim::enter<Entry>));
  auto answer = call(entry);
  frame.end();
  return decltype(answer)(std::move(answer));
}

template <class Entry>
std::invoke_result_t<Entry&> Sim::call(Entry& entry) {
  return entry();
}

template <class Entry>
std::invoke_result_t<Entry&> Sim::enter_for(Entry& entry) {
  try {
    return enter(entry);
  } catch (...) {
    operation_threw();
    throw;
  }
}

template <class Entry>
requires internal::EntersMachine<Entry>
auto Sim::await(Entry&& entry, const AwaitOptions& options, CodeLocation place)
    -> Outcome<typename std::invoke_result_t<Entry&>::Value> {
  using Result = Outcome<typename std::invoke_result_t<Entry&>::Value>;
  begin_operation(options, place);
  for (;;) {
    begin_entry();
    auto answer = enter_for(entry);
    if (answer.is_done()) {
      Result outcome(std::move(answer).value());
      end_operation(internal::Answer::done, IOError::none, digest_of_result(outcome.value()),
                    result_in_words(outcome.value()));
      return outcome;
    }
    if (answer.is_err()) {
      end_operation(internal::Answer::error, answer.error(), 0, {});
      return Result::failed(answer.error());
    }
    switch (park(answer.io().completion())) {
      case Resume::enter: break;
      case Resume::aborted: return Result::failed(operation_error());
      case Resume::abandoned: return Result::abandonment();
    }
  }
}

template <class Body>
std::invoke_result_t<Body&> Sim::foreign(Body&& body, CodeLocation place) {
  using Result = std::invoke_result_t<Body&>;
  if constexpr (std::is_void_v<Result>) {
    run_foreign([](void* context) { (*static_cast<std::remove_reference_t<Body>*>(context))(); },
                &body, place);
  } else {
    std::optional<Result> result;
    const auto keep_result = [&] { result.emplace(body()); };
    run_foreign([](void* context) { (*static_cast<decltype(keep_result)*>(context))(); },
                const_cast<void*>(static_cast<const void*>(&keep_result)), place);
    return *std::move(result);
  }
}

template <class Entry>
void Sim::drive(std::string_view name, Entry entry, AwaitOptions options, CodeLocation place) {
  drive_on(first_node(), name, std::move(entry), std::move(options), place);
}

template <class Entry>
void Sim::drive_on(internal::Node& node, std::string_view name, Entry entry, AwaitOptions options,
                   CodeLocation place) {
  static_assert(internal::EntersMachine<Entry>,
                "sim.drive() takes a function without parameters that enters a machine and returns "
                "its IOResult: sim.drive(\"name\", [&] { return machine.step(); })");
  if constexpr (internal::EntersMachine<Entry>) {
    drive_steps(
        node, name,
        [this, entry = std::move(entry)]() mutable {
          auto answer = enter(entry);
          Step step;
          if (answer.is_io()) {
            step.answer = internal::Answer::io;
            step.waits_for = answer.io().completion();
          } else if (answer.is_err()) {
            step.answer = internal::Answer::error;
            step.error = answer.error();
          } else {
            step.value_digest = digest_of_result(answer.value());
            step.value = result_in_words(answer.value());
          }
          return step;
        },
        std::move(options), place);
  }
}

template <class T>
void Sim::name(std::string_view name, T& object) {
  know_object(name, &object, reinterpret_cast<const void*>(&Sim::has_type<T>));
}

template <class T>
void Sim::idle(std::string_view name, T& object) {
  this->name(name, object);
  keep_idle({std::string(name), reinterpret_cast<std::uintptr_t>(&object), sizeof object,
             described(object), Described<T>});
}

template <class T>
void Sim::benign(std::string_view name, T& object) {
  this->name(name, object);
  let_change(&object, sizeof object);
}

template <class T>
std::string Sim::to_text(const T& value) {
  if constexpr (requires {
                  value.abandoned();
                  value.error();
                }) {
    if (value.ok()) return to_text(value.value());
    return value.abandoned() ? "abandoned" : to_string(value.error());
  } else {
    return internal::scalar_text(value);
  }
}

template <class A, class B>
bool Sim::expect_eq(const A& is, const B& should_be, CodeLocation place) {
  if (is == should_be) return true;
  failed_expectation(differs(to_text(is), to_text(should_be)), place);
  return false;
}

template <class A, class B>
bool Sim::expect_eq(const A& is, const B& should_be, std::string_view what, CodeLocation place) {
  if (is == should_be) return true;
  failed_expectation(std::string(what) + ": " + differs(to_text(is), to_text(should_be)), place);
  return false;
}

}  // namespace reprise
