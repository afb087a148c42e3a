#include "bench/floor/veth.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "bench/floor/sockets.h"

namespace stellwerk::bench {
namespace {

constexpr const char* kDevice = "floor0";

bool Run(const std::string& command) { return std::system(command.c_str()) == 0; }

in_addr Address(uint8_t last) {  // RFC 5737: for documentation
  in_addr address{};
  address.s_addr = htonl(0xC0000200U + last);
  return address;
}

// One request of ethtool about a device, as in linux/ethtool.h.
bool Ask(int fd, std::vector<uint32_t>& request) {
  ifreq device{};
  std::strncpy(device.ifr_name, kDevice, IFNAMSIZ - 1);
  device.ifr_data = static_cast<char*>(static_cast<void*>(request.data()));
  return ioctl(fd, SIOCETHTOOL, &device) == 0;
}

// The names of a device's features, each of ETH_GSTRING_LEN bytes.
std::string FeatureNames(int fd) {
  std::vector<uint32_t> info = {ETHTOOL_GSSET_INFO, 0, 1U << ETH_SS_FEATURES, 0, 0};
  if (!Ask(fd, info)) return {};
  const uint32_t count = info[4];
  std::vector<uint32_t> names(3 + count * ETH_GSTRING_LEN / sizeof(uint32_t));
  names[0] = ETHTOOL_GSTRINGS;
  names[1] = ETH_SS_FEATURES;
  names[2] = count;
  if (!Ask(fd, names)) return {};
  std::string text(count * ETH_GSTRING_LEN, '\0');
  std::memcpy(text.data(), &names[3], text.size());
  return text;
}

// What `ethtool -K floor0 tx-udp-segmentation off` does.
absl::Status SwitchOffSegmentation() {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const std::string names = FeatureNames(fd);
  const std::size_t count = names.size() / ETH_GSTRING_LEN;
  for (std::size_t i = 0; i < count; ++i) {
    if (std::string_view(&names[i * ETH_GSTRING_LEN]) != "tx-udp-segmentation") continue;
    const std::size_t blocks = (count + 31) / 32;
    std::vector<uint32_t> request(2 + 2 * blocks);
    request[0] = ETHTOOL_SFEATURES;
    request[1] = static_cast<uint32_t>(blocks);
    request[2 + 2 * (i / 32)] = 1U << (i % 32);  // valid; what is requested stays 0
    const bool done = Ask(fd, request);
    close(fd);
    return done ? absl::OkStatus() : absl::InternalError("tx-udp-segmentation stays on");
  }
  close(fd);
  return absl::InternalError("the device has no tx-udp-segmentation");
}

absl::Status JoinTo(pid_t receivers) {
  // That of the case before goes with its namespace, a little later.
  static_cast<void>(Run(std::string("ip link delete ") + kDevice + " 2>/dev/null"));
  const std::string name = kDevice;
  if (!Run("ip link add " + name + " type veth peer name floor1 netns " +
           std::to_string(receivers)) ||
      !Run("ip address add 192.0.2.1/24 dev " + name) || !Run("ip link set " + name + " up") ||
      !Run("nsenter --net=/proc/" + std::to_string(receivers) +
           "/ns/net sh -c 'ip address add 192.0.2.2/24 dev floor1 && ip link set floor1 up'")) {
    return absl::InternalError("there is no veth pair");
  }
  return SwitchOffSegmentation();
}

}  // namespace

absl::Status EnterOwnNetwork() {
  if (unshare(CLONE_NEWNET) != 0)
    return absl::PermissionDeniedError(std::string("no network namespace: ") +
                                       std::strerror(errno));
  return Run("ip link set lo up") ? absl::OkStatus() : absl::InternalError("no ip(8)");
}

in_addr VethAddress() { return Address(1); }

Sinks::Place BehindVeth() {
  return {.address = Address(2),
          .enter =
              [] {
                if (unshare(CLONE_NEWNET) != 0) Fail("unshare");
              },
          .entered = JoinTo};
}

}  // namespace stellwerk::bench
