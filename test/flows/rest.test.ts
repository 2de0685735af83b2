import assert from "node:assert/strict";
import { FrameClient } from "../support/frame-client.ts";
import { domain, otherDomain, patience, TestGateway } from "../support/gateway.ts";
import { writtenPage } from "../support/written-page.ts";
import { RestClient, TestApiKey } from "../support/rest-client.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { until } from "../support/until.ts";
import { HttpBrowser } from "../support/http-browser.ts";

const crm = new TestApiKey("crm");
const elsewhere = new TestApiKey("elsewhere", { of: otherDomain });
const tokensOnly = new TestApiKey("tokens-only", { rights: ["tokens"] });
const slow = new TestApiKey("slow", { perMinute: 8 });

const alice = `alice@${domain}`;
const bob = `bob@${domain}`;
const mallory = `mallory@${otherDomain}`;

interface Sessions {
  readonly sessions: readonly { readonly sessionId: string; readonly user: string; readonly present: boolean }[];
}

interface Calls {
  readonly calls: readonly { readonly reference: string; readonly state: string }[];
}

interface Accounts {
  readonly accounts: readonly { readonly user: string }[];
  readonly more: boolean;
}

describe("REST for servers", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let rest: RestClient;

  before(async () => {
    const apiKeys = [crm, elsewhere, tokensOnly, slow].map(({ setting }) => setting);
    gateway = await TestGateway.start({ settings: { apiKeys } });
    rest = new RestClient(gateway, crm.key);
  });

  after(async () => {
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  const send = (messageId: string, text = "Your order has left", to: object = { user: bob }) => ({
    from: alice,
    to,
    text,
    messageId,
  });
  const sessionsOf = async (user: string) => (await rest.ask<Sessions>(200, "GET", `/sessions?user=${user}`)).sessions;

  it("gives tokens that open sessions, of users without an account too, and lists and ends the sessions", async () => {
    const given = await rest.ask(201, "POST", "/tokens", { user: `guest-7@${domain}`, name: "Guest", lifeMs: 60_000 });
    gateway.secrets.add(String(given.token));
    assert.deepEqual([given.user, given.expiresInMs], [`guest-7@${domain}`, 60_000]);
    const page = await FrameClient.open(gateway);
    const opened = await page.signIn({ token: given.token });
    assert.deepEqual([opened.user, opened.name], [`guest-7@${domain}`, "Guest"]);
    const [session, ...others] = await sessionsOf(`guest-7@${domain}`);
    assert.deepEqual([session?.sessionId, session?.present, others], [opened.sessionId, true, []]);
    await rest.ask(204, "DELETE", `/sessions/${session?.sessionId}`);
    assert.equal((await page.event("session.closed")).reason, "closed");
    await page.closed();
    assert.deepEqual(await sessionsOf(`guest-7@${domain}`), []);
    await rest.problem("not-found", "DELETE", `/sessions/${session?.sessionId}`);
  });

  it("limits a token to what it may call", async () => {
    const { token } = await rest.ask(201, "POST", "/tokens", { user: alice, calls: ["user:carol@*"] });
    gateway.secrets.add(String(token));
    const page = await FrameClient.open(gateway);
    await page.signIn({ token });
    const callId = await page.call({ user: bob });
    assert.equal((await page.ended(callId)).reason, "not-allowed");
    await page.close();
  });

  it("makes accounts that sign in and are kept over a restart, and takes them out with their sessions", async () => {
    const nina = `nina@${domain}`;
    const password = "a good password";
    gateway.secrets.add(password);
    const account = { user: nina, name: "Nina", numbers: ["+33186260014"], password, sipPassword: password };
    const made = await rest.ask(201, "POST", "/accounts", account);
    const info = {
      user: nina,
      name: "Nina",
      role: "user",
      numbers: ["+33186260014"],
      password: true,
      softphones: true,
    };
    assert.deepEqual(made, info);
    await rest.problem("conflict", "POST", "/accounts", account);
    await gateway.kill();
    gateway = await gateway.restart();
    rest = new RestClient(gateway, crm.key);
    gateway.secrets.add(password);
    assert.deepEqual(await rest.ask(200, "GET", `/accounts/${nina}`), info);
    const signedIn = await new HttpBrowser().post(`${gateway.url}/api/sign-in`, { user: nina, password });
    const { token } = (await signedIn.json()) as { token: string };
    const page = await FrameClient.open(gateway);
    await page.signIn({ token });
    await rest.ask(204, "DELETE", `/accounts/${nina}`);
    await page.closed();
    await rest.problem("not-found", "GET", `/accounts/${nina}`);
    await rest.problem("not-found", "DELETE", `/accounts/${nina}`);
    assert.equal((await new HttpBrowser().post(`${gateway.url}/api/sign-in`, { user: nina, password })).status, 401);
    await rest.problem("conflict", "DELETE", `/accounts/${alice}`);
  });

  it("pages through the accounts of its domain", async () => {
    const all: string[] = [];
    for (let after = ""; ; after = `&after=${encodeURIComponent(all.at(-1) ?? "")}`) {
      const page = await rest.ask<Accounts>(200, "GET", `/accounts?limit=2${after}`);
      all.push(...page.accounts.map(({ user }) => user));
      if (!page.more) break;
    }
    const names = ["alice", "bob", "carol", "dave", "erin", "sally"];
    assert.deepEqual(
      all,
      names.map((name) => `${name}@${domain}`),
    );
  });

  it("writes a user's address book, which open pages see at once", async () => {
    const page = await FrameClient.signedIn(gateway, "alice");
    const contact = { name: "Sales", targets: [{ target: { tel: "+33186260014" } }] };
    await rest.ask(200, "PUT", `/users/${alice}/contacts/sales`, contact);
    assert.deepEqual((await page.event("contacts.saved")).contacts, [{ ...contact, contactId: "sales" }]);
    const { contacts } = await rest.ask(200, "GET", `/users/${alice}/contacts`);
    assert.deepEqual(contacts, [{ ...contact, contactId: "sales" }]);
    await rest.ask(204, "DELETE", `/users/${alice}/contacts/sales`);
    await rest.problem("not-found", "DELETE", `/users/${alice}/contacts/sales`);
    assert.deepEqual((await page.event("contacts.saved")).contacts, []);
    await page.close();
  });

  it("sends a message once, however often it is asked to", async () => {
    const page = await FrameClient.signedIn(gateway, "bob");
    const [first, second] = [
      await rest.ask(200, "POST", "/messages", send("order-7")),
      await rest.ask(200, "POST", "/messages", send("order-7", "another text")),
    ];
    assert.deepEqual([second.number, second.text], [first.number, "Your order has left"]);
    await rest.ask(200, "POST", "/messages", send("order-8", "And here is the bill"));
    const texts = [await page.event("message.received"), await page.event("message.received")];
    assert.deepEqual(
      texts.map(({ message }) => (message as { text: string }).text),
      ["Your order has left", "And here is the bill"],
    );
    await page.close();
  });

  it("makes a group, and writes into it", async () => {
    const page = await FrameClient.signedIn(gateway, "bob");
    const group = await rest.ask(201, "POST", "/groups", { owner: alice, name: "Order 7", users: [bob] });
    const { groupId } = group as { groupId: string };
    await page.next("the invitation", (frame) => (frame.group as { name?: string } | undefined)?.name === "Order 7");
    await page.request("group.answer", { groupId, accept: true });
    await rest.ask(200, "POST", "/messages", send("group-1", "Welcome", { group: groupId }));
    await page.next("the welcome", ({ message }) => (message as { text?: string } | undefined)?.text === "Welcome");
    await rest.problem("bad-target", "POST", "/messages", send("group-2", "Hello", { group: "no-such-group" }));
    await page.close();
  });

  it("lists the calls of its domain, and ends them", async () => {
    const page = await FrameClient.signedIn(gateway, "alice");
    const carol = await RegisteredUa.open(gateway, "carol");
    const callId = await page.call({ user: `carol@${domain}` });
    carol.ua.reply(await carol.ua.request("INVITE"), 180, "Ringing");
    await page.event("call.ringing", callId);
    const { calls } = await rest.ask<Calls>(200, "GET", "/calls");
    assert.deepEqual(
      calls.map(({ state }) => state),
      ["ringing"],
    );
    const reference = calls[0]?.reference ?? "";
    const other = new RestClient(gateway, elsewhere.key);
    assert.deepEqual(await other.ask(200, "GET", "/calls"), { calls: [] });
    await other.problem("not-found", "DELETE", `/calls/${reference}`);
    await rest.ask(204, "DELETE", `/calls/${reference.toLowerCase()}`);
    const ended = await page.ended(callId);
    assert.deepEqual([ended.reference, ended.by, ended.reason], [reference, "system", "normal"]);
    await carol.ua.request("CANCEL");
    await until("no call", async () => (await rest.ask<Calls>(200, "GET", "/calls")).calls.length === 0);
    await carol.close();
    await page.close();
  });

  it("is described by the gateway, as the frames are, to whoever asks", async () => {
    for (const name of ["openapi.json", "asyncapi.json"]) {
      const answer = await fetch(`${gateway.url}/api/${name}`, { headers: { origin: "https://tools.example" } });
      assert.equal(await answer.text(), writtenPage(name));
      assert.equal(answer.headers.get("content-type"), "application/json; charset=utf-8");
      assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    }
  });

  it("lets in nobody without a key that is known", async () => {
    for (const stranger of [
      new RestClient(gateway),
      new RestClient(gateway, "not-the-key"),
      new RestClient(gateway, ""),
    ])
      for (const path of ["/calls", "/accounts", "/nowhere"]) await stranger.problem("unauthorized", "GET", path);
    const answer = await new RestClient(gateway).request("POST", "/tokens", { user: alice });
    assert.deepEqual([answer.status, answer.headers.get("www-authenticate")], [401, "Bearer"]);
    const basic = { authorization: `Basic ${btoa(`crm:${crm.key}`)}` };
    gateway.secrets.add(btoa(`crm:${crm.key}`));
    assert.equal((await new RestClient(gateway).request("GET", "/calls", undefined, basic)).status, 401);
    const cookie = { cookie: `offhook=${crm.key}` };
    assert.equal((await new RestClient(gateway).request("GET", "/calls", undefined, cookie)).status, 401);
  });

  it("does only what the key has the right to", async () => {
    const limited = new RestClient(gateway, tokensOnly.key);
    const { detail } = await limited.problem("not-allowed", "GET", "/calls");
    assert.match(detail, /calls/);
    await limited.problem("not-allowed", "POST", "/messages", send("not-allowed"));
    await limited.problem("not-found", "GET", "/nowhere");
  });

  it("shows nothing of another domain, and changes nothing there", async () => {
    const page = await FrameClient.signedIn(gateway, mallory);
    const foreign: readonly [method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: object][] = [
      ["POST", "/tokens", { user: mallory }],
      ["POST", "/accounts", { user: `new@${otherDomain}` }],
      ["GET", `/accounts/${mallory}`],
      ["DELETE", `/accounts/${mallory}`],
      ["GET", `/users/${mallory}/contacts`],
      ["PUT", `/users/${mallory}/contacts/x`, { name: "X", targets: [{ target: { tel: "1" } }] }],
      ["DELETE", `/users/${mallory}/contacts/x`],
      ["GET", `/sessions?user=${mallory}`],
      ["POST", "/messages", { ...send("foreign"), from: mallory }],
      ["POST", "/groups", { owner: mallory, name: "Mine", users: [] }],
    ];
    for (const [method, path, body] of foreign) await rest.problem("not-found", method, path, body);
    await rest.problem("bad-target", "POST", "/messages", send("foreign", "Hello", { user: mallory }));
    const theirs = await new RestClient(gateway, elsewhere.key).ask<Sessions>(200, "GET", "/sessions");
    assert.equal(theirs.sessions.length, 1);
    await rest.problem("not-found", "DELETE", `/sessions/${theirs.sessions[0]?.sessionId}`);
    assert.equal((await page.request("ping")).type, "pong");
    await page.close();
  });

  it("names the field that is wrong", async () => {
    const message = send("field");
    const wrong: readonly [field: string, method: "GET" | "POST" | "PUT", path: string, body?: unknown][] = [
      ["/user", "POST", "/tokens", { user: "nobody" }],
      ["/user", "POST", "/tokens", { user: 7 }],
      ["/lifeMs", "POST", "/tokens", { user: alice, lifeMs: "soon" }],
      ["/lifeMs", "POST", "/tokens", { user: alice, lifeMs: 86_400_001 }],
      ["/calls/0", "POST", "/tokens", { user: alice, calls: [1] }],
      ["/admin", "POST", "/tokens", { user: alice, admin: true }],
      ["/name", "POST", "/accounts", { user: alice, name: "two\nlines" }],
      ["/password", "POST", "/accounts", { user: alice, password: "short" }],
      ["/limit", "GET", "/accounts?limit=many"],
      ["/limit", "GET", "/accounts?limit=0"],
      ["/user", "GET", "/sessions?user=alice"],
      ["/text", "POST", "/messages", { ...message, text: "" }],
      ["/to", "POST", "/messages", { ...message, to: { room: "x" } }],
      ["/messageId", "POST", "/messages", { ...message, messageId: "a b" }],
      ["/messageId", "POST", "/messages", { ...message, messageId: undefined }],
      ["/targets", "PUT", `/users/${alice}/contacts/x`, { name: "X", targets: [] }],
      ["/user", "GET", `/users/${"x".repeat(65)}@${domain}/contacts`],
    ];
    for (const [field, method, path, body] of wrong)
      assert.equal((await rest.problem("bad-request", method, path, body)).field, field, path);
    for (const body of ["{", "[]", "null", '"text"', '{"__proto__":{"user":"x"}}'])
      await rest.problem("bad-request", "POST", "/tokens", body);
    await rest.problem("too-large", "POST", "/messages", { ...message, text: "x".repeat(70_000) });
    await rest.problem("too-large", "POST", "/messages", { ...message, text: "é".repeat(16_000) });
    const plain = await rest.request("POST", "/tokens", JSON.stringify({ user: alice }), {
      "content-type": "text/xml",
    });
    assert.equal(plain.status, 400);
    await rest.problem("not-found", "GET", "/nowhere");
  });

  it("slows a key down that asks too much, and no other", async () => {
    const eager = new RestClient(gateway, slow.key);
    await eager.ask(200, "GET", "/calls");
    await eager.ask(200, "GET", "/calls");
    const answer = await eager.request("GET", "/calls");
    assert.equal(answer.status, 429);
    assert.ok(Number(answer.headers.get("retry-after")) >= 1);
    await eager.problem("rate-limited", "GET", "/calls");
    await rest.ask(200, "GET", "/calls");
    const counted = 'offhook_rest_requests_total{operation="listCalls",status="429"}';
    assert.equal((await gateway.metrics())[counted], 2);
  });
});
