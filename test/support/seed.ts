import * as fc from "fast-check";

/**
 * The seed of every property that has none of its own: a run that passed passes again. `FLINKTIDE_SEED=<integer>` takes
 * another one, `FLINKTIDE_SEED=random` a new one for each property, to look for cases that no run has seen.
 */
const wanted = process.env.FLINKTIDE_SEED ?? "20261121";
if (wanted !== "random") fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted) });
