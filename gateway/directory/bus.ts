import type { Emitter } from "../base/emitter.ts";

/** What is published under one name: values that JSON can carry, of one form. */
export interface Topic<T> {
  readonly name: string;
  /** Another process may be of another version: what is none is ignored. */
  is(value: unknown): value is T;
}

/** Which publication it is: those of one node are numbered from 1, whatever their topics. */
export interface Stamp {
  readonly node: string;
  readonly n: number;
}

export interface Subscription {
  /** Resolves when what other nodes publish comes here, and stays pending while they cannot be reached. */
  readonly ready: Promise<void>;
  close(): void;
}

export interface BusEvents {
  /** Publications of others may have been missed: what they told of has to be read anew. */
  missed: [];
}

/**
 * What happens at one node is told to the others.
 *
 * A listener of the publisher's own node has the value before `publish` returns, whether or not others can be reached.
 * At another node a listener whose subscription is ready gets it at most once, and all that one node publishes in the
 * order in which it was published, whatever the topics. What could not be sent is kept, up to a bound, and sent later,
 * in order. A node that may have missed something is told so by `missed`, once it can be reached again.
 */
export interface Bus extends Pick<Emitter<BusEvents>, "on"> {
  /** This process. Another start has another name. */
  readonly node: string;
  /** Other nodes can be reached now. */
  readonly isUp: boolean;
  /** How far this node has heard each node, itself too: the number of the last publication. */
  readonly heard: Readonly<Record<string, number>>;
  publish<T>(topic: Topic<T>, value: T): void;
  /** As `publish`, but now or never; resolves with how many other nodes take it, and never rejects. */
  send<T>(topic: Topic<T>, value: T): Promise<number>;
  subscribe<T>(topic: Topic<T>, listener: (value: T, stamp: Stamp) => void): Subscription;
}
