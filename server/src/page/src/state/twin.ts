import type { Job, Values } from '../api/types.ts';
import { reportBody } from '../logic/heads.ts';
import { requestValues } from '../logic/recipe.ts';
import { onceKey, seedValue } from '../logic/seed.ts';
import { withoutIdle } from '../logic/values.ts';
import { fill, valuesOf } from './form.ts';
import { asked } from './jobs.ts';
import { go } from './router.ts';
import { client } from './service.ts';
import type { Report, ReportBody } from '../api/types.ts';

/** Settings of sparse attention, caches and 8 bits: what the twin is there to be compared with. */
const SPARSE =
    /^(attention_dtype|density|dense_|head_tolerance|sampled_rows|budget|max_error|target_psnr|audit_rows|cache|tail$|tau$|block_order|query_block|tile$|query_clusters|key_clusters|cluster_|top_p|routing)/;

/** All that made a job; of a job that does not say it, by its report. */
export async function allValuesOf(job: Job): Promise<Values> {
    const known = valuesOf(job);
    if (job.settings !== undefined || job.status !== 'completed') {
        return known;
    }
    const { recipe } = await client.report(job.id);
    if (recipe === undefined) {
        return known;
    }
    const values = withoutIdle({ ...requestValues(recipe), model: job.model });
    if (values['seed'] !== undefined) {
        values['seed'] = seedValue(String(values['seed']));
    }
    return values;
}

/** The form as it was for a job. */
export async function reuse(job: Job): Promise<void> {
    fill(await allValuesOf(job), job.model);
    go('/');
}

export function denseValues(values: Values): Values {
    const kept = Object.entries(values).filter(([name]) => !SPARSE.test(name));
    return { ...Object.fromEntries(kept), attention: 'dense' };
}

/** Asks for the same video with dense attention, which says what sparse attention changed. */
export async function makeDenseTwin(job: Job): Promise<Job> {
    const values = denseValues(await allValuesOf(job));
    return asked(() => client.create(values, {}, onceKey()));
}

export async function loadReport(id: string): Promise<ReportBody | null> {
    const report: Report | ReportBody = await client.report(id);
    return reportBody(report);
}
