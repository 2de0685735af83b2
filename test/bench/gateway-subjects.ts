import { domain, type GatewayOptions } from "../support/gateway.ts";
import { built, GatewayRig, passing } from "./gateway-rig.ts";
import type { Subject } from "./highest-rate.ts";
import { Load, type LoadOptions, type Sample } from "./load.ts";
import { perOne, residentOf, usageOf, type Usage } from "./usage.ts";
import { WebCallers } from "./web-callers.ts";

/** Something that a gateway does. */
abstract class GatewaySubject implements Subject {
  protected rig: GatewayRig;
  readonly #options: GatewayOptions;

  protected constructor(options: GatewayOptions, rig: GatewayRig) {
    this.#options = options;
    this.rig = rig;
  }

  get processes(): Usage {
    return this.rig.processes;
  }

  async run(rate: number, seconds: number): Promise<Sample> {
    const sample = await this.load(rate, rate * seconds, (seconds + 10) * 1000);
    if (sample.failed === 0) await this.rig.assertUnhindered();
    return sample;
  }

  async renew(): Promise<void> {
    await this.rig.stop();
    this.rig = await GatewayRig.start(this.#options);
  }

  stop(): Promise<void> {
    return this.rig.stop();
  }

  protected abstract load(rate: number, calls: number, withinMs: number): Promise<Sample>;

  protected sipp(options: Omit<LoadOptions, "port" | "target">): Load {
    return new Load({ ...options, port: this.rig.callerPort, target: this.rig.gateway.sip });
  }
}

/** SIP to SIP through the SIP server and the gateway; descriptions pass as they are. */
export class SipToSip extends GatewaySubject {
  static async start(): Promise<SipToSip> {
    return new SipToSip(passing, await GatewayRig.start(passing));
  }

  protected load(rate: number, calls: number, withinMs: number): Promise<Sample> {
    return this.sipp({ scenario: "caller", rate, calls, withinMs }).done();
  }

  /** Bytes that each of `calls` standing calls costs. A young process has little garbage that would hide it. */
  async memoryPerCall(calls: number): Promise<Usage> {
    await this.run(100, 3);
    const before = usageOf(this.processes, residentOf);
    const load = this.sipp({ scenario: "caller", rate: 200, calls, talkMs: 60_000 });
    await this.rig.standing(calls);
    const after = usageOf(this.processes, residentOf);
    await load.stop();
    await this.renew();
    return perOne(before, after, calls);
  }
}

const callers = Array.from({ length: 50 }, (_, index) => ({ user: `page${index}@${domain}` }));

/** Web to SIP, with an offer and an answer of rtpengine for each call. */
export class WebToSip extends GatewaySubject {
  static async start(): Promise<WebToSip> {
    const options = { ...built, accounts: callers };
    return new WebToSip(options, await GatewayRig.start(options));
  }

  protected async load(rate: number, calls: number, withinMs: number): Promise<Sample> {
    const pages = await WebCallers.open(
      this.rig.gateway.wsUrl,
      callers.map(({ user }) => user),
    );
    const sample = await pages.call(`carol@${domain}`, { rate, calls, withinMs });
    pages.close();
    return sample;
  }
}

const registrants = Array.from({ length: 100 }, (_, index) => ({
  user: `phone${index}@${domain}`,
  sipPassword: `pw-${index}-77b1`,
}));

/** REGISTER, 401, REGISTER with digest, 200. */
export class Registrations extends GatewaySubject {
  static async start(): Promise<Registrations> {
    const options = { ...passing, accounts: registrants };
    return new Registrations(options, await GatewayRig.start(options));
  }

  protected load(rate: number, calls: number, withinMs: number): Promise<Sample> {
    const fields = registrants.map(({ user, sipPassword }) => {
      const name = user.slice(0, user.indexOf("@"));
      return `${name};[authentication username=${name} password=${sipPassword}]`;
    });
    return this.sipp({ scenario: "registrant", rate, calls, withinMs, fields }).done();
  }
}
