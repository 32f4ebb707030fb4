import { Gate } from "../../../stacks/conductor/gate";

/** Pieces of work that begin when they may and end when they are told. */
class Works {
  readonly begun: number[] = [];
  private readonly ends: ((how?: Error) => void)[] = [];

  piece = (id: number) => () => {
    this.begun.push(id);
    return new Promise<number>((resolve, reject) => {
      this.ends[id] = (error) => (error === undefined ? resolve(id) : reject(error));
    });
  };

  async end(id: number, how?: Error): Promise<void> {
    this.ends[id]?.(how);
    await new Promise(setImmediate);
  }
}

test("so many at once; the others in line, also after one that fails", async () => {
  const gate = new Gate(2);
  const works = new Works();
  const results = [0, 1, 2, 3, 4].map((id) => gate.through(works.piece(id)));
  const settled = Promise.allSettled(results);
  await new Promise(setImmediate);
  expect(works.begun).toEqual([0, 1]);
  await works.end(1, new Error("odd"));
  expect(works.begun).toEqual([0, 1, 2]);
  await works.end(0);
  await works.end(2);
  expect(works.begun).toEqual([0, 1, 2, 3, 4]);
  await works.end(3);
  await works.end(4);
  const states = (await settled).map(({ status }) => status);
  expect(states).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"]);
  expect(await results[4]).toBe(4);
});

test("once it is empty, as many go in again", async () => {
  const gate = new Gate(1);
  for (let i = 0; i < 3; i++) expect(await gate.through(async () => i)).toBe(i);
  await expect(gate.through(() => Promise.reject(new Error("odd")))).rejects.toThrow("odd");
  expect(await gate.through(async () => "after")).toBe("after");
});
