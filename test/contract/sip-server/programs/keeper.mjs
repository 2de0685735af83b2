// Answers calls and keeps them; or, told their ids, goes on with those that an earlier one left.
// Usage: keeper.mjs HOST PORT SECRET [DIALOG-ID ...]
import Srf from "drachtio-srf";

const [host, port, secret, ...left] = process.argv.slice(2);
const srf = new Srf("keeper");
srf.connect({ host, port: Number(port), secret });
srf.on("error", (fault) => console.log(`error ${fault.message}`));
srf.on("connect", (fault) => {
  console.log(fault ? `failed ${fault.message}` : "connected");
  for (const id of left) hangUp(id);
});

srf.invite((req, res) => {
  const headers = { "Content-Type": "application/sdp" };
  res.send(200, { headers, body: req.body }, (fault) => {
    console.log(fault ? `failed ${fault}` : `call ${res.meta.dialogId}`);
  });
});
srf.use("bye", (req, res) => {
  console.log(`bye ${req.stackDialogId}`);
  res.send(200);
});

function hangUp(id) {
  srf.request("sip:placeholder", { method: "BYE", stackDialogId: id }, (fault, sent) => {
    if (fault) return console.log(`gone ${id}`);
    sent.on("response", (res) => console.log(`ended ${res.status} ${id}`));
  });
}
