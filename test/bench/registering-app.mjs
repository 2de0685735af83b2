// The smallest registrar on drachtio-srf's public API: digest with MD5. Usage: registering-app.mjs HOST PORT SECRET PASSWORD
import { createHash, randomBytes } from "node:crypto";
import Srf from "drachtio-srf";

const [host, port, secret, password] = process.argv.slice(2);
const realm = "offhook.test";
const nonce = randomBytes(12).toString("hex");
const md5 = (text) => createHash("md5").update(text).digest("hex");
const srf = new Srf();
srf.connect({ host, port: Number(port), secret });
srf.on("connect", () => console.log("connected"));
srf.register((req, res) => {
  const said = req.get("Authorization") ?? "";
  const {
    username = "",
    uri = "",
    response,
  } = Object.fromEntries([...said.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
  const expected = md5(`${md5(`${username}:${realm}:${password}`)}:${nonce}:${md5(`REGISTER:${uri}`)}`);
  if (response === expected) res.send(200, { headers: { Contact: req.get("Contact"), Expires: "3600" } });
  else res.send(401, { headers: { "WWW-Authenticate": `Digest realm="${realm}", nonce="${nonce}", algorithm=MD5` } });
});
