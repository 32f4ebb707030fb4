import type { SnapshotFile } from "../../../infra/flink/cluster-host";
import { parseFind } from "../../../infra/flink/cluster-host";
import { newestSnapshot } from "../../../infra/flink/snapshots";

function storage(files: SnapshotFile[]) {
  const asked: string[][] = [];
  const host = {
    startTaskManager: async () => undefined,
    dismiss: async () => undefined,
    snapshots: async (folders: readonly string[]) => {
      asked.push([...folders]);
      return files;
    },
  };
  return { host, asked };
}
const search = { jobIds: ["a", "b"], checkpointFolder: "/c", savepointFolder: "/s/x" };

describe("newestSnapshot", () => {
  it.each([
    ["a checkpoint", "file:///c/b/chk-2", 3, 2],
    ["a savepoint", "file:///s/x/savepoint-1", 2, 3],
  ])("is %s where that is the newest", async (_kind, expected, chk, savepoint) => {
    const { host } = storage([
      { path: "file:///c/a/chk-1", modifiedMs: 1 },
      { path: "file:///c/b/chk-2", modifiedMs: chk },
      { path: "file:///s/x/savepoint-1", modifiedMs: savepoint },
    ]);
    expect(await newestSnapshot(host, search)).toBe(expected);
  });

  it("is none where the storage is empty", async () => {
    expect(await newestSnapshot(storage([]).host, search)).toBeUndefined();
  });

  it.each([
    [undefined, ["/c/a", "/c/b", "/s/x"]],
    ["file:///c/old/chk-9", ["/c/a", "/c/b", "/s/x", "/c/old"]],
    ["file:/c/old/chk-9", ["/c/a", "/c/b", "/s/x", "/c/old"]],
    ["file:///s/x/savepoint-1", ["/c/a", "/c/b", "/s/x"]],
  ])("looks into the lineage's folders and that of the known one (%s)", async (known, folders) => {
    const { host, asked } = storage([]);
    await newestSnapshot(host, { ...search, known });
    expect(asked).toEqual([folders]);
  });
});

describe("parseFind", () => {
  it.each([
    ["", []],
    ["1700000000.5 /c/a/chk-1\n", [{ path: "file:///c/a/chk-1", modifiedMs: 1700000000500 }]],
    [
      "1 /with a space\n2 /b\n",
      [
        { path: "file:///with a space", modifiedMs: 1000 },
        { path: "file:///b", modifiedMs: 2000 },
      ],
    ],
    ["find: '/x': No such file or directory\n", []],
    ["x /c\n5 relative\n", []],
  ])("%j", (output, expected) => {
    expect(parseFind(output)).toEqual(expected);
  });
});
