import { committedOnly, type Transactional } from "../../../stacks/workload/aborted";

const ABORT = Buffer.from([0, 0, 0, 0]);
const COMMIT = Buffer.from([0, 0, 0, 1]);

function data(offset: number, producerId: string, inTransaction = true): Transactional {
  return { offset, producerId, inTransaction, isControl: false, key: Buffer.from("k") };
}

function marker(offset: number, producerId: string, key: Buffer): Transactional {
  return { offset, producerId, inTransaction: true, isControl: true, key };
}

function offsets(records: Transactional[]): number[] {
  return records.map((record) => record.offset);
}

test("drops markers and rolled-back records, keeps the rest", () => {
  const log = [
    data(0, "a"),
    data(1, "plain", false),
    marker(2, "a", ABORT),
    data(3, "a"),
    marker(4, "a", COMMIT),
  ];
  expect(offsets(committedOnly(log, [{ producerId: "a", firstOffset: 0 }]))).toEqual([1, 3]);
  expect(offsets(committedOnly(log, []))).toEqual([0, 1, 3]);
});

test("the broker's list is in the order in which transactions ended", () => {
  const log = [
    data(5, "b"),
    data(6, "b"),
    data(10, "a"),
    marker(11, "a", ABORT),
    data(12, "b"),
    marker(13, "b", ABORT),
    data(14, "b"),
  ];
  const aborted = [
    { producerId: "a", firstOffset: 10 },
    { producerId: "b", firstOffset: 5 },
  ];
  expect(offsets(committedOnly(log, aborted))).toEqual([14]);
});

test("two transactions that began before the stretch are both known from its first record on", () => {
  const log = [data(8, "b"), data(9, "a"), marker(10, "a", ABORT), marker(11, "b", ABORT)];
  const aborted = [
    { producerId: "a", firstOffset: 5 },
    { producerId: "b", firstOffset: 6 },
  ];
  expect(committedOnly(log, aborted)).toEqual([]);
});

test("one producer may roll back, commit and roll back again", () => {
  const log = [
    data(0, "a"),
    marker(1, "a", ABORT),
    data(2, "a"),
    marker(3, "a", COMMIT),
    data(4, "a"),
    marker(5, "a", ABORT),
  ];
  const aborted = [
    { producerId: "a", firstOffset: 0 },
    { producerId: "a", firstOffset: 4 },
  ];
  expect(offsets(committedOnly(log, aborted))).toEqual([2]);
});
