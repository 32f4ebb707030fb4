import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readTenant } from "../../../../stacks/simulate/what-if/tenant-file";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-what-if-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function fileWith(text: string): string {
  const file = path.join(folder, "tenant.yaml");
  fs.writeFileSync(file, text);
  return file;
}

const BLOCK = `
name: acme
windows:
  - {name: morning, from: "08:00", to: "11:30", floor: 2, ceiling: 3}
  - {name: midday, from: "11:30", to: "14:00", floor: 3, ceiling: 4}
otherwise: {floor: 1, ceiling: 2}
`;
const stackFile = (block: string) =>
  `config:\n  flinktide:role: tenant\n  flinktide:tenant: ${block}\nencryptionsalt: v1:x\n`;

test("reads a stack file, a stack file with JSON, and a block alone alike", () => {
  const alone = readTenant(fileWith(BLOCK)).tenant;
  expect(alone).toMatchObject({ name: "acme", otherwise: { floor: 1, ceiling: 2 } });
  const indented = BLOCK.replaceAll("\n", "\n    ");
  expect(readTenant(fileWith(stackFile(indented))).tenant).toEqual(alone);
  const json = JSON.stringify(readTenant(fileWith(BLOCK)).raw);
  expect(readTenant(fileWith(stackFile(`'${json}'`))).tenant).toEqual(alone);
});

test("settings are changed by name or by place, also ones that the file leaves out", () => {
  const file = fileWith(BLOCK);
  const { tenant, label } = readTenant(file, [
    { path: "otherwise.ceiling", value: "5" },
    { path: "windows.morning.from", value: "07:30" },
    { path: "windows[1].ceiling", value: "6" },
    { path: "quota.taskManagers", value: "6" },
  ]);
  expect(tenant.otherwise).toMatchObject({ floor: 1, ceiling: 5 });
  expect(tenant.windows[0]).toMatchObject({ name: "morning", from: 450, ceiling: 3 });
  expect(tenant.windows[1]).toMatchObject({ name: "midday", ceiling: 6 });
  expect(tenant.quota).toEqual({ taskManagers: 6 });
  expect(label).toBe(
    `${file} with otherwise.ceiling=5, windows.morning.from=07:30, windows[1].ceiling=6, quota.taskManagers=6`,
  );
  expect(readTenant(file).tenant.otherwise).toMatchObject({ ceiling: 2 });
});

test.each([
  [
    "windows.mornin.floor",
    "--set windows.mornin.floor: there is no mornin; did you mean morning? There are: morning, midday.",
  ],
  ["windows[7].floor", "--set windows[7].floor: there is no 7. There are: morning, midday."],
  [
    "name.first.x",
    "--set name.first.x: there is no block of settings at that place. Write it as otherwise.ceiling=4 or windows.morning.floor=2.",
  ],
])("a place that is not there: %s", (where, message) => {
  expect(() => readTenant(fileWith(BLOCK), [{ path: where, value: "1" }])).toThrow(
    new Error(message),
  );
});

test("a value or a setting that can't be is told as for pulumi up", () => {
  const file = fileWith(BLOCK);
  expect(() => readTenant(file, [{ path: "otherwise.floor", value: "9" }])).toThrow(
    `The tenant of ${file} with otherwise.floor=9 has problems:\n` +
      "  - otherwise.floor (given: 9): it is above the ceiling of 2.",
  );
  expect(() => readTenant(file, [{ path: "otherwise.flor", value: "1" }])).toThrow(
    "  - otherwise.flor (given: 1): there is no such setting.",
  );
});

test("files that are none", () => {
  expect(() => readTenant(path.join(folder, "missing.yaml"))).toThrow(
    /^The tenant .*missing\.yaml can't be read \(ENOENT.*\)\. Give a stack file such as/,
  );
  expect(() => readTenant(fileWith("config: [unclosed\n a: {b"))).toThrow(/is not YAML: /);
  expect(() => readTenant(fileWith("config:\n  flinktide:role: platform\n"))).toThrow(
    "is a stack file without a tenant. Give one that has the block flinktide:tenant.",
  );
});
