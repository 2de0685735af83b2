import assert from "node:assert/strict";
import { openPair, openSingle, type Island } from "../support/netns.ts";
import { linkOf, StartRig, type Scene } from "../support/start-rig.ts";
import { browsers, type Visitor, type VisitorOptions } from "../support/visitor.ts";

const ownHz = 440;
const otherHz = 1000;

/**
 * Each reason for which no sound can pass, provoked in a real browser. `loopback-only` is in starts.test.ts. Chromium
 * without any address of its own is offline, and then meets no gateway of another machine: no `no-candidate` there.
 */
describe("no sound", function () {
  this.timeout(120_000);

  /** Calls the echo, and is told why it stays silent. */
  async function refusedBy(detail: string, visitor: Visitor, options = {}): Promise<void> {
    await visitor.call({ tel: "600" }, options);
    const problem = await visitor.problem();
    assert.deepEqual([problem.code, problem.detail], ["ice-failed", detail]);
  }

  describe("between two machines", () => {
    const rig = new StartRig();
    let host: Island;
    let guest: Island;
    let scene: Scene;

    before(async () => {
      ({ host, guest } = rig.opened(openPair()));
      scene = await rig.startWith(guest, ownHz, rig.start(host, ["--lan"]));
      await scene.visitors.Chromium.enter(linkOf("bob", scene.text));
      await scene.visitors.Firefox.enter(linkOf("alice", scene.text));
    });
    after(() => rig.close());

    it("udp-blocked: a firewall drops packets to the relay", async () => {
      const { Chromium, Firefox } = scene.visitors;
      guest.run("iptables", "-A", "OUTPUT", "-p", "udp", "--dport", "30000:39999", "-j", "DROP");
      await Promise.all([refusedBy("udp-blocked", Chromium), refusedBy("udp-blocked", Firefox)]);
      guest.run("iptables", "-F");
      // Firefox gives up after some seconds; Chromium goes on trying.
      await Chromium.hears(ownHz, otherHz);
      assert.equal(await Chromium.page.evaluate("window.call.view().state"), "connected");
      await Promise.all([Chromium.end(), Firefox.end()]);
    });
  });

  describe("when the relay has IPv6 only and browsers IPv4 only", () => {
    const rig = new StartRig();
    let scene: Scene;

    before(async () => {
      const { host, guest } = rig.opened(openPair());
      host.run("ip", "-6", "addr", "add", "fd97::1/64", "dev", "lan0", "nodad");
      guest.run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
      const started = rig.start(host, ["--lan"], { GATEWAY_MEDIA_ADDRESSES: "fd97::1" });
      scene = await rig.startWith(guest, ownHz, started);
    });
    after(() => rig.close());

    for (const name of browsers)
      it(`no-pair, in ${name}`, async () => {
        await scene.visitors[name].enter(linkOf(name === "Firefox" ? "alice" : "bob", scene.text));
        await refusedBy("no-pair", scene.visitors[name]);
        await scene.visitors[name].end();
      });
  });

  describe("on one machine", () => {
    const rig = new StartRig();
    let island: Island;

    before(async () => {
      island = rig.opened(openSingle());
      await rig.start(island);
    });
    after(() => rig.close());

    /** Alice calls the echo in a browser of her own. */
    async function refusedThere(detail: string, options: Omit<VisitorOptions, "island" | "toneHz">, call = {}) {
      const alice = await rig.visit({ ...options, island, toneHz: ownHz });
      await alice.enter("http://localhost:8080", "alice@offhook.local");
      await refusedBy(detail, alice, call);
      await alice.end();
    }

    const noDirectUdp = [
      "--webrtc-ip-handling-policy=disable_non_proxied_udp",
      "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    ];
    it("policy: WebRtcIPHandling allows proxies only, in Chromium", () =>
      refusedThere("policy", { name: "Chromium", args: noDirectUdp }));

    it("policy: only TURN is allowed, in Firefox", () =>
      refusedThere("policy", { name: "Firefox", preferences: { "media.peerconnection.ice.relay_only": true } }));

    it("no-candidate: Firefox may look at the routes to the page and to the world only, and there is none", async () => {
      island.run("ip", "route", "del", "default");
      // Who gives a page the microphone lets it look at all networks.
      await refusedThere("no-candidate", { name: "Firefox" }, { listen: true });
    });
  });
});
