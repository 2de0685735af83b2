import { ClientError } from "../index.ts";

export const unsupported = (what: string, instead: string): ClientError =>
  new ClientError("unsupported", { text: `${what} is not possible here. Instead: ${instead}.`, hint: instead });

/** Methods that are gone, by name, and what takes the place of each. */
export type Gone = Readonly<Record<string, string>>;

/** Gives `owner`, a prototype, methods of these names, that throw and say what to use. */
export function refuseGone(owner: object, of: string, gone: Gone): void {
  for (const [name, instead] of Object.entries(gone))
    Object.defineProperty(owner, name, {
      value: () => {
        throw unsupported(`${of}.${name}`, instead);
      },
    });
}
