// Answers OPTIONS, on drachtio-srf's public API. Usage: replying-app.mjs HOST PORT SECRET
import Srf from "drachtio-srf";

const [host, port, secret] = process.argv.slice(2);
const srf = new Srf();
srf.connect({ host, port: Number(port), secret });
srf.on("connect", () => console.log("connected"));
srf.options((req, res) => res.send(200));
