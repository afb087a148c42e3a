#pragma once

#include <string>
#include <string_view>

#include "controller/http/http_message.h"

namespace stellwerk {

// The files of one folder: GET and HEAD, by path, nothing outside the folder. "/" and "/r/{room}"
// are index.html: the page reads the room's name from its address.
class StaticFiles {
 public:
  explicit StaticFiles(std::string root) : root_(std::move(root)) {}
  [[nodiscard]] HttpResponse Serve(const HttpRequest& request) const;

 private:
  std::string root_;
};

// "text/html; charset=utf-8" for "index.html"; "application/octet-stream" for what is not known.
std::string_view ContentTypeOf(std::string_view file_name);

}  // namespace stellwerk
