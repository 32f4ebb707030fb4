import { askForToken, forgetToken, knownToken } from "./token";

export type OrderName = "pause" | "resume" | "hold";

/** `refused`: with the server's sentence. `given-up`: the reader showed no token. */
export type OrderResult =
  { state: "done" } | { state: "refused"; sentence: string } | { state: "given-up" };

/** Sends an order, asking for the token where it is missing, and again as long as it is wrong. */
export async function sendOrder(
  tenant: string,
  order: OrderName,
  body: unknown = {},
): Promise<OrderResult> {
  let token = knownToken() ?? (await askForToken(""));
  while (token !== undefined) {
    const { status, sentence } = await post(tenant, order, body, token);
    if (status === 200) return { state: "done" };
    if (status !== 401) return { state: "refused", sentence };
    forgetToken();
    token = await askForToken(sentence);
  }
  return { state: "given-up" };
}

async function post(tenant: string, order: OrderName, body: unknown, token: string) {
  try {
    const response = await fetch(`/api/tenants/${encodeURIComponent(tenant)}/${order}`, {
      method: "POST",
      // A header carries no more than these; what else was pasted is no token.
      headers: { Authorization: `Bearer ${token.replace(/[^\x21-\x7e]/g, "")}` },
      body: JSON.stringify(body),
    });
    const { error = "" } = (await response.json()) as { error?: string };
    return { status: response.status, sentence: error };
  } catch {
    return { status: 0, sentence: "The conductor does not answer; nobody knows whether it heard." };
  }
}
