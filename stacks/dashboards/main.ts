import * as fs from "node:fs";
import * as path from "node:path";
import { dashboardFiles } from "../../infra/monitoring/dashboards/files";
import { PROJECT_DIR } from "../../infra/toolchain/paths";

/** `npm run dashboards`: writes the Grafana dashboards anew. */
for (const { file, text } of dashboardFiles()) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  console.log(path.relative(PROJECT_DIR, file));
}
