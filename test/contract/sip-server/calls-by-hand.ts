import assert from "node:assert/strict";
import type { RunningSipServer } from "../../support/sip-server.ts";
import { only, type RequestOptions, type SipDialog, type SipMessage, SipUa, tagIn } from "../../support/sip-ua.ts";
import { Application, type SipFrame } from "./application.ts";

export const sdp =
  "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
export const sdpType = "Content-Type: application/sdp";

/** An application and a peer, both in the test's hands, on both sides of a server. */
export class CallsByHand {
  readonly app: Application;
  readonly ua: SipUa;
  readonly #server: RunningSipServer;

  private constructor(server: RunningSipServer, app: Application, ua: SipUa) {
    this.#server = server;
    this.app = app;
    this.ua = ua;
  }

  /** The application takes new requests of `verbs`. */
  static async open(server: RunningSipServer, ...verbs: string[]): Promise<CallsByHand> {
    return new CallsByHand(server, await Application.open(server, ...verbs), await SipUa.open());
  }

  async close(): Promise<void> {
    this.app.close();
    await this.ua.close();
  }

  /** The peer's view of a dialog with somebody at the server. */
  dialog(): SipDialog {
    const { udp = 0 } = this.#server.sip;
    return this.ua.dialog(`sip:bob@127.0.0.1:${udp}`, { address: "127.0.0.1", port: udp });
  }

  /** Sends an INVITE whose branch the ACK of a failure and the CANCEL repeat. */
  invite(dialog: SipDialog, headers: readonly string[] = [], options: RequestOptions = {}): void {
    this.ua.send(dialog, "INVITE", { body: sdp, headers, branch: branchOf(dialog, dialog.cseq + 1), ...options });
  }

  ackFailure(dialog: SipDialog, cseq = dialog.cseq): void {
    this.ua.send(dialog, "ACK", { cseq, branch: branchOf(dialog, cseq) });
  }

  cancel(dialog: SipDialog): void {
    this.ua.send(dialog, "CANCEL", { cseq: dialog.cseq, branch: branchOf(dialog, dialog.cseq) });
  }

  /** The final answer to an INVITE of the peer that fails; acknowledged. */
  async refused(dialog: SipDialog): Promise<SipMessage> {
    const answer = await this.ua.final(dialog, "INVITE");
    this.ackFailure(dialog);
    return answer;
  }

  /** The peer calls; the application has the INVITE. */
  async incoming(headers: readonly string[] = []): Promise<{ dialog: SipDialog; invite: SipFrame }> {
    const dialog = this.dialog();
    this.invite(dialog, headers);
    return { dialog, invite: await this.app.next(/^INVITE/) };
  }

  /** The peer calls and the application answers; `ok` is what the peer gets. */
  async answered(headers: readonly string[] = [], answer: readonly string[] = []) {
    const { dialog, invite } = await this.incoming(headers);
    await this.app.respond(invite, 200, [sdpType, ...answer], sdp);
    const ok = await this.ua.final(dialog, "INVITE");
    dialog.remoteTag = tagIn(only(ok, "to"));
    this.ua.send(dialog, "ACK", { cseq: dialog.cseq });
    return { dialog, ok, dialogId: (await this.app.next(/^ACK/)).dialogId };
  }

  /** The application calls; the peer has the INVITE. */
  async outgoing(headers: readonly string[] = []) {
    const text = [`INVITE sip:peer@127.0.0.1:${this.ua.port} SIP/2.0`, ...headers, "", sdp].join("\r\n");
    const { fields } = await this.app.ask("sip||", text);
    assert.equal(fields[0], "OK");
    return { transactionId: fields[7] ?? "", invite: await this.ua.request("INVITE") };
  }

  /** The application calls and the peer answers. `dialog` is the peer's view. */
  async connected(answer: readonly string[] = [], headers: readonly string[] = []) {
    const { invite, transactionId } = await this.outgoing(headers);
    const dialog = { ...this.ua.dialogOf(invite), localTag: "callee" };
    this.ua.reply(invite, 200, "OK", { tag: "callee", headers: answer, body: sdp });
    const { dialogId } = await this.app.next(/^SIP\/2.0 200/);
    await this.app.inDialog(dialogId, "ACK");
    await this.ua.request("ACK");
    return { dialog, invite, transactionId, dialogId };
  }

  /** The application hangs up. */
  async hangUp(dialogId: string): Promise<void> {
    await this.app.inDialog(dialogId, "BYE");
    this.ua.reply(await this.ua.next("BYE", ({ status, method }) => status === 0 && method === "BYE"), 200, "OK");
    await this.app.next(/^SIP\/2.0 200/);
  }
}

const branchOf = (dialog: SipDialog, cseq: number): string => `z9hG4bK${dialog.callId}${cseq}`;
