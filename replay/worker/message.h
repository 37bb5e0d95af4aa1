// Message: a struct on its way through the pipe between a worker and its supervisor. It lists its
// members once, for both directions; both ends are the same program, so there is no format to agree
// upon. Where several kinds go through one pipe, a std::variant holds them.
//
//   struct Found {
//     std::string name;
//     std::uint64_t count = 0;
//   };
//   void fields(MessageArchive& archive, Found& found) { archive(found.name, found.count); }
//
//   port.send(to_bytes(Found{"leak", 3}));
//   const Found found = from_bytes<Found>(record);
//
// fields() stands in the namespace of its struct. A struct without members needs none.
#pragma once

#include <reprise/core/assert.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/operation/await_sites.h>
#include <reprise/sim/plan/plan.h>
#include <reprise/sim/runner.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace reprise {

/// Writes members, or reads them, in the order in which it is given them.
class MessageArchive {
 public:
  virtual ~MessageArchive() = default;

  template <class... Members>
  void operator()(Members&... members) {
    (member(members), ...);
  }

 private:
  virtual void number(std::uint64_t& value) = 0;
  virtual void text(std::string& value) = 0;

  template <class T>
  void member(T& value) {
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      auto as_number = static_cast<std::uint64_t>(value);
      number(as_number);
      value = static_cast<T>(as_number);
    } else if constexpr (!std::is_empty_v<T>) {
      fields(*this, value);
    }
  }

  void member(std::string& value) { text(value); }

  template <class First, class Second>
  void member(std::pair<First, Second>& value) {
    (*this)(value.first, value.second);
  }

  template <class T>
  void member(std::optional<T>& value) {
    bool has_value = value.has_value();
    member(has_value);
    if (has_value && !value) value.emplace();
    if (value) member(*value);
  }

  template <class T>
  void member(std::vector<T>& values) {
    std::uint64_t size = values.size();
    member(size);
    for (std::uint64_t i = 0; i < size; ++i) {
      if (i == values.size()) values.emplace_back();
      member(values[i]);
    }
  }

  template <class Key, class Value, class Less>
  void member(std::map<Key, Value, Less>& values) {
    std::vector<std::pair<Key, Value>> entries(values.begin(), values.end());
    member(entries);
    values = std::map<Key, Value, Less>(entries.begin(), entries.end());
  }

  template <class... Kinds>
  void member(std::variant<Kinds...>& value) {
    const std::array kinds = {std::variant<Kinds...>(Kinds())...};
    std::size_t kind = value.index();
    member(kind);
    REPRISE_ASSERT(kind < kinds.size(), "a message of a kind that there is not");
    if (kind != value.index()) value = kinds[kind];
    std::visit([this](auto& of_kind) { this->member(of_kind); }, value);
  }
};

class MessageWriter final : public MessageArchive {
 public:
  const std::string& bytes() const { return bytes_; }

 private:
  void number(std::uint64_t& value) override;
  void text(std::string& value) override;

  std::string bytes_;
};

/// Reading on past the end is a REPRISE_ASSERT.
class MessageReader final : public MessageArchive {
 public:
  /// `bytes` must outlive it.
  explicit MessageReader(std::string_view bytes) : rest_(bytes) {}

 private:
  void number(std::uint64_t& value) override;
  void text(std::string& value) override;

  std::string_view rest_;
};

template <class Message>
std::string to_bytes(Message message) {
  MessageWriter writer;
  writer(message);
  return writer.bytes();
}

template <class Message>
Message from_bytes(std::string_view bytes) {
  MessageReader reader(bytes);
  Message message{};
  reader(message);
  return message;
}

void fields(MessageArchive& archive, Finding& finding);
void fields(MessageArchive& archive, ShownLocation& place);
void fields(MessageArchive& archive, Plan& plan);
void fields(MessageArchive& archive, PlannedDecision& decision);
/// Leaves out LoggedEvent::site, which means nothing in another process.
void fields(MessageArchive& archive, LoggedEvent& event);
void fields(MessageArchive& archive, LoggedFact& fact);
void fields(MessageArchive& archive, SiteLocation& site);

}  // namespace reprise
