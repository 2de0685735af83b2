import type { ConversationKey, KeptMessage, Mark, Member } from "./conversations.ts";

/** Everything that ever changes a conversation; plain values. */
export type ConversationChange =
  | { readonly is: "message"; readonly message: KeptMessage }
  | { readonly is: "edit"; readonly number: number; readonly text: string | null; readonly at: number }
  | { readonly is: "mark"; readonly user: string; readonly mark: Mark; readonly number: number }
  | { readonly is: "members"; readonly name?: string; readonly members: readonly Member[] }
  /** Numbers go on from here. */
  | { readonly is: "last"; readonly number: number };

/** Where changes are written down, so that they outlive the process. */
export interface ConversationJournal {
  /** Resolves when they are written. */
  append(key: ConversationKey, changes: readonly ConversationChange[]): Promise<void>;
  /** Replaces all that was written; without changes nothing is left. */
  rewrite(key: ConversationKey, changes: readonly ConversationChange[]): Promise<void>;
}
