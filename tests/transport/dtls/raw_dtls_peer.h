#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "transport/dtls/datagram_bio.h"
#include "transport/dtls/dtls_identity.h"

namespace stellwerk {

// A DTLS client straight on OpenSSL, to behave as other implementations do: own SRTP profiles or
// none, a large ClientHello in small datagrams.
class RawDtlsPeer {
 public:
  struct Options {
    std::string srtp_profiles;      // in OpenSSL's words; empty = no use_srtp
    std::size_t padding_bytes = 0;  // makes the ClientHello larger by about this much
    long mtu = 1200;
  };

  RawDtlsPeer(const DtlsIdentity& identity, const Options& options)
      : context_(SSL_CTX_new(DTLS_client_method()), &SSL_CTX_free), ssl_(nullptr, &SSL_free) {
    SSL_CTX_use_certificate(context_.get(), SSL_CTX_get0_certificate(identity.context()));
    SSL_CTX_use_PrivateKey(context_.get(), SSL_CTX_get0_privatekey(identity.context()));
    if (!options.srtp_profiles.empty()) {
      SSL_CTX_set_tlsext_use_srtp(context_.get(), options.srtp_profiles.c_str());
    }
    SSL_CTX_set_options(context_.get(), SSL_OP_NO_QUERY_MTU);
    ssl_.reset(SSL_new(context_.get()));
    // ALPN names serve as ballast.
    std::vector<unsigned char> ballast;
    while (ballast.size() < options.padding_bytes) {
      ballast.push_back(200);
      ballast.insert(ballast.end(), 200, 'x');
    }
    if (!ballast.empty()) {
      SSL_set_alpn_protos(ssl_.get(), ballast.data(), static_cast<unsigned>(ballast.size()));
    }
    BIO* bio = NewDatagramBio(&state_);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_mtu(ssl_.get(), options.mtu);
    SSL_set_connect_state(ssl_.get());
  }

  // Takes one datagram (empty: starts), returns what it answers.
  std::vector<std::vector<uint8_t>> Handle(std::span<const uint8_t> datagram) {
    std::vector<std::vector<uint8_t>> answers;
    state_.incoming = datagram;
    state_.outgoing = &answers;
    SSL_do_handshake(ssl_.get());
    state_.incoming = {};
    state_.outgoing = nullptr;
    return answers;
  }
  [[nodiscard]] bool is_finished() const { return SSL_is_init_finished(ssl_.get()) == 1; }

 private:
  DatagramBioState state_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace stellwerk
