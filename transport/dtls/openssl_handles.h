#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

// Owners of OpenSSL's objects. Only for the .cc files of this folder.
namespace stellwerk {

template <auto kFree>
struct OpensslDeleter {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using X509Owner = std::unique_ptr<X509, OpensslDeleter<X509_free>>;
using PkeyOwner = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>;
using SslOwner = std::unique_ptr<SSL, OpensslDeleter<SSL_free>>;

// The latest error on OpenSSL's queue in words, and an empty queue.
std::string TakeOpensslError();

}  // namespace stellwerk
