// The half of Room that joins data channels.
#include <algorithm>

#include "controller/room/room.h"

namespace stellwerk {
namespace {

constexpr std::string_view kDirect = "to:";
// Channels that one participant may open: each costs every other participant a stream of its 256.
constexpr std::size_t kMaxChannels = 16;

}  // namespace

void Room::Handle(const proto::DataChannelOpened& opened, RoomOutbox& out) {
  Participant* from = OwnerOf(opened.transport);
  if (from == nullptr || worker_ == nullptr || from->media->channels.size() >= kMaxChannels) return;
  const DataChannelSource source{worker_->ids.NextDataProducer(), opened.stream, opened.channel};
  Request(proto::CreateDataProducer{opened.transport, source.id, source.stream, {}}, out);
  from->media->channels.push_back(source);
  for (const ParticipantPtr& to : participants_) ConnectData(*from, source, *to, out);
}

void Room::Handle(const proto::DataChannelClosed& closed, RoomOutbox&) {
  Participant* from = OwnerOf(closed.transport);
  if (from == nullptr) return;
  // The worker has closed its consumers too.
  std::erase_if(from->media->channels,
                [&](const DataChannelSource& source) { return source.stream == closed.stream; });
}

void Room::ConnectData(const Participant& from, const DataChannelSource& source,
                       const Participant& to, RoomOutbox& out) {
  if (from.id == to.id || !to.media || !to.media->has_data()) return;
  const std::string& label = source.channel.label;
  if (label.starts_with(kDirect) && label.substr(kDirect.size()) != to.identity.Reveal()) return;
  DataChannelParameters channel = source.channel;
  channel.protocol = "from:" + from.identity.Reveal();
  Request(
      proto::CreateDataConsumer{
          to.media->transport, worker_->ids.NextDataConsumer(), source.id, std::move(channel), {}},
      out);
}

void Room::ConnectAllDataTo(const Participant& to, RoomOutbox& out) {
  for (const ParticipantPtr& from : participants_) {
    if (!from->media) continue;
    for (const DataChannelSource& source : from->media->channels)
      ConnectData(*from, source, to, out);
  }
}

}  // namespace stellwerk
