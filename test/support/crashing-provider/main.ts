import * as provider from "@pulumi/pulumi/provider";
import { FlinkProvider } from "../../../infra/flink/provider/flink-provider";

/** The flink provider, but it dies without a word at the step that FLINKTIDE_TEST_CRASH_AT names. */
const crashing = new FlinkProvider((step) => {
  if (step === process.env.FLINKTIDE_TEST_CRASH_AT) process.kill(process.pid, "SIGKILL");
});
void provider.main(crashing, process.argv.slice(2));
