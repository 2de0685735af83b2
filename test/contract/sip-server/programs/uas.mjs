// Answers every call, and says so. Usage: uas.mjs HOST PORT SECRET
import Srf from "drachtio-srf";

const [host, port, secret] = process.argv.slice(2);
const srf = new Srf();
srf.connect({ host, port: Number(port), secret });
srf.on("connect", (fault, hostport) => console.log(fault ? `failed ${fault.message}` : `connected ${hostport}`));
srf.on("error", (fault) => console.log(`error ${fault.message}`));

srf.invite(async (req, res) => {
  res.send(180);
  const dialog = await srf.createUAS(req, res, { localSdp: req.body });
  console.log(`answered ${req.callingNumber}`);
  dialog.on("destroy", () => console.log("ended"));
  dialog.on("info", (info, reply) => reply.send(200));
});
srf.options((req, res) => res.send(200));
