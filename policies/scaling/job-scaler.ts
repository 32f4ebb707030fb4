import { effectiveSlots } from "../simulator/capacity";
import type { Reason } from "../decision";
import type { Advice } from "./advice";
import { parallelismFor } from "./alignment";
import * as guards from "./guards";
import { LoadMeter } from "./load-meter";
import { MaxWindow } from "./max-window";
import { isComplete, missingFigures } from "./observation";
import type { CompleteObservation, JobObservation } from "./observation";
import { outlook, type Outlook } from "./outlook";
import { RescaleMemory } from "./rescale-memory";
import { lagSeconds, parallelismByRates } from "./required";
import { Season } from "./season";
import { OBSERVATION_SECONDS, SCALING_DEFAULTS, type ScalingSettings } from "./settings";
import { SlotRate } from "./slot-rate";

/** Minutes of the forecast that capacity is prepared for. */
const AHEAD_MINUTES = 2;

/** Slots between which advice is of use now: what the window and the job's bounds leave open. */
export interface Range {
  least: number;
  most: number;
}

const UNBOUNDED: Range = { least: 1, most: Infinity };

export interface JobScalerOptions {
  /** Name of the job, for the reasons. */
  job: string;
  /** Between two observations, in seconds. @default OBSERVATION_SECONDS */
  everySeconds?: number;
  /** Records a second of one slot, where that was measured before. */
  slotRate?: number;
}

/**
 * Watches one job and says when it should run with more or less. It sees no clock: whatever it knows comes from the
 * observations, in the order they are given; the same observations lead to the same advice. Its memory is of fixed
 * size.
 */
export class JobScaler {
  /** Why the last observation led to nothing, where it could have. */
  held: guards.Hold | undefined;
  private readonly settings: ScalingSettings;
  private readonly everySeconds: number;
  private readonly job: string;
  private readonly produced: LoadMeter;
  private readonly consumed: LoadMeter;
  private readonly season: Season | undefined;
  private readonly slotRate: SlotRate;
  private readonly needed: MaxWindow;
  private readonly memory: RescaleMemory;
  private seenMs = -Infinity;
  private idleSlotSeconds = 0;
  private waited = false;

  constructor(settings: Partial<ScalingSettings>, options: JobScalerOptions) {
    this.settings = { ...SCALING_DEFAULTS, ...settings };
    this.everySeconds = options.everySeconds ?? OBSERVATION_SECONDS;
    this.job = options.job;
    this.produced = new LoadMeter(this.everySeconds);
    this.consumed = new LoadMeter(this.everySeconds);
    this.season = this.settings.forecast ? new Season() : undefined;
    this.slotRate = new SlotRate(this.settings.maxParallelism, options.slotRate);
    this.needed = new MaxWindow(this.settings.scaleDownWindowSeconds);
    this.memory = new RescaleMemory(this.settings);
  }

  /** From a decision to the job running with it, in seconds, as it was the last times. */
  get reactionSeconds(): number {
    return this.memory.reactionSeconds;
  }

  /** Parallelism for a load of which nothing else is known; undefined where no slot was ever measured. */
  parallelismAt(ratePerSecond: number): number | undefined {
    const perSlot = this.slotRate.value;
    if (perSlot === undefined) return undefined;
    return this.slotsFor(ratePerSecond * (1 + this.settings.headroom), perSlot);
  }

  /**
   * Takes in what arrived, in records a second, as it was measured before this scaler was made, in the order of time:
   * for the forecast only. Does nothing once something was observed.
   */
  remember(atMs: number, producedPerSecond: number): void {
    if (this.seenMs === -Infinity) this.season?.push(atMs, producedPerSecond);
  }

  /** Takes in what was measured and gives advice; undefined where things should stay as they are. */
  observe(
    observation: JobObservation,
    range = UNBOUNDED,
    nowMs = observation.atMs,
  ): Advice | undefined {
    const { settings } = this;
    this.held = undefined;
    const ageSeconds = (nowMs - observation.atMs) / 1000;
    if (ageSeconds > settings.staleSeconds || !isComplete(observation)) {
      this.held =
        guards.staleMetrics(ageSeconds, settings.staleSeconds) ??
        guards.missingMetrics(missingFigures(observation));
      return undefined;
    }
    this.learn(observation);
    if (!observation.running) return undefined;
    const perSlot = this.slotRate.value;
    if (perSlot === undefined) return this.byRates(observation, range);
    const ahead = this.lookAhead(observation, perSlot);
    const needed = Math.max(this.slotsFor(ahead.keepRate, perSlot), range.least);
    const kept = observation.atLeast ? observation.parallelism : 0;
    this.needed.push(observation.atMs, Math.max(needed, kept));
    return ahead.short
      ? this.up(observation, ahead, perSlot, range)
      : this.down(observation, ahead, range);
  }

  private learn(observation: CompleteObservation): void {
    const { atMs, parallelism } = observation;
    // What was needed while nothing was seen is not known: no less than what runs.
    if (atMs - this.seenMs > this.settings.staleSeconds * 1000) this.needed.push(atMs, parallelism);
    this.seenMs = atMs;
    // What is not seen is taken to go on as it was.
    const unseen = observation.atLeast ? this.produced.mean : 0;
    this.produced.push(Math.max(observation.producedPerSecond, unseen));
    this.consumed.push(observation.consumedPerSecond);
    if (!observation.atLeast) this.season?.push(atMs, observation.producedPerSecond);
    this.memory.see(observation, this.consumed.mean);
    this.needed.seconds = this.settings.scaleDownWindowSeconds * this.memory.brake;
    const sinceRestart = this.memory.secondsSinceRestart(atMs);
    this.slotRate.learn(observation, sinceRestart, this.everySeconds);
  }

  private lookAhead(observation: CompleteObservation, perSlot: number): Outlook {
    const { maxParallelism } = this.settings;
    return outlook({
      load: this.produced,
      backlogRecords: observation.backlogRecords,
      capacity: perSlot * effectiveSlots(observation.parallelism, maxParallelism),
      floor: this.season?.floorWithin(AHEAD_MINUTES),
      reactionSeconds: this.memory.reactionSeconds,
      everySeconds: this.everySeconds,
      settings: this.settings,
    });
  }

  private slotsFor(rate: number, perSlot: number): number {
    return parallelismFor(rate / perSlot, this.settings.maxParallelism);
  }

  private up(
    observation: CompleteObservation,
    ahead: Outlook,
    perSlot: number,
    range: Range,
  ): Advice | undefined {
    const { parallelism, atMs } = observation;
    this.idleSlotSeconds = 0;
    if (this.awaitsLanding(ahead)) return undefined;
    const wanted = Math.min(
      this.slotsFor(ahead.targetRate, perSlot),
      this.most(observation, range),
    );
    if (wanted <= parallelism) return undefined;
    this.held =
      this.cooldown(atMs) ??
      this.memory.ineffective(atMs) ??
      this.notWorth(observation, ahead, perSlot, wanted);
    if (this.held !== undefined) return undefined;
    this.memory.wentUp(atMs, ahead.capacity, this.consumed.mean, wanted / parallelism);
    return { parallelism: wanted, direction: "up", reasons: this.whyUp(observation, ahead) };
  }

  private cooldown(nowMs: number): guards.Hold | undefined {
    const since = this.memory.secondsSinceAdvice(nowMs);
    return guards.cooldown(since, this.settings.cooldownSeconds);
  }

  /** The most that a scale-up may come to. */
  private most({ parallelism, partitions }: JobObservation, range: Range): number {
    const step = guards.largestStep(parallelism, this.settings.maxStepUp);
    return Math.min(step, partitions ?? Infinity, range.most);
  }

  /** A leap is let land for one observation, so that one rescale is enough for it. */
  private awaitsLanding({ leaping }: Outlook): boolean {
    const waits = leaping && !this.waited;
    this.waited = waits;
    return waits;
  }

  /** Where the job would recover by itself, a rescale must be the quicker way. */
  private notWorth(
    observation: CompleteObservation,
    ahead: Outlook,
    perSlot: number,
    wanted: number,
  ): guards.Hold | undefined {
    if (ahead.foreseen) return undefined;
    const { maxParallelism, gapSeconds } = this.settings;
    return guards.worthStopping({
      backlog: ahead.foreseenLagSeconds * ahead.capacity,
      rate: ahead.rate,
      gapSeconds,
      spareIfStaying: ahead.capacity - ahead.rate,
      spareIfGoing: perSlot * effectiveSlots(wanted, maxParallelism) - ahead.rate,
    });
  }

  /** Down is a matter of whole TaskManagers: fewer slots on the same ones save nothing. */
  private down(observation: CompleteObservation, ahead: Outlook, range: Range): Advice | undefined {
    const { settings, everySeconds } = this;
    const { parallelism, atMs, backlogRecords } = observation;
    const slots = settings.slotsPerTaskManager;
    const idle = Math.ceil(parallelism / slots) - Math.ceil(this.needed.max / slots);
    if (idle <= 0) {
      this.idleSlotSeconds = 0;
      if (parallelism > range.least) {
        this.held = guards.hiddenLoad(observation.atLeast) ?? this.heldByWindow(ahead, parallelism);
      }
      return undefined;
    }
    this.idleSlotSeconds += idle * slots * everySeconds;
    this.held =
      guards.backlogLeft(lagSeconds(backlogRecords, ahead.capacity), settings.allowedLagSeconds) ??
      this.cooldown(atMs) ??
      guards.restartCost(
        this.idleSlotSeconds,
        settings.restartPrice * settings.gapSeconds * parallelism,
      );
    if (this.held !== undefined) return undefined;
    this.idleSlotSeconds = 0;
    this.memory.wentDown(atMs);
    return {
      parallelism: this.needed.max,
      direction: "down",
      reasons: [
        {
          kind: "less-load",
          job: this.job,
          ratePerSecond: this.produced.mean,
          capacityPerSecond: ahead.capacity,
          slots: this.needed.max,
          windowSeconds: this.needed.seconds,
        },
      ],
    };
  }

  /** Less is needed now, but more was lately. */
  private heldByWindow(ahead: Outlook, parallelism: number): guards.Hold | undefined {
    if (ahead.keepRate > ahead.capacity / 2) return undefined;
    return guards.scaleDownByMaximum(this.needed.max, parallelism, this.needed.seconds);
  }

  private byRates(observation: CompleteObservation, range: Range): Advice | undefined {
    const { settings, produced, consumed } = this;
    const { backlogRecords, parallelism, atMs } = observation;
    this.held = this.cooldown(atMs);
    if (this.held !== undefined) return undefined;
    const rates = {
      producedPerSecond: produced.mean,
      consumedPerSecond: consumed.mean,
      backlogRecords,
    };
    const { allowedLagSeconds, maxParallelism } = settings;
    const wanted = Math.min(
      parallelismByRates({ ...rates, parallelism, allowedLagSeconds }),
      maxParallelism,
      this.most(observation, range),
    );
    if (wanted <= parallelism) return undefined;
    this.held = this.memory.ineffective(atMs);
    if (this.held !== undefined) return undefined;
    this.memory.wentUp(atMs, consumed.mean, consumed.mean, wanted / parallelism);
    return {
      parallelism: wanted,
      direction: "up",
      reasons: [{ kind: "rates", job: this.job, ...rates }],
    };
  }

  private whyUp(observation: CompleteObservation, ahead: Outlook): Reason[] {
    const { backlogRecords } = observation;
    const { capacity, floor } = ahead;
    if (floor !== undefined && ahead.foreseen) {
      return [{ kind: "forecast", job: this.job, capacityPerSecond: capacity, ...floor }];
    }
    return [
      {
        kind: "load",
        job: this.job,
        vertex: this.slotRate.vertex,
        ratePerSecond: ahead.rate,
        capacityPerSecond: capacity,
        backlogRecords,
        lagSeconds: lagSeconds(backlogRecords, capacity),
        foreseenLagSeconds: ahead.foreseenLagSeconds,
      },
    ];
  }
}
