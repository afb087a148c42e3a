#include "channel/worker_client.h"

#include <spdlog/spdlog.h>

#include <string>
#include <utility>
#include <variant>

namespace stellwerk::channel {
namespace {

bool IsLast(const proto::ResponseBody& body) {
  return std::visit(
      [](const auto& part) {
        if constexpr (requires { part.last; }) {
          return part.last;
        } else {
          return true;
        }
      },
      body);
}

}  // namespace

// Shared with the callbacks in flight, so that a handler may destroy the client.
struct WorkerClient::State : std::enable_shared_from_this<WorkerClient::State> {
  void OnMessage(proto::Message message);
  void OnResponse(proto::Response response);
  // Ends the connection and reports it, once.
  void End(std::string_view reason);

  Handlers handlers;
  std::unique_ptr<Channel> channel;
  bool ended = false;
  bool greeted = false;
  uint64_t next_id = 1;
  absl::flat_hash_map<uint64_t, std::shared_ptr<WorkerClient::OnResponse>> waiting;
};

void WorkerClient::State::OnMessage(proto::Message message) {
  if (ended) return;
  if (auto* hello = std::get_if<proto::WorkerHello>(&message); hello != nullptr && !greeted) {
    if (hello->version != proto::kProtocolVersion) {
      return End("the worker speaks protocol version " + std::to_string(hello->version) +
                 ", this controller " + std::to_string(proto::kProtocolVersion));
    }
    greeted = true;
    if (handlers.on_hello) handlers.on_hello(*hello);
  } else if (auto* refusal = std::get_if<proto::Refusal>(&message);
             refusal != nullptr && !greeted) {
    End("the worker refused: " + refusal->text);
  } else if (auto* response = std::get_if<proto::Response>(&message);
             response != nullptr && greeted) {
    OnResponse(std::move(*response));
  } else if (auto* notification = std::get_if<proto::Notification>(&message);
             notification != nullptr && greeted) {
    if (handlers.on_notification) handlers.on_notification(std::move(*notification));
  } else {
    End("the worker sent a message that is not its turn");
  }
}

void WorkerClient::State::OnResponse(proto::Response response) {
  const auto found = waiting.find(response.id);
  if (found == waiting.end()) return End("the worker answered a request that was not made");
  const auto callback = found->second;
  if (IsLast(response.body)) waiting.erase(found);
  if (callback != nullptr && *callback) {
    (*callback)(std::move(response.body));
  } else if (const auto* error = std::get_if<proto::Error>(&response.body)) {
    spdlog::warn("worker refused request {}: {}", response.id, error->text);
  }
}

void WorkerClient::State::End(std::string_view reason) {
  if (std::exchange(ended, true)) return;
  if (channel != nullptr) channel->Close();
  waiting.clear();
  if (handlers.on_closed) handlers.on_closed(reason);
}

WorkerClient::WorkerClient(std::shared_ptr<State> state) : state_(std::move(state)) {}

WorkerClient::~WorkerClient() {
  state_->ended = true;
  state_->channel.reset();
}

absl::StatusOr<std::unique_ptr<WorkerClient>> WorkerClient::Connect(uv_loop_t* loop,
                                                                    std::string_view path,
                                                                    Handlers handlers) {
  auto state = std::make_shared<State>();
  state->handlers = std::move(handlers);
  // Weak: the channel is owned by the state that its handlers need.
  const std::weak_ptr<State> weak = state;
  auto channel = Channel::Connect(loop, path,
                                  {.on_message =
                                       [weak](proto::Message message) {
                                         if (const auto self = weak.lock())
                                           self->OnMessage(std::move(message));
                                       },
                                   .on_closed =
                                       [weak](std::string_view reason) {
                                         if (const auto self = weak.lock()) self->End(reason);
                                       }});
  if (!channel.ok()) return channel.status();
  state->channel = *std::move(channel);
  state->channel->Send(proto::ControllerHello{});
  return std::unique_ptr<WorkerClient>(new WorkerClient(std::move(state)));
}

uint64_t WorkerClient::Send(proto::RequestBody body, OnResponse on_response) {
  const uint64_t id = state_->next_id++;
  if (!is_open()) return id;
  state_->waiting.emplace(
      id, on_response ? std::make_shared<OnResponse>(std::move(on_response)) : nullptr);
  state_->channel->Send(proto::Request{id, std::move(body)});
  return id;
}

bool WorkerClient::is_open() const { return !state_->ended && state_->channel->is_open(); }

std::size_t WorkerClient::unanswered() const { return state_->waiting.size(); }

}  // namespace stellwerk::channel
