import { useState } from "react";
import { useLive, useSession } from "./use-session.js";

export function Softphone({ gateway }) {
  const { session, problem } = useSession(gateway);
  if (problem) return <p role="alert">{problem.message}</p>;
  return session ? <Phone session={session} /> : <p>Connecting …</p>;
}

function Phone({ session }) {
  const { calls } = useLive(session.calls);
  const [number, setNumber] = useState("600");
  const [problem, setProblem] = useState();

  async function dial(event) {
    event.preventDefault();
    setProblem(undefined);
    await session.call({ tel: number }).catch(setProblem);
  }

  return (
    <main>
      <form onSubmit={dial}>
        <input aria-label="Number" type="tel" value={number} onChange={(event) => setNumber(event.target.value)} />
        <button>Call</button>
      </form>
      {problem && <p role="alert">{problem.message}</p>}
      {calls.map((call) => (
        <CallCard key={call.id} call={call} />
      ))}
    </main>
  );
}

function CallCard({ call }) {
  const { state, peer, muted } = useLive(call);
  return (
    <section>
      <strong>{peer.name ?? peer.number ?? "Somebody"}</strong> <span role="status">{state}</span>
      {state === "offered" && <button onClick={() => call.answer()}>Answer</button>}
      {state === "connected" && (
        <button aria-pressed={muted.audio} onClick={() => call.mute("audio")}>
          Mute
        </button>
      )}
      {state === "connected" &&
        [..."123456789*0#"].map((key) => (
          <button key={key} onClick={() => call.sendDigits(key)}>
            {key}
          </button>
        ))}
      <button onClick={() => call.end()}>{state === "offered" ? "Decline" : "End"}</button>
    </section>
  );
}
