#pragma once

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

  // All requests but GetStats and Snapshot, which change nothing and are not for here.
  absl::Status Execute(const proto::RequestBody& request, Timestamp now);
  // Closes every transport, so that the peers get to know.
  void CloseAll(Timestamp now);

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
  absl::Status Do(const proto::SetConsumerLayers& request, Timestamp now);
  absl::Status Do(const proto::PauseConsumer& request, Timestamp now);
  absl::Status Do(const proto::RequestKeyframe& request, Timestamp now);
  absl::Status Do(const proto::CreateDataProducer& request, Timestamp now);
  absl::Status Do(const proto::CloseDataProducer& request, Timestamp now);
  absl::Status Do(const proto::CreateDataConsumer& request, Timestamp now);
  absl::Status Do(const proto::CloseDataConsumer& request, Timestamp now);
  absl::Status Do(const proto::UpdateAppData& request, Timestamp now);
  absl::Status Do(const proto::GetStats& request, Timestamp now);
  absl::Status Do(const proto::Snapshot& request, Timestamp now);

  [[nodiscard]] absl::Status CheckSsrcs(const proto::CreateConsumer& request) const;

  Objects& objects_;
  Endpoint& endpoint_;
  PacketPath& path_;
  DataExchange& data_;
};

proto::Error ToError(const absl::Status& status);

}  // namespace stellwerk
