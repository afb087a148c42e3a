#include "transport/udp/segment_offload.h"

#include <cerrno>

namespace stellwerk {
namespace {

// Without a single run that was accepted: it is not the destination.
constexpr uint64_t kHopeless = 8;
// Routes change, and any host on the way can lower a route's MTU: so this is tried again once in a
// while. A refusal costs one system call.
constexpr uint64_t kRunsUntilForgotten = 100'000;
constexpr std::size_t kMaxRefused = 4096;

}  // namespace

bool SegmentOffload::IsRefusal(int error) {
  return error == EIO || error == EINVAL || error == EMSGSIZE || error == ENOPROTOOPT ||
         error == EOPNOTSUPP;
}

void SegmentOffload::OnAccepted(uint64_t runs) {
  accepted_ += runs;
  if (!refused_.empty() && accepted_ >= forget_at_) refused_.clear();
}

void SegmentOffload::OnRefused(const SocketAddress& destination) {
  if (++refusals_ >= kHopeless && accepted_ == 0) on_ = false;
  if (refused_.size() >= kMaxRefused) refused_.clear();
  if (refused_.empty()) forget_at_ = accepted_ + kRunsUntilForgotten;
  refused_.insert(destination);
}

}  // namespace stellwerk
