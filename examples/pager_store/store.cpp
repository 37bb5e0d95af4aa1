#include "store.h"

#include <utility>

#include "records.h"

namespace pager_store {

using reprise::Coroutine;
using reprise::IOError;
using reprise::or_return;
using reprise::Result;
using reprise::Unit;
using reprise::pager::no_page;
using reprise::pager::Page;
using reprise::pager::PageNumber;

namespace {

constexpr PageNumber chains = 64;

// FNV-1a.
PageNumber first_page(std::string_view key) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return 1 + hash % chains;
}

}  // namespace

Coroutine<> Store::create() {
  if (session_.page_count() >= chains) co_return Unit{};
  co_await or_return([&] { return session_.begin(); });
  while (session_.page_count() < chains) {
    const Result<PageNumber> page = co_await [&] { return session_.allocate(); };
    if (page.ok()) continue;
    session_.rollback();
    co_return page.error();
  }
  co_await or_return([&] { return session_.commit(); });
  co_return Unit{};
}

Coroutine<std::optional<std::string>> Store::get(std::string key) {
  for (PageNumber page = first_page(key); page != no_page;) {
    const Records records(co_await or_return([&] { return session_.read(page); }));
    if (std::optional<std::string> value = records.find(key)) co_return value;
    page = records.next();
  }
  co_return std::optional<std::string>();
}

Coroutine<> Store::put(std::string key, std::string value) {
  if (key.size() + value.size() > record_bytes_max) co_return IOError::too_large;
  co_await or_return(change(std::move(key), std::move(value)));
  co_return Unit{};
}

Coroutine<bool> Store::remove(std::string key) { return change(std::move(key), std::nullopt); }

Coroutine<bool> Store::change(std::string key, std::optional<std::string> value) {
  co_await or_return([&] { return session_.begin(); });
  const Result<bool> was_there = co_await change_pages(key, value);
  if (!was_there.ok()) {
    session_.rollback();
    co_return was_there.error();
  }
  co_await or_return([&] { return session_.commit(); });
  co_return was_there.value();
}

Coroutine<bool> Store::change_pages(const std::string& key,
                                    const std::optional<std::string>& value) {
  bool was_there = false;
  bool is_added = !value.has_value();
  PageNumber page = first_page(key);
  for (;;) {
    Records records(co_await or_return([&] { return session_.read(page); }));
    const bool is_here = records.remove(key);
    const bool adds = !is_added && records.add(key, *value);
    was_there |= is_here;
    is_added |= adds;
    const bool is_last = records.next() == no_page;
    const bool grows = is_last && !is_added;
    if (grows) records.set_next(co_await or_return([&] { return session_.allocate(); }));
    if (is_here || adds || grows) {
      co_await or_return([&] { return session_.write(page, records.page()); });
    }
    if (is_last && !grows) co_return was_there;
    page = records.next();
  }
}

}  // namespace pager_store
