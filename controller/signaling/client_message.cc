#include "controller/signaling/client_message.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace stellwerk {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxDisplayName = 128;
constexpr std::size_t kMaxSecret = 1024;
constexpr std::size_t kMaxListed = 256;

// Reads fields of one JSON object and keeps the first complaint, so that a message is read in a row
// and judged once.
class Fields {
 public:
  Fields(const Json& object, std::string& complaint) : object_(object), complaint_(complaint) {}

  std::string Text(const char* name, std::size_t max, bool required) {
    const Json* value = Find(name, required);
    if (value == nullptr) return {};
    if (!value->is_string()) return Complain<std::string>(name, "is not a string");
    const auto& text = value->get_ref<const std::string&>();
    if (text.size() > max) {
      return Complain<std::string>(name, "is longer than " + std::to_string(max) + " bytes");
    }
    return text;
  }
  std::string Name(const char* name, bool required) {
    std::string text = Text(name, kMaxName, required);
    if ((required || !text.empty()) && complaint_.empty() && !IsGoodName(text)) {
      Complain<int>(name, "needs 1 to 64 bytes without \"/\" and control characters");
    }
    return text;
  }
  int64_t Integer(const char* name, int64_t min, int64_t max) {
    const Json* value = Find(name, true);
    if (value == nullptr) return 0;
    const bool fits =
        value->is_number_integer() &&
        !(value->is_number_unsigned() &&
          value->get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()));
    if (!fits || value->get<int64_t>() < min || value->get<int64_t>() > max) {
      return Complain<int64_t>(
          name, "is not an integer in " + std::to_string(min) + ".." + std::to_string(max));
    }
    return value->get<int64_t>();
  }
  // As much as fits the type.
  template <typename T>
  T Number(const char* name) {
    return static_cast<T>(Integer(name, 0, std::numeric_limits<T>::max()));
  }
  bool Boolean(const char* name, bool otherwise) {
    const Json* value = Find(name, false);
    if (value == nullptr) return otherwise;
    if (!value->is_boolean()) return Complain<bool>(name, "is neither true nor false");
    return value->get<bool>();
  }
  Mid MidOf(const char* name) {
    const auto mid = Mid::From(Text(name, Mid::kCapacity, true));
    return mid.value_or(Mid());
  }
  std::optional<TrackSource> Source(const char* name) {
    const std::string text = Text(name, kMaxName, false);
    const auto source = ParseTrackSource(text);
    if (!text.empty() && !source) Complain<int>(name, "is none of camera, microphone, screen");
    return source;
  }
  // The objects of a list.
  template <typename Read>
  void List(const char* name, Read read) {
    const Json* value = Find(name, true);
    if (value == nullptr) return;
    if (!value->is_array() || value->size() > kMaxListed) {
      Complain<int>(name, "is not a list of at most " + std::to_string(kMaxListed) + " items");
      return;
    }
    for (const Json& item : *value) {
      if (!item.is_object()) {
        Complain<int>(name, "has an item that is no object");
        return;
      }
      Fields fields(item, complaint_);
      read(fields);
    }
  }
  // nullptr if the field is missing.
  const Json* Find(const char* name, bool required) {
    const auto it = object_.find(name);
    if (it != object_.end()) return &*it;
    if (required) Complain<int>(name, "is missing");
    return nullptr;
  }
  template <typename T>
  T Complain(const char* name, std::string_view what) {
    if (complaint_.empty()) complaint_ = std::string(name) + " " + std::string(what);
    return T{};
  }

 private:
  const Json& object_;
  std::string& complaint_;
};

constexpr int64_t kMaxId = (int64_t{1} << 53) - 1;  // what JavaScript can count to

HelloMessage ReadHello(Fields& fields) {
  HelloMessage hello;
  hello.version = fields.Integer("version", std::numeric_limits<int64_t>::min(),
                                 std::numeric_limits<int64_t>::max());
  // Another version may have other fields: the version is what has to be complained about then.
  if (hello.version != kSignalingVersion) return hello;
  hello.room = Redacted(fields.Name("room", true));
  hello.identity = Redacted(fields.Name("identity", false));
  hello.name = Redacted(fields.Text("name", kMaxDisplayName, false));
  hello.token = Redacted(fields.Text("token", kMaxSecret, false));
  hello.secret = Redacted(fields.Text("secret", kMaxSecret, false));
  hello.end_to_end_encrypted = fields.Boolean("e2ee", false);
  return hello;
}

TracksMessage ReadTracks(Fields& fields, int64_t id) {
  TracksMessage message{id, {}};
  fields.List("tracks", [&](Fields& track) {
    const Mid mid = track.MidOf("mid");
    message.tracks.push_back({mid, {track.Source("source"), track.Boolean("muted", false)}});
  });
  return message;
}

Room::ViewChange ReadView(Fields& slot) {
  Room::ViewChange change;
  change.mid = slot.MidOf("mid");
  if (const Json* participant = slot.Find("participant", false)) {
    change.changes_pin = true;
    if (!participant->is_null()) {
      change.pin = SlotPin{slot.Name("participant", true),
                           slot.Source("source").value_or(TrackSource::kCamera)};
    }
  }
  if (const Json* layer = slot.Find("layer", false)) {
    change.changes_layers = true;
    if (layer->is_object()) {
      std::string complaint;
      Fields fields(*layer, complaint);
      change.layers = LayerLimit{
          SpatialLayer(static_cast<uint8_t>(fields.Integer("spatial", 0, LayerLimit::kHighest))),
          TemporalLayer(static_cast<uint8_t>(fields.Integer("temporal", 0, LayerLimit::kHighest)))};
      if (!complaint.empty()) slot.Complain<int>("layer", "is wrong: " + complaint);
    } else if (!layer->is_null()) {
      slot.Complain<int>("layer", "is neither an object nor null");
    }
  }
  if (const Json* height = slot.Find("height", false)) {
    change.changes_height = true;
    if (!height->is_null()) change.height = slot.Number<uint16_t>("height");
  }
  if (const Json* priority = slot.Find("priority", false)) {
    change.changes_priority = true;
    if (!priority->is_null()) change.priority = slot.Number<uint8_t>("priority");
  }
  return change;
}

}  // namespace

bool IsGoodName(std::string_view name) {
  const auto bad = [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '/'; };
  return !name.empty() && name.size() <= kMaxName && std::none_of(name.begin(), name.end(), bad);
}

Expected<ClientMessage, BadMessage> ParseClientMessage(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return Unexpected(BadMessage{std::nullopt, "the message is not JSON"});
  if (!json.is_object())
    return Unexpected(BadMessage{std::nullopt, "the message is not an object"});

  std::string complaint;
  Fields fields(json, complaint);
  const std::string type = fields.Text("type", kMaxName, true);
  const bool is_request =
      type == "offer" || type == "tracks" || type == "view" || type == "stats" || type == "ping";
  std::optional<int64_t> id;
  if (is_request) {
    const int64_t number = fields.Integer("id", 0, kMaxId);
    if (complaint.empty()) id = number;
  }
  ClientMessage message = LeaveMessage{};
  if (type == "hello") {
    message = ReadHello(fields);
  } else if (type == "offer") {
    message = OfferMessage{id.value_or(0), fields.Text("sdp", kMaxSignalingMessage, true)};
  } else if (type == "tracks") {
    message = ReadTracks(fields, id.value_or(0));
  } else if (type == "view") {
    ViewMessage view{id.value_or(0), {}};
    fields.List("slots", [&](Fields& slot) { view.slots.push_back(ReadView(slot)); });
    message = std::move(view);
  } else if (type == "stats") {
    message = StatsMessage{id.value_or(0)};
  } else if (type == "ping") {
    message = PingMessage{id.value_or(0)};
  } else if (type != "leave" && complaint.empty()) {
    complaint = "there is no message of type " + Json(type).dump(-1, ' ', true);
  }
  if (!complaint.empty()) return Unexpected(BadMessage{id, complaint});
  return message;
}

}  // namespace stellwerk
