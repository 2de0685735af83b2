/** Where a session is, and what makes it anew elsewhere. */
export interface SessionRecord {
  /** The node that has it; empty: none, it waits here for its page. */
  readonly node: string;
  /** Whose it is, as `userKey` writes it. */
  readonly user: string;
  /** JSON; whoever reads it checks it. */
  readonly state: unknown;
}

/**
 * Sessions of all nodes, so that any of them can go on with one. What is not touched for longer than a page is waited
 * for goes by itself. Every method rejects when the store cannot be reached.
 */
export interface SessionRecords {
  /** Writes what `holder` has; false when another node has it by now: nothing is changed then. */
  put(id: string, holder: string, record: SessionRecord): Promise<boolean>;
  find(id: string): Promise<SessionRecord | undefined>;
  /** Gives `to` what `from` has, or what waits when that is empty. Of several who try, one succeeds. */
  claim(id: string, from: string, to: string): Promise<boolean>;
  /** Only what `holder` has. */
  remove(id: string, holder: string): Promise<void>;
  /** They are there yet. Resolves with those of which nothing is kept. */
  touch(ids: readonly string[]): Promise<readonly string[]>;
}
