import assert from "node:assert/strict";
import { parseAuthValue } from "../../../gateway/sip-syntax/credentials.ts";
import {
  answerChallenge,
  DigestCheck,
  digestResponse,
  ha1Of,
  type DigestAlgorithm,
  type DigestVerdict,
} from "../../../gateway/sip/digest.ts";
import { sign, type Signing } from "../../support/digest-client.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

describe("a digest response", () => {
  // RFC 7616 3.9.1
  const mufasa = ha1Of("Mufasa", "http-auth@example.org", "Circle of Life");
  for (const [algorithm, response] of [
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ] as const) {
    it(`is the one of RFC 7616's example for ${algorithm}`, () => {
      assert.equal(
        digestResponse({
          algorithm,
          ha1: mufasa[algorithm],
          method: "GET",
          uri: "/dir/index.html",
          nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
          nc: "00000001",
          cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
          qop: "auth",
        }),
        response,
      );
    });
  }

  it("is the one of RFC 2617 3.5, with and without qop", () => {
    const input = {
      algorithm: "MD5",
      ha1: ha1Of("Mufasa", "testrealm@host.com", "Circle Of Life").MD5,
      method: "GET",
      uri: "/dir/index.html",
      nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
    } as const;
    const counted = { ...input, nc: "00000001", cnonce: "0a4f113b", qop: "auth" };
    assert.equal(digestResponse(counted), "6629fae49393a05397450978507c4ef1");
    assert.equal(digestResponse(input), "670fd8c2df070c60b045671b8b24ff02");
  });
});

const life = 300_000;
const ha1 = ha1Of("alice", "a.example", "secret");

function stage(maxNonces = 100) {
  const clock = new VirtualClock();
  const check = new DigestCheck(clock, { nonceLife: life, maxNonces });
  const challenge = (algorithm: DigestAlgorithm = "SHA-256"): string =>
    check.challenges("a.example", false).find((line) => line.includes(`algorithm=${algorithm}`)) ?? assert.fail();
  const verify = (
    more: Partial<Signing> & { challenge: string },
    known: typeof ha1 | undefined = ha1,
  ): DigestVerdict => {
    const header = sign({ username: "alice", password: "secret", method: "REGISTER", ...more });
    return check.verify(check.read(header, "a.example"), "REGISTER", known);
  };
  return { clock, check, challenge, verify };
}

describe("the server's side of digest", () => {
  for (const algorithm of ["SHA-256", "MD5"] as const) {
    it(`accepts the right password by ${algorithm}`, () => {
      const { challenge, verify } = stage();
      assert.equal(verify({ challenge: challenge(algorithm) }), "accepted");
    });
  }

  it("asks for SHA-256 before MD5 (RFC 8760 2.4), each with a nonce of its own", () => {
    const { check } = stage();
    const lines = check.challenges("a.example", false);
    assert.deepEqual(
      lines.map((line) => /algorithm=([^,]+)/.exec(line)?.[1]),
      ["SHA-256", "MD5"],
    );
    assert.equal(new Set(lines.map((line) => /nonce="([^"]+)"/.exec(line)?.[1])).size, 2);
    for (const line of lines) assert.match(line, /^Digest realm="a\.example", nonce="[^"]+", qop="auth", algorithm=/);
  });

  it("says stale when it is", () => {
    const { check } = stage();
    for (const line of check.challenges("a.example", true)) assert.match(line, /, stale=true$/);
  });

  it("says which algorithms it is told to", () => {
    const { check } = stage();
    assert.equal(check.challenges("a.example", false, ["MD5"]).length, 1);
  });

  const wrong: readonly [string, Partial<Signing>, DigestVerdict][] = [
    ["another password", { password: "Secret" }, "wrong"],
    ["another method", { method: "INVITE" }, "wrong"],
    ["another user's name in the hash", { username: "bob" }, "wrong"],
    ["integrity that was not offered", { qop: "auth-int" }, "stale"],
    ["count 0", { nc: 0 }, "stale"],
    ["another realm", { realm: "b.example" }, "missing"],
  ];
  for (const [what, more, verdict] of wrong) {
    it(`finds ${what} ${verdict}`, () => {
      const { challenge, verify } = stage();
      assert.equal(verify({ challenge: challenge(), ...more }), verdict);
    });
  }

  it("finds a user that nobody knows wrong, like a wrong password", () => {
    const { check, challenge } = stage();
    const header = sign({ challenge: challenge(), username: "alice", password: "secret", method: "REGISTER" });
    assert.equal(check.verify(check.read(header, "a.example"), "REGISTER", undefined), "wrong");
  });

  it("accepts each count of a nonce once (RFC 7616 5.5)", () => {
    const { challenge, verify } = stage();
    const one = challenge();
    const counts = [1, 2, 2, 1, 5, 3, 6];
    assert.deepEqual(
      counts.map((nc) => verify({ challenge: one, nc })),
      ["accepted", "accepted", "stale", "stale", "accepted", "stale", "accepted"],
    );
  });

  it("accepts a nonce without qop once", () => {
    const { challenge, verify } = stage();
    const one = challenge("MD5");
    assert.deepEqual(
      [1, 2].map(() => verify({ challenge: one, qop: null })),
      ["accepted", "stale"],
    );
  });

  it("finds an old nonce stale, but a wrong password with it wrong", () => {
    const { clock, challenge, verify } = stage();
    const one = challenge();
    clock.advance(life);
    assert.equal(verify({ challenge: one }), "accepted");
    clock.advance(1);
    assert.equal(verify({ challenge: one, nc: 2 }), "stale");
    assert.equal(verify({ challenge: one, nc: 2, password: "x" }), "wrong");
  });

  it("finds a nonce that it did not make stale, whatever the password", () => {
    const { clock, challenge, verify } = stage();
    const own = /nonce="([^"]+)"/.exec(challenge())?.[1] ?? "";
    const later = (clock.now() + life).toString(36);
    for (const nonce of ["", "x", "x.y.z", own.replace(/^[^.]+/, later), `${own}A`, own.slice(0, -1)]) {
      assert.equal(verify({ challenge: challenge(), nonce }), "stale", nonce);
      assert.equal(verify({ challenge: challenge(), nonce, password: "x" }), "stale", nonce);
    }
  });

  it("finds a nonce of another gateway stale", () => {
    assert.equal(stage().verify({ challenge: stage().challenge() }), "stale");
  });

  it("remembers a bounded number of nonces, and none that is old", () => {
    const { clock, check, challenge, verify } = stage(10);
    for (let count = 0; count < 50; count++) assert.equal(verify({ challenge: challenge() }), "accepted");
    assert.equal(check.remembered, 10);
    clock.advance(life + 1);
    assert.equal(verify({ challenge: challenge() }), "accepted");
    assert.equal(check.remembered, 1);
  });

  it("does not let a forgotten nonce be used again", () => {
    const { challenge, verify } = stage(1);
    const [one, two] = [challenge(), challenge()];
    assert.equal(verify({ challenge: one }), "accepted");
    assert.equal(verify({ challenge: two }), "accepted");
    assert.equal(verify({ challenge: one }), "stale");
  });

  for (const header of [undefined, "", "Basic YTpi", "Digest", 'Digest realm="a.example', "\0", 'Digest realm="b"']) {
    it(`finds nothing in ${JSON.stringify(header)}`, () => {
      const { check } = stage();
      assert.equal(check.verify(check.read(header, "a.example"), "REGISTER", ha1), "missing");
    });
  }

  it("finds the credentials for its realm among others, on lines or joined", () => {
    const { check, challenge } = stage();
    const own = sign({ challenge: challenge(), username: "alice", password: "secret", method: "REGISTER" });
    const other = 'Digest username="x", realm="b.example", nonce="n", uri="u", response="r"';
    for (const glue of ["\r\n", ", "]) {
      assert.equal(check.read([other, own].join(glue), "a.example")?.params.get("username"), "alice");
    }
  });

  it("does not take an algorithm that it does not know", () => {
    const { check } = stage();
    const header = 'Digest username="alice", realm="a.example", nonce="n", uri="u", response="r", algorithm=SHA-512';
    assert.equal(check.verify(check.read(header, "a.example"), "REGISTER", ha1), "missing");
  });
});

describe("our answer to a trunk's challenge", () => {
  const own = { username: "trunk-user", password: "p" };
  const md5 = 'Digest realm="t", nonce="n1", qop="auth,auth-int", algorithm=MD5, opaque="o"';
  const sha = 'Digest realm="t", nonce="n2", qop="auth", algorithm=SHA-256';
  const answered = (header: string) => {
    const value = answerChallenge(header, own, "INVITE", "sip:+331@192.0.2.40");
    return value === undefined ? undefined : parseAuthValue(value).params;
  };

  for (const [what, header, algorithm] of [
    ["the only one", md5, "MD5"],
    ["SHA-256 before MD5, in any order, on lines", `${md5}\r\n${sha}`, "SHA-256"],
    ["SHA-256 before MD5, joined", `${sha}, ${md5}`, "SHA-256"],
    ["one without an algorithm as MD5", 'Digest realm="t", nonce="n3"', "MD5"],
    ["the one that it can", `Digest realm="t", nonce="n", algorithm=SHA-512-256\r\n${md5}`, "MD5"],
  ] as const) {
    it(`takes ${what}`, () => assert.equal(answered(header)?.get("algorithm"), algorithm));
  }

  it("is what the RFC computes", () => {
    const params = answered(md5) ?? assert.fail();
    const get = (name: string): string => params.get(name) ?? assert.fail(name);
    assert.deepEqual(
      [get("username"), get("uri"), get("opaque"), get("nc")],
      ["trunk-user", "sip:+331@192.0.2.40", "o", "00000001"],
    );
    assert.equal(
      get("response"),
      digestResponse({
        algorithm: "MD5",
        ha1: ha1Of("trunk-user", "t", "p").MD5,
        method: "INVITE",
        uri: "sip:+331@192.0.2.40",
        nonce: "n1",
        qop: "auth",
        nc: "00000001",
        cnonce: get("cnonce"),
      }),
    );
  });

  it("has no count without qop", () => {
    const params = answered('Digest realm="t", nonce="n", algorithm=MD5');
    assert.deepEqual([params?.has("qop"), params?.has("nc"), params?.has("cnonce")], [false, false, false]);
  });

  for (const header of ["", "Basic realm=x", 'Digest realm="t", nonce="n", qop="auth-int"', "nonsense"]) {
    it(`is none to ${JSON.stringify(header)}`, () => assert.equal(answered(header), undefined));
  }
});
