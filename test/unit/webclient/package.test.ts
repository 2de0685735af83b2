import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { endReasons, refusalCodes } from "../../../gateway/protocol/causes.ts";
import { ClientError, errorCodes, refusalError } from "../../../webclient/client-error.ts";
import { detailsOf } from "../../../webclient/error-kinds.ts";
import { nextCallState, type CallInput, type CallState } from "../../../webclient/call-state.ts";
import * as library from "../../../webclient/index.ts";

const folder = new URL("../../../webclient/", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");

describe("the package", () => {
  it("can be imported where there is no window", () => {
    assert.equal("window" in globalThis, false);
    assert.equal(library.browserPlatform().defaultUrl, undefined);
  });

  it("has the old names", () => {
    assert.equal(library.ApiRTCSession, library.Session);
    assert.equal(library.ApiRTCWebRTCClient, library.Calls);
  });

  it("touches the browser in one file only, and never the schemas", () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
    const offenders = files
      .filter((name) => name !== "browser-platform.ts")
      .filter((name) =>
        /\b(window|document|navigator|location)\.|new (WebSocket|RTCPeerConnection|Audio)/.test(read(name)),
      );
    assert.deepEqual(offenders, []);
    const heavy = files.filter((name) =>
      /^import (?!type\b).*protocol\/(codec|index|values|client-frame)\.ts|typebox/m.test(read(name)),
    );
    assert.deepEqual(heavy, []);
  });
});

describe("ClientError", () => {
  for (const code of errorCodes) {
    it(`explains ${code}`, () => {
      const fault = new ClientError(code);
      assert.ok(fault instanceof Error && fault.message && fault.hint && fault.retry);
      assert.match(read("../docs/errors.md"), new RegExp(`^## ${code}$`, "m"));
    });
    for (const detail of detailsOf(code)) {
      it(`explains ${code}: ${detail}`, () => {
        const fault = new ClientError(code, { detail });
        assert.notEqual(fault.message, new ClientError(code).message);
        assert.deepEqual([fault.detail, fault.docs], [detail, `ERRORS.md#${code}-${detail}`]);
        assert.match(read("../docs/errors.md"), new RegExp(`^### ${code}: ${detail}$`, "m"));
      });
    }
  }

  for (const code of refusalCodes) {
    it(`has a name for the refusal ${code}`, () => {
      const fault = refusalError({ type: "refused", code, text: "Said so." });
      assert.ok(errorCodes.includes(fault.code));
      assert.equal(fault.message, "Said so.");
    });
  }

  it("can be repeated when the gateway says when", () => {
    const refusal = { type: "refused", code: "not-allowed", text: "", retryAfterMs: 5 } as const;
    assert.equal(refusalError(refusal).retry, "later");
  });
});

describe("the ends of a call", () => {
  for (const reason of endReasons)
    it(`are explained: ${reason}`, () =>
      assert.match(read("../docs/errors.md"), new RegExp(`^\\| \`${reason}\``, "m")));
});

describe("the states of a call", () => {
  const states: CallState[] = ["offered", "dialing", "ringing", "connected", "reconnecting", "ended"];
  const expected: Record<CallInput, CallState[]> = {
    ringing: ["offered", "ringing", "ringing", "connected", "reconnecting", "ended"],
    answered: ["connected", "connected", "connected", "connected", "reconnecting", "ended"],
    interrupted: ["offered", "dialing", "ringing", "reconnecting", "reconnecting", "ended"],
    restored: ["offered", "dialing", "ringing", "connected", "connected", "ended"],
    ended: states.map(() => "ended"),
  };
  for (const [input, row] of Object.entries(expected)) {
    it(`follow the table for ${input}`, () =>
      assert.deepEqual(
        states.map((state) => nextCallState(state, input as CallInput)),
        row,
      ));
  }
});
