/** One change of what is kept under a key; a plain value, whose `is` says of which kind. */
export interface Change {
  readonly is: string;
}

/** Where changes are written down, so that they outlive the process. */
export interface Journal<C extends Change> {
  /** Resolves when they are written. */
  append(key: string, changes: readonly C[]): Promise<void>;
  /** Replaces all that was written; without changes nothing is left. */
  rewrite(key: string, changes: readonly C[]): Promise<void>;
}
