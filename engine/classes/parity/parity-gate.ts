import { FEATURE_ORDER_V1 } from '../../pixels/feature-order.js';
import type { Bundle, BundleMember } from '../bundle.js';
import { DW_CLASS_FEATURE } from '../bundle.js';
import type { Classifier } from '../classifier.js';
import type { MemberRuntime } from '../member-runtime.js';
import { agreementOf } from './agreement.js';
import { Comparison } from './comparison.js';
import { runByClass, weightedMean } from './member-predictions.js';
import type { ServedMember } from './served-member.js';
import type { Predictions } from './predictions.js';
import { VOTE } from './predictions.js';
import type { Rounding } from './rounding.js';
import { findRounding, scaledRow } from './rounding.js';
import type { TableBatch } from './table-rows.js';
import type { Thresholds } from '../../forest/thresholds.js';

/** After so many rows that differ without a reason, a comparison has failed and reasons are not looked for any more. */
const MOST_UNEXPLAINED = 100;

export interface GateMember extends ServedMember {
  readonly member: BundleMember;
  /** Asked for at the first row that differs. */
  readonly thresholds: () => Thresholds;
}

/** Probabilities by served class id, row-major, [count, classes]. */
interface BatchPredictions {
  /** By member; null: not to be compared, since it is the served one's own answer. */
  readonly members: readonly (Float64Array | null)[];
  readonly vote: Float64Array;
}

/** Whom the served bundle is held against. */
export interface Others {
  readonly name: string;
  /** By member: whether there is something to compare. */
  readonly compares: readonly boolean[];
  predict(batch: TableBatch, rows: Float32Array, ours: readonly Float64Array[]): Promise<BatchPredictions>;
  /** After the last batch. @param tableRows data rows of the table */
  finish(tableRows: number): Promise<void>;
  close(): Promise<void>;
}

/** ONNX Runtime on one thread. @param runtimes by member; null where it is what serves the member anyway */
export function onnxRuntimeOthers(bundle: Bundle, runtimes: readonly (MemberRuntime | null)[]): Others {
  const weights = bundle.members.map(({ weight }) => weight);
  return {
    name: 'onnxruntime-node',
    compares: runtimes.map((runtime) => runtime !== null),
    async predict(batch, rows, ours) {
      const members: (Float64Array | null)[] = [];
      for (const [m, runtime] of runtimes.entries()) {
        members.push(runtime && (await runByClass(runtime, bundle.members[m]!, rows, batch.count)));
      }
      return {
        members,
        vote: weightedMean(
          members.map((own, m) => own ?? ours[m]!),
          weights,
        ),
      };
    },
    finish: async () => undefined,
    async close() {
      for (const runtime of runtimes) await runtime?.close();
    },
  };
}

/** A file of predictions. @param subjects the members' lines in their order, and the vote's */
export function expectedOthers(
  name: string,
  subjects: { readonly members: readonly Predictions[]; readonly vote: Predictions },
): Others {
  const all = [...subjects.members, subjects.vote];
  return {
    name,
    compares: subjects.members.map(() => true),
    async predict(batch) {
      const members: Float64Array[] = [];
      for (const predictions of subjects.members) members.push(await predictions.take(batch));
      return { members, vote: await subjects.vote.take(batch) };
    },
    async finish(tableRows) {
      for (const predictions of all) await predictions.finish(tableRows);
    },
    close: async () => void (await Promise.all(all.map((predictions) => predictions.close()))),
  };
}

/** Holds batch after batch of the served bundle's predictions against others'. */
export class ParityGate {
  private readonly held: readonly {
    readonly others: Others;
    readonly members: readonly Comparison[];
    readonly vote: Comparison;
  }[];

  /** @param members in the bundle's order; all that is given is closed with the gate */
  constructor(
    private readonly bundle: Bundle,
    private readonly members: readonly GateMember[],
    private readonly classifier: Classifier,
    others: readonly Others[],
  ) {
    const { classes, features } = bundle;
    this.held = others.map((some) => {
      const comparison = (subject: string) =>
        new Comparison({ subject, against: some.name, classes, features });
      return {
        others: some,
        members: members.map(({ member }) => comparison(member.file)),
        vote: comparison(VOTE),
      };
    });
  }

  get comparisons(): Comparison[] {
    return this.held.flatMap(({ others, members, vote }) => [
      ...members.filter((_, m) => others.compares[m]),
      vote,
    ]);
  }

  async take(batch: TableBatch): Promise<void> {
    const { scaler, features } = this.bundle;
    const rows = new Float32Array(batch.count * features.length);
    for (let i = 0; i < batch.count; i++) rows.set(scaledRow(rowOf(batch, i, features.length), scaler), i * features.length); // prettier-ignore
    const ours: Float64Array[] = [];
    for (const { runtime, member } of this.members) ours.push(await runByClass(runtime, member, rows, batch.count)); // prettier-ignore
    const vote = await this.servedVote(batch);
    for (const { others, members, vote: votes } of this.held) {
      const theirs = await others.predict(batch, rows, ours);
      const explained: Map<number, Rounding>[] = [];
      for (const [m, comparison] of members.entries()) {
        explained.push(await this.compareMember(m, comparison, batch, ours[m]!, theirs.members[m] ?? null));
      }
      this.compareVote(votes, batch, { members: ours, vote }, theirs, explained);
    }
  }

  /** After the last batch. */
  async finish(tableRows: number): Promise<void> {
    for (const { others } of this.held) await others.finish(tableRows);
  }

  async close(): Promise<void> {
    await this.classifier.close();
    for (const { runtime } of this.members) await runtime.close();
    for (const { others } of this.held) await others.close();
  }

  /** By the classifier itself, so that its scaling, its order of columns and its vote are held to account too. */
  private async servedVote(batch: TableBatch): Promise<Float64Array> {
    const { features, classes } = this.bundle;
    const { count } = batch;
    const columns = new Float32Array(FEATURE_ORDER_V1.length * count);
    const dwClass = new Int8Array(count);
    features.forEach((name, f) => {
      const to = FEATURE_NAMES.indexOf(name) * count;
      for (let i = 0; i < count; i++) {
        const value = batch.values[i * features.length + f]!;
        if (name === DW_CLASS_FEATURE) dwClass[i] = value;
        else columns[to + i] = value;
      }
    });
    const { mean } = await this.classifier.run({ features: columns, stride: count, count, dwClass }, { mean: true }); // prettier-ignore
    const vote = new Float64Array(count * classes.length);
    for (let c = 0; c < classes.length; c++) {
      for (let i = 0; i < count; i++) vote[i * classes.length + c] = mean![c * count + i]!;
    }
    return vote;
  }

  /** @returns by row of the batch, what explains its difference where something does */
  private async compareMember(
    m: number,
    comparison: Comparison,
    batch: TableBatch,
    ours: Float64Array,
    theirs: Float64Array | null,
  ): Promise<Map<number, Rounding>> {
    const { classes, features, scaler } = this.bundle;
    const explained = new Map<number, Rounding>();
    if (theirs === null) return explained;
    const { member, runtime, thresholds } = this.members[m]!;
    for (let i = 0; i < batch.count; i++) {
      const at = i * classes.length;
      const agreement = agreementOf(ours, theirs, at, classes.length);
      let rounding: Rounding | null = null;
      if (!agreement.good && comparison.unexplained < MOST_UNEXPLAINED) {
        rounding = await findRounding({
          values: rowOf(batch, i, features.length),
          scaler,
          thresholds: thresholds(),
          run: (rows, count) => runByClass(runtime, member, rows, count),
          ours: ours.subarray(at, at + classes.length),
          theirs: theirs.subarray(at, at + classes.length),
        });
      }
      if (rounding !== null) explained.set(i, rounding);
      comparison.add({ ...placeOf(batch, i), agreement, ours, theirs, at }, rounding?.moves ?? null);
    }
    return explained;
  }

  private compareVote(
    comparison: Comparison,
    batch: TableBatch,
    ours: { readonly members: readonly Float64Array[]; readonly vote: Float64Array },
    theirs: BatchPredictions,
    explained: readonly ReadonlyMap<number, Rounding>[],
  ): void {
    const { classes, members } = this.bundle;
    const weights = members.map(({ weight }) => weight);
    for (let i = 0; i < batch.count; i++) {
      const at = i * classes.length;
      const agreement = agreementOf(ours.vote, theirs.vote, at, classes.length);
      const roundings = explained.flatMap((rows) => rows.get(i) ?? []);
      // With the members' own roundings made, the vote must be the others'.
      const moved = weightedMean(
        ours.members.map((own, m) => explained[m]?.get(i)?.probabilities ?? own.subarray(at, at + classes.length)), // prettier-ignore
        weights,
      );
      const isRounding =
        !agreement.good &&
        roundings.length > 0 &&
        agreementOf(moved, theirs.vote, 0, classes.length, at).good;
      comparison.add(
        { ...placeOf(batch, i), agreement, ours: ours.vote, theirs: theirs.vote, at },
        isRounding ? roundings.flatMap(({ moves }) => moves) : null,
      );
    }
  }
}

const FEATURE_NAMES: readonly string[] = FEATURE_ORDER_V1;

const rowOf = ({ values }: TableBatch, i: number, width: number): Float32Array =>
  values.subarray(i * width, (i + 1) * width);

const placeOf = ({ numbers, lines }: TableBatch, i: number) => ({ row: numbers[i]!, line: lines[i]! });
