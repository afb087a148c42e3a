import { scramble } from './scramble.js';

/** Runs in a worker: changes every frame on its way to the packetizer or to the decoder. */
self.onrtctransform = ({ transformer }) => {
  const { how } = transformer.options;
  transformer.readable
    .pipeThrough(
      new TransformStream({
        transform(frame, controller) {
          if (frame.data.byteLength > 0) frame.data = scramble(frame.data, how);
          controller.enqueue(frame);
        },
      }),
    )
    .pipeTo(transformer.writable);
};
