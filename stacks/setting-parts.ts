import { z } from "zod";
import { complaint } from "../policies/problem";
import { settingTypes } from "../policies/setting-type";

/** A whole number within a span; `what` as in "it is not WHAT from 1 to 5". */
export const whole = (what: string, min: number, max: number) => {
  const span = `${what} from ${min} to ${max}`;
  const message = complaint(`it is not ${span}`, `give ${span}`);
  return z.int(message).min(min, message).max(max, message);
};

export const cores = (what: string) =>
  z
    .number()
    .min(0.1, complaint("it is too little to start a JVM", "give at least 0.1 cores"))
    .register(settingTypes, { type: "cores, at least 0.1" })
    .describe(what);

/** A port that needs no privilege. */
export const port = whole("a port", 1024, 65535);
