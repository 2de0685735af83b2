import { createRoot } from "react-dom/client";
import { Softphone } from "./softphone.jsx";

// Users of yours sign in with a token: { url, token: () => fetch("/phone-token").then((reply) => reply.text()) }
const gateway = { url: "https://phone.example.org", appKey: "shop-key-1234" };

createRoot(document.getElementById("root")).render(<Softphone gateway={gateway} />);
