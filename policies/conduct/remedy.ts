/** How patiently something that is ill is treated. Durations in milliseconds. */
export interface RemedySettings {
  /** How long a symptom has to last before it is acted on, by its name. */
  waitMs: Readonly<Record<string, number>>;
  /** Between a try and the next one; doubled with every further try in a row. */
  pauseMs: number;
  maxPauseMs: number;
  /** Tries in a row after which it is given up. */
  tries: number;
  /** Between tries once it is given up; undefined: there are none. */
  givenUpPauseMs?: number;
  /** Being well for so long ends a row of tries, and a giving up. */
  provenMs: number;
}

/** What to do about one thing now. */
export type Due = "try" | "give-up" | undefined;

/** What is remembered of one thing: how long it has been ill or well, and what was tried. Acts on nothing. */
export class Remedy {
  /** Why it was given up; undefined where it isn't. */
  givenUp?: string;
  /** Tries in a row. */
  tries = 0;
  private ill?: { symptom: string; sinceMs: number };
  private wellSinceMs?: number;
  /** When the last try began or, once that is known, ended. */
  private triedMs?: number;
  private endIsKnown = true;

  constructor(private readonly settings: RemedySettings) {}

  /** It was seen with a symptom; another one than before is waited for anew. */
  seenIll(symptom: string, atMs: number): void {
    this.wellSinceMs = undefined;
    if (this.ill?.symptom !== symptom) this.ill = { symptom, sinceMs: atMs };
  }

  seenWell(atMs: number): void {
    this.ill = undefined;
    this.wellSinceMs ??= atMs;
    if (atMs - this.wellSinceMs < this.settings.provenMs) return;
    this.tries = 0;
    this.givenUp = undefined;
  }

  /** It could not be seen: what comes next is waited for anew. */
  unseen(): void {
    this.ill = undefined;
    this.wellSinceMs = undefined;
  }

  /** The clock was set back to `atMs`: no wait gets shorter by it. */
  clockWentBack(atMs: number): void {
    this.unseen();
    if (this.triedMs !== undefined) this.triedMs = Math.min(this.triedMs, atMs);
  }

  /** Something that was done ended at `atMs`; where it was this one's try, the pause counts from then on. */
  ended(atMs: number): void {
    if (this.endIsKnown || this.triedMs === undefined || atMs <= this.triedMs) return;
    this.triedMs = atMs;
    this.endIsKnown = true;
  }

  tried(atMs: number): void {
    this.tries += 1;
    this.triedMs = atMs;
    this.endIsKnown = false;
  }

  due(atMs: number): Due {
    const { waitMs, tries, pauseMs, givenUpPauseMs = Infinity } = this.settings;
    if (this.ill === undefined) return undefined;
    if (this.illMs(atMs) < (waitMs[this.ill.symptom] ?? Infinity)) return undefined;
    const sinceTryMs = this.triedMs === undefined ? Infinity : atMs - this.triedMs;
    if (this.givenUp !== undefined) return sinceTryMs >= givenUpPauseMs ? "try" : undefined;
    if (this.tries >= tries) return sinceTryMs >= pauseMs ? "give-up" : undefined;
    return sinceTryMs >= this.pauseMs() ? "try" : undefined;
  }

  /** True where it is ill and its first try is still to come. */
  get isNew(): boolean {
    return this.ill !== undefined && this.tries === 0 && this.givenUp === undefined;
  }

  /** How long it has had its symptom. */
  illMs(atMs: number): number {
    return this.ill === undefined ? 0 : atMs - this.ill.sinceMs;
  }

  /** True where nothing is remembered that a new one would not know as well. */
  isForgettable(atMs: number): boolean {
    const { maxPauseMs, givenUpPauseMs = 0 } = this.settings;
    return (
      this.triedMs === undefined || atMs - this.triedMs >= Math.max(maxPauseMs, givenUpPauseMs)
    );
  }

  private pauseMs(): number {
    const { pauseMs, maxPauseMs } = this.settings;
    return Math.min(pauseMs * 2 ** Math.max(0, this.tries - 1), maxPauseMs);
  }
}

/** Remedies by name. */
export class Remedies {
  private readonly byName = new Map<string, Remedy>();
  private wanted: readonly string[] = [];

  constructor(private readonly settings: RemedySettings) {}

  /** From now on these are cared for; of others, only what limits their next tries is remembered, and that not long. */
  careFor(names: readonly string[], atMs: number): void {
    this.wanted = names;
    const wanted = new Set(names);
    for (const [name, remedy] of this.byName) {
      if (wanted.has(name)) continue;
      remedy.unseen();
      if (remedy.isForgettable(atMs)) this.byName.delete(name);
    }
    for (const name of names) {
      if (!this.byName.has(name)) this.byName.set(name, new Remedy(this.settings));
    }
  }

  /** Those that are cared for, in the order in which they were given. */
  *cared(): Iterable<[string, Remedy]> {
    for (const name of this.wanted) {
      const remedy = this.byName.get(name);
      if (remedy !== undefined) yield [name, remedy];
    }
  }

  /** All that are remembered. */
  all(): Iterable<Remedy> {
    return this.byName.values();
  }
}
