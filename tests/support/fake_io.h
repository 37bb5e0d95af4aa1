// FakeIO: an IO whose every request stays where it is until the test answers it.
#pragma once

#include <reprise/core/completion_pool.h>
#include <reprise/core/io.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace reprise::tests {

class FakeIO final : public IO, public Canceller {
 public:
  /// A request as it was submitted, and the completion that it was given.
  struct Asked {
    IOKind kind;
    std::uint64_t offset;
    std::vector<Buffer> buffers;
    std::uint64_t size;
    WriteOptions write_options;
    std::string path;
    std::string new_path;
    Duration delay;
    Completion completion;
  };
  enum class OnCancel { ignore, cancel };

  CompletionPool pool;
  std::vector<Asked> asked;
  std::vector<std::string> opened;
  IOError refusal = IOError::none;  // what the next submits fail with
  OnCancel on_cancel = OnCancel::cancel;
  int cancels = 0;
  Instant time;

  Asked& last() { return asked.back(); }

  OpenResult open(std::string_view path, OpenOptions options = {}) override {
    if (!options.create) return IOError::not_found;
    opened.emplace_back(path);
    return OpenResult(std::make_unique<FakeFile>(*this));
  }
  Instant now() const override { return time; }
  Completion submit(IORequest&& request) override {
    if (refusal != IOError::none) return pool.refused(refusal, std::move(request.callback));
    Completion completion = pool.make(std::move(request.callback), this, asked.size());
    asked.push_back({request.kind,
                     request.offset,
                     {request.buffers.begin(), request.buffers.end()},
                     request.size,
                     request.write_options,
                     std::string(request.path),
                     std::string(request.new_path),
                     request.delay,
                     completion});
    return completion;
  }
  void cancel(const Completion& completion, std::uint64_t token) override {
    ++cancels;
    if (asked[static_cast<std::size_t>(token)].completion != completion) cancels += 1000;
    if (on_cancel == OnCancel::cancel) completion.fail(IOError::cancelled);
  }

 private:
  class FakeFile final : public File {
   public:
    explicit FakeFile(FakeIO& io) : io_(io) {}
    Result<std::uint64_t> size() const override { return std::uint64_t{7}; }
    Completion submit(IORequest&& request) override { return io_.submit(std::move(request)); }

   private:
    FakeIO& io_;
  };
};

}  // namespace reprise::tests
