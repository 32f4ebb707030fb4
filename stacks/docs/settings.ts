import { z } from "zod";
import { settingTypes } from "../../policies/setting-type";

/** One row of a reference table. */
export interface Setting {
  /** Dotted path, `[]` for the entries of a list. */
  path: string;
  meaning: string;
  type: string;
  /** As the user would type it; `required`, or `none` where it may be left out. */
  default: string;
}

/** Every setting of a block, in the order of its schema. Throws where one has no description or no known type. */
export function settingsOf(schema: z.ZodType, path = ""): Setting[] {
  const { inner, given } = unwrap(schema);
  // What makes a setting optional may stand around its description.
  const meaning = schema.description ?? inner.description;
  const own = meaning === undefined ? [] : [rowOf(meaning, inner, given, path)];
  if (inner instanceof z.ZodObject) return [...own, ...fieldsOf(inner, path)];
  if (inner instanceof z.ZodArray && element(inner) instanceof z.ZodObject) {
    return [...own, ...fieldsOf(element(inner) as z.ZodObject, `${path}[]`)];
  }
  if (own.length === 0) throw new Error(`the setting ${path} has no description`);
  return own;
}

function fieldsOf(block: z.ZodObject, path: string): Setting[] {
  return Object.entries(block.shape as Record<string, z.ZodType>).flatMap(([key, field]) =>
    settingsOf(field, path === "" ? key : `${path}.${key}`),
  );
}

function element(list: z.ZodArray): z.ZodType {
  return list.element as z.ZodType;
}

/** Takes off what makes a setting optional, and tells what stands where it isn't given. */
function unwrap(schema: z.ZodType): { inner: z.ZodType; given: { value: unknown } | undefined } {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    const inner = unwrap(schema.unwrap() as z.ZodType).inner;
    return { inner, given: { value: schema.def.defaultValue } };
  }
  if (schema instanceof z.ZodOptional) {
    const inner = unwrap(schema.unwrap() as z.ZodType).inner;
    return { inner, given: { value: undefined } };
  }
  return { inner: schema, given: undefined };
}

function rowOf(
  meaning: string,
  inner: z.ZodType,
  given: { value: unknown } | undefined,
  path: string,
): Setting {
  const fallback = given === undefined ? "required" : printDefault(inner, given.value);
  return { path, meaning, type: typeOf(inner, path), default: fallback };
}

function printDefault(inner: z.ZodType, value: unknown): string {
  if (value === undefined) return "none";
  if (Array.isArray(value)) return value.length === 0 ? "empty" : value.join(", ");
  if (typeof value === "object") return "empty";
  const print = settingTypes.get(inner)?.print;
  const text = print === undefined ? String(value) : print(value as never);
  return inner instanceof z.ZodEnum ? `\`"${text}"\`` : `\`${text}\``;
}

function typeOf(schema: z.ZodType, path: string): string {
  const named = settingTypes.get(schema)?.type;
  if (named !== undefined) return named;
  if (schema instanceof z.ZodNumber) {
    const whole = schema.isInt ? "whole number" : "number";
    return `${whole}, ${schema.minValue} to ${schema.maxValue}`;
  }
  if (schema instanceof z.ZodEnum) return schema.options.map((o) => `\`"${o}"\``).join(" or ");
  if (schema instanceof z.ZodString) return "text";
  if (schema instanceof z.ZodBoolean) return "`true` or `false`";
  if (schema instanceof z.ZodRecord) return "block of texts, numbers, `true` or `false`";
  if (schema instanceof z.ZodObject) return "block";
  if (schema instanceof z.ZodArray) {
    const item = element(schema);
    if (item instanceof z.ZodObject) return "list of blocks";
    if (item instanceof z.ZodEnum) return `list of ${item.options.join(", ")}`;
    return "list of texts or numbers";
  }
  throw new Error(`the setting ${path} has a type that the reference can't name`);
}
