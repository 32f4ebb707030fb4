import type * as provider from "@pulumi/pulumi/provider";
import type { z } from "zod";
import { problemsOf } from "../../../policies/problem";

/** What one resource type of the provider does. Inputs and state are unchecked until a handler parses them. */
export interface ResourceHandler {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  check(news: unknown): provider.CheckFailure[];
  diff(olds: unknown, news: unknown): Promise<provider.DiffResult>;
  create(inputs: unknown): Promise<provider.CreateResult>;
  read(id: string, props: unknown): Promise<provider.ReadResult>;
  update(olds: unknown, news: unknown): Promise<unknown>;
  delete(props: unknown): Promise<void>;
}

/** What the engine sends for a value that is not known before an update (pulumi's rpc UnknownStringValue). */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function hasUnknowns(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknowns);
}

/** Failures against the property they are about; none while values are still unknown. */
export function checkAgainst(schema: z.ZodType, news: unknown): provider.CheckFailure[] {
  if (hasUnknowns(news)) return [];
  const parsed = schema.safeParse(news);
  if (parsed.success) return [];
  return problemsOf(parsed.error, news).map((p) => ({
    property: p.path,
    reason: `${p.fault} (given: ${JSON.stringify(p.value)}). Fix: ${p.fix}`,
  }));
}
