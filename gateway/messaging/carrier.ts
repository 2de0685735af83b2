import type { UserId } from "../directory/user-id.ts";

/** A message as a foreign network is given it. */
export interface CarriedMessage {
  /** The same for the same message, whoever carries it. */
  readonly id: string;
  readonly from: UserId;
  /** Display name of the sender. */
  readonly name?: string;
  /** At most `limits.message` bytes of UTF-8. */
  readonly text: string;
  /** When it was accepted: milliseconds since the epoch. */
  readonly at: number;
}

/**
 * What became of it: `absent` there is nobody now, `failed` no answer or one that may be better next time, `refused` an
 * answer that will be the same next time.
 */
export type Carried = "delivered" | "absent" | "failed" | "refused";

/** What a foreign network can do for messages. */
export interface Carrier {
  /** Never rejects. */
  deliver(to: UserId, message: CarriedMessage): Promise<Carried>;
  /** Tells that somebody whom it did not reach may be there now. The returned function ends that. */
  onReady(listener: (user: UserId) => void): () => void;
}

/** A message that came from a foreign network; its sender is proved. */
export interface IncomingMessage {
  readonly from: UserId;
  readonly name?: string;
  readonly to: UserId;
  readonly text: string;
  /** The same for the same message, should it come twice; letters, digits, `-` and `_`. */
  readonly messageId: string;
}

/**
 * Takes messages from a foreign network. Resolves when the message is kept; `unknown` when there is nobody of that
 * name. Rejects when it could not be kept.
 */
export type TakeMessage = (message: IncomingMessage) => Promise<"kept" | "unknown">;
