#include "tests/network/tun_device.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace stellwerk {
namespace {

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "tun_link: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(1);
}

}  // namespace

void RunIp(const std::string& arguments) {
  if (std::system(("ip " + arguments).c_str()) != 0) Fail("ip " + arguments);
}

int OpenTun(const std::string& name, const std::string& address, bool default_route) {
  const int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) Fail("/dev/net/tun");
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
  if (ioctl(fd, TUNSETIFF, &request) != 0) Fail("TUN device " + name);
  // Router solicitations would be packets that nobody sent.
  if (FILE* file = std::fopen(("/proc/sys/net/ipv6/conf/" + name + "/disable_ipv6").c_str(), "w")) {
    std::fputs("1", file);
    std::fclose(file);
  }
  RunIp("address add " + address + "/24 dev " + name);
  // The kernel's own queue must never be the bottleneck.
  RunIp("link set " + name + " txqueuelen 10000 up");
  if (default_route) RunIp("route add default dev " + name);
  return fd;
}

}  // namespace stellwerk
