import { journalAt } from "../../infra/flink/journal-at";

/** Adds so many ids of its own to a journal, one at a time, each time as the only one who works on it. */
const [place = "", name = "", times = "0"] = process.argv.slice(2);

async function main(): Promise<void> {
  for (let i = 0; i < Number(times); i++) {
    const journal = journalAt(place);
    await journal.exclusively(async () => {
      const before = (await journal.load()) ?? { lineage: "shared", jobIds: [] };
      // Long enough for another to come between.
      await new Promise((resolve) => setTimeout(resolve, 20));
      await journal.save({ ...before, jobIds: [...before.jobIds, `${name}-${i}`] });
    });
  }
}
void main();
