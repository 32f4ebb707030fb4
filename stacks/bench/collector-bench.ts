import Table from "cli-table3";
import { exec } from "../../infra/exec";
import { step } from "../../infra/progress";
import { setup } from "../../infra/toolchain/setup";
import { ScratchEnvironment } from "../driver/scratch-environment";
import { CollectorRun, type Growth, type Way } from "./collector-run";
import { distribution, type Distribution } from "./distribution";
import { keepResult } from "./results";

const ROWS = 150_000;
const CHANGES = 150_000;
/** The first of each is not counted: the page cache is cold. */
const ROUNDS = 4;
/** What is promised on two cores, a second, and against the bare one. */
const LEAST = { snapshot: 5_000, stream: 2_000, ratio: 0.95 };
const PARTS = ["snapshot", "stream"] as const;
const WAYS: readonly Way[] = ["product", "bare"];
type Part = (typeof PARTS)[number];

interface Figures {
  rows: number;
  changes: number;
  /** Records a second, and seconds from the start of the container to the first record. */
  rates: Record<Part, Record<Way, Distribution> & { ratio: number }>;
  firstRecordSeconds: Record<Way, Distribution>;
  imageMiB: Record<Way, number>;
}

/** Measures the collector beside Debezium Server as its distribution has it, in turn; 1 where it is too slow. */
export async function benchCollector(save: boolean): Promise<number> {
  Object.assign(process.env, (await setup({ collector: true })).env);
  const environment = await ScratchEnvironment.create();
  try {
    const { outputs } = await step("platform", () => environment.upPlatform());
    const open = () => CollectorRun.open(environment, String(outputs.kafkaOnHost), ROWS);
    const run = await step("database and images", open);
    const figures = await measure(run);
    print(figures);
    if (save) keepResult("bench-collector", figures);
    return PARTS.every((part) => isFast(part, figures)) ? 0 : 1;
  } finally {
    await environment.remove();
  }
}

async function measure(run: CollectorRun): Promise<Figures> {
  const seen: Record<Way, Record<Part, Growth>[]> = { product: [], bare: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of round % 2 === 0 ? WAYS : WAYS.toReversed()) {
      const title = `${way}, round ${round + 1} of ${ROUNDS}`;
      const growths = await step(title, () => run.measure(way, CHANGES));
      if (round > 0) seen[way].push(growths);
    }
  }
  const rates = (way: Way, part: Part) =>
    distribution(seen[way].map((growths) => growths[part].perSecond));
  const of = (part: Part) => {
    const [product, bare] = [rates("product", part), rates("bare", part)];
    return { product, bare, ratio: product.median / bare.median };
  };
  const first = (way: Way) =>
    distribution(seen[way].map(({ snapshot }) => snapshot.firstAfterSeconds));
  return {
    ...{ rows: ROWS, changes: CHANGES },
    rates: { snapshot: of("snapshot"), stream: of("stream") },
    firstRecordSeconds: { product: first("product"), bare: first("bare") },
    imageMiB: { product: await sizeOf(run.images.product), bare: await sizeOf(run.images.bare) },
  };
}

async function sizeOf(image: string): Promise<number> {
  const bytes = await exec("docker", ["image", "inspect", "--format", "{{.Size}}", image]);
  return Math.round(Number(bytes) / 2 ** 20);
}

function isFast(part: Part, { rates }: Figures): boolean {
  const { product, ratio } = rates[part];
  return product.median >= LEAST[part] && ratio >= LEAST.ratio;
}

function print(figures: Figures): void {
  const head = ["records/s", "n", "min", "median", "max", "bare median", "ratio", "promised"];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const part of PARTS) {
    const { product, bare, ratio } = figures.rates[part];
    const numbers = [product.min, product.median, product.max, bare.median].map(Math.round);
    const promised = `${LEAST[part]}, ${LEAST.ratio}`;
    table.push([part, product.count, ...numbers, ratio.toFixed(2), promised]);
  }
  const { firstRecordSeconds: first, imageMiB } = figures;
  process.stdout.write(
    `${table.toString()}\nFirst record after ${first.product.median.toFixed(1)} s (bare ${first.bare.median.toFixed(1)} s); image ${imageMiB.product} MiB (bare ${imageMiB.bare} MiB).\n`,
  );
}
