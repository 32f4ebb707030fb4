import { byId, setText } from "./dom";

const KEY = "flinktide-token";

/** The token that this tab knows. */
export function knownToken(): string | null {
  return sessionStorage.getItem(KEY);
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
}

/** Takes a token from the address's fragment, which no server sees, and removes it from there and the history. */
export function takeTokenFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null || token === "") return;
  sessionStorage.setItem(KEY, token);
  history.replaceState(null, "", location.pathname);
}

/** Asks for the token, and keeps it for this tab. Undefined where the reader gives none. */
export async function askForToken(fault: string): Promise<string | undefined> {
  const dialog = byId("token-dialog", HTMLDialogElement);
  const input = byId("token", HTMLInputElement);
  setText(byId("token-fault", HTMLElement), fault);
  input.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  const token = input.value.trim();
  input.value = "";
  if (dialog.returnValue !== "use" || token === "") return undefined;
  sessionStorage.setItem(KEY, token);
  return token;
}
