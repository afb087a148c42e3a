#include "controller/signaling/signaling_session.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "controller/signaling/server_message.h"

namespace stellwerk {
namespace {

SignalingOutput Refuse(std::string_view code, std::string_view message) {
  return {{ErrorText(std::nullopt, code, message)}, true};
}

SignalingOutput TooMany() {
  return Refuse("rate_limited",
                "more than 30 messages a second (150 at once; an offer counts as 10)");
}

}  // namespace

SignalingOutput SignalingSession::HandleMessage(Timestamp now, std::string_view text,
                                                RoomOutbox& out) {
  if (closed_) return {};
  SignalingOutput output = Process(now, text, out);
  closed_ = closed_ || output.close;
  return output;
}

bool SignalingSession::Spend(Timestamp now, TimeDelta cost) {
  paid_at_ = std::max(paid_at_, now) + cost;
  return paid_at_ - now <= kLargestDebt;
}

SignalingOutput SignalingSession::Process(Timestamp now, std::string_view text, RoomOutbox& out) {
  // Before parsing, which costs us too.
  if (!Spend(now, kMessageCost)) return TooMany();
  const auto message = ParseClientMessage(text);
  if (!message) {
    // Before the hello nobody is there who could do better next time.
    return {{ErrorText(message.error().id, "bad_message", message.error().text)}, !participant_};
  }
  const bool is_hello = std::holds_alternative<HelloMessage>(*message);
  if (!participant_ && !is_hello)
    return Refuse("bad_message", "the first message has to be a hello");
  if (participant_ && is_hello) {
    return {{ErrorText(std::nullopt, "bad_message", "hello was said already")}, false};
  }
  if (std::holds_alternative<OfferMessage>(*message) && !Spend(now, kOfferCost - kMessageCost)) {
    return TooMany();
  }
  return std::visit([&](const auto& body) { return Handle(now, body, out); }, *message);
}

SignalingOutput SignalingSession::Handle(Timestamp, const HelloMessage& hello, RoomOutbox& out) {
  if (hello.version != kSignalingVersion) {
    return Refuse("unsupported_version", "version " + std::to_string(hello.version) +
                                             " is not spoken here, only " +
                                             std::to_string(kSignalingVersion));
  }
  if (!token_.Admits(hello.token.Reveal())) {
    return Refuse("unauthorized",
                  hello.token.Reveal().empty() ? "this server needs a token" : "wrong token");
  }
  JoinRequest request;
  request.room = hello.room;
  request.identity = hello.identity;
  request.name = hello.name;
  request.secret = hello.secret;
  request.connection = connection_;
  request.end_to_end_encrypted = hello.end_to_end_encrypted;
  const auto joined = rooms_.Join(request, out);
  if (!joined) return Refuse(CodeOf(joined.error().code), joined.error().text);
  participant_ = joined->id;
  const RoomSettings& settings = rooms_.settings();
  return {{WelcomeText(hello.room, *joined, {settings.max_audio_slots, settings.max_video_slots})},
          false};
}

SignalingOutput SignalingSession::Handle(Timestamp now, const OfferMessage& offer,
                                         RoomOutbox& out) {
  const auto answer = rooms_.HandleOffer(now, *participant_, offer.sdp, out);
  if (!answer)
    return {{ErrorText(offer.id, CodeOf(answer.error().code), answer.error().text)}, false};
  return {{AnswerText(offer.id, *answer)}, false};
}

SignalingOutput SignalingSession::Handle(Timestamp, const TracksMessage& tracks, RoomOutbox& out) {
  rooms_.SetTracks(*participant_, tracks.tracks, out);
  return {{OkText(tracks.id)}, false};
}

SignalingOutput SignalingSession::Handle(Timestamp, const ViewMessage& view, RoomOutbox& out) {
  const auto error = rooms_.SetViews(*participant_, view.slots, out);
  if (error) return {{ErrorText(view.id, CodeOf(error->code), error->text)}, false};
  return {{OkText(view.id)}, false};
}

SignalingOutput SignalingSession::Handle(Timestamp now, const StatsMessage& stats,
                                         RoomOutbox& out) {
  if (now < next_stats_) {
    return {{ErrorText(stats.id, "rate_limited", "stats may be asked for twice a second")}, false};
  }
  next_stats_ = now + kStatsInterval;
  // The answer comes as an event.
  const auto error = rooms_.RequestStats(now, *participant_, stats.id, out);
  if (error) return {{ErrorText(stats.id, CodeOf(error->code), error->text)}, false};
  return {};
}

SignalingOutput SignalingSession::Handle(Timestamp, const PingMessage& ping, RoomOutbox&) {
  return {{OkText(ping.id)}, false};
}

SignalingOutput SignalingSession::Handle(Timestamp, const LeaveMessage&, RoomOutbox& out) {
  rooms_.Leave(*participant_, out);  // its Goodbye ends the connection
  return {};
}

SignalingOutput SignalingSession::HandleEvent(const RoomEvent& event) {
  if (closed_) return {};
  closed_ = std::holds_alternative<Goodbye>(event);
  return {{EventText(event)}, closed_};
}

void SignalingSession::HandleClosed(Timestamp now) {
  closed_ = true;
  if (participant_) rooms_.LoseConnection(now, *participant_, connection_);
}

SignalingOutput SignalingSession::HandleTimeout(Timestamp now) {
  if (closed_ || participant_ || now - opened_ < kHelloTimeout) return {};
  closed_ = true;
  return Refuse("bad_message", "no hello within 10 seconds");
}

}  // namespace stellwerk
