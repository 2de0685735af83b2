import type { Target } from "../gateway/protocol/values.ts";
import { limits } from "../gateway/protocol/version.ts";
import { ClientError } from "./client-error.ts";

/** RFC 3966 5.1.1: visual separators of a number mean nothing. The space is what people type. */
const separators = /[\s().-]/g;

/** What the gateway takes as an address: printable, without space, `<`, `>` and `"`. */
const address = /^[^\u0000-\u0020\u007f<>"]+$/;

type Reader = readonly [form: RegExp, read: (text: string) => Target];

const readers: readonly Reader[] = [
  [/^\+/, (text) => ({ tel: text.replace(separators, "") })],
  [/^tel:/i, (text) => ({ tel: text.slice(4).replace(separators, "") })],
  [/^sips?:/i, (text) => ({ sip: text })],
  [/^user:/i, (text) => ({ user: text.slice(5) })],
];

function checked(target: Target, value: unknown): Target {
  if (typeof value !== "string" || value.length > limits.address || !address.test(value)) {
    throw new ClientError("bad-target", { text: `"${String(value).slice(0, 64)}" cannot be called.` });
  }
  return target;
}

function fromText(text: string): Target {
  const reader = readers.find(([form]) => form.test(text));
  if (!reader) {
    throw new ClientError("bad-target", {
      text: `"${text.slice(0, 64)}" does not say what it is: a number, a SIP address or a user.`,
    });
  }
  const target = reader[1](text);
  return checked(target, Object.values(target)[0]);
}

/**
 * The target as the gateway is told. Text is read as written and must carry its scheme or a leading "+": nothing is
 * guessed from digits.
 * @throws ClientError `bad-target`; `unsupported` for a kind that this version cannot call
 */
export function readTarget(target: Target | string): Target {
  if (typeof target === "string") return fromText(target.trim());
  const given = Object.entries(target ?? {});
  const [kind, value] = given[0] ?? [];
  if (given.length !== 1) throw new ClientError("bad-target");
  if (kind === "user" || kind === "tel" || kind === "sip") return checked({ [kind]: value } as Target, value);
  throw new ClientError(kind === "room" ? "unsupported" : "bad-target", { text: `A ${kind} cannot be called.` });
}

/** The address of a target as people write it. */
export function addressOf(target: Target): string {
  if ("user" in target) return target.user;
  return "tel" in target ? target.tel : target.sip.replace(/^sips?:/i, "");
}
