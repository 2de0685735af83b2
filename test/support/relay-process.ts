import { systemClock } from "../../gateway/base/clock.ts";
import { silentLogger } from "../../gateway/base/log.ts";
import { OwnRtpengineRelay } from "../../gateway/media/rtpengine/own-relay.ts";
import { phoneOffer } from "./sdp-samples.ts";

/** A gateway's relay in a process of its own, to be killed: `node --import tsx relay-process.ts STATE MIN MAX`. */
const [stateDir = "", min, max] = process.argv.slice(2);
const relay = await OwnRtpengineRelay.open({
  clock: systemClock,
  log: silentLogger,
  stateDir,
  ports: { min: Number(min), max: Number(max) },
  prefix: "test-",
  mediaTimeoutMs: 60_000,
});
await relay.open().offer({ leg: "a", kind: "rtp" }, { leg: "b", kind: "rtp" }, phoneOffer());
process.stdout.write(`${relay.pid}\n`);
// Stays until it is killed.
setInterval(() => {}, 60_000);
