import "./admin-app.ts";

/** As chosen on the phone page of the same origin; without a choice the system's. */
function chosenTheme(): string {
  try {
    return localStorage.getItem("offhook.theme") ?? "auto";
  } catch {
    return "auto";
  }
}

document.documentElement.dataset["theme"] = chosenTheme();
