import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { rolldown } from "rolldown";
import { TestAuthority } from "../../../support/certificates.ts";
import { Chromium, chromiumInstalled } from "../../../support/chromium.ts";
import { type RunningSipServer, startSipServer } from "../../../support/sip-server.ts";
import { until } from "../../../support/until.ts";
import { Application } from "../application.ts";
import { header } from "../messages.ts";

/** SIP.js for a page without a module loader: everything of it is in `SIP`. */
async function sipJs(): Promise<string> {
  const input = join(import.meta.dirname, "../../../../node_modules/sip.js/lib/index.js");
  const bundle = await rolldown({ input, platform: "browser", logLevel: "silent" });
  const { output } = await bundle.generate({ format: "iife", name: "SIP" });
  await bundle.close();
  return output[0].code;
}

/** A SIP.js user agent that says what comes to it in `heard`. */
const phoneScript = (url: string): string => `
  window.heard = [];
  window.agent = new SIP.UserAgent({
    uri: SIP.UserAgent.makeURI("sip:carol@sip.test"),
    transportOptions: { server: ${JSON.stringify(url)}, keepAliveInterval: 1 },
    logLevel: "error",
    delegate: {
      onMessage: (message) => { heard.push("MESSAGE " + message.request.body); message.accept(); },
      onInvite: (invitation) => { heard.push("INVITE"); invitation.reject({ statusCode: 486 }); },
    },
  });
  window.registerer = new SIP.Registerer(agent, { expires: 60 });
  registerer.stateChange.addListener((state) => heard.push(String(state)));
  agent.start().then(() => registerer.register()).catch((e) => heard.push(String(e)));
`;

describe("SIP.js in Chromium over WSS", function () {
  this.timeout(60_000);
  let authority: TestAuthority;
  let server: RunningSipServer;
  let app: Application;
  let chromium: Chromium;
  // A page from nowhere may not connect to this machine.
  const site = createServer((_, response) => response.setHeader("content-type", "text/html").end());
  let page: Page;

  before(async function () {
    if (!chromiumInstalled()) this.skip();
    authority = await TestAuthority.create();
    const own = await authority.issue("ip:127.0.0.1");
    server = await startSipServer({ sip: "wss/127.0.0.1:0", args: ["--tls-cert", own.files.both] });
    app = await Application.open(server, "register", "message");
    chromium = await Chromium.launch();
    // The authority is not among Chromium's.
    page = await (await chromium.browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    await new Promise<void>((done) => site.listen(0, "127.0.0.1", done));
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    await page.addScriptTag({ content: await sipJs() });
  });

  after(async () => {
    await chromium?.close();
    site.close();
    app?.close();
    if (!server) return;
    try {
      await server.drained(8_200);
      assert.equal(server.log().includes("unexpected fault"), false, server.log());
    } finally {
      assert.equal(await server.stop(), 0);
      authority.close();
    }
  });

  const hears = (what: string): Promise<unknown> =>
    until(`the page hears ${what}`, async () => ((await page.evaluate("heard")) as string[]).includes(what), 10_000);

  it("registers with an address of no network, and is reached by its connection", async () => {
    await page.evaluate(phoneScript(`wss://127.0.0.1:${server.sip.wss}/`));
    const register = await app.next(/^REGISTER/, 15_000);
    assert.match(header(register.text, "Via"), /^SIP\/2.0\/WSS [a-z0-9]+\.invalid;/);
    const contact = /<([^>]*)>/.exec(header(register.text, "Contact"))?.[1] ?? "";
    assert.match(contact, /\.invalid;transport=ws/);
    await app.respond(register, 200, [`Contact: <${contact}>;expires=60`]);
    await hears("Registered");

    await app.ask("sip||", `MESSAGE ${contact} SIP/2.0\r\nContent-Type: text/plain\r\n\r\nhello`);
    await hears("MESSAGE hello");
    await app.next(/^SIP\/2.0 200/);

    const sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n";
    await app.ask("sip||", `INVITE ${contact} SIP/2.0\r\nContent-Type: application/sdp\r\n\r\n${sdp}`);
    await hears("INVITE");
    await app.next(/^SIP\/2.0 486/);
  });

  it("sends, and is answered on its connection, which its keep-alives use too", async () => {
    const send = `new SIP.Messager(agent, SIP.UserAgent.makeURI("sip:bob@sip.test"), "from the page").message()`;
    await page.evaluate(send);
    const message = await app.next(/^MESSAGE/);
    assert.equal(message.body, "from the page");
    await app.respond(message, 200);
    assert.equal(await server.metric("offhook_sip_connections_wss"), 1);
  });

  it("is gone with its page", async () => {
    assert.equal(await server.metric("offhook_sip_registered_flows"), 1);
    await page.context().close();
    await until("the registration is gone", async () => (await server.metric("offhook_sip_registered_flows")) === 0);
  });
});
