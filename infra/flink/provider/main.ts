import * as provider from "@pulumi/pulumi/provider";
import { FlinkProvider } from "./flink-provider";

void provider.main(new FlinkProvider(), process.argv.slice(2));
