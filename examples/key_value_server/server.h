// Server: keys and values, kept in a file, for clients that send lines over a Stream:
//
//   PUT name value    OK, once the value is durable
//   GET name          VALUE value, or NONE
//
// A name has no blank. What fails is answered with ERROR and the reason. The file is a log with a
// line for each PUT: a checksum, the name and the value.
#pragma once

#include <reprise/core/coroutine.h>
#include <reprise/core/fair_lock.h>
#include <reprise/core/io.h>
#include <reprise/core/network/stream.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace key_value {

struct ServerOptions {
  /// Without it a PUT is answered sooner, and a power loss takes values that were answered.
  bool syncs = true;
  /// A client that says nothing, or takes no answer, for so long is gone.
  reprise::Duration silence_max = std::chrono::minutes(1);
};

class Server {
 public:
  Server(reprise::IO& io, std::string path, const ServerOptions& options = {})
      : io_(io), path_(std::move(path)), options_(options) {}

  /// Opens the log and reads it. Before anything else.
  reprise::Coroutine<> recover();
  /// Accepts clients until that fails. `begin` gets what is to be driven for each of them.
  reprise::Coroutine<> serve(reprise::Listener& door,
                             std::function<void(reprise::Coroutine<>)> begin);

  /// Durable once it has ended. After a failed write or sync nobody knows what the file has, so no
  /// later one is tried.
  reprise::Coroutine<> put(std::string name, std::string value);
  std::optional<std::string> get(const std::string& name) const;

 private:
  reprise::Coroutine<> talk(std::unique_ptr<reprise::Stream> client);
  reprise::Coroutine<> send(reprise::Stream& client, std::string text);
  reprise::Coroutine<std::string> answer_to(std::string line);

  reprise::IO& io_;
  std::string path_;
  ServerOptions options_;
  std::unique_ptr<reprise::File> log_;
  reprise::FairLock log_lock_{"the log"};  // of who writes
  std::uint64_t log_end_ = 0;              // in bytes
  reprise::IOError log_error_ = reprise::IOError::none;
  std::map<std::string, std::string> values_;  // what is durable
};

}  // namespace key_value
