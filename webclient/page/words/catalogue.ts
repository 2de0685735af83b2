import type { english } from "./english.ts";

type Widened<T> = T extends string
  ? string
  : T extends (...given: infer Given) => infer Said
    ? (...given: Given) => Widened<Said>
    : T extends object
      ? { readonly [Key in keyof T]: Widened<T[Key]> }
      : T;

/** A catalogue: every language has every entry of the English one. */
export type Words = Widened<typeof english>;
