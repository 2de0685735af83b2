// The smallest B2BUA on drachtio-srf's public API. Usage: joining-app.mjs HOST PORT SECRET URI
import Srf from "drachtio-srf";

const [host, port, secret, uri] = process.argv.slice(2);
const srf = new Srf();
srf.connect({ host, port: Number(port), secret });
srf.on("connect", () => console.log("connected"));
srf.invite(async (req, res) => {
  const { uas, uac } = await srf.createB2BUA(req, res, uri);
  uas.on("destroy", () => uac.destroy());
  uac.on("destroy", () => uas.destroy());
});
