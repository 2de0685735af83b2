import assert from "node:assert/strict";
import { refusalCodes } from "../../gateway/protocol/causes.ts";
import { Wires, type WireAnswer } from "../support/frame-wire.ts";
import { domain, otherDomain, patience, TestGateway } from "../support/gateway.ts";
import { clientFrames } from "../vectors/frames/client-frames.ts";

type Frame = (typeof clientFrames)[number];

/** Of a user who exists here. */
const frames = JSON.parse(JSON.stringify(clientFrames).replaceAll("@a.example", `@${domain}`)) as readonly Frame[];
type Tree = Readonly<Record<string, unknown>>;

/** What no field is meant to hold, or hardly any. */
const oddities: readonly unknown[] = [
  undefined,
  null,
  7,
  -1,
  1e308,
  true,
  "",
  "a\r\nX-Secret: 1",
  "../../etc/passwd",
  "__proto__",
  "<script>alert(1)</script>",
  "x".repeat(20_000),
  [],
  {},
  { __proto__: null, constructor: { prototype: {} } },
];

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** The frame with each of its fields, at any depth of objects, replaced by each oddity. */
function mutations(frame: Tree): Tree[] {
  return Object.entries(frame).flatMap(([key, value]) => {
    if (key === "type" || key === "id") return [];
    const below = isTree(value) ? mutations(value) : [];
    return [...oddities, ...below].map((odd) => ({ ...frame, [key]: odd }));
  });
}

/** Those that would end the session or start another one have tests of their own. */
const isHarmless = ({ type }: { readonly type: string }): boolean => !type.startsWith("session.");
const codes: ReadonlySet<string> = new Set(refusalCodes);

/** What nobody well-meaning sends to the platform, by either transport. */
for (const transport of ["WebSocket", "polling"] as const)
  describe(`abuse of the platform by ${transport}`, function () {
    this.timeout(2 * patience);
    let gateway: TestGateway;
    const wires = new Wires(() => gateway, transport);

    before(async () => {
      gateway = await TestGateway.start({
        env: { NO_MEDIA: "/nonexistent", GATEWAY_CALL_FRAMES_PER_SECOND: "100000", GATEWAY_MESSAGES_PER_MINUTE: "240" },
        accounts: [{ user: `mallory@${otherDomain}`, name: "Mallory" }],
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

    /** Sends the frames one after another; who is thrown out for five malformed ones comes back. The answers. */
    async function trying(user: string, frames: readonly Frame[]): Promise<WireAnswer[]> {
      let client = await wires.signedIn(user);
      const answers: WireAnswer[] = [];
      for (const { type, id: _id, ...fields } of frames) {
        let answer = await client.request(type, fields);
        if (answer.type === "closed") {
          assert.equal(await client.over, 1008);
          await wires.leave(client);
          client = await wires.signedIn(user);
          answer = await client.request(type, fields);
        }
        answers.push(answer);
      }
      return answers;
    }

    const types = [...new Set(frames.filter(isHarmless).map(({ type }) => type))];
    for (const verb of [...new Set(types.map((type) => type.split(".")[0] ?? type))])
      it(`${verb}: fields of wrong types, sizes and forms are refused, and nothing breaks`, async () => {
        const some = frames.filter(({ type }) => isHarmless({ type }) && type.split(".")[0] === verb);
        const tried = some.flatMap((frame) => mutations(frame) as Frame[]);
        const answers = await trying(`alice@${domain}`, tried);
        for (const [index, { type, code, text }] of answers.entries())
          if (type === "refused")
            assert.ok(
              codes.has(String(code)) && code !== "server-error",
              `${JSON.stringify(tried[index])?.slice(0, 200)}: ${code} ${text}`,
            );
        const refused = answers.filter(({ type }) => type === "refused").length;
        process.stdout.write(`      ${tried.length} frames, ${refused} refused\n`);
      });
  });
