#include "transport/dtls/datagram_bio.h"

#include <algorithm>
#include <cstddef>

namespace stellwerk {
namespace {

DatagramBioState* StateOf(BIO* bio) { return static_cast<DatagramBioState*>(BIO_get_data(bio)); }

int Write(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  if (size <= 0) return 0;
  if (auto* outgoing = StateOf(bio)->outgoing) outgoing->emplace_back(data, data + size);
  return size;
}

// One call takes one datagram, as recv() does: what does not fit is lost.
int Read(BIO* bio, char* data, int capacity) {
  BIO_clear_retry_flags(bio);
  auto& incoming = StateOf(bio)->incoming;
  if (incoming.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const std::size_t size =
      std::min(incoming.size(), static_cast<std::size_t>(std::max(capacity, 0)));
  std::copy_n(incoming.begin(), size, data);
  incoming = {};
  return static_cast<int>(size);
}

long Control(BIO*, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DUP:
      return 1;
    default:
      return 0;  // nothing pending, no MTU to ask for, no timeouts to set
  }
}

BIO_METHOD* Method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
    if (made == nullptr) return made;
    BIO_meth_set_write(made, &Write);
    BIO_meth_set_read(made, &Read);
    BIO_meth_set_ctrl(made, &Control);
    return made;
  }();
  return method;
}

}  // namespace

BIO* NewDatagramBio(DatagramBioState* state) {
  BIO_METHOD* method = Method();
  BIO* bio = method == nullptr ? nullptr : BIO_new(method);
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, state);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace stellwerk
