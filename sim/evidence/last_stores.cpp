#include <reprise/sim/evidence/last_stores.h>

#include <reprise/sim/evidence/operation_words.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/seen_access.h>

#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

constexpr std::uintptr_t word_bytes = 8;

bool is_there_still(const MemoryAccess& store) {
  return store.size > word_bytes || MemoryWatch::peek(store.address, store.size) == store.after;
}

}  // namespace

bool LastStores::is_watching() const { return run_.logging() && run_.memory().running(); }

void LastStores::take(TaskId task) {
  if (!is_watching()) return;
  const MemoryWatch::Quiet quiet;
  for (const MemoryAccess& store : run_.memory().stores()) {
    // The later of two stores of one entry to one place has left its value.
    if (!store.changed || store.freed || !is_there_still(store)) continue;
    const LastStore last{store, operation_ref_of(run_.task(task)), run_.stats().events,
                         ++last_number_};
    for (std::uintptr_t word = store.address / word_bytes;
         word <= (store.address + store.size - 1) / word_bytes; ++word) {
      by_word_.insert_or_assign(word, last);
    }
  }
}

const LastStores::LastStore* LastStores::last_of(const std::vector<MemoryAccess>& loads) const {
  const LastStore* last = nullptr;
  for (const MemoryAccess& load : loads) {
    if (load.size == 0) continue;
    for (std::uintptr_t word = load.address / word_bytes;
         word <= (load.address + load.size - 1) / word_bytes; ++word) {
      const auto known = by_word_.find(word);
      if (known == by_word_.end()) continue;
      const LastStore& store = known->second;
      if (!store.access.overlaps(load.address, load.size)) continue;
      if (last == nullptr || store.number > last->number) last = &store;
    }
  }
  return last;
}

void LastStores::show(Finding& finding, const Property& property, bool this_event) {
  if (!is_watching()) return;
  std::vector<MemoryAccess> loads;
  {
    const MemoryWatch::Reads reads(run_.memory(), loads);
    static_cast<void>(property.holds());
  }
  const MemoryWatch::Quiet quiet;
  const LastStore* const last = last_of(loads);
  if (last == nullptr || (this_event && last->event != run_.stats().events)) return;
  if (!is_there_still(last->access)) return;
  // What the property has captured has names.
  const void* const closure =
      property.closure == nullptr ? nullptr : property.closure(property.holds);
  if (closure != nullptr) run_.know_object({"", closure, property.closure_type});
  const SeenAccess seen(run_, last->access);
  const std::string what = seen.variable_or("what it reads");
  const std::string change = seen.change(last->access);
  auto place = seen.place(change.empty() ? what + " was changed here last"
                                         : what + ": " + change + ", the last change");
  if (!place) return;
  finding.places.push_back(*std::move(place));
  finding.evidence.push_back(what + " was changed last by " + operation_in_words(run_, last->by) +
                             ", in entry " + std::to_string(last->by.entry) + " (step " +
                             std::to_string(last->event) + ")");
}

}  // namespace reprise
