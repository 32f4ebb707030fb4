import * as provider from "@pulumi/pulumi/provider";
import { endWithEngine } from "./end-with-engine";
import { FlinkProvider } from "./flink-provider";

endWithEngine();
void provider.main(new FlinkProvider(), process.argv.slice(2));
