#include <reprise/sim/evidence/repeated_calls.h>

#include <algorithm>
#include <cstddef>

namespace reprise::internal {

namespace {

std::string in_words(const RepeatedArgument& argument) {
  const std::string size = std::to_string(argument.bytes().size()) + " bytes";
  switch (argument.kind()) {
    case RepeatedArgument::Kind::pointer: return "another pointer";
    case RepeatedArgument::Kind::bytes: return size;
    case RepeatedArgument::Kind::prefix: return size + " that begin otherwise";
    default: return std::to_string(argument.value());
  }
}

}  // namespace

std::optional<std::string> RepeatedCalls::made(const Caller& caller, const RepeatedCall& call) {
  std::erase_if(waiting_, [&](const Waiting& each) {
    return each.caller.task == caller.task && each.caller.operation != caller.operation;
  });
  const auto before = std::ranges::find_if(waiting_, [&](const Waiting& each) {
    return each.caller.task == caller.task && each.name == call.name;
  });
  std::optional<std::string> difference;
  if (before != waiting_.end()) {
    const std::vector<KeptArgument>& was = before->arguments;
    const std::size_t sizes = std::max(was.size(), call.arguments.size());
    for (std::size_t i = 0; i < sizes && !difference; ++i) {
      const bool is_in_both = i < was.size() && i < call.arguments.size();
      if (is_in_both && was[i].view().allows(call.arguments[i])) continue;
      const std::string before_in_words = i < was.size() ? in_words(was[i].view()) : "not there";
      const std::string now =
          i < call.arguments.size() ? in_words(call.arguments[i]) : std::string("not there");
      difference = '`' + std::string(call.name) +
                   "`, which has answered \"again\", to be called with the same: argument " +
                   std::to_string(i + 1) +
                   (before_in_words == now ? " is " + now + " than before"
                                           : " was " + before_in_words + " and is " + now);
    }
    waiting_.erase(before);
  }
  if (call.is_again) {
    waiting_.push_back({caller,
                        std::string(call.name),
                        call.place,
                        {call.arguments.begin(), call.arguments.end()}});
  }
  return difference;
}

const RepeatedCalls::Waiting* RepeatedCalls::last_of(std::uint32_t task,
                                                     std::uint64_t event) const {
  const Waiting* last = nullptr;
  for (const Waiting& each : waiting_) {
    if (each.caller.task == task && each.caller.event == event) last = &each;
  }
  return last;
}

}  // namespace reprise::internal
