import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ownCertificate } from "../../gateway/certificates/own-certificate.ts";
import { hashPassword } from "../../gateway/identity/password.ts";
import { Baresip } from "../support/baresip.ts";
import { openLonely, openPair, openSingle, type Island } from "../support/netns.ts";
import { linkOf, StartRig, type Scene } from "../support/start-rig.ts";
import { assertTone } from "../support/tone.ts";
import { elapsed, until } from "../support/until.ts";
import { browsers, type Visitor } from "../support/visitor.ts";

const ownHz = 440;
const otherHz = 1000;

/** `npm start` in networks of its own, and people with browsers there. What it prints is all that they know. */
describe("the three starts", function () {
  this.timeout(120_000);
  let rig: StartRig;

  /** One start serves all stories of it. */
  function ownRig(): void {
    before(() => void (rig = new StartRig()));
    after(() => rig.close());
  }

  async function hearsItself(visitor: Visitor): Promise<void> {
    await visitor.call({ tel: "600" });
    await visitor.connected();
    await visitor.hears(ownHz, otherHz);
    assert.deepEqual(await visitor.problems(), []);
    await visitor.end();
  }

  describe("without any network", () => {
    ownRig();
    let scene: Scene;
    before(async () => {
      const island = rig.opened(openLonely());
      scene = await rig.startWith(island, ownHz, rig.start(island));
    });

    it("says so at the start", () =>
      assert.match(scene.text, /No sound yet: this machine has no other address than 127\.0\.0\.1/));

    for (const name of browsers)
      it(`says so in ${name}, once`, async () => {
        const alice = scene.visitors[name];
        await alice.enter("http://localhost:8080", "alice@offhook.local");
        await alice.call({ tel: "600" });
        const details = async (): Promise<unknown[]> => (await alice.problems()).map(({ detail }) => detail);
        await until("the cause", async () => (await details()).includes("loopback-only"), 20_000);
        // While a slow gateway has not said where its relay is, a browser knows of its own side only.
        assert.deepEqual(
          (await details()).filter((detail) => detail !== "no-candidate"),
          ["loopback-only"],
        );
        assert.equal((await alice.problems()).at(-1)?.code, "ice-failed");
      });
  });

  describe("npm start with one address", () => {
    ownRig();
    let host: Island;
    let guest: Island;
    let scene: Scene;
    before(async () => {
      ({ host, guest } = rig.opened(openPair()));
      scene = await rig.startWith(host, ownHz, rig.start(host));
    });

    for (const name of browsers)
      it(`lets ${name} hear the echo of what it says`, async () => {
        const alice = scene.visitors[name];
        await alice.enter("http://localhost:8080", "alice@offhook.local");
        await hearsItself(alice);
      });

    it("lets a softphone of the network register at the printed address and talk with the page", async () => {
      const [, domain = "", password = "", outbound = ""] =
        /carol@(\S+) +password (\S{12}) +server (\S+:\d+)/.exec(scene.text) ?? [];
      assert.equal(outbound, `${host.address}:5060`);
      const registrar = { domain, password, outbound };
      const carol = await Baresip.start({ user: "carol", toneHz: otherHz, registrar, island: guest });
      rig.later(() => carol.stop());
      await carol.registered();
      const alice = scene.visitors.Chromium;
      await alice.call({ user: `carol@${domain}` });
      await carol.event("CALL_INCOMING");
      await carol.accept();
      await alice.hears(otherHz, ownHz);
      await elapsed(1500);
      await alice.end();
      await carol.event("CALL_CLOSED");
      assertTone(await carol.heard(), ownHz, otherHz);
    });
  });

  describe("npm start -- --lan", () => {
    ownRig();
    let host: Island;
    let guest: Island;
    let scene: Scene;
    before(async () => {
      ({ host, guest } = rig.opened(openPair()));
      scene = await rig.startWith(guest, ownHz, rig.start(host, ["--lan"]));
    });

    it("keeps its keys to itself", () => {
      for (const file of ["lan-ca.key", "lan.key"])
        assert.equal(statSync(join(rig.stateDir, file)).mode & 0o777, 0o600);
    });

    for (const name of browsers)
      it(`lets ${name} on a phone sign in by the printed link, once, and hear`, async () => {
        const link = linkOf(name === "Firefox" ? "alice" : "bob", scene.text);
        const code = link.slice(link.indexOf("=") + 1);
        assert.ok(link.startsWith(`https://${host.address}:8080/#code=`), scene.text);
        const guestOf = scene.visitors[name];
        await guestOf.enter(link);
        await hearsItself(guestOf);
        const again = `fetch("/api/sign-in", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ code: "${code}" }) })`;
        assert.equal(
          await guestOf.page.evaluate(`${again}.then((reply) => reply.json()).then(({ code }) => code)`),
          "code-used",
        );
      });

    it("by plain http says where to go, gives the authority's certificate, and takes no sign-in", async () => {
      const base = `http://${host.address}:8080`;
      const curl = (...words: string[]): string => guest.run("curl", "-s", "-m", "5", ...words);
      assert.equal(JSON.parse(curl(`${base}/api/welcome`)).secureAddress, `https://${host.address}:8080`);
      assert.match(curl(`${base}/`), /<!doctype html>/i);
      assert.match(curl(`${base}/ca.crt`), /^-----BEGIN CERTIFICATE-----/);
      const posted = curl("-X", "POST", "-H", "content-type: application/json", "-d", "{}", `${base}/api/sign-in`);
      assert.equal(JSON.parse(posted).code, "insecure");
      writeFileSync(join(rig.stateDir, "authority.pem"), curl(`${base}/ca.crt`));
      const trusted = curl("--cacert", join(rig.stateDir, "authority.pem"), `https://${host.address}:8080/api/welcome`);
      assert.equal(JSON.parse(trusted).secureAddress, null);
    });

    for (const name of browsers)
      it(`by plain http says in ${name} why there is no microphone, and which address to open`, async () => {
        const { page } = scene.visitors[name];
        await page.goto(`http://${host.address}:8080/`);
        const insecure = `document.querySelector("phone-app")?.shadowRoot.querySelector("phone-sign-in")
          ?.shadowRoot.querySelector("[data-testid=insecure]")?.innerText ?? ""`;
        const said = await until("the reason", async () => String(await page.evaluate(insecure)), 20_000);
        assert.match(said, /microphone/i);
        assert.ok(said.includes(`https://${host.address}:8080`), said);
      });
  });

  const domain = "phone.example.org";
  const password = "correct-horse-9d1f";

  async function certificate(names: readonly string[], days = 0): Promise<string[]> {
    const shelf = { read: () => undefined, write: () => {} };
    const made = await ownCertificate(shelf, { addresses: [], hosts: names }, Date.now() + days * 86_400_000);
    const [cert, key] = [join(rig.stateDir, "cert.pem"), join(rig.stateDir, "key.pem")];
    writeFileSync(key, made.key, { mode: 0o600 });
    writeFileSync(cert, made.cert);
    return ["--domain", domain, "--cert", cert, "--key", key];
  }

  async function accounts(): Promise<NodeJS.ProcessEnv> {
    const GATEWAY_CONFIG = join(rig.stateDir, "config.yaml");
    const account = { user: `erin@${domain}`, name: "Erin", password: await hashPassword(password) };
    writeFileSync(GATEWAY_CONFIG, JSON.stringify({ accounts: [account] }), { mode: 0o600 });
    return { GATEWAY_CONFIG };
  }

  describe("npm start -- --domain", () => {
    ownRig();
    let guest: Island;
    let scene: Scene;
    before(async () => {
      const pair = rig.opened(openPair({ [domain]: "host" }));
      ({ guest } = pair);
      const started = rig.start(pair.host, await certificate([domain]), await accounts());
      scene = await rig.startWith(guest, ownHz, started);
    });

    it("prints the address, and no way in without a password", () => {
      assert.match(scene.text, new RegExp(`Page +https://${domain}\n`));
      assert.doesNotMatch(scene.text, /alice|no password/i);
    });

    for (const name of browsers)
      it(`lets ${name} of another machine sign in by password, and hear`, async () => {
        const erin = scene.visitors[name];
        await erin.page.goto(`https://${domain}/`);
        const credentials = JSON.stringify(JSON.stringify({ user: `erin@${domain}`, password }));
        const headers = `{ "content-type": "application/json" }`;
        await erin.page.evaluate(`fetch("/api/sign-in", { method: "POST", headers: ${headers}, body: ${credentials} })
          .then((reply) => reply.json()).then(({ token }) => window.offhook.phone.signIn({ token }))`);
        await erin.signedIn();
        await hearsItself(erin);
      });

    it("redirects plain http, wants https for ever, takes a new certificate without dropping anybody", async () => {
      const curl = (...words: string[]): string => guest.run("curl", "-sk", "-m", "5", ...words);
      assert.match(curl("-i", `http://${domain}/a?b`), /308[^]*location: https:\/\/phone\.example\.org\/a\?b\r/i);
      assert.match(curl("-i", `https://${domain}/`), /strict-transport-security: max-age=31536000/i);
      assert.equal(JSON.parse(curl(`https://${domain}/api/welcome`)).development, null);
      const erin = scene.visitors.Chromium;
      await erin.page.evaluate(`new Promise((open) => {
        window.socket = new WebSocket("wss://" + location.host + "/ws", "offhook.1");
        socket.onopen = open;
      })`);
      const serial = (): string =>
        guest.run(
          "sh",
          "-c",
          `echo | openssl s_client -connect ${domain}:443 2>/dev/null | openssl x509 -noout -serial`,
        );
      const before = serial();
      assert.match(before, /^serial=/);
      await certificate([domain]);
      await until("the new certificate", () => serial() !== before, 20_000);
      assert.equal(await erin.page.evaluate("socket.readyState"), 1);
    });
  });

  describe("npm start -- --domain, with something missing", () => {
    ownRig();

    const refused = [
      [
        "is for another name",
        ["other.example.org"],
        0,
        /^offhook: http\.cert: the certificate is not for phone\.example\.org but for other\.example\.org\n$/m,
      ],
      ["has expired", [domain], -400, /^offhook: http\.cert: the certificate expired on \d{4}-\d\d-\d\d\n$/m],
    ] as const;
    for (const [what, names, days, line] of refused)
      it(`ends with one line when the certificate ${what}`, async () => {
        const program = rig.run(rig.opened(openSingle()), await certificate(names, days));
        assert.equal(await program.exited(), 2);
        assert.match(program.output, line);
      });

    it("says how to make an account when there is none, and that the certificate expires soon", async () => {
      const text = await rig.start(rig.opened(openSingle()), await certificate([domain], -295));
      assert.match(text, /Nobody can sign in yet[^]*npm run -s account -- somebody@phone\.example\.org/);
      assert.match(text, /The certificate expires on \d{4}-\d\d-\d\d: renew it\./);
    });
  });
});
