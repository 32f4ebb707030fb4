/** Amounts as Kubernetes writes them: `500m`, `2`, `1536Mi`, `2G`. */

const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** In thousandths, rounded up, as Kubernetes counts; undefined of what is no amount. */
export function milliOf(quantity: unknown): number | undefined {
  const given = typeof quantity === "number" ? String(quantity) : quantity;
  if (typeof given !== "string") return undefined;
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(given.trim()) ?? [];
  const factor = Object.hasOwn(FACTORS, unit) ? FACTORS[unit] : undefined;
  if (digits === undefined || factor === undefined) return undefined;
  // Floating point is off by less than this; and there is a zero below zero.
  return Math.max(0, Math.ceil(Number(digits) * factor * 1000 - 1e-6));
}

/** As a person writes it: memory in Mi, cores with their fraction, anything else as a number. */
export function printMilli(milli: number, what: "cpu" | "memory" | "count"): string {
  if (what === "memory") return `${Math.ceil(milli / 1000 / 2 ** 20)}Mi`;
  return String(milli / 1000);
}
