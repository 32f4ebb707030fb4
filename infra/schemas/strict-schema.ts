import { z } from "zod";

/** A type of Kubernetes's API as its OpenAPI description has it. */
const definitionSchema = z.looseObject({
  "x-kubernetes-group-version-kind": z
    .array(z.object({ group: z.string(), version: z.string(), kind: z.string() }))
    .optional(),
});
export const openApiSchema = z.object({ definitions: z.record(z.string(), definitionSchema) });
export type Definitions = z.output<typeof openApiSchema>["definitions"];

type Json = Readonly<Record<string, unknown>>;

const REFERENCE = "#/definitions/";
const QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";

/**
 * The JSON schema of a kind, with every type that it needs in it; undefined where this version of Kubernetes has no
 * such kind. What a type does not name is refused, as with `kubectl apply --validate=strict`.
 *
 * @param apiVersion for instance apps/v1
 */
export function strictSchema(
  definitions: Definitions,
  apiVersion: string,
  kind: string,
): Json | undefined {
  const [version = "", group = ""] = apiVersion.split("/").reverse();
  const found = Object.entries(definitions).find(([, { "x-kubernetes-group-version-kind": of }]) =>
    of?.some((each) => each.group === group && each.version === version && each.kind === kind),
  );
  if (found === undefined) return undefined;
  const needed = closure(definitions, found[0]);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    allOf: [{ $ref: `${REFERENCE}${found[0]}` }],
    required: ["apiVersion", "kind", "metadata"],
    definitions: Object.fromEntries(
      needed.map((name) => [
        name,
        name === QUANTITY ? { type: ["string", "number"] } : strict(definitions[name]),
      ]),
    ),
  };
}

/** A type and all that it refers to. */
function closure(definitions: Definitions, from: string): string[] {
  const known = new Set<string>([from]);
  for (const name of known) {
    const text = JSON.stringify(definitions[name] ?? {});
    for (const [, other] of text.matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)) {
      if (other !== undefined) known.add(other);
    }
  }
  return [...known];
}

/** The same schema, without any room for what it does not name. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== "object" || schema === null) return schema;
  const { format, ...rest } = schema as Json;
  if (format === "int-or-string") return { type: ["string", "integer"] };
  const inner = Object.fromEntries(Object.entries(rest).map(([key, of]) => [key, strict(of)]));
  const isObject = typeof inner["properties"] === "object" && inner["type"] === "object";
  return isObject && inner["additionalProperties"] === undefined
    ? { ...inner, additionalProperties: false }
    : inner;
}
