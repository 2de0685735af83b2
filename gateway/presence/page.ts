import type { UserId } from "../directory/user-id.ts";
import type { ServerEvent } from "../protocol/server-frame.ts";
import type { Said } from "./status.ts";

/**
 * What one session adds to its user's presence, and whom it watches. Its attendance alone changes it; a page of another
 * node is as that node says.
 */
export interface Page {
  /** The session's id. */
  readonly id: string;
  readonly user: UserId;
  readonly name?: string;
  /** False when its connection has been lost for a while. */
  here: boolean;
  /** It was left, and may be loading again: it counts while the user has no other. */
  leaving: boolean;
  said?: Said | undefined;
  data?: { readonly value: unknown; readonly turn: number } | undefined;
  readonly joined: Set<string>;
  readonly watched: Set<string>;
  tell(event: ServerEvent): void;
}
