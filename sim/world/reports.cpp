// What a scenario says of itself, and what is found in its runs.
#include <reprise/core/assert.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/store_watch/call_stack.h>
#include <reprise/sim/world/world.h>

#include <algorithm>
#include <exception>
#include <span>
#include <string>
#include <utility>

namespace reprise {

void World::survives(const Faults& faults) {
  REPRISE_ASSERT(!has_run_, "a scenario says what it survives before it runs");
  faults_ = faults;
  DecisionKinds legal = allowed_kinds(faults);
  if (!options_->observed) legal &= ~kinds(DecisionKind::yield, DecisionKind::yield_before);
  active_ = strategy_->active() & legal;
  select_checks();
}

std::int64_t World::option(std::string_view name, std::int64_t otherwise) {
  const auto set = options_->options.find(name);
  const std::int64_t value = set != options_->options.end() ? set->second : otherwise;
  options_asked_.insert_or_assign(std::string(name), value);
  return value;
}

std::vector<NamedObject> World::known_objects() const {
  std::vector<NamedObject> objects = known_objects_;
  if (memory_.entry() != nullptr) {
    objects.push_back({"", memory_.entry(), memory_.entry_function()});
  }
  return objects;
}

void World::reached(std::string_view goal) {
  for (Property& property : declared_.properties) {
    if (property.kind == Property::Kind::sometimes && property.name == goal) {
      property.reached = true;
      return;
    }
  }
  declared_.properties.push_back({Property::Kind::sometimes, std::string(goal), nullptr, true});
}

std::string World::without_numbers(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit) {
      result += c;
    } else if (!result.ends_with('N')) {
      result += 'N';
    }
  }
  return result;
}

std::string World::kind_of_io(const Identity& io) const {
  const std::string_view whole = names_.text(io.name);
  const std::string_view parent = names_.text(names_.parent(io.name));
  return without_numbers(parent.empty() ? whole : whole.substr(parent.size() + 1));
}

std::string World::signature(std::string_view check, std::string_view what) const {
  std::string text(check);
  text += ' ';
  text += scenario_->name;
  text += ": ";
  text += what;
  return text;
}

void World::report(Finding finding) {
  const CheckSet& checks = options_->checks;
  if (finding_.has_value() || !checks.on(finding.check)) return;
  if (checks.errors.contains(finding.check)) finding.severity = Severity::error;
  if (finding.severity == Severity::error) {
    finding_ = std::move(finding);
  } else if (std::ranges::find(notes_, finding.signature, &Finding::signature) == notes_.end()) {
    notes_.push_back(std::move(finding));
  }
}

void World::report_exception(std::string_view where, std::exception_ptr failure) {
  std::string what = "something that is no std::exception";
  const void* object = nullptr;
  try {
    std::rethrow_exception(std::move(failure));
  } catch (const std::exception& exception) {
    what = exception.what();
    object = dynamic_cast<const void*>(&exception);
  } catch (...) {
  }
  Finding finding;
  finding.check = check_name::crash;
  finding.signature = signature(check_name::crash, "exception: " + without_numbers(what));
  finding.message = std::string(where) + " threw an exception: " + what;
  finding.expected = "no exception gets out of a task";
  finding.help = "catch it where it can arise: a machine answers an error as Err";
  const internal::Thrown& thrown = internal::last_thrown;
  if (logging() && object != nullptr && object == thrown.object) {
    finding.places =
        own_places(debug_info_, std::span(thrown.stack).first(thrown.stack_size), "thrown here");
  }
  report(std::move(finding));
}

void World::report_misuse(std::string_view what) {
  Finding finding;
  finding.check = check_name::invariant;
  finding.signature = signature(check_name::invariant, what);
  finding.message = what;
  report(std::move(finding));
}

}  // namespace reprise
