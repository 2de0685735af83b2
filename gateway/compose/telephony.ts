import type { ControlLinkOptions } from "../sip/control-link.ts";
import { SipAgent } from "../sip/agent.ts";
import { AttemptGuard } from "../sip/attempt-guard.ts";
import { Authenticator } from "../sip/authenticator.ts";
import { ControlLink } from "../sip/control-link.ts";
import { DialogTable } from "../sip/dialog-table.ts";
import { DigestCheck, digestDefaults } from "../sip/digest.ts";
import { Domains } from "../sip/domains.ts";
import { digestAlgorithmsFor } from "../sip/profile.ts";
import { SipMessages } from "../sip/message.ts";
import { Registrar, registrarDefaults } from "../sip/registrar.ts";
import { Trunks } from "../sip/trunk.ts";
import type { Frame } from "./frame.ts";
import { tellAttempt } from "./stories.ts";
import type { OtherNodes } from "./nodes.ts";
import { followTrunkNames } from "./trunk-addresses.ts";
import { prepareTrunks, readProfile } from "./trunks.ts";

/** The telephone side: control link, registrar, trunks, and the agent that makes legs. */
export interface Telephony {
  readonly link: ControlLink;
  readonly agent: SipAgent;
  readonly trunks: Trunks;
  readonly messages: SipMessages;
}

export function buildTelephony(
  frame: Frame,
  others: OtherNodes,
  control: Pick<ControlLinkOptions, "host" | "port" | "secret">,
): Telephony {
  const { config, clock, log, metrics, stories, later } = frame;
  const link = new ControlLink({ ...control, tag: "offhook" }, clock, log);
  later(() => link.stop());
  const trunks = new Trunks(prepareTrunks(config));
  later(followTrunkNames(trunks, clock, log));
  const domains = new Domains(config.domains, config.domains[0] ?? "");
  const authenticator = buildAuthenticator(frame);
  const registrar = buildRegistrar(frame, authenticator, domains);
  const { registrations } = frame;
  const { t1 } = config.sip;
  const messages = new SipMessages({ link, registrations, authenticator, domains, others, clock, log, t1 });
  later(() => messages.close());
  const agent = new SipAgent({
    table: new DialogTable(link, clock, log),
    registrar,
    authenticator,
    domains,
    trunks,
    messages,
    log,
  });
  agent.on("refused", (reason) => metrics.sipRefusals.add({ reason }));
  agent.on("attempt", (attempt) => tellAttempt(stories, attempt));
  later(() => agent.close());
  return { link, agent, trunks, messages };
}

function buildAuthenticator({ config, accounts, clock, log, metrics }: Frame): Authenticator {
  const softphones = readProfile("softphone");
  const digest = new DigestCheck(clock, { ...digestDefaults, nonceLife: config.sip.nonceLife });
  const refused = (address: string): void => {
    log.warn("SIP password refused", { address });
    metrics.sipRefusals.add({ reason: "password" });
  };
  const algorithmsFor = (userAgent: string) => digestAlgorithmsFor(softphones, userAgent);
  return new Authenticator(accounts, digest, new AttemptGuard(clock), { refused }, algorithmsFor);
}

function buildRegistrar(frame: Frame, authenticator: Authenticator, domains: Domains): Registrar {
  const { config, accounts, registrations, clock, log } = frame;
  const { minExpires, maxExpires } = config.sip;
  const settings = { ...registrarDefaults, minExpires, maxExpires };
  return new Registrar({ accounts, registrations, authenticator, domains, clock, log }, settings);
}
