// What participants ask about how their media fares: the worker knows the numbers, rooms know what
// they are of.
#include <iterator>
#include <utility>
#include <variant>

#include "controller/room/room.h"
#include "controller/room/room_directory.h"

namespace stellwerk {
namespace {

template <typename T>
void Append(std::vector<T>& from, std::vector<T>& to) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

RoomError Unavailable(std::string text) { return {RoomErrorCode::kUnavailable, std::move(text)}; }

}  // namespace

std::optional<RoomError> RoomDirectory::RequestStats(Timestamp now, ParticipantId id,
                                                     int64_t request, RoomOutbox& out) {
  const Room* room = RoomOf(id);
  const Participant* participant = Find(id);
  if (room == nullptr || participant == nullptr || !participant->media)
    return RoomError{RoomErrorCode::kNotFound, "there are no statistics before an offer"};
  if (room->worker() == nullptr) return Unavailable("no media worker at the moment");
  const WorkerId worker = room->worker()->id;
  const StatsQueryId query = queries_.Add({.participant = id,
                                           .connection = participant->connection,
                                           .request = request,
                                           .worker = worker,
                                           .asked = now,
                                           .answer = {}});
  out.requests.push_back({worker, proto::GetTransportStats{participant->media->transport}, query});
  return std::nullopt;
}

void RoomDirectory::HandleStats(StatsQueryId id, proto::ResponseBody response, RoomOutbox& out) {
  StatsQueries::Query* query = queries_.Find(id);
  if (query == nullptr) return;
  auto* chunk = std::get_if<proto::TransportStatsChunk>(&response);
  if (chunk == nullptr) {
    // The transport was closed meanwhile; or the worker was, and nobody had told yet.
    FailStats(*query, Unavailable("the media has just been closed"), out);
    return queries_.Remove(id);
  }
  proto::TransportStatsChunk& answer = query->answer;
  if (chunk->transport) answer.transport = chunk->transport;
  if (chunk->data) answer.data = chunk->data;
  Append(chunk->producers, answer.producers);
  Append(chunk->consumers, answer.consumers);
  if (!chunk->last) return;
  if (const Room* room = RoomOf(query->participant)) {
    out.events.push_back(
        {query->connection, room->ReportOf(query->participant, query->request, answer)});
  }
  queries_.Remove(id);
}

void RoomDirectory::FailStats(const StatsQueries::Query& query, RoomError error, RoomOutbox& out) {
  out.events.push_back({query.connection, StatsFailed{query.request, std::move(error)}});
}

void RoomDirectory::GiveUpLateStats(Timestamp now, RoomOutbox& out) {
  for (const StatsQueries::Query& query : queries_.TakeLate(now))
    FailStats(query, Unavailable("the media worker did not answer within 5 s"), out);
}

void RoomDirectory::FailStatsOf(WorkerId worker, RoomOutbox& out) {
  for (const StatsQueries::Query& query : queries_.TakeOf(worker))
    FailStats(query, Unavailable("the media worker is gone"), out);
}

StatsReport Room::ReportOf(ParticipantId id, int64_t request,
                           const proto::TransportStatsChunk& stats) const {
  StatsReport report;
  report.request = request;
  report.transport = stats.transport;
  report.data = stats.data;
  const Participant* participant = Find(id);
  if (participant == nullptr || !participant->media) return report;
  // What was closed meanwhile is left out.
  for (const ConsumerStats& consumer : stats.consumers) {
    for (const Slot& slot : participant->media->slots) {
      if (slot.id != consumer.id) continue;
      const SlotContent content = ContentOf(slot);
      report.slots.push_back({slot.mid, content.identity, content.track, consumer});
    }
  }
  for (const ProducerStats& producer : stats.producers) {
    for (const Track& track : participant->media->tracks) {
      if (track.id == producer.id) report.tracks.push_back({track.mid, producer});
    }
  }
  return report;
}

}  // namespace stellwerk
