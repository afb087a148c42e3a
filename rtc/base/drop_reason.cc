#include "rtc/base/drop_reason.h"

namespace stellwerk {

std::string_view ToString(DropReason reason) {
  switch (reason) {
    case DropReason::kUnknownProtocol:
      return "unknown_protocol";
    case DropReason::kUnknownPeer:
      return "unknown_peer";
    case DropReason::kTruncated:
      return "truncated";
    case DropReason::kMalformed:
      return "malformed";
    case DropReason::kUnsupported:
      return "unsupported";
    case DropReason::kStunNoIntegrity:
      return "stun_no_integrity";
    case DropReason::kStunBadIntegrity:
      return "stun_bad_integrity";
    case DropReason::kStunBadFingerprint:
      return "stun_bad_fingerprint";
    case DropReason::kStunUnexpected:
      return "stun_unexpected";
    case DropReason::kNotNominated:
      return "not_nominated";
    case DropReason::kDtlsFailed:
      return "dtls_failed";
    case DropReason::kDtlsNotReady:
      return "dtls_not_ready";
    case DropReason::kSrtpAuthFailed:
      return "srtp_auth_failed";
    case DropReason::kSrtpReplayed:
      return "srtp_replayed";
    case DropReason::kSrtpTooOld:
      return "srtp_too_old";
    case DropReason::kUnknownStream:
      return "unknown_stream";
    case DropReason::kUnknownPayloadType:
      return "unknown_payload_type";
    case DropReason::kDuplicate:
      return "duplicate";
    case DropReason::kUnexpectedSequence:
      return "unexpected_sequence";
    case DropReason::kTooLarge:
      return "too_large";
    case DropReason::kQueueFull:
      return "queue_full";
    case DropReason::kNoBuffer:
      return "no_buffer";
    case DropReason::kSocketError:
      return "socket_error";
    case DropReason::kClosed:
      return "closed";
    case DropReason::kCount:
      break;
  }
  return "invalid";
}

}  // namespace stellwerk
