#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "proto/request.h"
#include "proto/response.h"
#include "rtc/base/units.h"
#include "transport/session/endpoint.h"
#include "worker/data_exchange.h"
#include "worker/objects.h"
#include "worker/packet_path.h"

namespace stellwerk {

// Carries out what the controller asks, on the three that it concerns: the secure transports, the
// rooms' media, and the data channels; keeps the objects' state for snapshots. A request is done
// wholly or refused wholly.
class Commands {
 public:
  Commands(Objects& objects, Endpoint& endpoint, PacketPath& path, DataExchange& data)
      : objects_(objects), endpoint_(endpoint), path_(path), data_(data) {}

  // All requests but GetStats, GetTransportStats and Snapshot, which change nothing and are not for
  // here.
  absl::Status Execute(const proto::RequestBody& request, Timestamp now);
  // Closes every transport, so that the peers get to know.
  void CloseAll(Timestamp now);

  // Freezes of consumers that are closed, so that the worker's sum never falls.
  [[nodiscard]] uint64_t past_freezes() const { return past_freezes_; }

 private:
  absl::Status Do(const proto::Ping& request, Timestamp now);
  absl::Status Do(const proto::CreateRouter& request, Timestamp now);
  absl::Status Do(const proto::CloseRouter& request, Timestamp now);
  absl::Status Do(const proto::CreateTransport& request, Timestamp now);
  absl::Status Do(const proto::ConnectTransport& request, Timestamp now);
  absl::Status Do(const proto::RestartIce& request, Timestamp now);
  absl::Status Do(const proto::CloseTransport& request, Timestamp now);
  absl::Status Do(const proto::CreateProducer& request, Timestamp now);
  absl::Status Do(const proto::CloseProducer& request, Timestamp now);
  absl::Status Do(const proto::PauseProducer& request, Timestamp now);
  absl::Status Do(const proto::CreateConsumer& request, Timestamp now);
  absl::Status Do(const proto::CloseConsumer& request, Timestamp now);
  absl::Status Do(const proto::SetConsumerSource& request, Timestamp now);
  absl::Status Do(const proto::SetConsumerDemand& request, Timestamp now);
  absl::Status Do(const proto::PauseConsumer& request, Timestamp now);
  absl::Status Do(const proto::RequestKeyframe& request, Timestamp now);
  absl::Status Do(const proto::CreateDataProducer& request, Timestamp now);
  absl::Status Do(const proto::CloseDataProducer& request, Timestamp now);
  absl::Status Do(const proto::CreateDataConsumer& request, Timestamp now);
  absl::Status Do(const proto::CloseDataConsumer& request, Timestamp now);
  absl::Status Do(const proto::UpdateAppData& request, Timestamp now);
  absl::Status Do(const proto::GetStats& request, Timestamp now);
  absl::Status Do(const proto::Snapshot& request, Timestamp now);
  absl::Status Do(const proto::GetTransportStats& request, Timestamp now);

  // action(router, object) for a producer or consumer, and what follows for the router's deadline.
  template <typename Id, typename Action>
  absl::Status WithRouterOf(Id id, Action action);
  // action(router) for what the request creates, which is forgotten again if that fails.
  template <typename Request, typename Action>
  absl::Status Create(const Request& request, Action action);
  void CountFreezesOf(const Router& router, ConsumerId id);
  [[nodiscard]] absl::Status CheckSsrcs(const proto::CreateConsumer& request) const;

  Objects& objects_;
  Endpoint& endpoint_;
  PacketPath& path_;
  DataExchange& data_;
  uint64_t past_freezes_ = 0;
};

proto::Error ToError(const absl::Status& status);

}  // namespace stellwerk
