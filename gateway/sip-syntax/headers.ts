import { splitOutside } from "./grammar.ts";
import { headerKey, headerName } from "./header-names.ts";

/** One header line. `key` compares (lower case, long), `name` prints. */
export interface HeaderField {
  readonly key: string;
  readonly name: string;
  readonly value: string;
}

/** The header lines of a message, in order. Names are given in any case, long or compact. */
export class Headers {
  readonly #fields: HeaderField[];

  constructor(fields: HeaderField[] = []) {
    this.#fields = fields;
  }

  /** From pairs, for tests and for messages that we make. */
  static of(pairs: Iterable<readonly [name: string, value: string]>): Headers {
    const headers = new Headers();
    for (const [name, value] of pairs) headers.add(name, value);
    return headers;
  }

  get fields(): readonly HeaderField[] {
    return this.#fields;
  }

  /** The value of the first line of that name. */
  get(name: string): string | undefined {
    const key = headerKey(name);
    for (const field of this.#fields) if (field.key === key) return field.value;
    return undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** The values of all lines of that name, one a line. */
  lines(name: string): string[] {
    const key = headerKey(name);
    return this.#fields.filter((field) => field.key === key).map((field) => field.value);
  }

  /** The values of all lines of that name, lists taken apart at their commas (RFC 3261 7.3.1). */
  list(name: string): string[] {
    return this.lines(name).flatMap((line) => splitOutside(line, ","));
  }

  /** True when a list header such as Supported or Require holds `token` (any case). */
  lists(name: string, token: string): boolean {
    const line = this.get(name);
    return line !== undefined && this.list(name).some((item) => item.toLowerCase() === token);
  }

  /** Adds a line at the end. */
  add(name: string, value: string): this {
    const { key, name: shown } = headerName(name);
    this.#fields.push({ key, name: shown, value });
    return this;
  }

  /** Adds a line before all others. */
  addFirst(name: string, value: string): this {
    const { key, name: shown } = headerName(name);
    this.#fields.unshift({ key, name: shown, value });
    return this;
  }

  /** Replaces the first line of that name and drops the others; adds one when there was none. */
  set(name: string, value: string): this {
    const { key, name: shown } = headerName(name);
    const first = this.#fields.findIndex((field) => field.key === key);
    if (first < 0) return this.add(name, value);
    this.#fields[first] = { key, name: shown, value };
    for (let at = this.#fields.length - 1; at > first; at--) {
      if (this.#fields[at]?.key === key) this.#fields.splice(at, 1);
    }
    return this;
  }

  /** Replaces the value of the first line of that name and leaves the others alone. */
  replaceFirst(name: string, value: string): this {
    const { key, name: shown } = headerName(name);
    const first = this.#fields.findIndex((field) => field.key === key);
    if (first >= 0) this.#fields[first] = { key, name: shown, value };
    return this;
  }

  remove(name: string): this {
    const key = headerKey(name);
    for (let at = this.#fields.length - 1; at >= 0; at--) {
      if (this.#fields[at]?.key === key) this.#fields.splice(at, 1);
    }
    return this;
  }

  clone(): Headers {
    return new Headers([...this.#fields]);
  }
}
