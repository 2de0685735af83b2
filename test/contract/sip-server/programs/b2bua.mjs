// Connects every call to a URI. Usage: b2bua.mjs HOST PORT SECRET URI
import Srf from "drachtio-srf";

const [host, port, secret, uri] = process.argv.slice(2);
const srf = new Srf();
srf.connect({ host, port: Number(port), secret });
srf.on("connect", (fault, hostport) => console.log(fault ? `failed ${fault.message}` : `connected ${hostport}`));
srf.on("error", (fault) => console.log(`error ${fault.message}`));

srf.invite(async (req, res) => {
  try {
    const { uas, uac } = await srf.createB2BUA(req, res, uri, { proxyRequestHeaders: ["X-Test", "Supported"] });
    uas.other = uac;
    uac.other = uas;
    for (const leg of [uas, uac]) leg.on("destroy", () => leg.other.destroy());
    console.log("connected two");
  } catch (fault) {
    console.log(`failed ${fault.status ?? fault.message}`);
  }
});
