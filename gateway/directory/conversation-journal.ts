import type { KeptMessage, Mark, Member } from "./conversations.ts";
import type { Journal } from "./journal.ts";

/** Everything that ever changes a conversation; plain values. */
export type ConversationChange =
  | { readonly is: "message"; readonly message: KeptMessage }
  | { readonly is: "edit"; readonly number: number; readonly text: string | null; readonly at: number }
  | { readonly is: "mark"; readonly user: string; readonly mark: Mark; readonly number: number }
  | { readonly is: "members"; readonly name?: string; readonly members: readonly Member[] }
  /** Numbers go on from here. */
  | { readonly is: "last"; readonly number: number };

export type ConversationJournal = Journal<ConversationChange>;
