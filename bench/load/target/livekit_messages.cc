#include "bench/load/target/livekit_messages.h"

#include <array>
#include <utility>

#include "bench/load/target/protobuf_wire.h"

namespace stellwerk::load::livekit {
namespace {

// Calls `visit` for each field; false if the message is broken.
template <typename Visit>
bool ForEachField(std::string_view message, Visit visit) {
  ProtoReader reader(message);
  while (const auto field = reader.Next()) visit(*field);
  return reader.ok();
}

Track ReadTrack(std::string_view message) {
  Track track;
  ForEachField(message, [&](const ProtoField& field) {
    if (field.number == 1) track.sid = field.bytes;
    if (field.number == 2) {
      track.video = field.value == 1;
      track.media = field.value <= 1;
    }
  });
  return track;
}

Person ReadPerson(std::string_view message) {
  constexpr uint64_t kDisconnected = 3;
  Person person;
  ForEachField(message, [&](const ProtoField& field) {
    if (field.number == 1) person.sid = field.bytes;
    if (field.number == 2) person.identity = field.bytes;
    if (field.number == 3) person.gone = field.value == kDisconnected;
    if (field.number == 4) person.tracks.push_back(ReadTrack(field.bytes));
  });
  return person;
}

Joined ReadJoined(std::string_view message) {
  Joined joined;
  ForEachField(message, [&](const ProtoField& field) {
    if (field.number == 2) joined.self = ReadPerson(field.bytes);
    if (field.number == 3) joined.others.push_back(ReadPerson(field.bytes));
    if (field.number == 4) joined.version = field.bytes;
    if (field.number == 11) joined.ping_interval = static_cast<uint32_t>(field.value);
    if (field.number == 12) {
      ForEachField(field.bytes, [&](const ProtoField& info) {
        if (info.number == 2) joined.version = info.bytes;
      });
    }
  });
  return joined;
}

Description ReadDescription(std::string_view message, bool is_offer) {
  Description description{.is_offer = is_offer, .sdp = {}};
  ForEachField(message, [&](const ProtoField& field) {
    if (field.number == 2) description.sdp = field.bytes;
    if (field.number == 3) description.id = static_cast<uint32_t>(field.value);
  });
  return description;
}

Candidate ReadCandidate(std::string_view message) {
  Candidate candidate;
  ForEachField(message, [&](const ProtoField& field) {
    if (field.number == 1) candidate.init = field.bytes;
    if (field.number == 2) candidate.for_subscriber = field.value == 1;
  });
  return candidate;
}

Published ReadPublished(std::string_view message) {
  Published published;
  ForEachField(message, [&](const ProtoField& field) {
    if (field.number == 1) published.cid = field.bytes;
    if (field.number == 2) published.sid = ReadTrack(field.bytes).sid;
  });
  return published;
}

Response ReadField(const ProtoField& field) {
  switch (field.number) {
    case 1:
      return ReadJoined(field.bytes);
    case 2:
    case 3:
      return ReadDescription(field.bytes, field.number == 3);
    case 4:
      return ReadCandidate(field.bytes);
    case 5: {
      Update update;
      ForEachField(field.bytes, [&](const ProtoField& person) {
        if (person.number == 1) update.people.push_back(ReadPerson(person.bytes));
      });
      return update;
    }
    case 6:
      return ReadPublished(field.bytes);
    case 8: {
      Left left;
      ForEachField(field.bytes, [&](const ProtoField& reason) {
        if (reason.number == 2) left.reason = reason.value;
      });
      return left;
    }
    default:
      return std::monostate();
  }
}

std::string Request(uint32_t number, const ProtoWriter& message) {
  return ProtoWriter().Message(number, message).bytes();
}

}  // namespace

std::optional<Response> ReadResponse(std::string_view bytes) {
  Response response;
  const bool whole =
      ForEachField(bytes, [&](const ProtoField& field) { response = ReadField(field); });
  if (!whole) return std::nullopt;
  return response;
}

std::string Explain(Left left) {
  constexpr std::array<std::string_view, 11> kReasons = {
      "no reason given",
      "we left",
      "another participant has the same identity",
      "the server shuts down",
      "removed from the room",
      "the room was deleted",
      "the server does not know the session",
      "the media connection did not come up",
      "to be migrated",
      "the signalling connection was closed",
      "the room was closed"};
  if (left.reason < kReasons.size()) return std::string(kReasons[left.reason]);
  return "reason " + std::to_string(left.reason);
}

std::string WriteNewTrack(const NewTrack& track) {
  constexpr uint64_t kCamera = 1;
  constexpr uint64_t kMicrophone = 2;
  ProtoWriter message;
  message.Bytes(1, track.cid).Bytes(2, track.video ? "camera" : "microphone");
  message.Varint(3, track.video ? 1 : 0).Varint(6, track.muted ? 1 : 0);
  message.Varint(8, track.video ? kCamera : kMicrophone);
  if (track.video) message.Varint(4, track.width).Varint(5, track.height);
  for (const NewTrack::Layer& layer : track.layers) {
    message.Message(9, ProtoWriter()
                           .Varint(1, layer.quality)
                           .Varint(2, layer.width)
                           .Varint(3, layer.height)
                           .Varint(4, layer.bitrate));
  }
  // The server would make redundancy of its own.
  if (!track.video) message.Varint(13, 1);
  return Request(4, message);
}

std::string WriteOffer(std::string_view sdp) {
  return Request(1, ProtoWriter().Bytes(1, "offer").Bytes(2, sdp));
}

std::string WriteAnswer(std::string_view sdp, uint32_t id) {
  ProtoWriter message;
  message.Bytes(1, "answer").Bytes(2, sdp);
  if (id != 0) message.Varint(3, id);
  return Request(2, message);
}

std::string WriteMute(std::string_view sid, bool muted) {
  return Request(5, ProtoWriter().Bytes(1, sid).Varint(2, muted ? 1 : 0));
}

std::string WriteSubscribe(const std::vector<std::string>& sids) {
  ProtoWriter message;
  for (const std::string& sid : sids) message.Bytes(1, sid);
  return Request(6, message.Varint(2, 1));
}

std::string WriteTrackSettings(std::string_view sid, uint32_t width, uint32_t height) {
  ProtoWriter message;
  message.Bytes(1, sid);
  if (height == 0) {
    message.Varint(3, 1);
  } else {
    message.Varint(5, width).Varint(6, height);
  }
  return Request(7, message);
}

std::string WriteLeave() { return Request(8, ProtoWriter()); }

std::string WritePing(uint64_t milliseconds) {
  return ProtoWriter().Varint(14, milliseconds).bytes();
}

}  // namespace stellwerk::load::livekit
