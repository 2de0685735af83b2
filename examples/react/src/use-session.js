import { connect } from "@offhook/client";
import { useEffect, useState, useSyncExternalStore } from "react";

/** A session as long as the component is there. `gateway` is what `connect` takes; keep it the same object. */
export function useSession(gateway) {
  const [state, setState] = useState({});
  useEffect(() => {
    const leaving = new AbortController();
    connect({ ...gateway, signal: leaving.signal }).then(
      (session) => {
        if (leaving.signal.aborted) return session.close();
        leaving.signal.addEventListener("abort", () => session.close());
        setState({ session });
      },
      (problem) => leaving.signal.aborted || setState({ problem }),
    );
    return () => leaving.abort();
  }, [gateway]);
  return state;
}

/** What a session, a call or any other live object of the library looks like now. */
export const useLive = (live) => useSyncExternalStore(live.subscribe, live.view);
