/** Changes of a table of texts, mixed and at a steady rate; of batches that differ, so that what is missing shows. */

/** Row changes of a batch. */
export const BATCH = 500;
/** A batch comes in transactions of so many row changes, spread over its time. */
const TRANSACTION = 100;
const PAUSE_SECONDS = 0.08;
/** Two inserts, an update, a delete. */
const ROUND = 4;

/** Batches that hold at least so many row changes. */
export function batchesOf(changes: number): number {
  return Math.ceil((changes + BATCH / ROUND) / BATCH);
}

/** Row changes of the first batches; the very first one finds nothing to delete. */
export function changesIn(batches: number): number {
  return batches * BATCH - (batches > 0 ? BATCH / ROUND : 0);
}

export function createTable(table: string): string {
  return `CREATE TABLE ${table} (id INT PRIMARY KEY AUTO_INCREMENT, body VARCHAR(200))`;
}

/** The SQL of a batch, which counts from 0. Each is to be run once, and in its turn. */
export function statementsOf(table: string, batch: number): string {
  const rounds = Array.from({ length: BATCH / ROUND }, (_, i) => roundOf(table, batch, i));
  const transactions: string[] = [];
  for (let i = 0; i < rounds.length; i += TRANSACTION / ROUND) {
    const part = rounds.slice(i, i + TRANSACTION / ROUND).flat();
    transactions.push(["BEGIN", ...part, "COMMIT"].join(";\n"));
  }
  return transactions.join(`;\nDO SLEEP(${PAUSE_SECONDS});\n`);
}

/** Two inserts, an update of the first, and a delete of what the batch before inserted second. */
function roundOf(table: string, batch: number, round: number): string[] {
  const id = batch * BATCH + round * 2 + 1;
  const words = `row ${["alpha", "beta", "gamma"][round % 3]} ${"abcdefghij"[batch % 10]}x`;
  return [
    `INSERT INTO ${table} (id, body) VALUES (${id}, '${words}'), (${id + 1}, '${words}')`,
    `UPDATE ${table} SET body = 'changed ${words}' WHERE id = ${id}`,
    ...(batch > 0 ? [`DELETE FROM ${table} WHERE id = ${id + 1 - BATCH}`] : []),
  ];
}
