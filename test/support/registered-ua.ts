import { createHash, randomBytes } from "node:crypto";
import { systemClock } from "../../gateway/base/clock.ts";
import type { PlayerProgram, PlayerSession } from "../../gateway/media/player.ts";
import { RtpPlayer } from "../../gateway/media/rtp-player/player.ts";
import { domain, type TestGateway } from "./gateway.ts";
import { newBranch, only, SipUa, tagIn, type RequestOptions, type SipDialog, type SipMessage } from "./sip-ua.ts";

export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly algorithm?: "MD5" | "SHA-256";
}

/** A raw user agent with an account: it registers, answers challenges, and can send and hear sound. */
export class RegisteredUa {
  readonly ua: SipUa;
  readonly name: string;
  readonly #gateway: TestGateway;
  readonly #credentials: Credentials;
  readonly #players: PlayerSession[] = [];
  readonly #player = new RtpPlayer({ clock: systemClock });
  readonly #registration: SipDialog;
  #branch = "";
  #invited = "";
  /** CSeq of the INVITE that carried the password. */
  readonly #invites = new WeakMap<SipDialog, number>();

  private constructor(ua: SipUa, gateway: TestGateway, name: string, credentials: Credentials) {
    this.ua = ua;
    this.name = name;
    this.#gateway = gateway;
    this.#credentials = credentials;
    this.#registration = { ...this.#dialogTo(`sip:${domain}`), remoteUri: `sip:${name}@${domain}` };
  }

  /** Opens the agent; `register: false` leaves it unregistered. */
  static async open(
    gateway: TestGateway,
    name: string,
    options: { register?: boolean; algorithm?: "MD5" | "SHA-256"; address?: string; contactParams?: string } = {},
  ): Promise<RegisteredUa> {
    const ua = await SipUa.open(name, 0, options.address);
    const { password } = gateway.registrar(name);
    const agent = new RegisteredUa(ua, gateway, name, {
      user: name,
      password,
      algorithm: options.algorithm ?? "SHA-256",
    });
    if (options.register !== false) await agent.register(60, options.contactParams);
    return agent;
  }

  get peer(): { address: string; port: number } {
    return { address: "127.0.0.1", port: this.#gateway.sipPort };
  }

  /** `contactParams`: URI parameters of its Contact. */
  async register(expires: number, contactParams?: string): Promise<SipMessage> {
    const contact = contactParams === undefined ? [] : [`Contact: <${this.ua.uri};${contactParams}>`];
    const headers = [`Expires: ${expires}`, ...contact];
    const final = await this.#authenticated(this.#registration, "REGISTER", { headers });
    if (final.status !== 200) throw new Error(`REGISTER of ${this.name}: ${final.line}`);
    return final;
  }

  /** Sends an INVITE with the answer to its challenge; the dialog, for what follows. */
  async invite(to: string, options: RequestOptions = {}): Promise<SipDialog> {
    const dialog = this.#dialogTo(`sip:${to}`);
    const branch = newBranch();
    this.ua.send(dialog, "INVITE", { ...options, branch });
    const challenge = await this.ua.next(
      "a challenge",
      (message) => message.status === 407 && only(message, "call-id") === dialog.callId,
    );
    this.ua.send(dialog, "ACK", { cseq: dialog.cseq, branch });
    const authorization = answer(challenge, this.#credentials, "INVITE", dialog.target);
    this.#branch = newBranch();
    this.#invited = dialog.target;
    this.ua.send(dialog, "INVITE", {
      ...options,
      branch: this.#branch,
      headers: [...(options.headers ?? []), `Proxy-Authorization: ${authorization}`],
    });
    this.#invites.set(dialog, dialog.cseq);
    return dialog;
  }

  /** Sends a MESSAGE to `to`, with the answer to its challenge; its final answer. */
  async message(to: string, body: string, options: RequestOptions = {}): Promise<SipMessage> {
    const dialog = this.#dialogTo(`sip:${to}`);
    const all = { contentType: "text/plain", body, ...options };
    this.ua.send(dialog, "MESSAGE", all);
    const challenge = await this.ua.final(dialog, "MESSAGE");
    if (challenge.status !== 407) return challenge;
    const authorization = answer(challenge, this.#credentials, "MESSAGE", dialog.target);
    this.ua.send(dialog, "MESSAGE", {
      ...all,
      headers: [...(options.headers ?? []), `Proxy-Authorization: ${authorization}`],
    });
    const cseq = `${dialog.cseq} MESSAGE`;
    return this.ua.next("the final answer", (one) => one.status >= 200 && only(one, "cseq") === cseq);
  }

  /** The 2xx to our INVITE; the ACK is the caller's to send, by `ack`. */
  async answered(dialog: SipDialog, withinMs?: number): Promise<SipMessage> {
    // A challenge that came twice belongs to the INVITE before; one within a call needs no password.
    const cseq = this.#invites.get(dialog) ?? dialog.cseq;
    this.#invites.delete(dialog);
    const fits = (message: SipMessage): boolean =>
      message.status >= 200 && only(message, "call-id") === dialog.callId && only(message, "cseq") === `${cseq} INVITE`;
    const final = await this.ua.next("final answer to INVITE", fits, withinMs);
    dialog.remoteTag = tagIn(only(final, "to"));
    dialog.target = /<([^>]+)>/.exec(only(final, "contact"))?.[1] ?? dialog.target;
    return final;
  }

  ack(dialog: SipDialog, options: RequestOptions = {}): void {
    this.ua.send(dialog, "ACK", { ...options, cseq: dialog.cseq });
  }

  /** A source of sound (and an echo, if so): its `answer` and `offer` are session descriptions. */
  async sound(program: PlayerProgram): Promise<PlayerSession> {
    const session = await this.#player.open({ program });
    this.#players.push(session);
    return session;
  }

  /** Answers an INVITE with 200 and a tone, takes the ACK; the dialog, for BYE. */
  async answerWithTone(invite: SipMessage, hz: number): Promise<SipDialog> {
    const dialog = this.ua.dialogOf(invite);
    const body = (await this.sound({ tone: hz })).answer(invite.body);
    this.ua.reply(invite, 200, "OK", { body, tag: dialog.localTag });
    await this.ua.request("ACK");
    return dialog;
  }

  /** What it plays now. */
  get sounds(): readonly PlayerSession[] {
    return this.#players;
  }

  /** Cancels its last INVITE: same branch, same CSeq number (RFC 3261 9.1). */
  cancel(dialog: SipDialog, headers: readonly string[] = []): void {
    this.ua.send({ ...dialog, remoteTag: "", target: this.#invited }, "CANCEL", {
      cseq: dialog.cseq,
      branch: this.#branch,
      headers,
    });
  }

  /** Removes every binding of the account, also those of phones that are gone. */
  async unregisterAll(): Promise<void> {
    const final = await this.#authenticated(this.#registration, "REGISTER", { headers: ["Contact: *", "Expires: 0"] });
    if (final.status !== 200) throw new Error(final.line);
  }

  /** Removes the binding and closes the socket. */
  async close(): Promise<void> {
    for (const session of this.#players) session.close();
    if (this.#registration.cseq > 0) await this.register(0);
    await this.ua.close();
  }

  /** Vanishes: no BYE, no RTP, no REGISTER. */
  async vanish(): Promise<void> {
    for (const session of this.#players) session.close();
    await this.ua.close();
  }

  #dialogTo(uri: string): SipDialog {
    const dialog = this.ua.dialog(uri, { address: "127.0.0.1", port: this.#gateway.sipPort });
    dialog.localUri = `sip:${this.name}@${domain}`;
    return dialog;
  }

  async #authenticated(dialog: SipDialog, method: string, options: RequestOptions): Promise<SipMessage> {
    this.ua.send(dialog, method, options);
    const challenge = await this.ua.final(dialog, method);
    if (challenge.status !== 401) return challenge;
    const authorization = answer(challenge, this.#credentials, method, dialog.target);
    this.ua.send(dialog, method, {
      ...options,
      headers: [...(options.headers ?? []), `Authorization: ${authorization}`],
    });
    return this.ua.final(dialog, method);
  }
}

/** Digest by the book (RFC 7616 3.4.1), written anew so that it does not share a fault with the product. */
export function answer(
  challenge: SipMessage,
  credentials: Credentials,
  method: string,
  uri: string,
  count = 1,
): string {
  const { user, password, algorithm = "MD5" } = credentials;
  const lines = [
    ...(challenge.headers.get("www-authenticate") ?? []),
    ...(challenge.headers.get("proxy-authenticate") ?? []),
  ];
  const line = lines.find((one) => one.includes(`algorithm=${algorithm}`)) ?? "";
  const field = (name: string): string => new RegExp(`${name}="?([^",]+)`).exec(line)?.[1] ?? "";
  return credentialsFor({
    user,
    password,
    algorithm,
    realm: field("realm"),
    nonce: field("nonce"),
    method,
    uri,
    count,
  });
}

export interface DigestInput extends Credentials {
  readonly realm: string;
  readonly nonce: string;
  readonly method: string;
  readonly uri: string;
  readonly count: number;
}

export function credentialsFor(input: DigestInput): string {
  const { user, algorithm = "MD5", realm, nonce, uri, count } = input;
  const nc = count.toString(16).padStart(8, "0");
  const cnonce = randomBytes(8).toString("hex");
  const response = responseOf({ ...input, nc, cnonce });
  return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=${algorithm}, qop=auth, nc=${nc}, cnonce="${cnonce}"`;
}

/** RFC 7616 3.4.1; without `cnonce` in the form of RFC 2069. */
export function responseOf(input: Omit<DigestInput, "count"> & { nc?: string; cnonce?: string }): string {
  const { user, password, algorithm = "MD5", realm, nonce, method, uri, nc, cnonce } = input;
  const h = (text: string): string =>
    createHash(algorithm === "MD5" ? "md5" : "sha256")
      .update(text)
      .digest("hex");
  const middle = cnonce === undefined ? nonce : `${nonce}:${nc}:${cnonce}:auth`;
  return h(`${h(`${user}:${realm}:${password}`)}:${middle}:${h(`${method}:${uri}`)}`);
}
