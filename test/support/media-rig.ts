import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../gateway/base/clock.ts";
import { createLogger } from "../../gateway/base/log.ts";
import { OwnRtpengineRelay, type OwnRelayOptions } from "../../gateway/media/rtpengine/own-relay.ts";
import type { RelaySession, RelaySide } from "../../gateway/media/relay.ts";
import { Baresip, type BaresipOptions } from "./baresip.ts";
import type { BarePage } from "./chromium.ts";
import { ensureDefaultRoute } from "./netns.ts";
import { claimPorts, openUdpPorts } from "./ports.ts";
import { SipUa, type SipDialog } from "./sip-ua.ts";

/**
 * A real rtpengine behind our relay port, and what the call layer does with it, by hand: descriptions are carried
 * between a page, a telephone and the relay. What a test opens is closed by `close`, in reverse order.
 */
export class MediaRig {
  readonly relay: OwnRtpengineRelay;
  readonly stateDir: string;
  readonly #closers: (() => unknown)[] = [];

  readonly #range: { first: number; last: number };

  private constructor(relay: OwnRtpengineRelay, stateDir: string, range: { first: number; last: number }) {
    this.#range = range;
    this.relay = relay;
    this.stateDir = stateDir;
  }

  static async open(options: Partial<OwnRelayOptions> = {}): Promise<MediaRig> {
    // Before the relay chooses its address: browsers reach no other than one with a route.
    const noRoute = ensureDefaultRoute();
    const ports = await claimPorts();
    const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), "offhook-media-"));
    const range = options.ports ?? { min: ports.take(2), max: ports.last };
    const relay = await OwnRtpengineRelay.open({
      clock: systemClock,
      log: createLogger({ level: "debug", file: join(stateDir, "test.log") }),
      stateDir,
      prefix: "test-",
      mediaTimeoutMs: 60_000,
      ...options,
      ports: range,
    });
    const rig = new MediaRig(relay, stateDir, { first: range.min, last: range.max });
    rig.later(noRoute);
    rig.later(() => ports.release());
    rig.later(() => rmSync(stateDir, { recursive: true, force: true }));
    rig.later(() => relay.close());
    return rig;
  }

  /** What the relay holds now: calls by its own word, ports by the kernel's. */
  async held(): Promise<{ calls: unknown; ports: number[] }> {
    const reply = await this.relay.nodes[0]?.client.command("list");
    return { calls: reply?.["calls"], ports: openUdpPorts(this.#range) };
  }

  /** To be done at the end. */
  later(close: () => unknown): void {
    this.#closers.push(close);
  }

  async phone(options: BaresipOptions): Promise<Baresip> {
    const phone = await Baresip.start(options);
    this.later(() => phone.stop());
    return phone;
  }

  async ua(): Promise<SipUa> {
    const ua = await SipUa.open("gateway");
    this.later(() => ua.close());
    return ua;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
  }
}

/** The two sides of a call in these tests. */
export const caller = (kind: RelaySide["kind"], more: Partial<RelaySide> = {}): RelaySide => ({
  leg: "caller",
  kind,
  ...more,
});
export const called = (kind: RelaySide["kind"], more: Partial<RelaySide> = {}): RelaySide => ({
  leg: "called",
  kind,
  ...more,
});

export interface Sides {
  readonly from: RelaySide;
  readonly to: RelaySide;
}

/** The page calls the phone: INVITE with the relay's offer, and the answer back to the page. */
export async function pageCallsPhone(
  session: RelaySession,
  { from, to }: Sides,
  { page, phone, ua }: { page: BarePage; phone: Baresip; ua: SipUa },
): Promise<SipDialog> {
  const dialog = ua.dialog(phone.uri, { address: "127.0.0.1", port: phone.sipPort });
  const answered = ua.invite(dialog, { body: await session.offer(from, to, await page.offer()) });
  await phone.event("CALL_INCOMING");
  await phone.accept();
  const final = await answered;
  if (final.status !== 200) throw new Error(final.line);
  await page.accept(await session.answer(to, from, final.body));
  await page.connected();
  return dialog;
}

/** The phone calls the page. */
export async function phoneCallsPage(
  session: RelaySession,
  { from, to }: Sides,
  { page, phone, ua }: { page: BarePage; phone: Baresip; ua: SipUa },
): Promise<SipDialog> {
  await phone.dial(ua.uri);
  const invite = await ua.request("INVITE");
  const answer = await page.answer(await session.offer(from, to, invite.body));
  const dialog = ua.dialogOf(invite);
  ua.reply(invite, 200, "OK", { body: await session.answer(to, from, answer), tag: dialog.localTag });
  await phone.event("CALL_ESTABLISHED");
  await page.connected();
  return dialog;
}
