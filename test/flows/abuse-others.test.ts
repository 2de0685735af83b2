import assert from "node:assert/strict";
import { type FrameWire, PollingWire, WebSocketWire, Wires, type WireAnswer } from "../support/frame-wire.ts";
import { domain, otherDomain, patience, TestGateway } from "../support/gateway.ts";
import { elapsed, until } from "../support/until.ts";
import { clientFrames } from "../vectors/frames/client-frames.ts";

const addresses = 60;

/** Who asks for what belongs to others, and who asks too much. */
for (const transport of ["WebSocket", "polling"] as const)
  describe(`what belongs to others, and floods, by ${transport}`, function () {
    this.timeout(patience);
    let gateway: TestGateway;
    const wires = new Wires(() => gateway, transport);

    before(async () => {
      gateway = await TestGateway.start({
        env: { NO_MEDIA: "/nonexistent", GATEWAY_HTTP_CONNECTIONS_PER_ADDRESS: String(addresses) },
      });
    });
    afterEach(async () => {
      await wires.leaveAll();
      assert.doesNotMatch(gateway.log(), /frame failed|turn failed|unhandled/, "something broke inside");
    });
    after(async () => {
      await gateway?.assertIdle();
      await gateway?.stop();
    });

    it("groups, boards and messages of others are none, also in another domain", async () => {
      const [alice, bob] = [await wires.signedIn(`alice@${domain}`), await wires.signedIn(`bob@${domain}`)];
      const users = [`bob@${domain}`];
      const { groupId } = (await alice.request("group.create", { name: "Ours", users })).group as { groupId: string };
      assert.equal((await bob.request("group.answer", { groupId, accept: true })).type, "ok");
      const { boardId } = (await alice.request("board.create", { name: "Ours", users })).board as { boardId: string };
      const said = await alice.request("message.send", { to: { group: groupId }, text: "ours", messageId: "m-1" });
      assert.equal(said.type, "message.accepted");
      const ours = async (): Promise<unknown> =>
        [await alice.request("message.list", { of: { group: groupId } }), await alice.request("board.list")].map(
          ({ re: _re, ...rest }) => rest,
        );
      const before = await ours();
      await until("quiet", async () => {
        const count = alice.events.length;
        await elapsed(200);
        return alice.events.length === count;
      });
      // That somebody came online is for everybody of the domain.
      const counts = (): number[] =>
        [alice, bob].map(({ events }) => events.filter(({ type }) => !type.startsWith("presence.")).length);
      const told = counts();

      const text = JSON.stringify(clientFrames)
        .replaceAll('"g-1"', JSON.stringify(groupId))
        .replaceAll('"b-1"', JSON.stringify(boardId))
        .replaceAll("@a.example", `@${domain}`);
      const frames = JSON.parse(text) as typeof clientFrames;
      // Closing what is not open means nothing.
      // Closing what is not open means nothing.
      const theirs = frames.filter(
        (frame) =>
          [groupId, boardId].some((one) => JSON.stringify(frame).includes(one)) && frame.type !== "board.close",
      );
      const reaching = frames.filter((frame) => {
        const { to, of, target } = frame as { to?: object; of?: object; target?: object };
        return JSON.stringify([to, of, target]).includes(`@${domain}`) && !frame.type.startsWith("call.me");
      });
      let refused = 0;
      for (const [user, some] of [
        [`carol@${domain}`, theirs],
        [`mallory@${otherDomain}`, [...theirs, ...reaching]],
      ] as const) {
        const stranger = await wires.signedIn(user);
        for (const { type, id: _id, ...fields } of some) {
          const answer = await stranger.request(type, fields);
          const ended = type === "call.start" && answer.type === "call.started";
          if (ended) {
            const end = (): WireAnswer | undefined => stranger.events.find((event) => event.type === "call.ended");
            assert.match(String((await until("the end", end)).reason), /not-found|not-allowed/, JSON.stringify(fields));
          } else assert.equal(answer.type, "refused", `${user}: ${type} ${JSON.stringify(fields)}`);
          refused++;
        }
        assert.equal(stranger.events.filter(({ type }) => /^(message\.received|group|board)/.test(type)).length, 0);
      }
      assert.deepEqual(await ours(), before, "what is theirs has changed");
      assert.deepEqual(counts(), told, "somebody was told of it");
      process.stdout.write(`      ${refused} requests refused\n`);
    });

    it("somebody else's session is none", async () => {
      const alice = await wires.connected();
      const { sessionId } = await alice.request("session.open", { user: `alice@${domain}` });
      for (const user of [`bob@${domain}`, `mallory@${otherDomain}`]) {
        const thief = await wires.connected();
        const answer = await thief.request("session.resume", { user, sessionId, seq: 0 });
        assert.deepEqual([answer.type, answer.code], ["refused", "unknown-session"]);
        await wires.leave(thief);
      }
      assert.equal((await alice.request("ping")).type, "pong");
    });

    const floods: readonly (readonly [type: string, fields: (n: number) => Readonly<Record<string, unknown>>])[] = [
      ["message.send", (n) => ({ to: { user: `bob@${domain}` }, text: "flood", messageId: `flood-${n}` })],
      ["data.send", (n) => ({ to: { user: `bob@${domain}` }, value: n })],
      ["presence.status", (n) => ({ status: n % 2 ? "online" : "busy" })],
      ["group.create", (n) => ({ name: `Flood ${n}`, users: [] })],
      ["board.create", (n) => ({ name: `Flood ${n}`, users: [] })],
      ["history.list", () => ({})],
    ];
    for (const [type, fields] of floods)
      it(`a flood of ${type} is slowed and told, and others are served`, async () => {
        const [alice, bob] = [await wires.signedIn(`alice@${domain}`), await wires.signedIn(`bob@${domain}`)];
        const flood = Promise.all(Array.from({ length: 400 }, (_, n) => alice.request(type, fields(n))));
        const since = performance.now();
        assert.equal((await bob.request("ping")).type, "pong");
        const waited = performance.now() - since;
        const answers = await flood;
        const refused = answers.filter(({ code }) => code === "rate-limited");
        assert.ok(refused.length > 200, `${refused.length} of 400 refused`);
        for (const { retryAfterMs } of refused) assert.ok(Number(retryAfterMs) > 0, "when to come again");
        assert.ok(waited < 1000, `another one waited ${waited} ms`);
        assert.equal(alice.isOver, false);
        await elapsed(Math.max(...refused.map(({ retryAfterMs }) => Number(retryAfterMs))));
        assert.equal((await alice.request("ping")).type, "pong");
      });

    it("no more connections than one address may have", async () => {
      const clients: FrameWire[] = [];
      let refused = 0;
      for (let n = 0; n < addresses + 10; n++) {
        if (transport === "polling") {
          const reply = await fetch(`${gateway.url}/poll/open`, { method: "POST" });
          if (reply.status === 429) refused++;
          else await fetch(`${gateway.url}/poll/close`, { method: "POST", body: `${await reply.text()}\n1000` });
          if (reply.status === 200) clients.push(await PollingWire.open(gateway));
        } else {
          const client = await WebSocketWire.open(gateway);
          clients.push(client);
          await Promise.race([client.over, client.request("ping")]);
          if (client.isOver) refused++;
        }
      }
      assert.equal(refused, 10);
      for (const client of clients) client.drop();
    });

    if (transport === "polling")
      it("bodies and turns of no form cost that connection at most", async () => {
        const bob = (await wires.signedIn(`bob@${domain}`)) as PollingWire;
        const status = async (what: string, body: string): Promise<number> => (await bob.post(what, body)).status;
        assert.equal(await status("send", "not-an-id\n{}"), 410);
        assert.equal(await status("receive", ""), 410);
        assert.equal(await status("receive", `${bob.id.slice(0, -1)}\n0`), 410);
        assert.equal(await status("send", [bob.id, ...Array(65).fill("{}")].join("\n")), 400);
        assert.equal(await status("send", `${bob.id}\n${"x".repeat(600_000)}`), 413);
        assert.equal((await fetch(`${gateway.url}/poll/receive?id=${bob.id}`)).status, 404);
        assert.equal((await bob.request("ping")).type, "pong");
        const thief = await fetch(`${gateway.url}/poll/receive`, { method: "POST", body: `${bob.id}\n-7` });
        assert.equal(thief.status, 410);
        assert.equal(await bob.over, 1006);
      });
  });
