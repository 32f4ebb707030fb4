import { z } from "zod";
import { type CollectorSpec } from "../policies/collector";
import { handedDecisionSchema, type HandedDecision } from "../policies/decision";
import { parseTenant } from "../policies/parse-tenant";
import { problemsOf, type Problem } from "../policies/problem";
import type { Tenant } from "../policies/tenant";
import type { PartialTenant } from "../policies/tenant-parts";
import { platformSchema, type Platform } from "./platform-schema";

/** The config keys of this project; any other is refused by name. */
const KEYS = ["role", "platform", "tenant", "at"] as const;
/** Set by the conductor in its own copies of the stack files. */
const CONDUCTOR_KEYS = ["decision"] as const;
const PROJECT = "flinktide";

export type TenantConfig = Extract<StackConfig, { role: "tenant" }>;
export type StackConfig =
  | { role: "platform"; platform: Platform }
  | {
      role: "tenant";
      platform: string;
      tenant: Tenant;
      now: Date;
      /** What a conductor has decided; left out: what runs stands, as far as the clock allows. */
      handed?: HandedDecision;
    };

/** Stack config as Pulumi gives it: full key to text. */
export type RawConfig = Readonly<Record<string, string>>;

/** What a stack's config says, as far as it can be read, and everything that is wrong with it. */
export interface Interpretation {
  /** Absent where a problem stands in its way. */
  config?: StackConfig;
  problems: Problem[];
  /** The tenant's settings that parse on their own. */
  parts: PartialTenant;
}

/** Reads a stack's config without looking at anything else. */
export function interpretConfig(raw: RawConfig, clock: () => Date): Interpretation {
  const own = new Map(
    Object.entries(raw).flatMap(([key, value]) =>
      key.startsWith(`${PROJECT}:`) ? [[key.slice(PROJECT.length + 1), value] as const] : [],
    ),
  );
  const found: Interpretation = { problems: unknownKeys([...own.keys()]), parts: {} };
  const role = own.get("role");
  if (role === "platform") readPlatform(own, raw, found);
  else if (role === "tenant") readTenant(own, raw, clock, found);
  else {
    found.problems.push({
      path: `${PROJECT}:role`,
      value: role,
      fault: role === undefined ? "it is missing" : "it is not a role",
      fix: "set it to platform or tenant",
    });
  }
  return found;
}

function unknownKeys(keys: readonly string[]): Problem[] {
  return keys
    .filter((key) => !([...KEYS, ...CONDUCTOR_KEYS] as readonly string[]).includes(key))
    .map((key) => ({
      path: `${PROJECT}:${key}`,
      fault: "there is no such config key",
      fix: `remove it (pulumi config rm ${key}); the keys are ${KEYS.join(", ")}`,
    }));
}

function readPlatform(
  own: ReadonlyMap<string, string>,
  config: RawConfig,
  found: Interpretation,
): void {
  for (const key of ["tenant", "at", "decision"]) {
    if (!own.has(key)) continue;
    found.problems.push({
      path: `${PROJECT}:${key}`,
      fault: "a platform stack takes no such key",
      fix: "remove it, or set it on a tenant stack",
    });
  }
  const raw = parseBlock(own.get("platform") ?? "{}", "platform", found.problems);
  if (raw === undefined) return;
  const parsed = platformSchema.safeParse(raw);
  if (parsed.success) {
    const { secretKey } = parsed.data.alerts;
    const path = `${PROJECT}:platform.alerts.secretKey`;
    found.problems.push(...secretProblems(path, secretKey, config));
    const prefix = `${PROJECT}:platform.`;
    found.problems.push(...collectorSecretProblems(prefix, parsed.data.collectors, config));
    found.config = { role: "platform", platform: parsed.data };
  } else found.problems.push(...problemsOf(parsed.error, raw, `${PROJECT}:platform`));
}

function readTenant(
  own: ReadonlyMap<string, string>,
  config: RawConfig,
  clock: () => Date,
  found: Interpretation,
): void {
  const platform = own.get("platform");
  if (platform === undefined || !/^[A-Za-z0-9._/-]+$/.test(platform)) {
    found.problems.push({
      path: `${PROJECT}:platform`,
      value: platform,
      fault: platform === undefined ? "it is missing" : "it is not the name of a stack",
      fix: "set it to the platform's stack, for instance dev",
    });
  }
  const now = readInstant(own.get("at"), clock, found.problems);
  const tenant = readTenantBlock(own.get("tenant"), config, found);
  const handed = readHanded(own.get("decision"), found.problems);
  if (platform === undefined || now === undefined || tenant === undefined) return;
  found.config = { role: "tenant", platform, tenant, now, ...(handed && { handed }) };
}

function readHanded(text: string | undefined, problems: Problem[]): HandedDecision | undefined {
  if (text === undefined) return undefined;
  const block = parseBlock(text, "decision", problems);
  if (block === undefined) return undefined;
  const parsed = handedDecisionSchema.safeParse(block);
  if (parsed.success) return parsed.data;
  problems.push({
    path: `${PROJECT}:decision`,
    fault: `it is not a decision of the conductor (${z.prettifyError(parsed.error)})`,
    fix: "remove it: only the conductor sets it, and only in a copy of the stack file",
  });
  return undefined;
}

function readTenantBlock(
  text: string | undefined,
  config: RawConfig,
  found: Interpretation,
): Tenant | undefined {
  if (text === undefined) {
    found.problems.push({
      path: `${PROJECT}:tenant`,
      fault: "it is missing",
      fix: "describe the tenant there; docs/tenant.md has an example",
    });
    return undefined;
  }
  const raw = parseBlock(text, "tenant", found.problems);
  if (raw === undefined) return undefined;
  const parsed = parseTenant(raw);
  found.parts = parsed.parts;
  const passwordKey = parsed.parts.flink?.image?.registry?.passwordKey;
  found.problems.push(...secretProblems("flink.image.registry.passwordKey", passwordKey, config));
  found.problems.push(...collectorSecretProblems("", parsed.parts.collectors ?? [], config));
  if (parsed.ok) return parsed.tenant;
  found.problems.push(...parsed.problems);
  return undefined;
}

/** A secret stands under a config key of its own. Its value is never printed. */
function secretProblems(path: string, key: string | undefined, config: RawConfig): Problem[] {
  if (key === undefined || config[key] !== undefined) return [];
  const fix = `run: pulumi config set --secret ${key}`;
  return [{ path, value: key, fault: "this config key has no value", fix }];
}

function collectorSecretProblems(
  prefix: string,
  collectors: readonly CollectorSpec[],
  config: RawConfig,
): Problem[] {
  return collectors.flatMap(({ database, sink }, i) => {
    const at = `${prefix}collectors[${i}]`;
    return [
      ...secretProblems(`${at}.database.passwordKey`, database.passwordKey, config),
      ...secretProblems(`${at}.sink.accessKeyKey`, sink.accessKeyKey, config),
    ];
  });
}

function parseBlock(text: string, key: string, problems: Problem[]): object | undefined {
  const block = blockSchema.safeParse(text);
  if (block.success) return block.data;
  problems.push({
    path: `${PROJECT}:${key}`,
    value: text,
    fault: "it is not a block of settings",
    fix: `write it as YAML under ${PROJECT}:${key} in the stack file, or as a JSON object with -c`,
  });
  return undefined;
}

const blockSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue("not JSON");
      return z.NEVER;
    }
  })
  .pipe(z.looseObject({}));

const instantSchema = z.iso.datetime({ offset: true });

function readInstant(
  text: string | undefined,
  clock: () => Date,
  problems: Problem[],
): Date | undefined {
  if (text === undefined) return clock();
  if (instantSchema.safeParse(text).success) return new Date(text);
  problems.push({
    path: `${PROJECT}:at`,
    value: text,
    fault: "it is not an instant with a zone",
    fix: "write it as 2026-11-23T09:00:00+08:00",
  });
  return undefined;
}
