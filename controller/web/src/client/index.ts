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
export type {
  LayerPreference,
  Participant,
  RemoteTrack,
  SlotRequest,
  SlotStatus,
  TrackKind,
  TrackSource,
} from './protocol.js';
export { SignalingError, signalingUrl } from './signaling_channel.js';
export { CAMERA_ENCODINGS, spatialLayerFor } from './simulcast.js';
export type { Slot } from './slot_map.js';
export { tabStorage } from './tab_storage.js';
