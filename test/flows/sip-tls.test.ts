import assert from "node:assert/strict";
import { Baresip } from "../support/baresip.ts";
import { TestAuthority } from "../support/certificates.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { assertTone } from "../support/tone.ts";
import { elapsed } from "../support/until.ts";

const phoneHz = 700;
const farHz = 1300;
/** What 601 plays. */
const testHz = 1000;
const farAddress = "127.0.0.2";
const number = "+33186260014";

/** Signalling by TLS, sound by SDES-SRTP: nothing of a call can be read on the way. */
describe("SIP over TLS", function () {
  this.timeout(patience);
  let authority: TestAuthority;
  let gateway: TestGateway;
  let far: Baresip;
  let sally: Baresip;

  before(async () => {
    authority = await TestAuthority.create();
    const [own, theirs] = await Promise.all([authority.issue("ip:127.0.0.1"), authority.issue(`ip:${farAddress}`)]);
    const config = `sip_cafile ${authority.file}`;
    far = await Baresip.start({
      user: number,
      address: farAddress,
      toneHz: farHz,
      mediaEncryption: "srtp-mand",
      config: `${config}\nsip_certificate ${theirs.files.both}`,
    });
    gateway = await TestGateway.start({
      trunks: [
        { name: "carrier", address: `${farAddress}:${far.sipPort + 1}`, transport: "tls", profile: "trunk-secure" },
      ],
      env: {
        GATEWAY_SIP_TLS_CERT: own.files.cert,
        GATEWAY_SIP_TLS_KEY: own.files.key,
        GATEWAY_SIP_TLS_CA: authority.file,
        GATEWAY_SIP_TLS_PORT: "0",
      },
    });
    const [tls] = gateway.sipListeners("tls");
    sally = await Baresip.start({
      user: "sally",
      toneHz: phoneHz,
      mediaEncryption: "srtp-mand",
      registrar: { ...gateway.registrar("sally"), outbound: String(tls), transport: "tls" },
      config,
    });
    await sally.registered();
  });

  after(async () => {
    await sally?.stop();
    await far?.stop();
    await gateway?.assertIdle();
    await gateway?.stop();
    authority?.close();
  });

  it("registers a softphone, which calls a test number and is called on its connection", async () => {
    await sally.dial(`sip:601@${domain}`);
    await sally.event("CALL_ESTABLISHED");
    await elapsed(1500);
    await sally.hangup();
    await sally.event("CALL_CLOSED");
    assertTone(await sally.heard(), testHz, phoneHz);

    const carol = await Baresip.start({ user: "carol", toneHz: farHz, registrar: gateway.registrar("carol") });
    await carol.registered();
    await carol.dial(`sip:sally@${domain}`);
    await sally.event("CALL_INCOMING");
    await sally.accept();
    await carol.event("CALL_ESTABLISHED");
    await elapsed(1500);
    await carol.hangup();
    await sally.event("CALL_CLOSED");
    assertTone(await sally.heard(), farHz, phoneHz);
    assertTone(await carol.heard(), phoneHz, farHz);
    await carol.stop();
  });

  it("carries calls through a trunk", async () => {
    await sally.dial(`sip:${number}@${domain}`);
    await far.event("CALL_INCOMING");
    assert.match(far.log(), /^Via: SIP\/2\.0\/TLS /m);
    await far.accept();
    await sally.event("CALL_ESTABLISHED");
    await elapsed(1500);
    await far.hangup();
    await sally.event("CALL_CLOSED");
    assertTone(await sally.heard(), farHz, phoneHz);
    assertTone(await far.heard(), phoneHz, farHz);
  });
});
