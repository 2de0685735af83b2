import type { Clock } from "../base/clock.ts";
import { randomToken } from "../base/ids.ts";
import type { Logger } from "../base/log.ts";
import { ConfigError, type Config } from "../config.ts";
import { AbsentRelay } from "../media/absent-relay.ts";
import type { Relay } from "../media/relay.ts";
import { primaryAddress } from "../media/rtpengine/local-addresses.ts";
import { RtpengineChildError } from "../media/rtpengine/child.ts";
import { DtmfListener } from "../media/rtpengine/dtmf-listener.ts";
import { OwnRtpengineRelay } from "../media/rtpengine/own-relay.ts";
import { RtpengineRelay } from "../media/rtpengine/relay.ts";
import type { StateDir } from "./state-dir.ts";

type SharedOptions = Omit<ConstructorParameters<typeof RtpengineRelay>[0], "relays">;

const idFile = "gateway.id";

/** The configured relays, else an rtpengine of our own, else none: then calls end with a reason and all else works. */
export async function openRelay(
  config: Config,
  dir: StateDir,
  clock: Clock,
  log: Logger,
): Promise<{ relay: Relay; missing: string | undefined }> {
  const prefix = `${gatewayId(dir)}-`;
  const shared = { clock, log, prefix, mediaTimeoutMs: config.media.timeout };
  if (config.media.rtpengines.length > 0) {
    return { relay: await openPool(config, shared), missing: undefined };
  }
  const { portMin: min, portMax: max, addresses, announce } = config.media;
  const [first = await primaryAddress(), ...others] = addresses.filter((address) => address !== "auto");
  try {
    const own = {
      ...shared,
      stateDir: dir.path,
      ports: { min, max },
      // rtpengine's own way of writing it: bound address, then the one that it tells.
      addresses: [announce === undefined ? first : `${first}!${announce}`, ...others],
    };
    return { relay: await OwnRtpengineRelay.open(own), missing: undefined };
  } catch (fault) {
    if (!(fault instanceof RtpengineChildError)) throw fault;
    log.error("no media relay", { why: fault.message });
    return { relay: new AbsentRelay(fault.message), missing: fault.message };
  }
}

/** The configured relays; what they report of key presses comes in by UDP. */
async function openPool(config: Config, shared: SharedOptions): Promise<Relay> {
  const { rtpengines, dtmfListen } = config.media;
  const relay = new RtpengineRelay({ ...shared, relays: rtpengines.map(addressOf) });
  await relay.check();
  if (dtmfListen === undefined) return relay;
  const { host, port } = addressOf(dtmfListen);
  const digits = await DtmfListener.open(host, port);
  digits.on("pressed", (report) => relay.pressed(report));
  const closeRelay = relay.close.bind(relay);
  return Object.assign(relay, {
    close: async () => {
      digits.close();
      await closeRelay();
    },
  });
}

/** Ours across restarts, another one for another gateway: relay sessions are told apart by it. */
function gatewayId(dir: StateDir): string {
  const known = dir.read(idFile)?.trim();
  if (known) return known;
  const made = randomToken(6);
  dir.write(idFile, made);
  return made;
}

function addressOf(text: string): { name: string; host: string; port: number } {
  const match = /^(.+):(\d+)$/.exec(text);
  if (!match?.[1]) throw new ConfigError("bad-config", `media.rtpengines: ${text} is not host:port`);
  return { name: text, host: match[1], port: Number(match[2]) };
}
