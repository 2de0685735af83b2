// The smallest UAS on drachtio-srf's public API. Usage: answering-app.mjs HOST PORT SECRET
import Srf from "drachtio-srf";

const [host, port, secret] = process.argv.slice(2);
const srf = new Srf();
srf.connect({ host, port: Number(port), secret });
srf.on("connect", () => console.log("connected"));
srf.invite(async (req, res) => {
  res.send(180);
  const dialog = await srf.createUAS(req, res, { localSdp: req.body });
  dialog.on("destroy", () => {});
});
