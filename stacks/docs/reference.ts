import type { z } from "zod";
import { tenantSchema } from "../../policies/tenant";
import { platformSchema } from "../platform-schema";
import { settingsOf } from "./settings";

/** The blocks that docs/tenant.md lists, by the name in their markers. */
const BLOCKS: Readonly<Record<string, z.ZodType>> = {
  tenant: tenantSchema,
  platform: platformSchema,
};

/** A block's table. */
export function settingsTable(schema: z.ZodType): string {
  const rows = settingsOf(schema).map((s) => [`\`${s.path}\``, s.meaning, s.type, s.default]);
  return markdownTable(["Setting", "Meaning", "Type and limits", "Default"], rows);
}

/** A table in Markdown, its columns padded as prettier does it. */
export function markdownTable(head: readonly string[], rows: readonly string[][]): string {
  const widths = head.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** The page with its tables, and the example from a stack file, made anew between their markers. */
export function renderReference(page: string, exampleFile: string): string {
  const tables = Object.entries(BLOCKS).map(([name, schema]) => [name, settingsTable(schema)]);
  const example = `\`\`\`yaml\n${withoutSalt(exampleFile)}\`\`\``;
  return [...tables, ["example", example]].reduce(
    (text, [name = "", content = ""]) => replaceBetween(text, name, content),
    page,
  );
}

/** Pulumi writes the salt of the stack's own passphrase into the file; another stack has another. */
function withoutSalt(file: string): string {
  return file.replace(/^encryptionsalt:.*\n?/m, "");
}

/** Puts content between the markers of its name. Throws where the page has none. */
export function replaceBetween(page: string, name: string, content: string): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no markers ${begin} and ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${content}\n\n${page.slice(to)}`;
}
