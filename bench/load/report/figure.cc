#include "bench/load/report/figure.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <vector>

#include "rtc/base/check.h"

namespace stellwerk::load {
namespace {

using enum FigureGroup;
using enum FigureUnit;
using enum Better;

constexpr std::string_view kJoinText =
    "From the start of a join to the first decodable frame that the joiner receives: of video "
    "where it watches video, else of audio; joins that succeeded.";
constexpr std::string_view kSignallingText =
    "The part of a join from its start until the session description of the server is in hand.";
constexpr std::string_view kIceText =
    "The part of a join from there until a pair of addresses is selected.";
constexpr std::string_view kDtlsText =
    "The part of a join from there until the DTLS handshake has given keys.";
constexpr std::string_view kFirstPacketText =
    "The part of a join from there to the first RTP packet that the joiner receives.";
constexpr std::string_view kFirstFrameText =
    "The part of a join from there until the frame is complete, as are all frames that it refers "
    "to.";
constexpr std::string_view kReconnectText =
    "From the moment when a participant whose transport was lost starts anew to the first "
    "decodable frame that it receives on the new transport.";
constexpr std::string_view kTransitText =
    "From the moment when a publisher hands an RTP packet to its socket until the kernel of the "
    "same host receives it for a viewer, original packets only; with links in the scenario, their "
    "delay included. What a server sends from its history is not counted, see from_history.";

constexpr std::array kKinds = {
    FigureKind{"join_p50", "join", "p50", kJoin, kMilliseconds, kLower, kJoinText},
    FigureKind{"join_p95", "join", "p95", kJoin, kMilliseconds, kLower, kJoinText},
    FigureKind{"join_p99", "join", "p99", kJoin, kMilliseconds, kLower, kJoinText},
    FigureKind{"signalling_p50", "signalling", "p50", kJoin, kMilliseconds, kLower,
               kSignallingText},
    FigureKind{"signalling_p95", "signalling", "p95", kJoin, kMilliseconds, kLower,
               kSignallingText},
    FigureKind{"signalling_p99", "signalling", "p99", kJoin, kMilliseconds, kLower,
               kSignallingText},
    FigureKind{"ice_p50", "ICE", "p50", kJoin, kMilliseconds, kLower, kIceText},
    FigureKind{"ice_p95", "ICE", "p95", kJoin, kMilliseconds, kLower, kIceText},
    FigureKind{"ice_p99", "ICE", "p99", kJoin, kMilliseconds, kLower, kIceText},
    FigureKind{"dtls_p50", "DTLS", "p50", kJoin, kMilliseconds, kLower, kDtlsText},
    FigureKind{"dtls_p95", "DTLS", "p95", kJoin, kMilliseconds, kLower, kDtlsText},
    FigureKind{"dtls_p99", "DTLS", "p99", kJoin, kMilliseconds, kLower, kDtlsText},
    FigureKind{"first_packet_p50", "first packet", "p50", kJoin, kMilliseconds, kLower,
               kFirstPacketText},
    FigureKind{"first_packet_p95", "first packet", "p95", kJoin, kMilliseconds, kLower,
               kFirstPacketText},
    FigureKind{"first_packet_p99", "first packet", "p99", kJoin, kMilliseconds, kLower,
               kFirstPacketText},
    FigureKind{"first_frame_p50", "first decodable frame", "p50", kJoin, kMilliseconds, kLower,
               kFirstFrameText},
    FigureKind{"first_frame_p95", "first decodable frame", "p95", kJoin, kMilliseconds, kLower,
               kFirstFrameText},
    FigureKind{"first_frame_p99", "first decodable frame", "p99", kJoin, kMilliseconds, kLower,
               kFirstFrameText},
    FigureKind{"join_failed", "failed joins", "", kJoin, kCount, kLower,
               "Joins that the server refused, or that had not come as far as keys when the "
               "patience for a join was over."},
    FigureKind{"reconnect_p50", "reconnect", "p50", kJoin, kMilliseconds, kLower, kReconnectText},
    FigureKind{"reconnect_p95", "reconnect", "p95", kJoin, kMilliseconds, kLower, kReconnectText},

    FigureKind{"sent_packets", "packets sent", "", kNetwork, kCount, kNeither,
               "RTP packets that publishers sent, retransmissions and padding not counted."},
    FigureKind{"received_packets", "packets received", "", kNetwork, kCount, kNeither,
               "RTP packets that viewers received, retransmissions and duplicates included."},
    FigureKind{"send_rate", "send rate", "", kNetwork, kBitRate, kNeither,
               "Bits of RTP packets, headers included, that all publishers together sent per "
               "second, the mean of the time after the last join."},
    FigureKind{"receive_rate", "receive rate", "", kNetwork, kBitRate, kNeither,
               "Bits of RTP packets, headers included, that all viewers together received per "
               "second, the mean of the time after the last join."},
    FigureKind{"loss_before_repair", "loss before repair", "", kNetwork, kRatio, kLower,
               "Of the RTP packets that viewers should have received by the sequence numbers of "
               "each stream, the share that did not come at the first try."},
    FigureKind{"loss", "loss", "", kNetwork, kRatio, kLower,
               "Of the RTP packets that viewers should have received by the sequence numbers of "
               "each stream, the share that never came, not by retransmission either."},
    FigureKind{"duplicates", "duplicates", "", kNetwork, kCount, kLower,
               "RTP packets whose number had been received before, a repair that came too late "
               "included."},
    FigureKind{"reordered", "reordered", "", kNetwork, kCount, kLower,
               "RTP packets, no retransmissions, that came after one of their stream with a "
               "higher number (RFC 4737, type-P-reordered)."},
    FigureKind{"jitter_p95", "jitter", "p95", kNetwork, kMilliseconds, kLower,
               "The interarrival jitter of RFC 3550, section 6.4.1, at the end of each received "
               "stream, over all streams."},
    FigureKind{"transit_p50", "one-way transit", "p50", kNetwork, kMilliseconds, kLower,
               kTransitText},
    FigureKind{"transit_p99", "one-way transit", "p99", kNetwork, kMilliseconds, kLower,
               kTransitText},
    FigureKind{"transit_p999", "one-way transit", "p99.9", kNetwork, kMilliseconds, kLower,
               kTransitText},
    FigureKind{"from_history", "sent from history", "", kNetwork, kRatio, kNeither,
               "Of the original packets that came to viewers who check everything, the share that "
               "had been sent by its publisher before the viewer's DTLS handshake was halfway, or "
               "more than 5 ms before something that the stream carried earlier, from another "
               "source or encoding: they come from the server's history."},

    FigureKind{"undecodable_frames", "undecodable frames", "", kPicture, kRatio, kLower,
               "Of the frames that came to viewers, wholly or in part, the share of which a packet "
               "or a frame that they refer to never came."},
    FigureKind{"freezes", "freezes", "", kPicture, kCount, kLower,
               "Times that a watched video stood still between two decodable frames for at least "
               "three times the mean of its last 30 frame intervals and 150 ms more than it "
               "(freezeCount of W3C's webrtc-stats), or stood still so at the end; muted cameras "
               "not counted."},
    FigureKind{"frozen_seconds", "frozen", "", kPicture, kSeconds, kLower,
               "The sum of the lengths of all freezes, from frame to frame."},
    FigureKind{"freezes_per_minute", "freezes per minute", "", kPicture, kPerMinute, kLower,
               "Freezes divided by the minutes that all viewers together watched video streams."},
    FigureKind{"layer_expected", "expected layer shown", "", kPicture, kRatio, kHigher,
               "Of the time that viewers watched video, the share in which they were shown the "
               "layer that their layout expects: the lowest that is at least as high as the tile, "
               "else the highest there is."},
    FigureKind{"layer_height_p50", "height shown", "p50", kPicture, kPixels, kHigher,
               "The height of the pictures shown, weighted by the time that they were shown, over "
               "all viewers and tiles."},
    FigureKind{"switch_p95", "layer switch", "p95", kPicture, kMilliseconds, kLower,
               "From the moment when another layout or speaker is asked for to the first decodable "
               "frame of the layer that it expects, each tile that changes."},
    FigureKind{"frame_latency_p95", "frame latency", "p95", kPicture, kMilliseconds, kLower,
               "From the sending of a video frame's first packet until it is decodable for a "
               "viewer, frames that became decodable."},
    FigureKind{"keyframe_requests", "keyframe requests", "", kPicture, kPerMinute, kLower,
               "PLI and FIR that reached publishers, per publisher of video and minute."},

    FigureKind{"estimate_ratio", "estimate / bottleneck", "", kEstimate, kFactor, kNeither,
               "The bandwidth estimate of a publisher divided by the rate of its uplink in the "
               "scenario, the mean over publishers with such a link and time."},

    FigureKind{"server_cpu", "CPU", "", kServer, kCores, kLower,
               "CPU time, user and system, of the server's processes and their children per "
               "second, the mean of the time after the last join."},
    FigureKind{"server_cpu_per_million_packets", "CPU per million packets", "", kServer, kSeconds,
               kLower,
               "CPU time of the server for each million RTP packets that it received or sent, as "
               "counted by publishers and viewers, in the time after the last join."},
    FigureKind{"server_memory_per_participant", "memory per participant", "", kServer, kBytes,
               kLower,
               "Resident memory of the server's processes at the most participants, less that "
               "before the first join, divided by the participants."},

    FigureKind{"generator_cpu", "CPU", "", kGenerator, kCores, kLower,
               "CPU time, user and system, of the load generator per second, the mean of the time "
               "after the last join; its media thread has one core."},
    FigureKind{"send_lag_p99", "send lag", "p99", kGenerator, kMilliseconds, kLower,
               "How much later than due publishers handed a frame to the socket."},
    FigureKind{"socket_drops", "socket drops", "", kGenerator, kCount, kLower,
               "Datagrams that the kernel dropped because the generator did not read its sockets "
               "in time, or that it could not send because a socket was full."},

    FigureKind{"participants", "participants", "", kRun, kCount, kNeither,
               "People who were to join over the whole run, those who replaced others included."},
    FigureKind{"participants_peak", "participants at once", "", kRun, kCount, kHigher,
               "The most participants that were connected at the same time."},
    FigureKind{"errors", "errors", "", kRun, kCount, kLower,
               "Faults in received media that no loss explains (numbers or timestamps that go "
               "back, headers that contradict the payload), and connections that broke without "
               "being told to."},
};

// Levenshtein's.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::span<const FigureKind> FigureKinds() { return kKinds; }

const FigureKind* FindFigure(std::string_view key) {
  const auto* const found = std::ranges::find(kKinds, key, &FigureKind::key);
  return found == kKinds.end() ? nullptr : found;
}

std::string_view NearestFigureKey(std::string_view key) {
  constexpr std::size_t kLongest = 64;  // of a word worth comparing
  if (key.size() > kLongest) return {};
  std::string_view nearest;
  // More than half of the word wrong, and it is another word.
  std::size_t best = std::max<std::size_t>(key.size() / 2, 1) + 1;
  for (const FigureKind& kind : kKinds) {
    const std::size_t distance = EditDistance(key, kind.key);
    if (distance < best) {
      best = distance;
      nearest = kind.key;
    }
  }
  return nearest;
}

std::string_view GroupName(FigureGroup group) {
  switch (group) {
    case kJoin:
      return "join";
    case kNetwork:
      return "network";
    case kPicture:
      return "picture";
    case kEstimate:
      return "estimate";
    case kServer:
      return "server";
    case kGenerator:
      return "generator";
    case kRun:
      return "run";
  }
  STELLWERK_CHECK(false);
  return {};
}

}  // namespace stellwerk::load
