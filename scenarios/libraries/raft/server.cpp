#include "scenarios/libraries/raft/server.h"

#include <string>
#include <utility>

namespace reprise::libraries::consensus {

std::string to_string(const Command& command) {
  return command.written == 0 ? "read" : "write " + std::to_string(command.written);
}

/// All that is gone when the process is.
class Process {
 public:
  Process(Sim& sim, const Sim::Node& node, Server::Cluster& cluster);
  ~Process();

  /// Runs until it is closed.
  void run(std::uint32_t id);
  Completion call(const Command& command, std::shared_ptr<Answer> answer);
  void post(Events::Event event) { events_.post(std::move(event)); }
  void close();
  std::size_t applied() const { return applied_; }

 private:
  /// A call of a client that was not answered yet.
  struct Request {
    struct raft_apply apply;
    Command command;
    std::shared_ptr<Answer> answer;
    Completion done;
    std::list<Request>::iterator self;
    Process* process;
  };

  static Process& of(raft_fsm* machine) { return *static_cast<Process*>(machine->data); }
  int apply(const raft_buffer& bytes, void** result);
  int save(raft_buffer** buffers, unsigned* count) const;
  int restore(raft_buffer& bytes);
  void submit(Request& request);
  void end(Request& request, Answer::Kind kind, std::uint64_t value);

  Sim& sim_;
  Server::Cluster& cluster_;
  ProcessHeap heap_;
  Events events_;
  RaftIO io_;
  raft_fsm machine_{};
  ::raft raft_{};
  std::uint64_t register_ = 0;
  std::size_t applied_ = 0;
  CompletionPool pool_;
  std::list<Request> requests_;
};

namespace {

RaftIO::Options options_of(Sim& sim, const Server::Cluster& cluster) {
  RaftIO::Options options = cluster.io;
  options.seed = sim.choose("seed", 1000);
  return options;
}

}  // namespace

Process::Process(Sim& sim, const Sim::Node& node, Server::Cluster& cluster)
    : sim_(sim),
      cluster_(cluster),
      events_(sim, heap_),
      io_(node, events_, options_of(sim, cluster)) {
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

void Process::run(std::uint32_t id) {
  heap_.make_current();
  raft_.data = this;
  int status = raft_init(&raft_, io_.functions(), &machine_, id, address_of(id).c_str());
  if (status == 0) status = raft_start(&raft_);
  if (!sim_.expect_eq(status, 0, "what raft_start() gives")) return;
  events_.run();
  sim_.expect_eq(heap_.blocks(), 0u, "the blocks that raft holds after raft_close()");
}

void Process::close() {
  post([this] {
    raft_close(&raft_, [](::raft* closed) { static_cast<Process*>(closed->data)->events_.stop(); });
  });
}

// The register.

int Process::apply(const raft_buffer& bytes, void** result) {
  const Command command{BytesIn(text_of(bytes)).number()};
  if (command.written != 0) register_ = command.written;
  if (applied_ == cluster_.applied.size()) cluster_.applied.push_back(command);
  sim_.expect_eq(to_string(command), to_string(cluster_.applied[applied_]),
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

// Calls of clients.

Completion Process::call(const Command& command, std::shared_ptr<Answer> answer) {
  Request& request = requests_.emplace_back();
  request.command = command;
  request.answer = std::move(answer);
  request.done = pool_.make();
  request.self = std::prev(requests_.end());
  request.process = this;
  post([this, &request] { submit(request); });
  return request.done;
}

void Process::submit(Request& request) {
  request.apply.data = &request;
  const raft_buffer bytes = buffer_of(BytesOut().number(request.command.written).bytes());
  const int status = raft_apply(
      &raft_, &request.apply, &bytes, 1, [](struct raft_apply* apply, int ended, void* result) {
        Request& of = *static_cast<Request*>(apply->data);
        of.process->end(of, ended == 0 ? Answer::Kind::applied : Answer::Kind::unknown,
                        reinterpret_cast<std::uint64_t>(result));
      });
  if (status == 0) return;
  raft_free(bytes.base);
  end(request, Answer::Kind::refused, 0);
}

void Process::end(Request& request, Answer::Kind kind, std::uint64_t value) {
  *request.answer = {kind, value};
  const Completion done = request.done;
  requests_.erase(request.self);
  done.finish(0);
}

// The server.

Server::Server(Sim& sim, Cluster& cluster, std::uint32_t id)
    : sim_(sim), cluster_(cluster), id_(id), node_(sim.node('s' + std::to_string(id))) {
  raft_configuration configuration;
  raft_configuration_init(&configuration);
  for (std::uint32_t each = 1; each <= cluster.servers; ++each) {
    raft_configuration_add(&configuration, each, address_of(each).c_str(), RAFT_VOTER);
  }
  node_.write_file("journal", RaftIO::first_journal(configuration));
  raft_configuration_close(&configuration);
  node_.recovers([this] { start(); });
  start();
}

Server::~Server() = default;

void Server::start() {
  process_.reset();
  node_.task("raft", starts_++, [this] {
    process_ = std::make_unique<Process>(sim_, node_, cluster_);
    sim_.foreign([this] { process_->run(id_); });
  });
}

Completion Server::call(const Command& command, std::shared_ptr<Answer> answer) {
  if (process_ == nullptr) {
    answer->kind = Answer::Kind::refused;
    return Completion::done();
  }
  return process_->call(command, std::move(answer));
}

void Server::close() {
  if (process_ != nullptr) process_->close();
}

std::size_t Server::applied() const { return process_ == nullptr ? 0 : process_->applied(); }

}  // namespace reprise::libraries::consensus
