#include "proto/wire_media.h"

namespace stellwerk::proto {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;

// Far beyond what any offer holds, and small enough to be no burden.
constexpr std::size_t kMaxCodecs = 64;
constexpr std::size_t kMaxEncodings = 16;
constexpr std::size_t kMaxFmtp = 4096;
constexpr std::size_t kMaxCname = 255;           // RFC 3550 §6.5: one byte of length
constexpr std::size_t kMaxIceText = 256;         // RFC 8839 §5.4
constexpr std::size_t kMaxDigest = 64;           // sha-512
constexpr std::size_t kMaxChannelText = 65'535;  // RFC 8832 §5.1: two bytes of length
constexpr uint8_t kMaxPayloadType = 127;
static_assert(static_cast<int>(Codec::kUnknown) == static_cast<int>(wire::Codec::Unknown));

Offset<wire::CodecParameters> ToWire(Builder& builder, const CodecParameters& in) {
  const auto fmtp = builder.CreateString(in.fmtp);
  return wire::CreateCodecParameters(builder, static_cast<wire::Codec>(in.codec),
                                     in.payload_type.value(), in.clock_rate, in.channels,
                                     proto::ToWire(in.rtx_payload_type), fmtp, in.nack, in.pli,
                                     in.fir, in.transport_cc, in.remb);
}

PayloadType ReadPayloadType(WireReader& reader, uint8_t value) {
  if (value > kMaxPayloadType)
    reader.Fail("payload_type", std::to_string(value) + " is more than 127");
  return PayloadType(value);
}

CodecParameters FromWire(WireReader& reader, const wire::CodecParameters& in) {
  CodecParameters out;
  out.codec = reader.Enum(in.codec(), Codec::kUnknown, "codec");
  out.payload_type = ReadPayloadType(reader, in.payload_type());
  out.clock_rate = in.clock_rate();
  if (out.clock_rate == 0) reader.Fail("clock_rate", "0 is not a rate");
  out.channels = in.channels();
  if (const auto rtx = in.rtx_payload_type()) out.rtx_payload_type = ReadPayloadType(reader, *rtx);
  out.fmtp = reader.Text(in.fmtp(), kMaxFmtp, "fmtp");
  out.nack = in.nack();
  out.pli = in.pli();
  out.fir = in.fir();
  out.transport_cc = in.transport_cc();
  out.remb = in.remb();
  return out;
}

auto ToWire(Builder& builder, const std::vector<CodecParameters>& in) {
  std::vector<Offset<wire::CodecParameters>> out;
  for (const CodecParameters& codec : in) out.push_back(ToWire(builder, codec));
  return builder.CreateVector(out);
}

std::vector<CodecParameters> ReadCodecs(
    WireReader& reader, const flatbuffers::Vector<Offset<wire::CodecParameters>>* in) {
  return reader.List(in, kMaxCodecs, "codecs",
                     [&](const wire::CodecParameters* codec) { return FromWire(reader, *codec); });
}

auto ToWire(Builder& builder, const RtpExtensionIds& in) {
  std::vector<wire::ExtensionMapping> out;
  for (std::size_t i = 0; i < kRtpExtensionCount; ++i) {
    const ExtensionId id = in.IdOf(static_cast<RtpExtension>(i));
    if (id.value() != 0) out.emplace_back(static_cast<uint8_t>(i), id.value());
  }
  return builder.CreateVectorOfStructs(out);
}

RtpExtensionIds ReadExtensions(WireReader& reader,
                               const flatbuffers::Vector<const wire::ExtensionMapping*>* in) {
  RtpExtensionIds out;
  if (in->size() > kRtpExtensionCount) {
    reader.Fail("extensions", "more than there are");
    return out;
  }
  for (const wire::ExtensionMapping* mapping : *in) {
    if (mapping->extension() >= kRtpExtensionCount) {
      reader.Fail("extension", "unknown value " + std::to_string(mapping->extension()));
      return out;
    }
    out.Set(static_cast<RtpExtension>(mapping->extension()), ExtensionId(mapping->id()));
  }
  return out;
}

EncodingParameters FromWire(WireReader& reader, const wire::EncodingParameters& in) {
  return {.rid = reader.InlineText<Rid>(in.rid(), "rid"),
          .ssrc = proto::FromWire<Ssrc>(in.ssrc()),
          .rtx_ssrc = proto::FromWire<Ssrc>(in.rtx_ssrc())};
}

}  // namespace

Offset<wire::ProducerParameters> ToWire(Builder& builder, const ProducerParameters& in) {
  std::vector<Offset<wire::EncodingParameters>> encodings;
  for (const EncodingParameters& encoding : in.encodings) {
    const auto rid = builder.CreateString(encoding.rid.view());
    encodings.push_back(wire::CreateEncodingParameters(builder, rid, ToWire(encoding.ssrc),
                                                       ToWire(encoding.rtx_ssrc)));
  }
  const auto mid = builder.CreateString(in.mid.view());
  const auto codecs = ToWire(builder, in.codecs);
  const auto extensions = ToWire(builder, in.extensions);
  return wire::CreateProducerParameters(builder, static_cast<wire::MediaKind>(in.kind), mid, codecs,
                                        extensions, builder.CreateVector(encodings));
}

ProducerParameters FromWire(WireReader& reader, const wire::ProducerParameters& in) {
  ProducerParameters out;
  out.kind = reader.Enum(in.kind(), MediaKind::kVideo, "kind");
  out.mid = reader.InlineText<Mid>(in.mid(), "mid");
  out.codecs = ReadCodecs(reader, in.codecs());
  out.extensions = ReadExtensions(reader, in.extensions());
  out.encodings = reader.List(
      in.encodings(), kMaxEncodings, "encodings",
      [&](const wire::EncodingParameters* encoding) { return FromWire(reader, *encoding); });
  return out;
}

Offset<wire::ConsumerParameters> ToWire(Builder& builder, const ConsumerParameters& in) {
  const auto mid = builder.CreateString(in.mid.view());
  const auto cname = builder.CreateString(in.cname);
  const auto codecs = ToWire(builder, in.codecs);
  const auto extensions = ToWire(builder, in.extensions);
  return wire::CreateConsumerParameters(builder, static_cast<wire::MediaKind>(in.kind), mid,
                                        static_cast<wire::SlotMode>(in.mode), in.ssrc.value(),
                                        ToWire(in.rtx_ssrc), cname, codecs, extensions);
}

ConsumerParameters FromWire(WireReader& reader, const wire::ConsumerParameters& in) {
  ConsumerParameters out;
  out.kind = reader.Enum(in.kind(), MediaKind::kVideo, "kind");
  out.mid = reader.InlineText<Mid>(in.mid(), "mid");
  out.mode = reader.Enum(in.mode(), SlotMode::kLoudest, "mode");
  out.ssrc = Ssrc(in.ssrc());
  out.rtx_ssrc = FromWire<Ssrc>(in.rtx_ssrc());
  out.cname = reader.Text(in.cname(), kMaxCname, "cname");
  out.codecs = ReadCodecs(reader, in.codecs());
  out.extensions = ReadExtensions(reader, in.extensions());
  return out;
}

Offset<wire::Fingerprint> ToWire(Builder& builder, const Fingerprint& in) {
  const auto algorithm = builder.CreateString(in.algorithm);
  return wire::CreateFingerprint(builder, algorithm, builder.CreateVector(in.digest));
}

Fingerprint FromWire(WireReader& reader, const wire::Fingerprint& in) {
  return {.algorithm = reader.Text(in.algorithm(), kMaxDigest, "fingerprint algorithm"),
          .digest = reader.Bytes(in.digest(), kMaxDigest, "fingerprint digest")};
}

Offset<wire::IceParameters> ToWire(Builder& builder, const IceParameters& in) {
  const auto ufrag = builder.CreateString(in.ufrag);
  const auto pwd = builder.CreateString(in.pwd);
  return wire::CreateIceParameters(builder, ufrag, pwd);
}

IceParameters FromWire(WireReader& reader, const wire::IceParameters& in) {
  return {.ufrag = reader.Text(in.ufrag(), kMaxIceText, "ufrag"),
          .pwd = reader.Text(in.pwd(), kMaxIceText, "pwd")};
}

Offset<wire::Candidate> ToWire(Builder& builder, const Candidate& in) {
  const auto foundation = builder.CreateString(in.foundation);
  const auto address = builder.CreateString(in.address);
  return wire::CreateCandidate(builder, foundation,
                               static_cast<wire::CandidateProtocol>(in.protocol), in.priority,
                               address, in.port);
}

Candidate FromWire(WireReader& reader, const wire::Candidate& in) {
  return {
      .foundation = reader.Text(in.foundation(), kMaxIceText, "foundation"),
      .protocol = reader.Enum(in.protocol(), CandidateProtocol::kTcpPassive, "candidate protocol"),
      .priority = in.priority(),
      .address = reader.Text(in.address(), kMaxIceText, "candidate address"),
      .port = in.port()};
}

Offset<wire::RemoteTransportParameters> ToWire(Builder& builder,
                                               const RemoteTransportParameters& in) {
  const auto ice = ToWire(builder, in.ice);
  const auto fingerprint = ToWire(builder, in.fingerprint);
  Offset<wire::SctpParameters> sctp;
  if (in.sctp) sctp = wire::CreateSctpParameters(builder, in.sctp->port, in.sctp->max_message_size);
  return wire::CreateRemoteTransportParameters(builder, ice, fingerprint,
                                               static_cast<wire::DtlsRole>(in.our_role), sctp);
}

RemoteTransportParameters FromWire(WireReader& reader, const wire::RemoteTransportParameters& in) {
  RemoteTransportParameters out;
  out.ice = FromWire(reader, *in.ice());
  out.fingerprint = FromWire(reader, *in.fingerprint());
  out.our_role = reader.Enum(in.our_role(), DtlsRole::kClient, "our_role");
  if (const auto* sctp = in.sctp()) {
    out.sctp = SctpParameters{.port = sctp->port(), .max_message_size = sctp->max_message_size()};
  }
  return out;
}

Offset<wire::DataChannelParameters> ToWire(Builder& builder, const DataChannelParameters& in) {
  const auto label = builder.CreateString(in.label);
  const auto protocol = builder.CreateString(in.protocol);
  return wire::CreateDataChannelParameters(builder, label, protocol, in.ordered,
                                           ToWire(in.max_retransmits), ToWire(in.max_lifetime_ms));
}

DataChannelParameters FromWire(WireReader& reader, const wire::DataChannelParameters& in) {
  DataChannelParameters out;
  out.label = reader.Text(in.label(), kMaxChannelText, "label");
  out.protocol = reader.Text(in.protocol(), kMaxChannelText, "protocol");
  out.ordered = in.ordered();
  if (const auto value = in.max_retransmits()) out.max_retransmits = *value;
  if (const auto value = in.max_lifetime_ms()) out.max_lifetime_ms = *value;
  if (out.max_retransmits && out.max_lifetime_ms)
    reader.Fail("data channel", "both limits are set");
  return out;
}

wire::ConsumerDemand ToWire(const ConsumerDemand& in) {
  return {in.priority, in.max_spatial.value(), in.max_temporal.value(), in.height};
}
ConsumerDemand FromWire(const wire::ConsumerDemand& in) {
  return {.priority = in.priority(),
          .height = in.height(),
          .max_spatial = SpatialLayer(in.max_spatial()),
          .max_temporal = TemporalLayer(in.max_temporal())};
}

}  // namespace stellwerk::proto
