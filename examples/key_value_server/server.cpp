#include "server.h"

#include <reprise/core/deadline.h>
#include <reprise/core/full_transfer.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace key_value {

using reprise::Buffer;
using reprise::Completion;
using reprise::Coroutine;
using reprise::FairLock;
using reprise::FullTransfer;
using reprise::IOError;
using reprise::Listener;
using reprise::or_return;
using reprise::Result;
using reprise::Stream;
using reprise::Unit;
using reprise::with_deadline;

namespace {

constexpr std::size_t line_bytes_max = 64 * 1024;
constexpr std::size_t receive_bytes = 4096;
constexpr std::size_t checksum_digits = 16;
constexpr auto pause_without_descriptors = std::chrono::milliseconds(100);

Buffer bytes_of(std::string_view text) {
  const Buffer bytes = Buffer::allocate(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

std::string_view text_in(const Buffer& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// FNV-1a, in hexadecimal digits.
std::string checksum(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  std::string digits(checksum_digits, '0');
  for (char& digit : digits) {
    digit = "0123456789abcdef"[hash >> 60];
    hash <<= 4;
  }
  return digits;
}

std::string record_of(std::string_view name, std::string_view value) {
  const std::string entry = std::string(name) + ' ' + std::string(value);
  return checksum(entry) + ' ' + entry + '\n';
}

using Words = std::pair<std::string, std::string>;

// At the first blank; nothing if there is none.
std::optional<Words> split(std::string_view text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  return Words(text.substr(0, blank), text.substr(blank + 1));
}

// Name and value of a line of the log, if it is whole.
std::optional<Words> read_record(std::string_view line) {
  if (line.size() <= checksum_digits || line[checksum_digits] != ' ') return std::nullopt;
  const std::string_view entry = line.substr(checksum_digits + 1);
  if (line.substr(0, checksum_digits) != checksum(entry)) return std::nullopt;
  return split(entry);
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

}  // namespace

Coroutine<> Server::recover() {
  reprise::OpenResult opened = io_.open(path_);
  if (!opened.ok()) co_return opened.error();
  log_ = std::move(opened).value();
  const Result<std::uint64_t> size = log_->size();
  if (!size.ok()) co_return size.error();
  const Buffer all = Buffer::allocate(size.value());
  FullTransfer reading;
  if (size.value() != 0) {
    co_await or_return([&] { return reading.read(*log_, 0, all); });
  }
  std::string_view rest = text_in(all);
  for (;;) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;
    const std::optional<Words> record = read_record(rest.substr(0, end));
    if (!record) break;  // it was written when the power was lost, and nobody was answered
    values_.insert_or_assign(record->first, record->second);
    rest.remove_prefix(end + 1);
  }
  log_end_ = size.value() - rest.size();
  if (!rest.empty()) co_await or_return(log_->truncate(log_end_));
  // What was read may not be durable yet, and the name of a new file is not.
  co_await or_return(log_->sync());
  co_await or_return(io_.sync_folder(folder_of(path_)));
  co_return Unit{};
}

Coroutine<> Server::put(std::string name, std::string value) {
  FairLock::Hold hold(log_lock_);
  co_await or_return([&] { return hold.acquire(); });
  if (log_error_ != IOError::none) co_return log_error_;
  const Buffer record = bytes_of(record_of(name, value));
  FullTransfer writing;
  Result<std::uint64_t> done = co_await [&] { return writing.write(*log_, log_end_, record); };
  if (done.ok() && options_.syncs) done = co_await log_->data_sync();
  if (!done.ok()) {
    log_error_ = done.error();
    co_return log_error_;
  }
  log_end_ += record.size();
  values_.insert_or_assign(std::move(name), std::move(value));
  co_return Unit{};
}

std::optional<std::string> Server::get(const std::string& name) const {
  const auto at = values_.find(name);
  if (at == values_.end()) return std::nullopt;
  return at->second;
}

Coroutine<> Server::serve(Listener& door, std::function<void(Coroutine<>)> begin) {
  for (;;) {
    const Completion accepted = door.accept();
    const Result<std::uint64_t> made = co_await accepted;
    if (made.ok()) {
      begin(talk(io_.take_stream(accepted)));
    } else if (made.error() == IOError::too_many_files) {
      co_await or_return(io_.timer(pause_without_descriptors));  // until a client has gone
    } else {
      co_return made.error();
    }
  }
}

Coroutine<> Server::talk(std::unique_ptr<Stream> client) {
  const Buffer received = Buffer::allocate(receive_bytes);
  std::string text;
  for (;;) {
    const std::size_t end = text.find('\n');
    if (end == std::string::npos && text.size() <= line_bytes_max) {
      const Completion more = with_deadline(io_, client->recv(received), options_.silence_max);
      const std::uint64_t size = co_await or_return(more);
      if (size == 0) co_return Unit{};
      text += text_in(received.slice(0, size));
      continue;
    }
    if (end == std::string::npos) {
      co_await or_return(send(*client, "ERROR the line is too long\n"));
      co_return Unit{};
    }
    std::string line = text.substr(0, end);
    text.erase(0, end + 1);
    if (line.ends_with('\r')) line.pop_back();
    std::string answer = co_await or_return(answer_to(std::move(line)));
    co_await or_return(send(*client, std::move(answer)));
  }
}

Coroutine<> Server::send(Stream& client, std::string text) {
  const Buffer bytes = bytes_of(text);
  for (std::uint64_t sent = 0; sent < bytes.size();) {
    const Buffer rest = bytes.slice(sent, bytes.size() - sent);
    const Completion part = with_deadline(io_, client.send(rest), options_.silence_max);
    sent += co_await or_return(part);
  }
  co_return Unit{};
}

Coroutine<std::string> Server::answer_to(std::string line) {
  const std::optional<Words> call = split(line);
  if (call && call->first == "GET") {
    const std::optional<std::string> value = get(call->second);
    co_return value ? "VALUE " + *value + '\n' : std::string("NONE\n");
  }
  const std::optional<Words> words =
      call && call->first == "PUT" ? split(call->second) : std::nullopt;
  if (!words) co_return std::string("ERROR say GET name, or PUT name value\n");
  const Result<Unit> kept = co_await put(words->first, words->second);
  co_return kept.ok() ? std::string("OK\n") : "ERROR " + to_string(kept.error()) + '\n';
}

}  // namespace key_value
