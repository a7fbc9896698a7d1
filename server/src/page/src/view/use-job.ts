import type { Job } from '../api/types.ts';
import { connection } from '../state/connection.ts';
import { find, jobs, loaded } from '../state/jobs.ts';
import { keyNeeded } from '../state/service.ts';
import { useLoaded, type Loaded } from './use-loaded.ts';

/** A job as it is now; fetched once if the lists do not have it. */
export function useJob(id: string | null): Loaded<Job> {
    const known = id === null ? undefined : jobs.value.get(id);
    const ask = id !== null && loaded.value && !keyNeeded.value && known === undefined;
    const found = useLoaded(ask ? `${id} ${connection.value.state}` : null, () => find(id ?? ''));
    if (known !== undefined) {
        return { state: 'there', value: known };
    }
    return found.state === 'there' ? { state: 'failed', reason: 'This video is gone.', retry: () => {} } : found;
}
