#include "bench/load/target/janus_target.h"

#include <algorithm>
#include <utility>

#include "bench/load/target/janus_call.h"

namespace stellwerk::load {
namespace {

using Json = nlohmann::json;

}  // namespace

absl::Status JanusTarget::Prepare(std::span<const std::string> rooms) {
  error_.clear();
  handle_ = 0;
  session_ = std::make_unique<JanusSession>(
      options(), swarm(), web(),
      JanusSession::Handlers{
          .on_created =
              [this, rooms] {
                session_->Info([this](const Json& reply) {
                  software_ = "Janus " + JsonText(reply, "version_string");
                });
                session_->Attach("janus.plugin.videoroom", [this, rooms](uint64_t handle) {
                  handle_ = handle;
                  MakeRooms(rooms);
                });
              },
          .on_event = [](uint64_t, const Json&) {},
          .on_failed = [this](std::string reason) { error_ = std::move(reason); }});
  const auto ready = [&] {
    return handle_ != 0 && !software_.empty() &&
           std::all_of(rooms.begin(), rooms.end(),
                       [this](const std::string& room) { return rooms_.contains(room); });
  };
  if (swarm().RunUntil([&] { return !error_.empty() || ready(); }, options().patience) &&
      error_.empty()) {
    return absl::OkStatus();
  }
  session_.reset();
  if (error_.empty()) error_ = "does not answer as Janus with the VideoRoom plug-in would";
  return absl::UnavailableError(options().url + ": " + OneLine(error_));
}

void JanusTarget::MakeRooms(std::span<const std::string> rooms) {
  for (const std::string& room : rooms) {
    if (rooms_.contains(room)) continue;
    Json body = {{"request", "create"},
                 {"description", room},
                 {"is_private", true},
                 {"publishers", options().publishers_per_room},
                 {"bitrate", 0},
                 {"audiocodec", "opus"},
                 {"videocodec", "vp8,vp9,h264,av1"}};
    session_->Message(handle_, std::move(body), nullptr, [this, room](const Json& reply) {
      rooms_[room] = JsonChild(JsonChild(reply, "plugindata"), "data").value("room", Json());
    });
  }
}

void JanusTarget::Finish() {
  if (session_ == nullptr) return;
  std::size_t left = rooms_.size();
  for (const auto& [name, id] : rooms_) {
    session_->Message(handle_, {{"request", "destroy"}, {"room", id}}, nullptr,
                      [&left](const Json&) { --left; });
  }
  swarm().RunUntil([&left] { return left == 0; }, std::chrono::seconds(1));
  rooms_.clear();
  session_->Destroy();
  session_.reset();
}

void JanusTarget::OnTick(Timestamp now) {
  if (session_ != nullptr) session_->KeepAlive(now);
}

Json JanusTarget::RoomId(const std::string& room) const {
  const auto it = rooms_.find(room);
  return it == rooms_.end() ? Json() : it->second;
}

std::unique_ptr<Call> JanusTarget::NewCall(CallConfig config) {
  return std::make_unique<JanusCall>(*this, std::move(config));
}

}  // namespace stellwerk::load
