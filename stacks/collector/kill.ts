import { tryExec } from "../../infra/exec";

/** Changes are sent every half second; less than the second between two offsets that are stored. */
const AFTER_SECONDS = 0.75;
const PATIENCE_SECONDS = 60;

const SCRIPT = `
f=/opt/cdc-collector/data/offsets.json
stamp() { stat -c %y "$f" 2>/dev/null; }
before=$(stamp)
for i in $(seq ${PATIENCE_SECONDS * 50}); do
  [ "$before" = "$(stamp)" ] || break
  sleep 0.02
done
sleep ${AFTER_SECONDS}
pkill -9 java
`;

/**
 * Kills a collector as a power cut would, when it hurts: after an offset was stored and before the next one is, so that
 * what it sent in between comes again. Changes must be flowing. The restart policy starts it again.
 */
export async function killBetweenOffsets(container: string): Promise<void> {
  // The kill takes this command with it.
  await tryExec("docker", ["exec", container, "sh", "-c", SCRIPT]);
}
