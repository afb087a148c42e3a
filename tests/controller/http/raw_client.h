#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace stellwerk::test {

// A blocking client of one TCP connection on loopback, which speaks just enough HTTP and WebSocket,
// and can misbehave.
class RawClient {
 public:
  struct Response {
    int status = 0;
    std::string head;  // lower case
    std::string body;
    [[nodiscard]] std::string Field(const std::string& name) const {
      const std::size_t at = head.find("\r\n" + name + ":");
      if (at == std::string::npos) return {};
      const std::size_t begin = head.find_first_not_of(' ', at + 3 + name.size());
      return head.substr(begin, head.find("\r\n", begin) - begin);
    }
  };
  struct Frame {
    int opcode = 0;
    std::string payload;
    [[nodiscard]] int close_code() const {
      return payload.size() < 2
                 ? 0
                 : static_cast<uint8_t>(payload[0]) << 8 | static_cast<uint8_t>(payload[1]);
    }
  };

  explicit RawClient(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() { close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  std::optional<Response> Ask(const std::string& method, const std::string& path,
                              const std::string& fields = "", const std::string& body = "") {
    std::string request = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields;
    if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    if (!Send(request + "\r\n" + body)) return std::nullopt;
    return ReadResponse(method == "HEAD");
  }

  std::optional<Response> ReadResponse(bool head_only = false) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return std::nullopt;
    }
    Response response;
    response.head = buffer_.substr(0, end + 2);
    // Names of fields are compared in lower case; a session's address must keep its case, and is
    // below "location".
    const std::size_t colon_free = response.head.size();
    for (std::size_t i = 0, in_name = 1; i < colon_free; ++i) {
      if (response.head[i] == '\n') in_name = 1;
      if (response.head[i] == ':') in_name = 0;
      if (in_name != 0) response.head[i] = static_cast<char>(std::tolower(response.head[i]));
    }
    buffer_.erase(0, end + 4);
    response.status = std::atoi(response.head.substr(9, 3).c_str());
    const std::string length = response.Field("content-length");
    const std::size_t size = head_only || length.empty() ? 0 : std::stoul(length);
    while (buffer_.size() < size) {
      if (!Fill()) return std::nullopt;
    }
    response.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return response;
  }

  std::optional<Response> Upgrade(const std::string& path = "/signal",
                                  const std::string& fields = "") {
    return Ask("GET", path,
               "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                   fields);
  }

  // RFC 6455 §5.2; masked with zeros.
  bool SendFrame(std::string_view payload, int opcode = 1, bool final = true) {
    std::string frame(1, static_cast<char>((final ? 0x80 : 0) | opcode));
    if (payload.size() < 126) {
      frame += static_cast<char>(0x80 | payload.size());
    } else if (payload.size() < 65536) {
      frame += static_cast<char>(0xFE);
      frame += static_cast<char>(payload.size() >> 8);
      frame += static_cast<char>(payload.size());
    } else {
      frame += static_cast<char>(0xFF);
      for (int shift = 56; shift >= 0; shift -= 8)
        frame += static_cast<char>(uint64_t{payload.size()} >> shift);
    }
    frame.append(4, '\0');
    frame += payload;
    return Send(frame);
  }

  // The next frame that is not a ping; nullopt when the connection is over.
  std::optional<Frame> ReadFrame() {
    for (;;) {
      if (!Need(2)) return std::nullopt;
      Frame frame;
      frame.opcode = buffer_[0] & 0x0F;
      std::size_t size = static_cast<uint8_t>(buffer_[1]) & 0x7F;
      std::size_t head = 2;
      if (size >= 126) {
        const std::size_t bytes = size == 126 ? 2 : 8;
        if (!Need(2 + bytes)) return std::nullopt;
        size = 0;
        for (std::size_t i = 0; i < bytes; ++i)
          size = size << 8 | static_cast<uint8_t>(buffer_[2 + i]);
        head += bytes;
      }
      if (!Need(head + size)) return std::nullopt;
      frame.payload = buffer_.substr(head, size);
      buffer_.erase(0, head + size);
      if (frame.opcode == 9) continue;
      return frame;
    }
  }
  // The next text that contains `part`.
  std::optional<std::string> ReadText(std::string_view part = "") {
    while (auto frame = ReadFrame()) {
      if (frame->opcode == 1 && frame->payload.find(part) != std::string::npos)
        return frame->payload;
      if (frame->opcode == 8) return std::nullopt;
    }
    return std::nullopt;
  }
  // True if the server ends the connection.
  bool ReadsEnd() {
    while (Fill()) buffer_.clear();
    return !timed_out_;
  }

 private:
  bool Need(std::size_t size) {
    while (buffer_.size() < size) {
      if (!Fill()) return false;
    }
    return true;
  }
  bool Fill() {
    pollfd waiting{fd_, POLLIN, 0};
    if (poll(&waiting, 1, 20'000) <=
        0) {  // a bound for a broken server, never reached by a good one
      timed_out_ = true;
      return false;
    }
    char bytes[65536];
    const ssize_t size = recv(fd_, bytes, sizeof bytes, 0);
    if (size <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }

  int fd_;
  bool connected_ = false;
  bool timed_out_ = false;
  std::string buffer_;
};

}  // namespace stellwerk::test
