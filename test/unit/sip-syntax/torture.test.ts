import assert from "node:assert/strict";
import { readDatagram } from "../../../gateway/sip-server/transport/datagram.ts";
import { readEnvelope } from "../../../gateway/sip-syntax/envelope.ts";
import { SipSyntaxError } from "../../../gateway/sip-syntax/grammar.ts";
import { parseMessage, printMessage } from "../../../gateway/sip-syntax/message.ts";
import { rfc4475, type TortureMessage } from "../../vectors/sip/rfc4475.ts";
import { rfc5118 } from "../../vectors/sip/rfc5118.ts";

/** What the parser makes of bytes: `good`, or the status that its sender is told; undefined for bytes of no meaning. */
function judged(bytes: Buffer): "good" | number | undefined {
  const read = readDatagram(bytes);
  if (!read) return undefined;
  if (read.flaw) return read.flaw.status;
  try {
    readEnvelope(read.message);
    return "good";
  } catch (fault) {
    assert.ok(fault instanceof SipSyntaxError);
    return read.message.kind === "request" ? 400 : undefined;
  }
}

const expected = ({ verdict, name }: TortureMessage): "good" | number | undefined => {
  if (verdict === "dropped") return undefined;
  // A registrar's 400: the message is well-formed.
  return (verdict === 400 && name !== "unksm2") || verdict === 505 ? verdict : "good";
};

describe("torture messages in the parser", () => {
  assert.equal(rfc4475.length, 49);
  for (const [rfc, messages] of Object.entries({ "RFC 4475": rfc4475, "RFC 5118": rfc5118 })) {
    for (const one of messages) {
      it(`${one.name} (${rfc} ${one.clause}) is ${expected(one) ?? "dropped"}`, () => {
        assert.equal(judged(one.bytes), expected(one));
        if (expected(one) !== "good") return;
        const printed = printMessage(parseMessage(one.bytes));
        assert.deepEqual(printMessage(parseMessage(printed)), printed, "is the same when it is printed and read again");
      });
    }
  }
});
