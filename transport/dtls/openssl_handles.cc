#include "transport/dtls/openssl_handles.h"

#include <openssl/err.h>

namespace stellwerk {

std::string TakeOpensslError() {
  const char* text = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return text == nullptr ? "unknown error" : text;
}

}  // namespace stellwerk
