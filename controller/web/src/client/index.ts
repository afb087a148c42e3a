export {
  Conference,
  type ConferenceEvents,
  type ConferenceOptions,
  type ConferenceState,
} from './conference.js';
export {
  LocalMedia,
  type DeviceChoice,
  type DeviceKind,
  type DeviceProblem,
  type DeviceState,
  type LocalMediaState,
} from './local_media.js';
export { MAX_MESSAGE_BYTES, fitsMessage, type ReceivedMessage } from './messages.js';
export type { PeerOptions } from './peer.js';
export type {
  LayerPreference,
  Participant,
  RemoteTrack,
  SlotRequest,
  SlotStatus,
  TrackKind,
  TrackSource,
} from './protocol.js';
export type { Layer, LayerReason, ServerQuality, SlotQuality } from './quality.js';
export { SignalingError, signalingUrl } from './signaling_channel.js';
export { CAMERA_ENCODINGS, demandedHeight } from './simulcast.js';
export type { Slot } from './slot_map.js';
export { tabStorage } from './tab_storage.js';
export type { VideoCodec, VideoOptions } from './video_options.js';
