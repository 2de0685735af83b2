import assert from "node:assert/strict";
import { Failures } from "../../../gateway/sip-server/transport/failures.ts";
import type { Hop, Protocol } from "../../../gateway/sip-server/transport/flow.ts";
import { inTurn, locate, protocolNamed, type Target } from "../../../gateway/sip-server/transport/locate.ts";
import type { NaptrRecord, SrvRecord } from "../../../gateway/sip-server/transport/resolver.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const naptr = (order: number, preference: number, service: string, replacement: string): NaptrRecord => ({
  flags: "s",
  service,
  regexp: "",
  replacement,
  order,
  preference,
});
const srv = (priority: number, weight: number, name: string, port: number): SrvRecord => ({
  priority,
  weight,
  name,
  port,
});

/** A domain name system of one test. */
interface Zone {
  naptr?: Record<string, NaptrRecord[]>;
  srv?: Record<string, SrvRecord[]>;
  a?: Record<string, string[]>;
  aaaa?: Record<string, string[]>;
}

async function ways(
  target: Partial<Target> & { host: string },
  zone: Zone,
  bound: readonly Protocol[] = ["udp", "tcp", "tls"],
  versions: readonly (4 | 6)[] = [4],
): Promise<string[]> {
  const asked: string[] = [];
  const hops = await locate(
    { secure: false, ...target },
    {
      names: {
        naptr: (name) => Promise.resolve((asked.push(`NAPTR ${name}`), zone.naptr?.[name] ?? [])),
        srv: (name) => Promise.resolve((asked.push(`SRV ${name}`), zone.srv?.[name] ?? [])),
        addresses: (name, version) => Promise.resolve((version === 4 ? zone.a : zone.aaaa)?.[name] ?? []),
      },
      protocols: bound,
      versions: () => versions,
      random: () => 0,
    },
  );
  return hops.map(({ protocol, host, port }) => `${protocol} ${host} ${port}`);
}

describe("where a URI leads (RFC 3263 4)", () => {
  const host = "example.com";
  const a = {
    "example.com": ["192.0.2.1"],
    "one.example.com": ["192.0.2.11", "192.0.2.12"],
    "two.example.com": ["192.0.2.2"],
  };

  it("is an address as it stands, with the port of the protocol", async () => {
    assert.deepEqual(await ways({ host: "192.0.2.9" }, {}), ["udp 192.0.2.9 5060"]);
    assert.deepEqual(await ways({ host: "2001:db8::9", secure: true }, {}), ["tls 2001:db8::9 5061"]);
    assert.deepEqual(await ways({ host: "192.0.2.9", port: 7, protocol: "tcp" }, {}), ["tcp 192.0.2.9 7"]);
  });

  it("is the addresses of a name with a port", async () => {
    const zone = { a, naptr: { [host]: [naptr(1, 1, "SIP+D2T", "nobody.example.com")] } };
    assert.deepEqual(await ways({ host, port: 5070 }, zone), ["udp 192.0.2.1 5070"]);
    assert.deepEqual(await ways({ host, port: 5070, secure: true }, zone), ["tls 192.0.2.1 5070"]);
  });

  it("is what NAPTR records say first, of what we have (4.1)", async () => {
    const zone: Zone = {
      a,
      naptr: {
        [host]: [
          naptr(20, 10, "SIP+D2U", "_sip._udp.example.com"),
          naptr(10, 20, "SIP+D2T", "_sip._tcp.example.com"),
          naptr(10, 10, "SIPS+D2T", "_sips._tcp.example.com"),
          naptr(5, 1, "SIP+D2S", "_sip._sctp.example.com"),
          naptr(1, 1, "E2U+sip", "enum.example.com"),
        ],
      },
      srv: {
        "_sips._tcp.example.com": [srv(1, 1, "one.example.com", 5061)],
        "_sip._tcp.example.com": [srv(1, 1, "two.example.com", 5060)],
        "_sip._udp.example.com": [srv(1, 1, "two.example.com", 5066)],
      },
    };
    assert.deepEqual(await ways({ host }, zone), ["tls 192.0.2.11 5061", "tls 192.0.2.12 5061"]);
    assert.deepEqual(await ways({ host }, zone, ["udp", "tcp"]), ["tcp 192.0.2.2 5060"]);
    assert.deepEqual(await ways({ host }, zone, ["udp"]), ["udp 192.0.2.2 5066"]);
    assert.deepEqual(await ways({ host, secure: true }, zone), ["tls 192.0.2.11 5061", "tls 192.0.2.12 5061"]);
    // RFC 3263 4.1: whoever names the transport asks for its SRV records at once.
    assert.deepEqual(await ways({ host, protocol: "tcp" }, zone), ["tcp 192.0.2.2 5060"]);
  });

  it("is the SRV records of our protocols where no NAPTR record is, and the addresses where no SRV record is", async () => {
    const zone: Zone = { a, srv: { "_sip._tcp.example.com": [srv(1, 1, "two.example.com", 5080)] } };
    assert.deepEqual(await ways({ host }, zone), ["tcp 192.0.2.2 5080"]);
    assert.deepEqual(await ways({ host }, zone, ["udp"]), ["udp 192.0.2.1 5060"]);
    assert.deepEqual(await ways({ host, secure: true }, zone), ["tls 192.0.2.1 5061"]);
    assert.deepEqual(await ways({ host: "nobody.example.com" }, zone), []);
  });

  it("is nowhere when the records say so, or the protocol is not there", async () => {
    const zone: Zone = { a, srv: { "_sip._udp.example.com": [srv(0, 0, ".", 0)] } };
    assert.deepEqual(await ways({ host, protocol: "udp" }, zone), []);
    assert.deepEqual(await ways({ host, secure: true }, zone, ["udp", "tcp"]), []);
    assert.deepEqual(await ways({ host: "x.invalid" }, { a: { "x.invalid": ["192.0.2.1"] } }), []);
  });

  it("is a WebSocket only when records or the URI say so (RFC 7118)", async () => {
    const zone: Zone = {
      a,
      naptr: { [host]: [naptr(1, 1, "SIPS+D2W", "_sips._wss.example.com")] },
      srv: { "_sips._wss.example.com": [srv(1, 1, "one.example.com", 443)] },
    };
    assert.deepEqual(await ways({ host }, zone, ["udp", "wss"]), ["wss 192.0.2.11 443", "wss 192.0.2.12 443"]);
    assert.deepEqual(await ways({ host }, { a }, ["udp", "wss"]), ["udp 192.0.2.1 5060"]);
  });

  it("has the addresses of each IP version that is bound", async () => {
    const zone: Zone = { a, aaaa: { [host]: ["2001:db8::1"] } };
    assert.deepEqual(await ways({ host }, zone, ["udp"], [4, 6]), ["udp 192.0.2.1 5060", "udp 2001:db8::1 5060"]);
    assert.deepEqual(await ways({ host }, zone, ["udp"], [6]), ["udp 2001:db8::1 5060"]);
    assert.deepEqual(await ways({ host: "localhost" }, {}, ["udp"], [6]), ["udp ::1 5060"]);
  });
});

describe("SRV records (RFC 2782)", () => {
  it("go by priority, and share the load by weight", () => {
    const records = [srv(2, 1, "last", 1), srv(1, 30, "often", 1), srv(1, 10, "seldom", 1), srv(1, 0, "hardly", 1)];
    const counts = new Map<string, number>();
    for (let turn = 0; turn < 4_100; turn++) {
      const order = inTurn(records, () => (turn + 0.5) / 4_100).map(({ name }) => name);
      assert.equal(order[3], "last");
      assert.equal(new Set(order).size, 4);
      counts.set(order[0] ?? "", (counts.get(order[0] ?? "") ?? 0) + 1);
    }
    assert.deepEqual(Object.fromEntries(counts), { hardly: 100, seldom: 1_000, often: 3_000 });
  });
});

describe("the protocol of a URI", () => {
  it("is what `transport` says, over TLS for sips: (RFC 3261 26.2.2, RFC 7118 5)", () => {
    const named = (["udp", "tcp", "tls", "ws", "wss", "sctp"] as const).map((name) => protocolNamed(name, false));
    assert.deepEqual(named, ["udp", "tcp", "tls", "ws", "wss", "none"]);
    const secured = (["udp", "tcp", "tls", "ws", "wss"] as const).map((name) => protocolNamed(name, true));
    assert.deepEqual(secured, ["none", "tls", "tls", "wss", "wss"]);
    assert.equal(protocolNamed(undefined, true), undefined);
  });
});

describe("destinations that failed", () => {
  it("come last for a while", () => {
    const clock = new VirtualClock();
    const failures = new Failures(clock);
    const hops: Hop[] = [1, 2, 3].map((at) => ({ protocol: "udp", host: `192.0.2.${at}`, port: 5060 }));
    const order = (): string =>
      failures
        .sort(hops)
        .map(({ host }) => host.slice(-1))
        .join("");
    assert.ok(hops[0] && hops[1]);
    failures.note(hops[0], 1_000);
    failures.note(hops[1], 3_000);
    assert.equal(order(), "312");
    clock.advance(1_500);
    assert.equal(order(), "132");
    clock.advance(2_000);
    assert.equal(order(), "123");
  });
});
