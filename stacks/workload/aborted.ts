/** What the filter needs to know of a record. */
export interface Transactional {
  offset: number;
  producerId: string;
  inTransaction: boolean;
  /** A marker that ends a transaction; never shown to a reader. */
  isControl: boolean;
  key: Buffer | null;
}

/** A transaction that was rolled back, as the broker lists it beside fetched records. */
export interface AbortedTransaction {
  producerId: string;
  firstOffset: number;
}

/**
 * The committed records of one fetched stretch, in order, without markers.
 *
 * kafkajs has such a filter too, but it takes the broker's list as sorted by first offset (it is sorted by the end
 * of the transactions) and opens one transaction a record at most; with two producers in one partition, as two
 * sink subtasks are, it lets rolled-back records through.
 */
export function committedOnly<T extends Transactional>(
  records: readonly T[],
  aborted: readonly AbortedTransaction[],
): T[] {
  const waiting = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset);
  const open = new Set<string>();
  return records.filter((record) => {
    for (let next = waiting.at(-1); next && next.firstOffset <= record.offset;) {
      open.add(next.producerId);
      waiting.pop();
      next = waiting.at(-1);
    }
    if (record.isControl) {
      if (isAbortMarker(record)) open.delete(record.producerId);
      return false;
    }
    return !(record.inTransaction && open.has(record.producerId));
  });
}

/** A marker's key is two 16-bit numbers, version and type; type 0 is a rollback. */
function isAbortMarker(record: Transactional): boolean {
  return record.key !== null && record.key.length >= 4 && record.key.readInt16BE(2) === 0;
}
