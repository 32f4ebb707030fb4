import * as fs from "node:fs";
import { isMap, isScalar, parse, parseDocument } from "yaml";
import { UserError } from "../../../infra/errors";
import { parseTenant } from "../../../policies/parse-tenant";
import type { Tenant } from "../../../policies/tenant";
import { nearest } from "../choose";

/** A tenant as a file has it, and as the policies see it. */
export interface TenantVersion {
  /** The file, and what was set on top of it. */
  label: string;
  /** The block as the user wrote it. */
  raw: unknown;
  tenant: Tenant;
}

/** One `--set`. */
export interface Override {
  /** Dotted, such as `windows.morning.floor` or `windows[0].floor`. */
  path: string;
  /** As YAML. */
  value: string;
}

const BLOCK = "flinktide:tenant";

/**
 * A tenant from a stack file (`Pulumi.dev-acme.yaml`) or from a file that holds its tenant block alone, with settings
 * changed. Throws UserError where the file can't be read or the tenant has problems, with all of them.
 */
export function readTenant(file: string, overrides: readonly Override[] = []): TenantVersion {
  const raw = overrides.reduce(withOverride, blockOf(file));
  const set = overrides.map(({ path, value }) => `${path}=${value}`).join(", ");
  const label = set === "" ? file : `${file} with ${set}`;
  const parsed = parseTenant(raw);
  if (parsed.ok) return { label, raw, tenant: parsed.tenant };
  throw new UserError(`The tenant of ${label} has problems:`, parsed.problems);
}

function blockOf(file: string): unknown {
  const document = parseDocument(readText(file));
  const [error] = document.errors;
  if (error !== undefined) {
    throw new UserError(`${file} is not YAML: ${error.message.split("\n")[0] ?? ""}`);
  }
  const config = document.get("config");
  if (!isMap(config)) return document.toJS();
  const block: unknown = config.get(BLOCK, true);
  if (block === undefined) {
    throw new UserError(
      `${file} is a stack file without a tenant. Give one that has the block ${BLOCK}.`,
    );
  }
  // The block may be JSON in a text, as `pulumi config set` writes it.
  return isScalar(block) && typeof block.value === "string"
    ? parse(block.value)
    : (document.toJS() as { config: Record<string, unknown> }).config[BLOCK];
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(
      `The tenant ${file} can't be read (${(error as Error).message}). Give a stack file such as Pulumi.dev-acme.yaml.`,
    );
  }
}

/** The block with one setting changed; the block itself stays as it is. */
function withOverride(raw: unknown, { path, value }: Override): unknown {
  const copy: unknown = structuredClone(raw);
  const keys = path.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
  const last = keys.pop() ?? "";
  let at: unknown = copy;
  keys.forEach((key, i) => {
    const container = containerAt(at, path);
    const place = placeIn(container, key, path);
    // A block that the file leaves out, such as `quota`.
    if (!Array.isArray(container)) container[place] ??= {};
    at = container[place];
    if (at === undefined || i >= keys.length) throw noPlace(path);
  });
  const container = containerAt(at, path);
  container[placeIn(container, last, path)] = parse(value) as unknown;
  return copy;
}

function containerAt(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw noPlace(path);
}

/** The key itself, or of a list the index of the entry that has this name. */
function placeIn(container: unknown, key: string, path: string): string {
  if (!Array.isArray(container)) return key;
  const names = container.map((entry: unknown) => String((entry as { name?: unknown }).name));
  const index = names.includes(key) ? names.indexOf(key) : Number(key);
  if (container[index] !== undefined) return String(index);
  const near = nearest(key, names);
  throw new UserError(
    `--set ${path}: there is no ${key}${near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "."} ` +
      `There are: ${names.join(", ")}.`,
  );
}

function noPlace(path: string): UserError {
  return new UserError(
    `--set ${path}: there is no block of settings at that place. Write it as otherwise.ceiling=4 or windows.morning.floor=2.`,
  );
}
