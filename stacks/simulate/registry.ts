import { flinktidePolicy } from "../../policies/scaling/policy";
import { contestant, type Contestant } from "./contestant";
import { alibaba } from "./rivals/alibaba";
import { aws } from "./rivals/aws";
import { hpa } from "./rivals/hpa";
import { keda } from "./rivals/keda";
import { operator } from "./rivals/operator";
import { oracle } from "./rivals/oracle";
import { staticPeak } from "./rivals/static-peak";

/** Every policy that can be compared, in the order of tables and reports. */
export const CONTESTANTS: readonly Contestant[] = [
  contestant(flinktidePolicy()),
  oracle,
  staticPeak,
  contestant(hpa),
  contestant(keda),
  contestant(operator),
  aws,
  alibaba,
];
