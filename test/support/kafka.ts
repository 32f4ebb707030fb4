import { exec } from "../../infra/exec";
import { builtImage } from "../../infra/images/built-image";
import { isAlive } from "../../infra/process-identity";
import { VERSIONS } from "../../infra/toolchain/versions";
import { freePorts } from "../../stacks/driver/scratch-environment";
import { withAdmin } from "../../stacks/workload/kafka";

/** A broker of a test's own, in a container that the test may kill and start again. */
export interface TestKafka {
  /** host:port on the loopback interface; stays the same over kill and start. */
  broker: string;
  kill(): Promise<void>;
  /** Starts it again after a kill, with its data, and waits until it answers. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

const LABEL = "flinktide.test";
const OWNER = "kafka-of-";

/** Starts a broker from the project's Kafka image, which is built first where it is missing. */
export async function startKafka(): Promise<TestKafka> {
  await removeLeftovers();
  const tag = await builtImage({ recipe: "kafka", version: VERSIONS.kafka });
  const [port = 0] = await freePorts(1);
  const name = `flinktide-test-kafka-${process.pid}`;
  const broker = `127.0.0.1:${port}`;
  await exec("docker", [
    ...["run", "--detach", "--name", name, "--label", `${LABEL}=${OWNER}${process.pid}`],
    // The broker asks itself whether a transaction is open, over the name it has inside.
    ...["--env", "INSIDE_HOST=localhost", "--env", `HOST_PORT=${port}`],
    ...["--publish", `127.0.0.1:${port}:9094`, tag],
  ]);
  await answers(broker);
  return {
    broker,
    kill: async () => void (await exec("docker", ["kill", name])),
    start: async () => {
      await exec("docker", ["start", name]);
      await answers(broker);
    },
    remove: async () => void (await exec("docker", ["rm", "--force", "--volumes", name])),
  };
}

/** What runs that were interrupted left: containers whose test process is gone. */
async function removeLeftovers(): Promise<void> {
  const format = `{{.ID}} {{.Label "${LABEL}"}}`;
  const all = ["ps", "--all", "--filter", `label=${LABEL}`, "--format", format];
  for (const row of (await exec("docker", all)).split("\n")) {
    const [id, owner = ""] = row.split(" ");
    if (id === undefined || !owner.startsWith(OWNER)) continue;
    if (!isAlive(Number(owner.slice(OWNER.length)))) {
      await exec("docker", ["rm", "--force", "--volumes", id]);
    }
  }
}

async function answers(broker: string): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  for (;;) {
    try {
      await withAdmin([broker], (admin) => admin.listTopics());
      return;
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
    }
  }
}
