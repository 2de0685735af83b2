/** One connection to what is measured, whatever it speaks. */
export interface Wire {
  /** Asks for the shortest answer there is. */
  echo(): Promise<unknown>;
  /** Without a farewell. */
  drop(): void;
}

/** One who speaks, and many who hear it. */
export interface Audience {
  say(): Promise<unknown>;
  onHeard(listener: () => void): void;
  drop(): void;
}

/** One at each of two nodes. */
export interface Pair {
  send(value: number): Promise<unknown>;
  onCame(listener: (value: number) => void): void;
  drop(): void;
}

/** A server that is measured, as processes of its own. */
export interface Side {
  readonly name: string;
  /** Process ids. */
  readonly pids: readonly number[];
  /** Connections, each of a user of its own. */
  connect(count: number): Promise<readonly Wire[]>;
  audience?(count: number): Promise<Audience>;
  /** How values may go from one node to the other, by name. */
  readonly pairs?: Readonly<Record<string, () => Promise<Pair>>>;
  stop(): Promise<void>;
}

/** Calls `make` for each number, `atOnce` of them at a time. */
export async function inBatches<T>(count: number, atOnce: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) made[index] = await make(index);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
  return made;
}
