#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>

namespace stellwerk {

// Certificate chain and private key, PEM.
struct TlsIdentity {
  std::string certificate;
  std::string key;
};

// Reads and checks both: readable, PEM, and the key is that of the certificate.
absl::StatusOr<TlsIdentity> LoadTlsIdentity(const std::string& certificate_file,
                                            const std::string& key_file);

// A certificate for trying things in a LAN: ECDSA P-256, valid for a year, for localhost and the
// given addresses.
absl::StatusOr<TlsIdentity> MakeSelfSignedIdentity(const std::vector<std::string>& ip_addresses);

}  // namespace stellwerk
