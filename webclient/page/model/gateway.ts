import { isRecord, parseJson } from "../../../gateway/base/json.ts";
import type { SignInFailure } from "../words/words.ts";

/** What the gateway says to everybody who opens the page: `GET /api/welcome`. */
export interface Welcome {
  readonly product: string;
  readonly version: string;
  /** Accounts of the development sign-in; null when that is off. */
  readonly development: { readonly users: readonly { readonly user: string; readonly name: string }[] } | null;
  readonly testNumbers: readonly { readonly number: string; readonly text: string }[];
  readonly phones: readonly { readonly user: string; readonly server: string }[];
  /** The ways in. */
  readonly signIn?: {
    readonly password: boolean;
    readonly oidc: readonly { readonly id: string; readonly name: string }[];
    readonly code: boolean;
  };
  /** The https address to open instead, when this page came over plain HTTP from another machine. */
  readonly secureAddress?: string | null;
  readonly state?: { readonly sip: boolean; readonly media: boolean };
}

export type Credentials = { readonly user: string; readonly password: string } | { readonly code: string };

/** Why somebody was not let in. */
export class SignInError extends Error {
  readonly failure: SignInFailure;

  constructor(failure: SignInFailure) {
    super(failure);
    this.failure = failure;
  }
}

const isListOf = (value: unknown, ...fields: string[]): boolean =>
  Array.isArray(value) &&
  value.every((entry) => isRecord(entry) && fields.every((field) => typeof entry[field] === "string"));

const isWaysIn = (value: unknown): boolean =>
  value === undefined || (isRecord(value) && typeof value["password"] === "boolean" && isListOf(value["oidc"], "id"));

function isWelcome(value: unknown): value is Welcome {
  if (!isRecord(value) || typeof value["product"] !== "string" || typeof value["version"] !== "string") return false;
  const { development, testNumbers, phones, signIn } = value;
  const accounts = development === null || (isRecord(development) && isListOf(development["users"], "user", "name"));
  return accounts && isListOf(testNumbers, "number", "text") && isListOf(phones, "user", "server") && isWaysIn(signIn);
}

const hasToken = (value: unknown): value is { token: string } => isRecord(value) && typeof value["token"] === "string";
const hasCode = (value: unknown): value is { code: string } => isRecord(value) && typeof value["code"] === "string";

const deadlineMs = 10_000;

const ask = (path: string, body?: object): Promise<Response> =>
  fetch(path, {
    signal: AbortSignal.timeout(deadlineMs),
    cache: "no-store",
    ...(body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });

/** @throws when the gateway cannot be reached or says something else */
export async function fetchWelcome(): Promise<Welcome> {
  return parseJson(await (await ask("api/welcome")).text(), isWelcome);
}

async function tokenOf(response: Response): Promise<string> {
  const text = await response.text();
  if (response.ok) return parseJson(text, hasToken).token;
  throw new SignInError(parseJson(text, hasCode).code as SignInFailure);
}

/** Lets somebody in: a cookie, and the first token. @throws SignInError */
export const enter = async (credentials: Credentials): Promise<string> =>
  tokenOf(await ask("api/sign-in", credentials));

/** A fresh token of who the cookie says. @throws SignInError `signed-out` */
export const freshToken = async (): Promise<string> => tokenOf(await ask("api/token", {}));

/** Forgets the cookie. */
export async function leave(): Promise<void> {
  await ask("api/sign-out", {}).catch(() => {});
}
