#include "worker/commands.h"

#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "rtc/base/check.h"

namespace stellwerk {

absl::Status Commands::Execute(const proto::RequestBody& request, Timestamp now) {
  return std::visit([&](const auto& body) { return Do(body, now); }, request);
}

void Commands::CloseAll(Timestamp now) {
  while (!objects_.routers().empty()) {
    const RouterId id = objects_.routers().begin()->first;
    Do(proto::CloseRouter{id}, now).IgnoreError();
  }
}

absl::Status Commands::Do(const proto::Ping&, Timestamp) { return absl::OkStatus(); }
absl::Status Commands::Do(const proto::GetStats&, Timestamp) {
  return absl::InternalError("not a command");
}
absl::Status Commands::Do(const proto::Snapshot&, Timestamp) {
  return absl::InternalError("not a command");
}
absl::Status Commands::Do(const proto::GetTransportStats&, Timestamp) {
  return absl::InternalError("not a command");
}

// Routers

absl::Status Commands::Do(const proto::CreateRouter& request, Timestamp) {
  if (const absl::Status status = objects_.Add(request); !status.ok()) return status;
  const absl::Status added = path_.AddRouter(request.id);
  STELLWERK_CHECK(added.ok());
  return added;
}

absl::Status Commands::Do(const proto::CloseRouter& request, Timestamp now) {
  const Objects::RouterEntry* router = objects_.Find(request.id);
  if (router == nullptr) return NoSuch(request.id);
  const std::set<TransportId> transports = router->transports;
  for (const TransportId id : transports) Do(proto::CloseTransport{id}, now).IgnoreError();
  path_.RemoveRouter(request.id);
  objects_.Remove(request.id);
  return absl::OkStatus();
}

// Transports

absl::Status Commands::Do(const proto::CreateTransport& request, Timestamp now) {
  if (const absl::Status status = objects_.Add(request); !status.ok()) return status;
  const SessionConfig config{.id = request.id,
                             .local_ice = request.local_ice,
                             .controlling = false,
                             .candidate_pairs = {}};
  absl::Status status = endpoint_.AddSession(config, now);
  if (status.ok()) {
    status = path_.AddTransport(request.router, request.id, now);
    if (!status.ok()) endpoint_.RemoveSession(request.id, now, path_.transport_outbox());
  }
  if (!status.ok()) objects_.Remove(request.id);
  return status;
}

absl::Status Commands::Do(const proto::ConnectTransport& request, Timestamp now) {
  Objects::TransportEntry* transport = objects_.Find(request.id);
  if (transport == nullptr) return NoSuch(request.id);
  const absl::Status status =
      endpoint_.Connect(request.id, request.remote, now, path_.transport_outbox());
  if (status.ok()) transport->snapshot.remote = request.remote;
  return status;
}

absl::Status Commands::Do(const proto::RestartIce& request, Timestamp now) {
  Objects::TransportEntry* transport = objects_.Find(request.id);
  if (transport == nullptr) return NoSuch(request.id);
  if (!transport->snapshot.remote) {
    return absl::FailedPreconditionError("transport " + std::to_string(request.id.value()) +
                                         " is not connected yet");
  }
  const absl::Status status = endpoint_.RestartIce(
      request.id, request.local_ice, request.remote_ice, now, path_.transport_outbox());
  if (!status.ok()) return status;
  transport->snapshot.created.local_ice = request.local_ice;
  transport->snapshot.remote->ice = request.remote_ice;
  return status;
}

absl::Status Commands::Do(const proto::CloseTransport& request, Timestamp now) {
  Objects::TransportEntry* transport = objects_.Find(request.id);
  if (transport == nullptr) return NoSuch(request.id);
  data_.CloseTransport(request.id, now, path_.transport_outbox());
  for (const ConsumerId id : transport->consumers) CountFreezesOf(*path_.RouterOf(request.id), id);
  // Removes its producers and consumers too. Its last words (BYE) need its keys, so the session
  // goes last.
  path_.RemoveTransport(request.id, now);
  path_.Advance(now);
  endpoint_.RemoveSession(request.id, now, path_.transport_outbox());
  while (!transport->producers.empty()) objects_.Remove(*transport->producers.begin());
  while (!transport->consumers.empty()) objects_.Remove(*transport->consumers.begin());
  objects_.Remove(request.id);
  return absl::OkStatus();
}

// Producers and consumers

template <typename Id, typename Action>
absl::Status Commands::WithRouterOf(Id id, Action action) {
  auto* object = objects_.Find(id);
  if (object == nullptr) return NoSuch(id);
  Router& router = *path_.RouterOf(object->created.transport);
  const absl::Status status = action(router, *object);
  path_.TouchRouter(router);
  return status;
}

template <typename Request, typename Action>
absl::Status Commands::Create(const Request& request, Action action) {
  if (const absl::Status status = objects_.Add(request); !status.ok()) return status;
  const absl::Status status =
      WithRouterOf(request.id, [&](Router& router, auto&) { return action(router); });
  if (!status.ok()) objects_.Remove(request.id);
  return status;
}

absl::Status Commands::Do(const proto::CreateProducer& request, Timestamp now) {
  return Create(request, [&](Router& router) {
    return router.AddProducer(request.id, request.transport, request.parameters, now);
  });
}

absl::Status Commands::Do(const proto::CloseProducer& request, Timestamp now) {
  const absl::Status status =
      WithRouterOf(request.id, [&](Router& router, const proto::ProducerSnapshot&) {
        router.RemoveProducer(request.id, now, path_.rtc_outbox());
        return absl::OkStatus();
      });
  objects_.Remove(request.id);
  return status;
}

absl::Status Commands::Do(const proto::PauseProducer& request, Timestamp now) {
  return WithRouterOf(request.id, [&](Router& router, proto::ProducerSnapshot& producer) {
    const absl::Status status =
        router.SetProducerPaused(request.id, request.paused, now, path_.rtc_outbox());
    if (status.ok()) producer.paused = request.paused;
    return status;
  });
}

absl::Status Commands::CheckSsrcs(const proto::CreateConsumer& request) const {
  const ConsumerParameters& parameters = request.parameters;
  if (parameters.rtx_ssrc == parameters.ssrc) {
    return absl::InvalidArgumentError("consumer " + std::to_string(request.id.value()) +
                                      ": its RTX needs an SSRC of its own");
  }
  // An SSRC that starts over would repeat numbers that its keys have already protected (RFC 3711
  // §9.1), and all its packets would be dropped.
  for (const std::optional<Ssrc> ssrc : {std::optional(parameters.ssrc), parameters.rtx_ssrc}) {
    if (ssrc && endpoint_.HasSentWith(request.transport, *ssrc)) {
      return absl::AlreadyExistsError("transport " + std::to_string(request.transport.value()) +
                                      " has already sent with SSRC " +
                                      std::to_string(ssrc->value()));
    }
  }
  return absl::OkStatus();
}

absl::Status Commands::Do(const proto::CreateConsumer& request, Timestamp now) {
  if (const absl::Status status = CheckSsrcs(request); !status.ok()) return status;
  return Create(request, [&](Router& router) {
    return router.AddConsumer(request.id, request.transport, request.parameters, now);
  });
}

absl::Status Commands::Do(const proto::CloseConsumer& request, Timestamp now) {
  const absl::Status status =
      WithRouterOf(request.id, [&](Router& router, const proto::ConsumerSnapshot&) {
        CountFreezesOf(router, request.id);
        router.RemoveConsumer(request.id, now, path_.rtc_outbox());
        return absl::OkStatus();
      });
  objects_.Remove(request.id);
  return status;
}

void Commands::CountFreezesOf(const Router& router, ConsumerId id) {
  if (const auto stats = router.GetConsumerStats(id, Timestamp())) past_freezes_ += stats->freezes;
}

absl::Status Commands::Do(const proto::SetConsumerSource& request, Timestamp now) {
  return WithRouterOf(request.id, [&](Router& router, proto::ConsumerSnapshot& consumer) {
    const absl::Status status =
        router.SetConsumerSource(request.id, request.source, now, path_.rtc_outbox());
    if (status.ok()) consumer.source = request.source;
    return status;
  });
}

absl::Status Commands::Do(const proto::SetConsumerDemand& request, Timestamp now) {
  return WithRouterOf(request.id, [&](Router& router, proto::ConsumerSnapshot& consumer) {
    const absl::Status status =
        router.SetConsumerDemand(request.id, request.demand, now, path_.rtc_outbox());
    if (status.ok()) consumer.demand = request.demand;
    return status;
  });
}

absl::Status Commands::Do(const proto::PauseConsumer& request, Timestamp now) {
  return WithRouterOf(request.id, [&](Router& router, proto::ConsumerSnapshot& consumer) {
    const absl::Status status =
        router.SetConsumerPaused(request.id, request.paused, now, path_.rtc_outbox());
    if (status.ok()) consumer.paused = request.paused;
    return status;
  });
}

absl::Status Commands::Do(const proto::RequestKeyframe& request, Timestamp now) {
  return WithRouterOf(request.id, [&](Router& router, const proto::ConsumerSnapshot&) {
    return router.RequestKeyframe(request.id, now, path_.rtc_outbox());
  });
}

// Data channels

absl::Status Commands::Do(const proto::CreateDataProducer& request, Timestamp now) {
  if (objects_.Find(request.transport) == nullptr) return NoSuch(request.transport);
  return data_.Create(request, now);
}

absl::Status Commands::Do(const proto::CloseDataProducer& request, Timestamp now) {
  return data_.Close(request.id, now, path_.transport_outbox());
}

absl::Status Commands::Do(const proto::CreateDataConsumer& request, Timestamp now) {
  const Objects::TransportEntry* transport = objects_.Find(request.transport);
  if (transport == nullptr) return NoSuch(request.transport);
  if (transport->snapshot.remote && !transport->snapshot.remote->sctp) {
    return absl::FailedPreconditionError("transport " + std::to_string(request.transport.value()) +
                                         " has no data channels negotiated");
  }
  return data_.Create(request, now, path_.transport_outbox());
}

absl::Status Commands::Do(const proto::CloseDataConsumer& request, Timestamp now) {
  return data_.Close(request.id, now, path_.transport_outbox());
}

// Any object

absl::Status Commands::Do(const proto::UpdateAppData& request, Timestamp) {
  return std::visit(
      [&](auto id) -> absl::Status {
        using Id = decltype(id);
        if constexpr (std::is_same_v<Id, DataProducerId> || std::is_same_v<Id, DataConsumerId>) {
          return data_.UpdateAppData(id, request.app_data);
        } else if (auto* object = objects_.Find(id); object == nullptr) {
          return NoSuch(id);
        } else if constexpr (std::is_same_v<Id, RouterId> || std::is_same_v<Id, TransportId>) {
          object->snapshot.created.app_data = request.app_data;
        } else {
          object->created.app_data = request.app_data;
        }
        return absl::OkStatus();
      },
      request.object);
}

proto::Error ToError(const absl::Status& status) {
  const auto code = [&] {
    switch (status.code()) {
      case absl::StatusCode::kInvalidArgument:
        return proto::ErrorCode::kInvalidArgument;
      case absl::StatusCode::kNotFound:
        return proto::ErrorCode::kNotFound;
      case absl::StatusCode::kAlreadyExists:
        return proto::ErrorCode::kAlreadyExists;
      case absl::StatusCode::kFailedPrecondition:
      case absl::StatusCode::kResourceExhausted:
        return proto::ErrorCode::kFailedPrecondition;
      case absl::StatusCode::kUnimplemented:
        return proto::ErrorCode::kUnsupported;
      default:
        return proto::ErrorCode::kInternal;
    }
  };
  return {code(), std::string(status.message())};
}

}  // namespace stellwerk
