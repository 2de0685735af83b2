// Waits for the server to connect, and answers the call that it brings. Usage: listener.mjs HOST PORT SECRET
import Srf from "drachtio-srf";

const [host, port, secret] = process.argv.slice(2);
const srf = new Srf();
srf.listen({ host, port: Number(port), secret });
srf.on("listening", () => console.log("listening"));
srf.on("connect", () => console.log("connected"));
srf.on("error", (fault) => console.log(`error ${fault.message}`));
srf.invite(async (req, res) => {
  const dialog = await srf.createUAS(req, res, { localSdp: req.body });
  console.log("answered");
  dialog.on("destroy", () => {
    console.log("ended");
    srf.endSession(req);
  });
});
