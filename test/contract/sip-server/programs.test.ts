import assert from "node:assert/strict";
import { join } from "node:path";
import { runSipp, type SippResult, startSipp } from "../../support/sipp.ts";
import { type RunningProgram, runProgram } from "./program.ts";
import { type Server, suppliers } from "./suppliers.ts";

const scenario = (name: string): string => join(import.meta.dirname, "scenarios", `${name}.xml`);

function assertWentWell(result: SippResult): void {
  assert.equal(result.code, 0, `${result.errors}\n${result.messages}`);
}

/** Programs on drachtio-srf's public API, unmodified, with sipp at the far ends. */
for (const supplier of suppliers) {
  describe(`drachtio-srf programs on ${supplier.name}${supplier.skip ? ` (${supplier.skip})` : ""}`, function () {
    this.timeout(40_000);
    let server: Server;
    let program: RunningProgram | undefined;

    before(async function () {
      if (supplier.skip) this.skip();
      server = await supplier.start();
    });

    afterEach(async () => {
      await program?.stop();
      program = undefined;
    });

    after(async () => {
      if (supplier.skip) return;
      // The closing assertion: 64·T1 is 3.2 s here, and 5 s on top.
      await server.drained(8_200).finally(() => server.stop());
    });

    const call = (
      options: { calls?: number; rate?: number; transport?: "u1" | "t1"; file?: string } = {},
    ): Promise<SippResult> =>
      runSipp({
        scenario: scenario(options.file ?? "caller"),
        target: `127.0.0.1:${options.transport === "t1" ? server.sip.tcp : server.sip.udp}`,
        ...options,
      });

    it("a UAS answers calls over UDP", async () => {
      program = await runProgram("uas", server);
      await program.printed("connected");
      assertWentWell(await call({ calls: 10, rate: 20 }));
      await program.printed("answered caller", 10);
      await program.printed("ended", 10);
    });

    it("a UAS answers calls over TCP", async () => {
      program = await runProgram("uas", server);
      await program.printed("connected");
      assertWentWell(await call({ calls: 3, transport: "t1" }));
      await program.printed("ended", 3);
    });

    it("a UAC calls and hangs up", async () => {
      const callee = await startSipp({ scenario: scenario("callee") });
      program = await runProgram("uac", server, `sip:callee@127.0.0.1:${callee.port}`);
      assertWentWell(await callee.done);
      await program.printed("ended");
      assert.deepEqual(program.lines(), ["answered true", "ended"]);
    });

    it("a UAC is told that the callee is busy, and the server acknowledges", async () => {
      const callee = await startSipp({ scenario: scenario("callee-busy") });
      program = await runProgram("uac", server, `sip:callee@127.0.0.1:${callee.port}`);
      assertWentWell(await callee.done);
      await program.printed("failed 486");
    });

    it("a B2BUA connects calls", async () => {
      const callee = await startSipp({ scenario: scenario("callee"), calls: 10 });
      program = await runProgram("b2bua", server, `sip:callee@127.0.0.1:${callee.port}`);
      await program.printed("connected udp");
      assertWentWell(await call({ calls: 10, rate: 20 }));
      const far = await callee.done;
      assertWentWell(far);
      assert.match(far.messages, /^X-Test: 1/m);
    });

    it("a B2BUA passes on that the caller gave up", async () => {
      const callee = await startSipp({ scenario: scenario("callee-rings") });
      program = await runProgram("b2bua", server, `sip:callee@127.0.0.1:${callee.port}`);
      await program.printed("connected udp");
      assertWentWell(await call({ file: "caller-cancels" }));
      await program.printed("failed 487");
      assertWentWell(await callee.done);
    });

    it("a call for which no program asked is refused with 503", async () => {
      const result = await call({ file: "caller-unserved" });
      assertWentWell(result);
    });
  });
}
