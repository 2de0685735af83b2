/** Whoever takes a request or uses a dialog: an application's control link, of which this floor knows nothing else. */
export interface Owner {
  /** False once the link is gone; it never comes back. */
  readonly connected: boolean;
  /** What its dialogs belong to. Those without a tag share dialogs with the others that have none. */
  readonly tags: readonly string[];
}

/** The server itself, for what it sends without an application. */
export const serverItself: Owner = { connected: false, tags: [] };

/** True when a dialog of the one may be used by the other. */
export function sharesTag(one: Owner, other: Owner): boolean {
  if (one.tags.length === 0 || other.tags.length === 0) return one.tags.length === other.tags.length;
  return one.tags.some((tag) => other.tags.includes(tag));
}
