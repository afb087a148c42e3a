#include "worker/snapshot.h"

#include <cstddef>
#include <utility>
#include <variant>

namespace stellwerk {
namespace {

// A chunk is closed when it is estimated to be larger; one object more is at most about a megabyte,
// so no chunk comes near proto::kMaxMessageSize.
constexpr std::size_t kChunkSize = std::size_t{512} * 1024;
// Fixed parts of any object, generously.
constexpr std::size_t kObjectSize = 4096;

std::size_t SizeOf(const DataChannelParameters& channel) {
  return channel.label.size() + channel.protocol.size();
}
std::size_t SizeOf(const std::vector<CodecParameters>& codecs) {
  std::size_t size = 0;
  for (const CodecParameters& codec : codecs) size += codec.fmtp.size() + 64;
  return size;
}
std::size_t SizeOf(const proto::RouterSnapshot& in) { return in.created.app_data.size(); }
std::size_t SizeOf(const proto::TransportSnapshot& in) { return in.created.app_data.size(); }
std::size_t SizeOf(const proto::ProducerSnapshot& in) {
  return in.created.app_data.size() + SizeOf(in.created.parameters.codecs);
}
std::size_t SizeOf(const proto::ConsumerSnapshot& in) {
  return in.created.app_data.size() + SizeOf(in.created.parameters.codecs);
}
std::size_t SizeOf(const proto::DataProducerSnapshot& in) { return in.created.app_data.size(); }
std::size_t SizeOf(const proto::DataConsumerSnapshot& in) {
  return in.created.app_data.size() + SizeOf(in.created.channel);
}
std::size_t SizeOf(const proto::DataChannelSnapshot& in) { return SizeOf(in.opened.channel); }

class ChunkWriter {
 public:
  void Add(proto::SnapshotObject object) {
    size_ += kObjectSize + std::visit([](const auto& body) { return SizeOf(body); }, object);
    chunks_.back().objects.push_back(std::move(object));
    if (size_ >= kChunkSize) {
      chunks_.emplace_back();
      size_ = 0;
    }
  }
  std::vector<proto::SnapshotChunk> Finish() && {
    for (proto::SnapshotChunk& chunk : chunks_) chunk.last = false;
    chunks_.back().last = true;
    return std::move(chunks_);
  }

 private:
  std::vector<proto::SnapshotChunk> chunks_ = std::vector<proto::SnapshotChunk>(1);
  std::size_t size_ = 0;
};

}  // namespace

std::vector<proto::SnapshotChunk> TakeSnapshot(const Objects& objects, const DataExchange& data) {
  ChunkWriter writer;
  for (const auto& [id, router] : objects.routers()) writer.Add(router.snapshot);
  for (const auto& [id, transport] : objects.transports()) writer.Add(transport.snapshot);
  for (const auto& [id, producer] : objects.producers()) writer.Add(producer);
  for (const auto& [id, consumer] : objects.consumers()) writer.Add(consumer);
  for (const auto& [channel, unclaimed] : data.unclaimed())
    writer.Add(proto::DataChannelSnapshot{unclaimed.opened});
  for (const auto& [id, producer] : data.producers()) {
    writer.Add(proto::DataProducerSnapshot{producer.created, producer.opened.channel});
  }
  for (const auto& [id, receiver] : data.consumers())
    writer.Add(proto::DataConsumerSnapshot{receiver->channels().at(id).created});
  return std::move(writer).Finish();
}

}  // namespace stellwerk
