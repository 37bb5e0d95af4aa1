#include "scenarios/libraries/raft/process.h"

#include <cstdio>
#include <iterator>
#include <utility>

namespace reprise::libraries::consensus {

std::string to_string(const Command& command) {
  return command.written == 0 ? "read" : "write " + std::to_string(command.written);
}

Process::Process(Sim& sim, const Sim::Node& node, Applied& applied, const Options& options)
    : sim_(sim),
      all_applied_(applied),
      options_(options),
      events_(sim, heap_),
      io_(node, events_, options.io) {
  tracer_.impl = this;
  tracer_.enabled = true;
  tracer_.emit = [](raft_tracer* tracer, const char* file, int line, const char* message) {
    const raft_id id = static_cast<Process*>(tracer->impl)->raft_.id;
    std::fprintf(stderr, "server %llu: %s:%d: %s\n", id, file, line, message);
  };
  machine_.version = 1;
  machine_.data = this;
  machine_.apply = [](raft_fsm* machine, const raft_buffer* bytes, void** result) {
    return of(machine).apply(*bytes, result);
  };
  machine_.snapshot = [](raft_fsm* machine, raft_buffer** buffers, unsigned* count) {
    return of(machine).save(buffers, count);
  };
  machine_.restore = [](raft_fsm* machine, raft_buffer* bytes) {
    return of(machine).restore(*bytes);
  };
}

Process::~Process() {
  for (Request& request : requests_) {
    if (!request.done.finished()) request.done.fail(IOError::connection_reset);
  }
}

void Process::run(raft_id id) {
  heap_.make_current();
  raft_.data = this;
  int status = raft_init(&raft_, io_.functions(), &machine_, id, address_of(id).c_str());
  raft_set_snapshot_threshold(&raft_, options_.snapshot_after);
  raft_set_snapshot_trailing(&raft_, options_.snapshot_trailing);
  if (options_.prints) raft_.tracer = &tracer_;
  if (status == 0) status = raft_start(&raft_);
  if (!sim_.expect_eq(status, 0, "what raft_start() gives")) return;
  events_.run();
  sim_.expect_eq(heap_.blocks(), 0u, "the blocks that raft holds after raft_close()");
}

void Process::close() {
  events_.post([this] {
    raft_close(&raft_, [](::raft* closed) { static_cast<Process*>(closed->data)->events_.stop(); });
  });
}

// The register.

int Process::apply(const raft_buffer& bytes, void** result) {
  const Command command{BytesIn(text_of(bytes)).number()};
  if (command.written != 0) register_ = command.written;
  if (applied_ == all_applied_.size()) all_applied_.push_back(command);
  sim_.expect_eq(to_string(command), to_string(all_applied_[applied_]),
                 "the next command that a server applies");
  ++applied_;
  *result = reinterpret_cast<void*>(register_);
  return 0;
}

int Process::save(raft_buffer** buffers, unsigned* count) const {
  *buffers = static_cast<raft_buffer*>(raft_malloc(sizeof(raft_buffer)));
  **buffers = buffer_of(BytesOut().number(register_).number(applied_).bytes());
  *count = 1;
  return 0;
}

int Process::restore(raft_buffer& bytes) {
  BytesIn in(text_of(bytes));
  register_ = in.number();
  applied_ = in.number();
  raft_free(bytes.base);
  return 0;
}

// Calls.

Completion Process::ask(std::shared_ptr<Answer> answer,
                        std::function<int(Request& request)> submit) {
  Request& request = requests_.emplace_back();
  request.process = this;
  request.self = std::prev(requests_.end());
  request.answer = std::move(answer);
  request.done = pool_.make();
  request.apply.data = request.change.data = &request;
  events_.post([&request, submit = std::move(submit)] {
    const int status = submit(request);
    if (status != 0) end(request, {.status = status, .is_refused = true});
  });
  return request.done;
}

void Process::end(Request& request, const Answer& answer) {
  *request.answer = answer;
  const Completion done = request.done;
  request.process->requests_.erase(request.self);
  done.finish(0);
}

Completion Process::call(const Command& command, std::shared_ptr<Answer> answer) {
  return ask(std::move(answer), [this, command](Request& of) { return submit(command, of); });
}

Completion Process::change(const Change& change, std::shared_ptr<Answer> answer) {
  return ask(std::move(answer), [this, change](Request& of) { return submit(change, of); });
}

int Process::submit(const Command& command, Request& request) {
  const raft_buffer bytes = buffer_of(BytesOut().number(command.written).bytes());
  const int status = raft_apply(
      &raft_, &request.apply, &bytes, 1, [](struct raft_apply* of, int ended, void* result) {
        end(*static_cast<Request*>(of->data),
            {.status = ended, .value = reinterpret_cast<std::uint64_t>(result)});
      });
  if (status != 0) raft_free(bytes.base);
  return status;
}

void Process::begin_term() {
  if (options_.io.has_known_bugs || raft_state(&raft_) != RAFT_LEADER) return;
  raft_barrier(&raft_, &barriers_.emplace_back(), [](struct raft_barrier*, int) {});
}

int Process::submit(const Change& change, Request& request) {
  begin_term();
  const raft_change_cb ended = [](raft_change* of, int status) {
    end(*static_cast<Request*>(of->data), {.status = status});
  };
  raft_change* const of = &request.change;
  switch (change.kind) {
    case Change::Kind::add:
      return raft_add(&raft_, of, change.id, address_of(change.id).c_str(), ended);
    case Change::Kind::promote: return raft_assign(&raft_, of, change.id, RAFT_VOTER, ended);
    case Change::Kind::remove: return raft_remove(&raft_, of, change.id, ended);
  }
  return RAFT_INVALID;
}

}  // namespace reprise::libraries::consensus
