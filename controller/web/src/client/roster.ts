import type { Participant, ServerMessage } from './protocol.js';

/** The other participants of the room, in joining order. */
export class Roster {
  #participants: readonly Participant[] = [];

  get participants(): readonly Participant[] {
    return this.#participants;
  }

  find(identity: string): Participant | undefined {
    return this.#participants.find((participant) => participant.identity === identity);
  }

  /** Takes in a message; true if somebody came, left or changed. `self` never appears. */
  handle(message: ServerMessage, self: string | null): boolean {
    switch (message.type) {
      case 'welcome':
        this.#participants = message.participants.filter(
          (participant) => participant.identity !== message.identity,
        );
        return true;
      case 'joined':
      case 'updated':
        return message.participant.identity !== self && this.#put(message.participant);
      case 'left': {
        const before = this.#participants.length;
        this.#participants = this.#participants.filter(
          (participant) => participant.identity !== message.identity,
        );
        return this.#participants.length !== before;
      }
      default:
        return false;
    }
  }

  /** Someone who reconnects keeps the place among the others. */
  #put(participant: Participant): boolean {
    const known = this.#participants.some((other) => other.identity === participant.identity);
    this.#participants = known
      ? this.#participants.map((other) =>
          other.identity === participant.identity ? participant : other,
        )
      : [...this.#participants, participant];
    return true;
  }
}
